"""How pages for recipients and onlookers write an instant."""

from datetime import datetime


def readable_moment(at: datetime, language: str) -> str:
    """With its offset always: a deadline without a zone is a quarrel."""
    return at.strftime("%d/%m/%Y, %H:%M UTC" if language == "es" else "%Y-%m-%d, %H:%M UTC")

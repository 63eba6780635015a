"""How facts are printed: one a line, tab-separated, without what would command a terminal."""

from datetime import UTC, datetime


def line(*fields: str) -> None:
    print("\t".join("".join(each if each.isprintable() else "\ufffd" for each in field) for field in fields))


def time(moment: datetime) -> str:
    """UTC, ISO 8601."""
    return moment.astimezone(UTC).isoformat()

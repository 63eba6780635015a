"""What recipients are told at the end, and the links by which they get a copy of their evidence."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.domain.errors import Text
from gateway.domain.results import RecipientState

_NOT_FINISHED = Text("The process ended before you finished", "El proceso terminó antes de que usted acabara")
# How it ended for the reader of the message.
OWN: dict[RecipientState, Text] = {
    RecipientState.SIGNED: Text("You signed", "Usted firmó"),
    RecipientState.ACCEPTED: Text("You accepted", "Usted aceptó"),
    RecipientState.REJECTED: Text("You rejected", "Usted rechazó"),
    RecipientState.EXPIRED: Text("Your time ran out", "Se le agotó el plazo"),
}
READ = Text("You read it", "Usted lo leyó")


def own_ending(state: RecipientState, *, viewer: bool) -> Text:
    """A viewer's act is to have read."""
    return READ if viewer and state is RecipientState.ACCEPTED else OWN.get(state, _NOT_FINISHED)


@dataclass(frozen=True, slots=True)
class CopyPolicy:
    """`tell`: whether recipients are told of the outcome at all. `mail_limit`: octets that one e-mail may
    carry. `life` is a download link's, of which a recipient gets `a_day` at most; `session` how long files
    may be fetched once it was opened. `pack`: whether the evidence pack, which holds every recipient's
    documents, is given out to each of them."""

    tell: bool = True
    mail_limit: int = 8 * 1024 * 1024
    life: timedelta = timedelta(hours=24)
    session: timedelta = timedelta(minutes=20)
    a_day: int = 3
    pack: bool = False


@dataclass(frozen=True, slots=True)
class CopyLink:
    """A one-time download link without the link: the SHA-256 of its token."""

    digest: bytes
    guid: str
    position: int
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Ending:
    """What a message about the outcome says besides the transaction's facts. `link` is empty without one."""

    own: Text
    overall: Text
    documents: tuple[str, ...]
    ended_at: datetime
    attached: bool = False
    link: str = ""

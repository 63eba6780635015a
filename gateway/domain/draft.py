"""A sending that is being prepared in the web sender: before state 0, the sender's own, and changeable.

From the moment of sending nothing of it changes any more, so that each of its rows is one transaction for
ever: the row's external id is fixed by the draft's id and the row's place.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from gateway.domain.catalogue import CATALOGUE, Profile, Service
from gateway.domain.parties import Recipient

MOST_ROWS = 10_000
# What XML that is parsed by libxml2 can carry as one text (xsd/common.xsd, Content).
LARGEST_INLINE = 7_000_000
CLOSING_DAYS = range(1, 366)
SAVING_YEARS = range(5, 31)


class DraftStatus(Enum):
    """PENDING may be changed; SENDING is on its way; FINISHED: every row has its end."""

    PENDING = "PENDING"
    SENDING = "SENDING"
    FINISHED = "FINISHED"


class RowStatus(Enum):
    WAITING = "WAITING"
    SENT = "SENT"
    REFUSED = "REFUSED"


@dataclass(frozen=True, slots=True)
class DraftDocument:
    """An uploaded document, kept in the vault under its SHA-256 (32 bytes)."""

    name: str
    media_type: str
    size: int
    sha256: bytes
    pages: int | None = None


@dataclass(frozen=True, slots=True)
class DraftTemplate:
    """A version of a kept template as it was when it was chosen; `data` are the values common to all rows."""

    id: str
    version: int
    name: str
    text: str
    data: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Composition:
    """What is the same for every recipient. Either `document` or `template` is sent."""

    service: Service = Service.CONTRACT_EXPRESS
    subject: str = ""
    body: str = ""
    language: str = "es"
    closing_days: int = 30
    saving_years: int = 5
    document: DraftDocument | None = None
    template: DraftTemplate | None = None

    @property
    def profile(self) -> Profile:
        return CATALOGUE[self.service]


@dataclass(frozen=True, slots=True)
class Addressee:
    """One recipient, and the values of the template's fields for them alone."""

    recipient: Recipient
    data: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class DraftRow:
    """One recipient's sending. `code` and `detail` tell why it was refused, in the catalogue's words."""

    position: int
    addressee: Addressee
    status: RowStatus = RowStatus.WAITING
    guid: str = ""
    code: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """What became of a row, without whom it is about: it can be told when that is destroyed."""

    position: int
    status: RowStatus
    guid: str
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Draft:
    """`version` grows with every change; whoever saves says which one they saw. `author` is a person's id,
    as is `sent_by`; `session` is an opaque word for the session in which they sent it.

    `total`, `sent` and `refused` count rows; `composition` is empty once the data key is destroyed.
    """

    id: str
    issuer: int
    author: str
    status: DraftStatus
    version: int
    created_at: datetime
    updated_at: datetime
    expires_at: datetime
    composition: Composition = field(default_factory=Composition)
    total: int = 0
    sent: int = 0
    refused: int = 0
    sent_by: str = ""
    session: str = ""

    @property
    def owner(self) -> str:
        return owner_of(self.id)

    @property
    def waiting(self) -> int:
        return self.total - self.sent - self.refused


@dataclass(frozen=True, slots=True)
class KeptTemplate:
    """One version of an issuer's template; a change makes the next version."""

    id: str
    version: int
    issuer: int
    name: str
    text: str
    author: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class AlertSettings:
    """Whether an issuer wants alerts in its pages (all or none), and since when."""

    issuer: int
    on: bool
    since: datetime


def owner_of(draft_id: str) -> str:
    """Whose data key seals the draft's rows and documents."""
    return f"draft-{draft_id}"


def external_id(draft_id: str, position: int) -> str:
    """The identifier of a row's transaction, fixed when the draft is made. `position` counts from 0."""
    return f"WEB-{draft_id}-{position + 1:05d}"


def unready(draft: Composition, rows: int) -> Iterator[str]:
    """What is still missing before it can be sent, as words of the pages: document, subject, people."""
    if draft.document is None and draft.template is None and draft.profile.documents:
        yield "document"
    if not draft.subject:
        yield "subject"
    if not rows:
        yield "people"

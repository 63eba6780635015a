"""What the gateway answers, as plain values. Instants are aware; digests are hexadecimal."""

from dataclasses import dataclass
from datetime import datetime

# The service is not available for the moment; a failure inside.
TEMPORARY = {"E000901", "E000999"}


class GatewayFault(Exception):
    """A refusal of the gateway: its public code, both texts, what exactly, and the call's identifier.

    `status` is HTTP's where there was no envelope, else 0; `retry_after` in seconds, 0 when nothing was said.
    """

    def __init__(
        self,
        code: str,
        text_en: str,
        text_es: str,
        detail: str,
        request_id: str,
        *,
        status: int = 0,
        retry_after: float = 0.0,
    ) -> None:
        super().__init__(f"{code} {text_en}" + (f": {detail}" if detail else ""))
        self.code = code
        self.text_en = text_en
        self.text_es = text_es
        self.detail = detail
        self.request_id = request_id
        self.status = status
        self.retry_after = retry_after

    @property
    def temporary(self) -> bool:
        """The same call may succeed later: nothing is wrong with it."""
        return self.code in TEMPORARY or (not self.code and (self.status >= 500 or self.status == 429))


@dataclass(frozen=True, slots=True)
class Receipt:
    """The durable acceptance of a transaction; a retry with the same content gets the same one."""

    guid: str
    external_id: str
    state: int
    received_at: datetime
    content_digest: str
    request_id: str


@dataclass(frozen=True, slots=True)
class RecipientState:
    """`position` counts from 1; `result` is 0 while pending."""

    position: int
    state: str
    result: int
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class TransactionState:
    """`state` is 0 to 12, `result` 0 while pending; both numbers are public and frozen."""

    guid: str
    external_id: str
    state: int
    state_name: str
    result: int
    result_name: str
    updated_at: datetime
    recipients: tuple[RecipientState, ...]


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of the timeline; `recipient` counts from 1, None for the whole transaction."""

    sequence: int
    kind: str
    state: int
    event_time: datetime
    recipient: int | None
    details: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class File:
    """A document or certificate."""

    id: str
    name: str
    media_type: str
    sha256: str
    octets: bytes


@dataclass(frozen=True, slots=True)
class Evidence:
    """One evidence; `octets` is empty while it is not sealed."""

    id: str
    event: str
    event_time: datetime
    sealed: bool
    octets: bytes


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a verification found. `verdict` is VALID, INVALID or UNREADABLE; `indication` and `sub_indication`
    are in the words of ETSI EN 319 102-1, empty for a file that nobody can read. `checks` are (place, whether
    it holds, what was found); `report` is empty unless one was asked for."""

    verdict: str
    indication: str
    sub_indication: str
    guid: str
    signed_by: str
    stamped_at: datetime | None
    checks: tuple[tuple[str, bool, str], ...]
    report: bytes

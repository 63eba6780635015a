"""What can be asked of the use cases: imperative, frozen, already authenticated."""

from dataclasses import dataclass

from gateway.domain.errors import ErrorKind
from gateway.domain.parties import Issuer
from gateway.domain.record import INTERACTIVE
from gateway.domain.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Submit:
    """`raw` is the whole request as received; `content_digest` covers the canonical transaction
    without its own signature; `signer_sha256` is the hexadecimal digest of the request's certificate.
    `asked` says where it came from, if not in a request of its own, in opaque words: who had it sent through
    our pages, or its place in a batch and what covered it; it goes into event 0. `batch` is an item's batch.
    """

    issuer: Issuer
    transaction: Transaction
    content_digest: bytes
    raw: bytes
    request_id: str
    signer_sha256: str
    asked: tuple[tuple[str, str], ...] = ()
    lane: int = INTERACTIVE
    batch: str = ""


@dataclass(frozen=True, slots=True)
class RecordRejection:
    """A Submit that was refused after its issuer was known."""

    issuer: Issuer
    raw: bytes
    request_id: str
    signer_sha256: str
    kind: ErrorKind
    detail: str
    external_id: str = ""
    lane: int = INTERACTIVE
    asked: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Reference:
    """One transaction of the issuer's, by GUID or by external id (exactly one is not empty)."""

    guid: str = ""
    external_id: str = ""


@dataclass(frozen=True, slots=True)
class Session:
    """A recipient who has identified themself at the portal, by the link of this version.

    `id` and `device` are the SHA-256 of what the browser's two cookies hold. Every page gives both; use cases
    that act for a recipient without a browser (the sandbox) have neither. `attended` is by whom,
    at a point of sale.
    """

    guid: str
    position: int
    link_version: int = 0
    id: bytes = b""
    device: bytes = b""
    attended: tuple[tuple[str, str], ...] = ()

    @property
    def audit(self) -> tuple[tuple[str, str], ...]:
        """What the evidence of an act says of the session in which it was made."""
        ids = (("session", self.id.hex()), ("device", self.device.hex())) if self.id else ()
        return (*ids, *self.attended)


@dataclass(frozen=True, slots=True)
class Arrival:
    """Whence somebody identifies themself: network address; SHA-256 of the fresh ids that the browser gets if
    it succeeds, of the device id that it had before and of its User-Agent; and the CAPTCHA solved."""

    address: str = ""
    session: bytes = b""
    device: bytes = b""
    earlier_device: bytes = b""
    agent: bytes = b""
    embedded: bool = False
    captcha: str = ""
    answer: str = ""

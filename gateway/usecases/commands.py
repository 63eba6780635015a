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
    """A recipient who has identified themself at the portal, by the link of this version."""

    guid: str
    position: int
    link_version: int = 0

"""Everything beyond the rows: time, contents, documents, seals, channels, texts and codes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from gateway.domain.certificate import Attachment, CertificateContent
from gateway.domain.copies import Ending
from gateway.domain.delivery import Attachment as FileOfMessage
from gateway.domain.delivery import Channel, Message, Receipt
from gateway.domain.documents import Template
from gateway.domain.evidence import EvidenceFacts, SealedEvidence
from gateway.domain.guid import Guid
from gateway.domain.parties import Issuer
from gateway.domain.record import (
    DataKey,
    DocumentRecord,
    RecipientRecord,
    TransactionRecord,
)


class Clock(Protocol):
    def now(self) -> datetime:
        """The present instant, aware and UTC."""


class GuidSource(Protocol):
    def next(self, issuer: int) -> Guid: ...


class Vault(Protocol):
    """Blobs and columns, encrypted under each transaction's own data key (AES-256-GCM)."""

    def new_key(self) -> DataKey: ...
    def put(self, owner: str, key: DataKey, blobs: Iterable[bytes]) -> Sequence[bytes]:
        """Write and sync (files and folder) before returning the SHA-256 of each, which names it."""

    def get(self, owner: str, key: DataKey, sha256: bytes) -> bytes:
        """The clear octets, digest verified. Raises GatewayError(INTERNAL) when they are not the same."""

    def forget(self, owner: str) -> None:
        """Remove every blob of the owner, synced. There may be none: repeating it is no error."""

    def discard(self, owner: str, sha256: bytes) -> None:
        """Remove one blob that no row names any more. It may be gone: repeating it is no error."""

    def held(self, owner: str) -> Sequence[bytes]:
        """The digests that name the owner's blobs as they are there, unopened."""

    def protect(self, key: DataKey, octets: bytes, context: str) -> bytes: ...
    def reveal(self, key: DataKey, ciphertext: bytes, context: str) -> bytes: ...


class Paper(Protocol):
    """Everything done to documents."""

    def inspect(self, octets: bytes, media_type: str) -> tuple[int | None, bool]:
        """Pages and whether it is signed. Raises DOCUMENT_BROKEN, _ENCRYPTED or _TOO_LARGE."""

    def milliseconds(self, octets: bytes, media_type: str) -> int:
        """How long a recording lasts. Raises RECORDING_BROKEN."""

    def compose(self, template: Template, title: str) -> bytes: ...
    def stamp(self, record: TransactionRecord, document: DocumentRecord, octets: bytes) -> bytes:
        """The stamped copy, or the stamped cover sheet of what is not a PDF. Deterministic."""

    def certificate_pdf(self, content: CertificateContent, attachments: Sequence[Attachment]) -> bytes:
        """PDF/A-3b, unsigned, with the attachments inside. Deterministic."""

    def certificate_xml(self, content: CertificateContent) -> bytes:
        """Unsigned; the sealer makes it evidence."""


class Sealer(Protocol):
    def render(self, facts: EvidenceFacts) -> bytes:
        """The ERDS evidence of EN 319 522-3, unsigned and deterministic."""

    def seal(self, rendered: bytes) -> SealedEvidence:
        """XAdES baseline-T over exactly these octets, verified against them before it is given out.

        Raises GatewayError: TEMPORARILY_UNAVAILABLE when no TSA answers, SIGNATURE_INVALID when what
        came out does not verify.
        """

    def timestamp(self, octets: bytes) -> tuple[bytes, datetime, str]:
        """RFC 3161 token over the SHA-256 of `octets`: DER, genTime, the TSA's name."""


class Courier(Protocol):
    """One channel. Whoever implements it inherits from it."""

    def prepared(self, message: Message) -> Message:
        """The message with what will be handed over, octet by octet, in `raw`; nothing happens yet. A channel
        that has no such octets leaves it as it is."""
        return message

    def send(self, message: Message) -> Receipt:
        """Hand over. Raises `ConnectionError` only when nothing can have left."""

    def find(self, message_id: str) -> Receipt | None:
        """What became of a message after a crash, where the channel can tell; None where it cannot."""


Couriers = Mapping[Channel, Courier]


class Notices(Protocol):
    """The texts of every message, in both languages."""

    def notice(
        self,
        effect_id: str,
        record: TransactionRecord,
        recipient: RecipientRecord,
        issuer: Issuer,
        channel: Channel,
        link: str,
    ) -> Message: ...
    def code(
        self,
        effect_id: str,
        record: TransactionRecord,
        recipient: RecipientRecord,
        issuer: Issuer,
        channel: Channel,
        code: str,
        statement: str = "",
    ) -> Message:
        """`statement` (a few letters and digits) makes a call ask for the spoken acceptance of it."""

    def content(
        self,
        effect_id: str,
        record: TransactionRecord,
        recipient: RecipientRecord,
        issuer: Issuer,
        channel: Channel,
        attachments: Sequence[FileOfMessage],
    ) -> Message:
        """The message that is itself what is certified: the issuer's words, and the stamped copies."""

    def outcome(
        self,
        effect_id: str,
        record: TransactionRecord,
        recipient: RecipientRecord,
        issuer: Issuer,
        channel: Channel,
        ending: Ending,
        attachments: Sequence[FileOfMessage],
    ) -> Message: ...
    def copy(
        self,
        effect_id: str,
        record: TransactionRecord,
        recipient: RecipientRecord,
        issuer: Issuer,
        channel: Channel,
        link: str,
    ) -> Message: ...


class Codes(Protocol):
    """Operation codes and link tokens: drawn by a CSPRNG, kept only as keyed hashes."""

    def draw(self) -> str:
        """Six digits."""

    def draw_token(self) -> str:
        """The token of a one-time link: 256 bits, URL-safe, never the same."""

    def key_id(self) -> str: ...
    def digest(self, key_id: str, challenge_id: str, code: str) -> bytes: ...
    def link_token(self, guid: str, position: int, version: int = 0) -> str:
        """The token of a recipient's access link: 256 bits, URL-safe, the same for every notice of a
        version; another for each correction of the recipient's contact."""

    def token_digest(self, token: str) -> bytes: ...
    def message_mark(self, effect_id: str) -> str:
        """A reference of a message that nobody can guess: 32 small letters and digits, always the same."""

    def verification_code(self, guid: str) -> str:
        """What a certificate prints for the public page: 128 bits in hexadecimal, the same each time."""

    def external_mark(self, issuer: int, external_id: str) -> bytes:
        """A keyed hash of an issuer's own identifier, always the same: what a tombstone remembers of it."""

    def page_mark(self, issuer: int, place: str) -> bytes:
        """A keyed hash of a place in an issuer's list: 128 bits, always the same."""


class Conditions(Protocol):
    """The general conditions that a recipient accepts."""

    @property
    def version(self) -> str:
        """The one in force."""

    def text(self, language: str) -> str:
        """Plain text of the version in force; titles begin with `#`."""

    def pdf(self, language: str) -> bytes: ...


Numbers = Callable[[str], str]
"""A telephone number in E.164, as messages go there. Raises GatewayError(PHONE_IMPOSSIBLE)."""

MessageMark = Callable[[str], str]
"""`Codes.message_mark` alone."""

ExternalMark = Callable[[int, str], bytes]
"""`Codes.external_mark` alone, for those who have no business with codes."""

PageMark = Callable[[int, str], bytes]
"""`Codes.page_mark` alone."""

Wake = Callable[[], None]
"""Tell local workers that a task is due. Losing a call loses nothing: they also look by themselves."""

Audit = Callable[[str, str], object]
"""Append to the hash-chained trail: what an operator did, and to what; both opaque words.

For what has no unit of work of its own, and never inside one that writes: that one has `audit.append`.
"""

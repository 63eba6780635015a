"""Judging and preserving what recipients sign with their own certificates, and where it waits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from gateway.domain.recipient_signature import Errand, RecipientSignature, StagedCopy


@dataclass(frozen=True, slots=True)
class ErrandWords:
    """What the program on the recipient's device knows of an errand: its identifier and a key."""

    identifier: str
    key: str


class SigningProgram(Protocol):
    """A program on the recipient's device that signs with their certificate, and how it is spoken to."""

    def invitation(self, words: ErrandWords) -> str:
        """The address that opens the program."""

    def request(self, words: ErrandWords, copy: bytes) -> str:
        """What the program fetches: the document, and where to store what it signed."""

    def answer(self, words: ErrandWords, text: str) -> bytes | None:
        """What it signed; None when it was cancelled or failed. Raises SIGNED_FILE_UNREADABLE."""


class RecipientSignatures(Protocol):
    """PAdES and XAdES of others, by the roots that the operator trusts for recipients."""

    def judge(self, copy: bytes, signed: bytes, at: datetime) -> RecipientSignature:
        """What was signed is exactly `copy`, once, and the signature holds at `at`.

        Raises GatewayError: SIGNED_FILE_UNREADABLE, SIGNED_FILE_DIFFERS (something else, or more, was
        signed), RECIPIENT_SIGNATURE_INVALID, RECIPIENT_CERTIFICATE_REFUSED (path, time, revocation, use),
        TEMPORARILY_UNAVAILABLE (nobody can tell about revocation now), CONFIGURATION (nobody is trusted).
        """

    def preserve(self, signature: RecipientSignature, copy: bytes, signed: bytes, at: datetime) -> bytes:
        """The judged file with our time-stamp and what proves the certificate good, so that it stands for
        years. Raises GatewayError(TEMPORARILY_UNAVAILABLE) when no authority answers."""


class StagedCopies(Protocol):
    """Signed copies that came and wait until each document of their recipient is there."""

    def put(self, copy: StagedCopy) -> None:
        """In the place of an earlier one of the same document and recipient."""

    def of(self, guid: str, recipient: int) -> Sequence[StagedCopy]:
        """By document."""

    def clear(self, guid: str, recipient: int) -> None: ...


class Errands(Protocol):
    """Calls of signing programs."""

    def add(self, errand: Errand) -> None: ...
    def get(self, mark: bytes) -> Errand | None: ...
    def of(self, guid: str, recipient: int) -> Sequence[Errand]:
        """Oldest first."""

    def replace(self, before: Errand, after: Errand) -> bool:
        """Compare-and-set of state and answer."""

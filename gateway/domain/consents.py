"""Consents that an issuer asks for beside what is accepted, and those that were given.

One is kept for its issuer and its recipient's legal identity until it is withdrawn, or until the transaction
in which it was given is purged.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from hashlib import sha256

from gateway.domain.parties import Recipient

MOST = 20


class Purpose(Enum):
    """What a consent is for."""

    WAIVE_POST = "WAIVE_POST"
    MARKETING = "MARKETING"
    DATA_SHARING = "DATA_SHARING"
    ELECTRONIC_NOTICES = "ELECTRONIC_NOTICES"
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True)
class Consent:
    """What is asked. `version` names the wording, and the digest proves which words it was."""

    id: str
    purpose: Purpose
    version: str
    text: str
    mandatory: bool = True

    @property
    def sha256(self) -> bytes:
        """SHA-256 (32 octets) of the text in UTF-8."""
        return sha256(self.text.encode()).digest()


@dataclass(frozen=True, slots=True)
class GivenConsent:
    """One that was given by recipient `position` of a transaction: a line of the issuer's book."""

    issuer: int
    guid: str
    position: int
    consent: str
    purpose: Purpose
    version: str
    text_sha256: bytes
    given_at: datetime
    withdrawn_at: datetime | None = None

    def in_force(self, now: datetime) -> bool:
        return self.given_at <= now and (self.withdrawn_at is None or now < self.withdrawn_at)


def consent_rules(
    consents: Sequence[Consent], recipients: Sequence[Recipient], *, accepts: bool
) -> Iterator[str]:
    """What may not be asked; `accepts`: those whom the issuer names accept something."""
    if not consents:
        return
    if not accepts:
        yield "consents are only asked of recipients who accept"
    if len(consents) > MOST:
        yield f"there are more than {MOST} consents"
    if len({each.id for each in consents}) != len(consents):
        yield "consent ids repeat"
    for index, recipient in enumerate(recipients, 1):
        if recipient.identity is None:
            yield f"recipient {index}: consents are kept by the legal identity, which is missing"


def missing(consents: Iterable[Consent], given: Iterable[str]) -> tuple[Consent, ...]:
    """The mandatory ones that are not among the ids `given`."""
    ticked = frozenset(given)
    return tuple(each for each in consents if each.mandatory and each.id not in ticked)


def consent_details(consents: Sequence[Consent], given: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """For the evidence of the act: of each, in the issuer's order, its version, its words and the answer."""
    ticked = frozenset(given)
    details = []
    for number, each in enumerate(consents, 1):
        answer = "given" if each.id in ticked else "refused"
        details += [
            (f"consent_{number}", f"{each.id}|{each.version}|{answer}"),
            (f"consent_{number}_text", each.text),
            (f"consent_{number}_sha256", each.sha256.hex()),
        ]
    return tuple(details)

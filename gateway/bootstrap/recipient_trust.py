"""From settings to whoever judges what recipients sign with certificates of their own."""

from gateway.adapters.crypto.revocation import CachedRevocation
from gateway.adapters.crypto.revocation_http import Fetcher
from gateway.adapters.crypto.trust import Anchors
from gateway.adapters.validation.recipient_signatures import (
    NobodyTrusted,
    RecipientTrust,
    TrustedRecipients,
)
from gateway.bootstrap.technology import Technology
from gateway.settings import Settings
from gateway.usecases.ports import RecipientSignatures
from gateway.usecases.take_signed import SigningLimits


def recipient_signatures(settings: Settings, tech: Technology) -> RecipientSignatures:
    """By the roots of `[recipients]`; nobody is trusted while their file is not there."""
    recipients = settings.recipients
    if not recipients.anchors.exists():
        return NobodyTrusted()
    lists = tuple(dict.fromkeys((*recipients.lists, *settings.revocation.lists)))
    fetcher = Fetcher(settings.revocation.timeout.total_seconds()) if recipients.online else None
    trust = RecipientTrust(
        Anchors.from_file(recipients.anchors),
        Anchors.from_file(settings.pki.anchors),
        CachedRevocation(tech.clock, lists, fetcher, max_age=settings.revocation.max_age),
        tech.algorithms,
    )
    return TrustedRecipients(trust, tech.timestamper)


def signing_limits(settings: Settings) -> SigningLimits:
    recipients = settings.recipients
    return SigningLimits(
        largest=recipients.largest,
        tries=recipients.tries,
        errand=recipients.errand,
        errands=recipients.errands,
    )

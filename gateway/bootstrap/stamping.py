"""From settings to the time-stamping authorities: the embedded one, and the client that asks them all."""

from gateway.adapters.crypto import keys
from gateway.adapters.crypto.trust import Anchors
from gateway.adapters.crypto.tsa import TimestampClient, Told, TsaSource, nobody
from gateway.adapters.crypto.tsa_authority import TimestampAuthority
from gateway.adapters.crypto.tsa_health import Rest
from gateway.adapters.crypto.tsa_http import HttpTransport
from gateway.adapters.crypto.validation_data import Revocation
from gateway.settings import Settings
from gateway.usecases.ports import Clock

EMBEDDED = "embedded"


def embedded(settings: Settings, clock: Clock) -> TimestampAuthority | None:
    """None when it is not configured."""
    if EMBEDDED not in settings.tsa.authorities:
        return None
    pair = keys.load(settings.pki.tsa_key, settings.pki.tsa_chain)
    return TimestampAuthority(pair, settings.tsa.policy, clock)


def timestamper(
    settings: Settings,
    clock: Clock,
    authority: TimestampAuthority | None,
    told: Told = nobody,
    revocation: Revocation | None = None,
) -> TimestampClient:
    """`told` hears how each authority is; `revocation` knows whether one was revoked."""
    return TimestampClient(
        [_source(name, settings, authority) for name in settings.tsa.authorities],
        Anchors.from_file(settings.pki.anchors),
        clock,
        settings.tsa.max_offset,
        Rest(settings.tsa.rest, settings.tsa.longest_rest),
        told,
        revocation,
    )


def _source(name: str, settings: Settings, authority: TimestampAuthority | None) -> TsaSource:
    if name == EMBEDDED and authority is not None:
        return TsaSource(EMBEDDED, authority.respond, settings.tsa.policy, own_clock=True)
    return TsaSource(name, HttpTransport(name, settings.tsa.timeout.total_seconds()))

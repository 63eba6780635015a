"""From settings to whatever signs, time-stamps and knows whether that may be trusted."""

from dataclasses import dataclass

from gateway.adapters.crypto.algorithm_policy import AlgorithmPolicy
from gateway.adapters.crypto.detached import DetachedSealer
from gateway.adapters.crypto.pades import PdfSealer
from gateway.adapters.crypto.revocation import CachedRevocation
from gateway.adapters.crypto.revocation_http import Fetcher
from gateway.adapters.crypto.rotating_signer import RotatingSigner
from gateway.adapters.crypto.seal_key import SealTrust
from gateway.adapters.crypto.sealing import EvidenceSealer
from gateway.adapters.crypto.signature_level import Level
from gateway.adapters.crypto.signer import Signer
from gateway.adapters.crypto.trust import Anchors
from gateway.adapters.crypto.tsa import TimestampClient, Told, nobody
from gateway.adapters.crypto.tsa_authority import TimestampAuthority
from gateway.adapters.crypto.validation_data import Revocation
from gateway.adapters.crypto.xades import Sealer
from gateway.adapters.crypto.xades_levels import Levels
from gateway.bootstrap.sealing_keys import Allowed, nothing, sealing_keys, signature_properties
from gateway.bootstrap.stamping import embedded
from gateway.bootstrap.stamping import timestamper as stamping
from gateway.domain.evidence import EvidenceParty
from gateway.settings import Settings
from gateway.usecases.ports import Clock


@dataclass(frozen=True, slots=True)
class Sealing:
    """The signing technology; `authority` is the embedded TSA, if it is configured."""

    signer: Signer
    timestamper: TimestampClient
    trust: SealTrust
    evidence: EvidenceSealer
    detached: DetachedSealer
    pdf: PdfSealer
    authority: TimestampAuthority | None


def sealing(settings: Settings, clock: Clock, told: Told = nobody, allowed: Allowed = nothing) -> Sealing:
    """Build it; raises GatewayError(CONFIGURATION), naming what is wrong.

    `told` hears how the time-stamping authorities are; `allowed` as for `sealing_keys`.
    """
    authority = embedded(settings, clock)
    trust = SealTrust(
        Anchors.from_file(settings.pki.anchors),
        _revocation(settings, clock),
        AlgorithmPolicy.load(settings.pki.algorithm_policy),
    )
    timestamper = stamping(settings, clock, authority, told, trust.revocation)
    levels = Levels(timestamper, trust, Level(settings.evidence.level))
    signer, said = (
        RotatingSigner(sealing_keys(settings, allowed), trust, clock),
        signature_properties(settings),
    )
    evidence = _evidence_sealer(settings, Sealer(signer, levels, clock, said), timestamper)
    detached, pdf = DetachedSealer(signer, levels, clock, said), PdfSealer(signer, levels, clock)
    return Sealing(signer, timestamper, trust, evidence, detached, pdf, authority)


def _evidence_sealer(settings: Settings, sealer: Sealer, timestamper: TimestampClient) -> EvidenceSealer:
    provider = EvidenceParty(
        name=settings.evidence.provider_name,
        identifier=settings.evidence.provider_identifier,
        scheme="CIF" if settings.evidence.provider_identifier else "",
        kind="COMPANY",
    )
    return EvidenceSealer(sealer, timestamper, settings.evidence.policy_id, provider)


def _revocation(settings: Settings, clock: Clock) -> Revocation:
    revocation = settings.revocation
    fetcher = Fetcher(revocation.timeout.total_seconds()) if revocation.online else None
    return CachedRevocation(clock, revocation.lists, fetcher, max_age=revocation.max_age)

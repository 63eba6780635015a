"""The port `Sealer`: renders evidence under our policy and name, seals it, and time-stamps digests."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from gateway.adapters.crypto.tsa import TimestampClient
from gateway.adapters.crypto.xades import Sealer
from gateway.adapters.xml.evidence_xml import render
from gateway.domain.evidence import EvidenceFacts, EvidenceParty, SealedEvidence


@dataclass(frozen=True, slots=True)
class EvidenceSealer:
    """`policy_id` is the evidence policy's URI, `provider` who issues the evidence."""

    sealer: Sealer
    timestamper: TimestampClient
    policy_id: str
    provider: EvidenceParty

    def render(self, facts: EvidenceFacts) -> bytes:
        return render(facts, self.policy_id, self.provider)

    def seal(self, rendered: bytes) -> SealedEvidence:
        return self.sealer.seal(rendered)

    def timestamp(self, octets: bytes) -> tuple[bytes, datetime, str]:
        token = self.timestamper.timestamp(sha256(octets).digest())
        return token.der, token.gen_time, token.tsa_name

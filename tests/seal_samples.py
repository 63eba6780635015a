"""A development PKI with its authority, client and sealer, and typical facts, for tests of evidence.

Everything is real; only the clock can be set.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from lxml import etree

from gateway.adapters.crypto import certificates, devpki, keys, tsa
from gateway.adapters.crypto.algorithm_policy import AlgorithmPolicy
from gateway.adapters.crypto.algorithms import PrivateKey
from gateway.adapters.crypto.augment import Augmenter
from gateway.adapters.crypto.detached import DetachedSealer
from gateway.adapters.crypto.key_signer import KeySigner
from gateway.adapters.crypto.keys import KeyPair
from gateway.adapters.crypto.revocation import CachedRevocation
from gateway.adapters.crypto.revocation_http import Fetcher
from gateway.adapters.crypto.seal_key import SealTrust
from gateway.adapters.crypto.signature_level import Level
from gateway.adapters.crypto.signature_properties import NOTHING_SAID, SignatureProperties
from gateway.adapters.crypto.trust import Anchors
from gateway.adapters.crypto.tsa_authority import TimestampAuthority
from gateway.adapters.crypto.xades import Sealer
from gateway.adapters.crypto.xades_levels import Levels
from gateway.adapters.xml import evidence_xml
from gateway.domain.evidence import ErdsEvent, EvidenceDocument, EvidenceFacts, EvidenceParty

POLICY = "1.3.6.1.4.1.99999.1.1"
PROVIDER = EvidenceParty("Fehaciente, tercero de confianza", "VATES-B00000000", "VAT", "COMPANY")
POLICY_URI = "urn:fehaciente:policy:1.0"


@dataclass
class SetClock:
    """The machine's time, or the one that was set."""

    moment: datetime | None = None

    def now(self) -> datetime:
        return self.moment or datetime.now(UTC)


@dataclass
class Workshop:
    """One PKI and what is built from it."""

    folder: Path
    clock: SetClock = field(default_factory=SetClock)

    @classmethod
    def create(cls, folder: Path, now: datetime | None = None) -> "Workshop":
        devpki.create(folder, now=now or datetime.now(UTC))
        return cls(folder)

    @property
    def anchors(self) -> Anchors:
        return Anchors.from_file(self.folder / "ca.pem")

    def pair(self, name: str) -> KeyPair:
        return keys.load(self.folder / f"{name}.key", self.folder / f"{name}.pem")

    def issue(self, name: str, key: PrivateKey, extensions: Sequence[certificates.Extension] = ()) -> KeyPair:
        """A further certificate under the same authority, for sealing unless told otherwise, in files."""
        issuer = self.pair("intermediate")
        subject = certificates.subject(f"Fehaciente development {name}")
        now = self.clock.now() - timedelta(minutes=5)
        sealing = certificates.end_entity(certificates.SIGNING, certificates.DOCUMENT_SIGNING)
        span = (now, now + timedelta(days=1000))
        leaf = certificates.build(
            subject, key.public_key(), issuer.certificate.subject, issuer.key, span, extensions or sealing
        )
        chain = (leaf, *issuer.chain)
        (self.folder / f"{name}.pem").write_bytes(b"".join(c.public_bytes(Encoding.PEM) for c in chain))
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (self.folder / f"{name}.key").write_bytes(pem)
        return KeyPair(key, chain)

    def authority(self, policy: str = POLICY) -> TimestampAuthority:
        return TimestampAuthority(self.pair("tsa"), policy, self.clock)

    def client(self) -> tsa.TimestampClient:
        source = tsa.TsaSource("embedded", self.authority().respond, POLICY)
        return tsa.TimestampClient([source], self.anchors, self.clock)

    def signer(self, name: str = "seal", *, pss: bool = False) -> KeySigner:
        return KeySigner(self.pair(name), pss=pss)

    def trust(self, online: bool = False) -> SealTrust:
        files = [self.folder / "ca.crl", self.folder / "intermediate.crl"]
        revocation = CachedRevocation(self.clock, files, Fetcher(2.0) if online else None)
        return SealTrust(self.anchors, revocation, AlgorithmPolicy.load())

    def levels(self, level: Level = Level.B_T) -> Levels:
        return Levels(self.client(), self.trust(), level)

    def sealer(
        self,
        name: str = "seal",
        level: Level = Level.B_T,
        properties: SignatureProperties = NOTHING_SAID,
    ) -> Sealer:
        return Sealer(self.signer(name), self.levels(level), self.clock, properties)

    def detached(self, level: Level = Level.B_LT, name: str = "seal") -> DetachedSealer:
        return DetachedSealer(self.signer(name), self.levels(level), self.clock)

    def augmenter(self) -> Augmenter:
        return Augmenter(self.client(), self.trust())


def facts(**changes: Any) -> EvidenceFacts:
    """A signature by the second of two recipients, over two documents."""
    now = datetime.now(UTC)
    values: dict[str, Any] = {
        "evidence_id": "0f0e7a3c-evidence",
        "event": ErdsEvent.SIGNED,
        "event_time": now,
        "guid": "001001-0001-000000000123456.par",
        "external_id": "PÓLIZA <1> & 2",
        "service": "CONTRACT",
        "issuer": EvidenceParty("Banco Ejemplo, S.A.", "A00000000", "CIF", "COMPANY"),
        "recipients": (
            EvidenceParty("María Núñez", "00000000T", "NIF", "PERSON", "tel:+34600000000"),
            EvidenceParty("John Smith", "", "", "PERSON", "mailto:john@example.org"),
        ),
        "documents": (
            EvidenceDocument("contrato.pdf", "application/pdf", 51_200, b"o" * 32, b"s" * 32),
            EvidenceDocument("anexo.txt", "text/plain", 12, b"t" * 32),
        ),
        "submitted_at": now,
        "refers_to": 1,
        "result": 7,
        "details": (("sign_method", "SMS"), ("reason", "conforme")),
    }
    return EvidenceFacts(**(values | changes))


def rendered(**changes: Any) -> bytes:
    return evidence_xml.render(facts(**changes), POLICY_URI, PROVIDER)


def standards() -> Path:
    """The folder of the standards' schemas; skips without it, fails in CI."""
    default = Path(__file__).resolve().parents[2] / "shared" / "standards"
    folder = Path(os.environ.get("FEHACIENTE_STANDARDS", default))
    if not folder.is_dir():
        reason = "the standards' schemas are not there (FEHACIENTE_STANDARDS)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return folder


def mutable(octets: bytes) -> etree._Element:
    """A tree to tamper with."""
    return etree.fromstring(octets)

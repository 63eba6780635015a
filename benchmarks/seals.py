"""Seals per second on one core, beside raw P-256 signatures and plain signxml in the same run.

usage: python -m benchmarks.seals [--seconds N]
The candidates take short turns, so that a machine that is busy for a moment slows all of them alike.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from lxml import etree
from signxml.algorithms import SignatureMethod
from signxml.signer import XMLSigner
from signxml.xades.xades import XAdESSigner

from gateway.adapters.crypto import devpki, keys, tsa
from gateway.adapters.crypto.algorithm_policy import AlgorithmPolicy
from gateway.adapters.crypto.key_signer import KeySigner
from gateway.adapters.crypto.revocation import CachedRevocation
from gateway.adapters.crypto.seal_key import SealTrust
from gateway.adapters.crypto.signature_level import Level
from gateway.adapters.crypto.trust import Anchors
from gateway.adapters.crypto.tsa_authority import TimestampAuthority
from gateway.adapters.crypto.tsa_token import Token
from gateway.adapters.crypto.xades import Sealer
from gateway.adapters.crypto.xades_levels import Levels
from gateway.adapters.xml import evidence_xml
from gateway.domain.evidence import ErdsEvent, EvidenceDocument, EvidenceFacts, EvidenceParty

SLICE = 0.05
POLICY = "1.3.6.1.4.1.99999.1.1"
Candidates = dict[str, Callable[[], object]]
RAW, TOKENS, STAMPS = "raw P-256 signature", "TSA token", "token asked for and checked"
PLAIN_DS, PLAIN_XADES = "signxml, XML Signature only", "signxml, XAdES B-B"
PLAIN_TREE = "signxml, XAdES B-B, tree at hand"
SEAL_T, SEAL_LT, SEAL_LTA = "our seal, XAdES B-T", "our seal, XAdES B-LT", "our seal, XAdES B-LTA"
SEAL_RSA = "our seal, XAdES B-LT, RSA-3072"
# The same seals with a token at hand: what sealing costs beside asking for a token and checking it.
BARE_T, BARE_LT = "the same B-T, its token at hand", "the same B-LT, its token at hand"


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class TokenAtHand(tsa.TimestampClient):
    """Gives one genuine token again and again, whatever it is asked for: only for measuring."""

    def __init__(self, client: tsa.TimestampClient) -> None:
        self._token = client.timestamp(sha256(b"").digest())

    def timestamp(self, digest: bytes) -> Token:  # noqa: ARG002
        return self._token


def rendered() -> bytes:
    """A typical evidence: two parties, two documents, a few details."""
    now = datetime.now(UTC)
    document = EvidenceDocument("contrato.pdf", "application/pdf", 51_200, b"o" * 32, b"s" * 32)
    facts = EvidenceFacts(
        evidence_id="benchmark",
        event=ErdsEvent.SIGNED,
        event_time=now,
        guid="001001-0001-000000000123456.par",
        external_id="BENCHMARK-1",
        service="CONTRACT_EXPRESS",
        issuer=EvidenceParty("Banco Ejemplo, S.A.", "A00000000", "CIF", "COMPANY"),
        recipients=(EvidenceParty("María Pérez", "00000000T", "NIF", "PERSON", "tel:+34600000000"),),
        documents=(document, document),
        submitted_at=now,
        refers_to=0,
        result=7,
        details=(("sign_method", "SMS"), ("channel", "SMS")),
    )
    provider = EvidenceParty("Fehaciente", "VATES-A00000000", "VAT", "COMPANY")
    return evidence_xml.render(facts, "urn:fehaciente:policy:1.0", provider)


def candidates(folder: Path) -> Candidates:
    """What is measured, over one PKI and one document."""
    clock = SystemClock()
    devpki.create(folder, now=clock.now())
    anchors = Anchors.from_file(folder / "ca.pem")
    pair, rsa_pair, tsa_pair = (
        keys.load(folder / f"{n}.key", folder / f"{n}.pem") for n in ("seal", "seal-rsa", "tsa")
    )
    authority = TimestampAuthority(tsa_pair, POLICY, clock)
    client = tsa.TimestampClient([tsa.TsaSource("embedded", authority.respond, POLICY)], anchors, clock)
    octets = rendered()
    digest = sha256(octets).digest()
    request = tsa.request(digest, 1, POLICY)
    lists = CachedRevocation(clock, (folder / "ca.crl", folder / "intermediate.crl"))
    trust = SealTrust(anchors, lists, AlgorithmPolicy.load())

    def sealer(level: Level, keys_of: keys.KeyPair = pair, stamps: tsa.TimestampClient = client) -> Sealer:
        return Sealer(KeySigner(keys_of), Levels(stamps, trust, level), clock)

    by_t, by_lt, by_lta = sealer(Level.B_T), sealer(Level.B_LT), sealer(Level.B_LTA)
    at_hand = TokenAtHand(client)
    bare_t, bare_lt = (sealer(level, stamps=at_hand) for level in (Level.B_T, Level.B_LT))
    by_rsa = sealer(Level.B_LT, rsa_pair)
    root, chain = etree.fromstring(octets), list(pair.chain)
    plain = XMLSigner(signature_algorithm=SignatureMethod.ECDSA_SHA256)
    key = pair.key
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError("the development seal is P-256")
    return {
        RAW: lambda: key.sign(octets, ec.ECDSA(hashes.SHA256())),
        TOKENS: lambda: authority.respond(request),
        STAMPS: lambda: client.timestamp(digest),
        PLAIN_DS: lambda: etree.tostring(plain.sign(root, key=key, cert=chain)),
        PLAIN_XADES: plain_xades(pair, lambda: etree.fromstring(octets)),
        PLAIN_TREE: plain_xades(pair, lambda: root),
        SEAL_T: lambda: by_t.seal(octets),
        SEAL_LT: lambda: by_lt.seal(octets),
        BARE_T: lambda: bare_t.seal(octets),
        BARE_LT: lambda: bare_lt.seal(octets),
        SEAL_LTA: lambda: by_lta.seal(octets),
        SEAL_RSA: lambda: by_rsa.seal(octets),
    }


def plain_xades(pair: keys.KeyPair, document: Callable[[], etree._Element]) -> Callable[[], bytes]:
    """A signature of the same document by signxml as it comes, without time-stamp."""
    signer = XAdESSigner(signature_algorithm=SignatureMethod.ECDSA_SHA256)
    chain = list(pair.chain)
    return lambda: etree.tostring(signer.sign(document(), key=pair.key, cert=chain))


def rates(work: Candidates, seconds: float) -> dict[str, float]:
    """Times per second of this process's own CPU, each candidate in short slices in turn."""
    done, spent = dict.fromkeys(work, 0), dict.fromkeys(work, 0.0)
    for _ in range(max(1, round(seconds / SLICE))):
        for name, each in work.items():
            count, time_spent = run_slice(each)
            done[name] += count
            spent[name] += time_spent
    return {name: done[name] / spent[name] for name in work}


def run_slice(work: Callable[[], object]) -> tuple[int, float]:
    start, done = time.process_time(), 0
    while (spent := time.process_time() - start) < SLICE:
        work()
        done += 1
    return done, spent


def main() -> None:
    parser = argparse.ArgumentParser(description="Seals per second beside raw signatures and plain signxml.")
    parser.add_argument("--seconds", type=float, default=3.0, help="CPU seconds per candidate")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measured = rates(candidates(Path(folder) / "pki"), arguments.seconds)
    print(f"{'':38}{'per second':>12}{'of raw':>10}{'of signxml XAdES':>18}")
    for name, value in measured.items():
        print(f"{name:38}{value:12.0f}{value / measured[RAW]:10.2f}{value / measured[PLAIN_XADES]:18.2f}")


if __name__ == "__main__":
    main()

"""Sealed PDFs per second on one core, beside raw P-256 signatures and pyHanko's own signer in the same run.

usage: python -m benchmarks.pades [--seconds N]
A certificate with eight evidence files inside is sealed; rendering it and asking the time-stamping authority
are counted apart. pyHanko's signer makes B-B, which is less than what it is compared with.
"""

import argparse
import io
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner

from benchmarks.seals import POLICY, Candidates, SystemClock, TokenAtHand, rates, rendered
from gateway.adapters.crypto import devpki, keys, tsa
from gateway.adapters.crypto.algorithm_policy import AlgorithmPolicy
from gateway.adapters.crypto.key_signer import KeySigner
from gateway.adapters.crypto.pades import PdfSealer
from gateway.adapters.crypto.revocation import CachedRevocation
from gateway.adapters.crypto.seal_key import SealTrust
from gateway.adapters.crypto.signature_level import Level
from gateway.adapters.crypto.signer import Signer
from gateway.adapters.crypto.trust import Anchors
from gateway.adapters.crypto.tsa_authority import TimestampAuthority
from gateway.adapters.crypto.xades import Sealer
from gateway.adapters.crypto.xades_levels import Levels
from gateway.adapters.documents.certificate_pdf import render
from gateway.domain.certificate import Attachment, CertificateContent, CodeAudit, CodeFate, Relation
from tests.certificate_samples import CONTENT

EVIDENCE = 8
ROUNDS = range(12)
RAW = "raw P-256 signature"
NAIVE, RESERVED = "pyHanko's PdfSigner, B-B", "the same, kept, bytes reserved"


def content() -> CertificateContent:
    """Two recipients, a code with a wrong try each, and a timeline as long as a contract's."""
    at = CONTENT.closed_at
    code = CodeAudit("SIGN", "SMS", "SMS", "••• ••• 123", at, CodeFate.USED, at, at, (at,), at)
    person = replace(CONTENT.recipients[0], codes=(code,))
    entries = [replace(CONTENT.timeline[1], at=at + timedelta(seconds=number)) for number in ROUNDS]
    return replace(CONTENT, recipients=(person, person), timeline=tuple(entries))


def attachments(sealer: Sealer) -> list[Attachment]:
    octets = sealer.seal(rendered()).octets
    at, xml = CONTENT.closed_at, "application/xml"
    return [
        Attachment(f"evidence-{number}.xml", xml, "evidence", Relation.SOURCE, octets, at)
        for number in range(EVIDENCE)
    ]


def candidates(folder: Path) -> Candidates:
    """What is measured, over one PKI and one certificate."""
    clock = SystemClock()
    devpki.create(folder, now=clock.now())
    anchors = Anchors.from_file(folder / "ca.pem")
    pair, rsa_pair, tsa_pair = (
        keys.load(folder / f"{name}.key", folder / f"{name}.pem") for name in ("seal", "seal-rsa", "tsa")
    )
    source = tsa.TsaSource("embedded", TimestampAuthority(tsa_pair, POLICY, clock).respond, POLICY)
    asked = tsa.TimestampClient([source], anchors, clock)
    at_hand = TokenAtHand(asked)
    lists = CachedRevocation(clock, [folder / "ca.crl", folder / "intermediate.crl"])
    trust = SealTrust(anchors, lists, AlgorithmPolicy.load())

    def sealer(
        level: Level = Level.B_LT, stamps: tsa.TimestampClient = at_hand, by: Signer | None = None
    ) -> PdfSealer:
        return PdfSealer(by or KeySigner(pair), Levels(stamps, trust, level), clock)

    story, files = content(), attachments(Sealer(KeySigner(pair), Levels(asked, trust, Level.B_LT), clock))
    pdf = render(story, files)
    baseline_t, long_term, stamped = sealer(Level.B_T), sealer(), sealer(stamps=asked)
    rsa, pss = (sealer(by=KeySigner(rsa_pair, pss=pss)) for pss in (False, True))
    digest = sha256(pdf).digest()
    key = pair.key
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError("the development seal is P-256")
    print(
        f"rendered: {len(pdf)} octets; B-T: {len(baseline_t.seal(pdf))}; B-LT: {len(long_term.seal(pdf))}\n"
    )
    return {
        RAW: lambda: key.sign(pdf[:1000], ec.ECDSA(hashes.SHA256())),
        "rendered, PDF/A-3b, 8 evidence": lambda: render(story, files),
        "token asked for and checked": lambda: asked.timestamp(digest),
        "our seal, B-T, P-256, no TSA": lambda: baseline_t.seal(pdf),
        "our seal, B-LT, P-256, no TSA": lambda: long_term.seal(pdf),
        "our seal, B-LT, P-256, with TSA": lambda: stamped.seal(pdf),
        "our seal, B-LT, RSA-3072, no TSA": lambda: rsa.seal(pdf),
        "our seal, B-LT, RSA-PSS, no TSA": lambda: pss.seal(pdf),
        **pyhanko(folder, pdf),
    }


def pyhanko(folder: Path, pdf: bytes) -> Candidates:
    """The library's own way: a signer for each file, and one that is kept with room reserved."""
    leaf, *others = keys.load(folder / "seal.key", folder / "seal.pem").chain
    for name, chain in (("leaf.pem", [leaf]), ("others.pem", others)):
        (folder / name).write_bytes(b"".join(each.public_bytes(Encoding.PEM) for each in chain))
    key, certificate, more = (str(folder / name) for name in ("seal.key", "leaf.pem", "others.pem"))
    known = SimpleSigner.load(key, certificate, ca_chain_files=(more,))  # type: ignore[no-untyped-call]
    metadata = PdfSignatureMetadata(
        field_name="Seal", subfilter=SigSeedSubFilter.PADES, md_algorithm="sha256"
    )
    kept = PdfSigner(metadata, known)

    def sign(signer: PdfSigner, reserved: int | None) -> Callable[[], object]:
        return lambda: signer.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), bytes_reserved=reserved)

    return {NAIVE: lambda: sign(PdfSigner(metadata, known), None)(), RESERVED: sign(kept, 16_384)}


def main() -> None:
    parser = argparse.ArgumentParser(description="Sealed PDFs per second beside raw signatures and pyHanko.")
    parser.add_argument("--seconds", type=float, default=3.0, help="CPU seconds per candidate")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measured = rates(candidates(Path(folder) / "pki"), arguments.seconds)
    print(f"{'':36}{'per second':>12}{'of raw':>10}{'of pyHanko':>12}")
    for name, value in measured.items():
        print(f"{name:36}{value:12.0f}{value / measured[RAW]:10.3f}{value / measured[NAIVE]:12.1f}")


if __name__ == "__main__":
    main()

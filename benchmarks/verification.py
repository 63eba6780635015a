"""Verifications per second on one core, beside raw P-256 verification and plain signxml in the same run.

usage: python -m benchmarks.verification [--seconds N]
A gateway's verifier is warm: certificates and lists of its own evidence have been seen before. `cold` forgets
them for each file, as the command line does.
"""

import argparse
import tempfile
import zipfile
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree
from signxml.xades.xades import XAdESVerifier

from benchmarks.seals import POLICY, Candidates, SystemClock, plain_xades, rates, rendered
from gateway.adapters.crypto import devpki, keys, tsa
from gateway.adapters.crypto.algorithm_policy import AlgorithmPolicy
from gateway.adapters.crypto.detached import DetachedSealer, SignedFile
from gateway.adapters.crypto.key_signer import KeySigner
from gateway.adapters.crypto.pades import PdfSealer
from gateway.adapters.crypto.revocation import CachedRevocation
from gateway.adapters.crypto.seal_key import SealTrust
from gateway.adapters.crypto.signature_level import Level
from gateway.adapters.crypto.trust import Anchors
from gateway.adapters.crypto.tsa_authority import TimestampAuthority
from gateway.adapters.crypto.xades import Sealer
from gateway.adapters.crypto.xades_levels import Levels
from gateway.adapters.validation.asic import MEDIA_TYPE
from gateway.adapters.validation.context import Context
from gateway.adapters.validation.memory import Memory
from gateway.adapters.validation.validator import Validator
from gateway.adapters.validation.xml import validate_xml
from gateway.domain.validation import Indication, ValidationReport
from scripts.sample_contract import contract_pdf

RAW, SIGNXML = "raw P-256 verification", "signxml, XAdES B-B"


def candidates(folder: Path) -> Candidates:
    """What is measured, over one PKI and one document."""
    clock = SystemClock()
    devpki.create(folder, now=clock.now())
    anchors, policy = Anchors.from_file(folder / "ca.pem"), AlgorithmPolicy.load()
    pair, authority_pair = (keys.load(folder / f"{n}.key", folder / f"{n}.pem") for n in ("seal", "tsa"))
    authority = TimestampAuthority(authority_pair, POLICY, clock)
    client = tsa.TimestampClient([tsa.TsaSource("embedded", authority.respond, POLICY)], anchors, clock)
    lists = CachedRevocation(clock, (folder / "ca.crl", folder / "intermediate.crl"))
    trust, octets = SealTrust(anchors, lists, policy), rendered()
    sealed = {
        level: Sealer(KeySigner(pair), Levels(client, trust, level), clock).seal(octets).octets
        for level in (Level.B_T, Level.B_LT, Level.B_LTA)
    }
    context = Context(anchors, policy, datetime.now(UTC), revocation_required=False)
    if not isinstance(pair.key, ec.EllipticCurvePrivateKey):
        raise TypeError("the development seal is P-256")
    public, value = pair.key.public_key(), pair.key.sign(octets, ec.ECDSA(hashes.SHA256()))
    plain, certificate = (
        plain_xades(pair, lambda: etree.fromstring(octets))(),
        pair.certificate.public_bytes(Encoding.PEM).decode(),
    )
    return {
        RAW: lambda: public.verify(value, octets, ec.ECDSA(hashes.SHA256())),
        SIGNXML: lambda: XAdESVerifier().verify(plain, x509_cert=certificate, expect_references=True),
        "ours, the same B-B by signxml": lambda: passed(plain, context),
        "ours, B-T": lambda: passed(sealed[Level.B_T], context),
        "ours, B-LT": lambda: passed(sealed[Level.B_LT], context),
        "ours, B-LT, cold": lambda: passed(sealed[Level.B_LT], replace(context, memory=Memory())),
        "ours, B-LTA": lambda: passed(sealed[Level.B_LTA], context),
        **whole_files(Workbench(KeySigner(pair), Levels(client, trust, Level.B_LT), clock), anchors),
    }


@dataclass(frozen=True, slots=True)
class Workbench:
    """What PDF and containers are sealed with."""

    signer: KeySigner
    levels: Levels
    clock: SystemClock


def whole_files(bench: Workbench, anchors: Anchors) -> Candidates:
    """A sealed PDF, and a container of twenty evidences and that PDF, each of them judged as well."""
    sealer = Sealer(bench.signer, bench.levels, bench.clock)
    pdf = PdfSealer(bench.signer, bench.levels, bench.clock).seal(contract_pdf(2))
    files = {f"evidence/{n:02d}.xml": sealer.seal(rendered()).octets for n in range(20)} | {"a.pdf": pdf}
    signed = [SignedFile(name, "text/xml", sha256(octets).digest()) for name, octets in files.items()]
    files["META-INF/signatures.xml"] = DetachedSealer(bench.signer, bench.levels, bench.clock).seal(signed)
    container = BytesIO()
    with zipfile.ZipFile(container, "w") as archive:
        archive.writestr(zipfile.ZipInfo("mimetype"), MEDIA_TYPE)
        for name, octets in files.items():
            archive.writestr(name, octets, zipfile.ZIP_DEFLATED)
    validator, pack = Validator(anchors, AlgorithmPolicy.load()), container.getvalue()
    at = bench.clock.now()
    return {
        "ours, PDF, B-LT": lambda: holds(validator.validate("a.pdf", pdf, at=at)),
        "ours, pack of 20 evidences and a PDF": lambda: holds(validator.validate("a.asice", pack, at=at)),
    }


def passed(octets: bytes, context: Context) -> None:
    """Validate; raises AssertionError unless it passes."""
    holds(validate_xml("evidence.xml", octets, context))


def holds(report: ValidationReport) -> None:
    if report.indication is not Indication.PASSED:
        raise AssertionError(report.detail)


def main() -> None:
    parser = argparse.ArgumentParser(description="Verifications per second beside raw ones and signxml's.")
    parser.add_argument("--seconds", type=float, default=3.0, help="CPU seconds per candidate")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measured = rates(candidates(Path(folder) / "pki"), arguments.seconds)
    print(f"{'':38}{'per second':>12}{'of raw':>10}{'of signxml':>12}")
    for name, value in measured.items():
        print(f"{name:38}{value:12.0f}{value / measured[RAW]:10.3f}{value / measured[SIGNXML]:12.2f}")


if __name__ == "__main__":
    main()

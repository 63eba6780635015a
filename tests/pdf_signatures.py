"""What others say of a signed PDF: poppler, and pyHanko's own validator, always without network."""

import asyncio
import io
import shutil
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from asn1crypto import crl as asn1_crl
from asn1crypto import ocsp as asn1_ocsp
from asn1crypto import x509 as asn1_x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESPassed
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.ades import ades_with_time_validation
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import NoDSSFoundError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.policy_decl import (
    LocalKnowledge,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.policy_decl import REQUIRE_REVINFO, CertRevTrustPolicy
from pyhanko_certvalidator.registry import SimpleTrustManager
from pyhanko_certvalidator.revinfo.archival import CRLContainer, OCSPContainer

from gateway.adapters.crypto.trust import Anchors, der
from tests.fakes import without_service

T = TypeVar("T")


def roots(anchors: Anchors) -> list[asn1_x509.Certificate]:
    return [asn1_x509.Certificate.load(der(root)) for root in anchors.roots]


def aside(call: Callable[..., T], *arguments: object) -> T:
    """In a thread of its own, for pyHanko runs an event loop, and a browser may keep one in this thread."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(call, *arguments).result()


def only_signature(pdf: bytes) -> EmbeddedPdfSignature:
    (signature,) = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    return signature


def status(pdf: bytes, anchors: Anchors, at: datetime | None = None) -> PdfSignatureStatus:
    """pyHanko's judgement of the only signature, its time-stamp included; revocation is not looked at."""
    context = ValidationContext(trust_roots=roots(anchors), moment=at, allow_fetching=False)
    stamping = ValidationContext(trust_roots=roots(anchors), moment=at, allow_fetching=False)
    return aside(validate_pdf_signature, only_signature(pdf), context, stamping)


def long_term(pdf: bytes, anchors: Anchors) -> str:
    """pyHanko's answer by EN 319 102-1 clause 5.5 with nothing but the file and the roots, revocation data
    being required of every certificate: PASSED, or the name of the sub-indication."""
    signature = only_signature(pdf)
    spec = SignatureValidationSpec(
        cert_validation_policy=CertValidationPolicySpec(
            trust_manager=SimpleTrustManager.build(trust_roots=roots(anchors)),
            revinfo_policy=CertRevTrustPolicy(REQUIRE_REVINFO),
        ),
        revinfo_gathering_policy=RevocationInfoGatheringSpec(RevinfoOnlineFetchingRule.LOCAL_ONLY),
        local_knowledge=_stored(signature.reader),
    )
    validation = ades_with_time_validation(signature.signed_data, spec, raw_digest=signature.compute_digest())
    indication = aside(asyncio.run, validation).ades_subindic
    return "PASSED" if indication is AdESPassed.OK else str(indication.name)


def _stored(reader: PdfFileReader) -> LocalKnowledge:
    """What the file's document security store holds; nothing when there is none."""
    try:
        store = DocumentSecurityStore.read_dss(reader)
    except NoDSSFoundError:
        return LocalKnowledge()
    lists = [crl.get_object().data for crl in store.crls]
    answers = [ocsp.get_object().data for ocsp in store.ocsps]
    return LocalKnowledge(
        known_ocsps=[
            each
            for octets in answers
            for each in OCSPContainer.load_multi(asn1_ocsp.OCSPResponse.load(octets))
        ],
        known_crls=[CRLContainer(asn1_crl.CertificateList.load(octets)) for octets in lists],
        known_certs=list(store.load_certs()),
    )


def pdfsig(pdf: bytes, folder: Path, root: Path) -> str:
    """What poppler's pdfsig prints, with `root` trusted as an authority in a database of its own."""
    for tool in ("pdfsig", "certutil"):
        if shutil.which(tool) is None:
            without_service(f"{tool} is not installed")
    base = folder / "nss"
    base.mkdir(exist_ok=True)
    if not (base / "cert9.db").exists():
        run("certutil", "-N", "-d", f"sql:{base}", "--empty-password")
        run("certutil", "-A", "-d", f"sql:{base}", "-n", "root", "-t", "CT,C,C", "-a", "-i", str(root))
    file = folder / "signed.pdf"
    file.write_bytes(pdf)
    return run("pdfsig", "-nssdir", f"sql:{base}", str(file))


def run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return done.stdout

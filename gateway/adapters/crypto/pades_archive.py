"""A foreign signed PDF made to last: validation data and a document time-stamp, in one more revision.

By EN 319 142-1 clauses 5.4.2 and 5.4.3 what was signed stands unchanged at the beginning.
"""

import hashlib
import io
from typing import Any

from asn1crypto import crl, ocsp, x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.signers import constants
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import DocumentTimestamp
from pyhanko.sign.validation.dss import DocumentSecurityStore

from gateway.adapters.crypto.pades_revision import Prepared
from gateway.adapters.crypto.tsa import TimestampClient
from gateway.adapters.crypto.validation_data import ValidationData
from gateway.domain.errors import ErrorKind, GatewayError

FIELD = "GatewayTimestamp"
ROOMS = (8192, 32768)


class _Writer(IncrementalPdfFileWriter):
    """Leaves the metadata as they are, which tell of the document and not of its time-stamp."""

    def _update_meta(self) -> None:
        pass


def archived(pdf: bytes, data: ValidationData, timestamper: TimestampClient) -> bytes:
    """The PDF with `data` and a time-stamp over all of it.

    Raises GatewayError(TEMPORARILY_UNAVAILABLE) when no authority answers.
    """
    for room in ROOMS:
        prepared = _prepared(pdf, data, room)
        token = timestamper.timestamp(prepared.digest)
        if len(token.der) <= room:
            return prepared.filled(token.der)
    raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE, "the time-stamp is too large")


def _prepared(pdf: bytes, data: ValidationData, room: int) -> Prepared:
    writer = _Writer(io.BytesIO(pdf))
    DocumentSecurityStore.supply_dss_in_writer(
        writer,
        None,
        certs=[x509.Certificate.load(each) for each in data.certificates],
        ocsps=[ocsp.OCSPResponse.load(each) for each in data.ocsps],
        crls=[crl.CertificateList.load(each) for each in data.crls],
    )
    writer.register_extension(constants.ESIC_EXTENSION_1)
    # A field of that name may be in it already, for instance when an issuer sends one of our own files.
    name = f"{FIELD}-{hashlib.sha256(pdf).hexdigest()[:16]}"
    steps: Any = PdfCMSEmbedder().write_cms(name, writer)
    next(steps)
    # pyHanko's own class has no types.
    place = DocumentTimestamp(bytes_reserved=2 * room)  # type: ignore[no-untyped-call]
    steps.send(SigObjSetup(sig_placeholder=place))
    hole, octets = steps.send(SigIOSetup(md_algorithm="sha256"))
    return Prepared(hole.document_digest, octets, hole)

"""The signed revision of a PDF by pyHanko's writer: signature field and dictionary, and the DSS.

It knows how a PDF is written and digests it; what the signature says comes from elsewhere.
"""

import hashlib
import io
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, NumberObject, StreamObject, pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers import constants
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import PreparedByteRangeDigest, SignatureObject

from gateway.adapters.crypto.validation_data import ValidationData

FIELD = "Seal"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A revision with a hole: `digest` is of everything around the hole (ISO 32000-1, 12.8.1)."""

    digest: bytes
    octets: io.BytesIO
    hole: PreparedByteRangeDigest

    def filled(self, cms: bytes) -> bytes:
        """The whole file with the CMS in its place; the hole was made large enough for it."""
        self.hole.fill_with_cms(self.octets, cms)
        return self.octets.getvalue()


class _Writer(IncrementalPdfFileWriter):
    """Leaves the metadata as they are, which tell of the document and not of its seal.

    pyHanko would write them anew, with its own name and the machine's time in them.
    """

    def _update_meta(self) -> None:
        pass


def prepare(pdf: bytes, data: ValidationData, room: int, digest: str, at: datetime) -> Prepared:
    """Append a revision with a signature field that covers the file, `room` octets for its CMS.

    `data`, if there is any, goes into a document security store (EN 319 142-1 clause 5.4.2) of this same
    revision, so that the signature covers it. `at` is the claimed time (/M).
    """
    writer = _Writer(io.BytesIO(pdf))
    if data != ValidationData():
        _add_store(writer, data)
    writer.register_extension(constants.ESIC_EXTENSION_1)
    steps: Any = PdfCMSEmbedder().write_cms(FIELD, writer)
    next(steps).get_object()[pdf_name("/AP")] = _nothing_to_see(writer)
    dictionary = SignatureObject(timestamp=at, subfilter=SigSeedSubFilter.PADES, bytes_reserved=2 * room)
    steps.send(SigObjSetup(sig_placeholder=dictionary))
    hole, octets = steps.send(SigIOSetup(md_algorithm=digest))
    return Prepared(hole.document_digest, octets, hole)


def covered(pdf: bytes, prepared: Prepared, digest: str) -> bytes:
    """The digest of a finished file around the hole: what its signature must be over."""
    start, end = prepared.hole.reserved_region_start, prepared.hole.reserved_region_end
    view, state = memoryview(pdf), hashlib.new(digest)
    state.update(view[:start])
    state.update(view[end:])
    return state.digest()


def _nothing_to_see(writer: IncrementalPdfFileWriter) -> DictionaryObject:
    """An empty appearance: PDF/A-1 wants one even for a field without area, and later parts do not mind."""
    entries = {
        pdf_name("/Type"): pdf_name("/XObject"),
        pdf_name("/Subtype"): pdf_name("/Form"),
        pdf_name("/BBox"): ArrayObject(map(NumberObject, (0, 0, 0, 0))),
    }
    form = writer.add_object(StreamObject(entries, stream_data=b""))
    return DictionaryObject({pdf_name("/N"): form})  # type: ignore[no-untyped-call]


def _add_store(writer: IncrementalPdfFileWriter, data: ValidationData) -> None:
    """/DSS without /VRI: a VRI is named after the signature that does not exist yet, and is optional."""
    # Two of pyHanko's own functions have no types.
    store = DictionaryObject({pdf_name("/Type"): pdf_name("/DSS")})  # type: ignore[no-untyped-call]
    for key, members in (("/Certs", data.certificates), ("/CRLs", data.crls), ("/OCSPs", data.ocsps)):
        if members:
            streams = (writer.add_object(StreamObject(stream_data=octets)) for octets in members)
            store[pdf_name(key)] = ArrayObject(streams)
    writer.root[pdf_name("/DSS")] = writer.add_object(store)
    writer.update_root()  # type: ignore[no-untyped-call]

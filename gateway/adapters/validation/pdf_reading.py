"""Signatures and time-stamps of a PDF as plain values: pyHanko reads the file and compares its revisions.

Whether a signature can be believed is judged elsewhere; here it is only told what it is over.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from asn1crypto import cms, core
from pyhanko.pdf_utils import misc
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel
from pyhanko.sign.general import CMSExtractionError
from pyhanko.sign.validation import errors
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.generic_cms import validate_sig_integrity
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel

from gateway.adapters.validation.algorithms import SignatureMethod, digest
from gateway.adapters.validation.token_read import digest_name, encoded_members, signature_method
from gateway.adapters.validation.verdict import UNREADABLE, Refusal
from gateway.domain.validation import SubIndication

# What pyHanko raises for broken files and signatures, beside what everything raises; it asserts, too.
BROKEN = (
    misc.PdfError,
    errors.SignatureValidationError,
    CMSExtractionError,
    OSError,
    AssertionError,
    NotImplementedError,
    *UNREADABLE,
)
SUBFILTERS = {"/ETSI.CAdES.detached", "/adbe.pkcs7.detached", "/ETSI.RFC3161"}
HARMLESS = {ModificationLevel.NONE, ModificationLevel.LTA_UPDATES}
MOST_SIGNATURES = 50
# Whoever adds validation data may say so in the document information.
WRITER = {"/ModDate", "/Producer"}
END_OF_FILE, PDF_BLANKS = b"%%EOF", b"\0\t\n\f\r "


@dataclass(frozen=True, slots=True)
class Store:
    """What a revision's document security store (DSS) holds: DER."""

    certificates: tuple[bytes, ...] = ()
    answers: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class PdfSignature:
    """One signature, or a document time-stamp (then `cms` is its token).

    `revision` counts from 0; `covered` are the octets under its ByteRange. `whole` says that nothing but
    validation data came after it, `permitted` that what came after is what such a signature allows.
    """

    name: str
    is_stamp: bool
    revision: int
    covered: bytes
    cms: bytes
    signer_info: Any
    certificates: tuple[bytes, ...]
    tokens: tuple[bytes, ...]
    claimed: datetime | None
    whole: bool
    permitted: bool

    @property
    def value(self) -> bytes:
        octets: bytes = self.signer_info["signature"].native
        return octets

    @property
    def digest(self) -> str:
        """Name of the digest of the document, in the policy's words."""
        return digest_name(self.signer_info["digest_algorithm"])

    @property
    def method(self) -> SignatureMethod:
        return signature_method(self.signer_info["signature_algorithm"], self.digest)

    def signs(self, certificate: Any) -> None:
        """The signature is this certificate's, over the covered octets; raises Refusal.

        `certificate` is asn1crypto's; a signed attribute must name it (EN 319 142-1, 5.3).
        """
        named = {attribute["type"].native for attribute in self.signer_info["signed_attrs"]}
        if not named & {"signing_certificate", "signing_certificate_v2"}:
            raise Refusal(SubIndication.SIG_CONSTRAINTS_FAILURE, "no signed attribute names the certificate")
        try:
            expected = digest(self.digest, self.covered)
            intact, valid = validate_sig_integrity(self.signer_info, certificate, "data", expected)
        except errors.SignatureValidationError as error:
            raise Refusal(SubIndication.FORMAT_FAILURE, str(error.failure_message)) from None
        if not intact:
            raise Refusal(SubIndication.HASH_FAILURE, "the signed part of the document has been altered")
        if not valid:
            raise Refusal(SubIndication.SIG_CRYPTO_FAILURE, "the signature value does not verify")


class PdfFile:
    """A PDF with its revisions; raises one of BROKEN, or Refusal, for what it cannot make out."""

    def __init__(self, octets: bytes) -> None:
        self._octets = octets
        self._reader = PdfFileReader(io.BytesIO(octets))
        if self._reader.encrypted:
            raise Refusal(SubIndication.SIGNED_DATA_NOT_FOUND, "the document is encrypted")

    @property
    def revisions(self) -> int:
        return int(self._reader.xrefs.total_revisions)

    def signatures(self) -> list[PdfSignature]:
        """All, oldest first."""
        found = list(self._reader.embedded_signatures)
        if len(found) > MOST_SIGNATURES:
            raise Refusal(SubIndication.SIG_CONSTRAINTS_FAILURE, "too many signatures")
        return sorted(map(self._read, found), key=lambda each: each.revision)

    def store(self, revision: int | None = None) -> Store:
        """The DSS as it was in a revision, or as it is now; empty when there is none."""
        handler = self._reader if revision is None else self._reader.get_historical_resolver(revision)
        if "/DSS" not in handler.root:
            return Store()
        store = DocumentSecurityStore.read_dss(handler)
        answers = (*_streams(store.crls), *_streams(store.ocsps))
        return Store(tuple(each.dump() for each in store.load_certs()), tuple(answers))

    def _read(self, embedded: EmbeddedPdfSignature) -> PdfSignature:
        covered = self._covered(embedded)
        whole, permitted = _changes(embedded)
        whole = whole and not self._seen_later(embedded)
        return PdfSignature(
            name=embedded.field_name,
            is_stamp=embedded.sig_object_type == "/DocTimeStamp",
            revision=embedded.signed_revision,
            covered=covered,
            cms=_unpadded(embedded.pkcs7_content),
            signer_info=embedded.signer_info,
            certificates=encoded_members(embedded.signed_data["certificates"], "certificate"),
            tokens=tuple(_tokens(embedded.signer_info)),
            claimed=_aware(embedded.self_reported_timestamp),
            whole=whole,
            permitted=permitted,
        )

    def _seen_later(self, embedded: EmbeddedPdfSignature) -> bool:
        """What pyHanko takes for no change, and a reader may see: octets that are no part of any revision,
        and other metadata (title, author) of the document."""
        last = embedded.signed_revision == self.revisions - 1
        end = sum([int(each) for each in embedded.byte_range][2:])
        # The end that is written behind the newest revision; another one may stand behind foreign octets.
        later = self._octets[end if last else self._reader.last_startxref :]
        if (later if last else later.partition(END_OF_FILE)[2]).strip(PDF_BLANKS):
            return True
        if last:
            return False
        before = self._reader.get_historical_resolver(embedded.signed_revision)
        return _information(before.trailer_view) != _information(self._reader.trailer_view)

    def _covered(self, embedded: EmbeddedPdfSignature) -> bytes:
        """Everything up to the signature's end but its own value; raises Refusal(FORMAT_FAILURE).

        Lengths that add up are not enough: the gap must be that value and stand where it says.
        """
        ranges = [int(each) for each in embedded.byte_range]
        octets = self._octets
        if embedded.sig_object.get("/SubFilter") not in SUBFILTERS or len(ranges) != 4:
            raise Refusal(SubIndication.FORMAT_FAILURE, "a signature of another kind than PAdES")
        start, first, second, length = ranges
        gap = octets[first:second]
        if start or not 0 < first < second <= second + length <= len(octets) or length <= 0:
            raise Refusal(SubIndication.FORMAT_FAILURE, "a ByteRange that leads elsewhere")
        if gap[:1] + gap[-1:] != b"<>" or bytes.fromhex(gap[1:-1].decode("ascii")) != embedded.pkcs7_content:
            raise Refusal(SubIndication.FORMAT_FAILURE, "a ByteRange that leaves out more than the signature")
        return octets[:first] + octets[second : second + length]


def _changes(embedded: EmbeddedPdfSignature) -> tuple[bool, bool]:
    """Whether nothing that can be seen came after it, and whether what came is permitted."""
    embedded.compute_integrity_info()  # type: ignore[no-untyped-call]
    info = embedded.summarise_integrity_info()
    if info["coverage"] == SignatureCoverageLevel.ENTIRE_FILE:
        return True, True
    if info["coverage"] != SignatureCoverageLevel.ENTIRE_REVISION:
        return False, False
    result = info["diff_result"]
    level = result.modification_level if isinstance(result, DiffResult) else ModificationLevel.OTHER
    return level in HARMLESS, bool(info["docmdp_ok"])


def _information(trailer: Any) -> dict[str, str]:
    """What the document information dictionary (ISO 32000-1, 14.3.3) says, but when and by which program."""
    # pyHanko's `get` gives a reference itself, not what it leads to.
    found = trailer["/Info"] if "/Info" in trailer else {}  # noqa: SIM401
    return {key: str(found[key]) for key in found if key not in WRITER}


def _unpadded(content: bytes) -> bytes:
    """The CMS without the zeros that fill its place; anything else there is hidden from the signature."""
    encoded: bytes = cms.ContentInfo.load(content).dump()
    if content[len(encoded) :].strip(b"\0"):
        raise Refusal(SubIndication.FORMAT_FAILURE, "octets behind the signature's value")
    return encoded


def _tokens(signer_info: Any) -> Iterator[bytes]:
    """Signature time-stamps (EN 319 122-1, 5.3)."""
    unsigned = signer_info["unsigned_attrs"]
    for attribute in () if isinstance(unsigned, core.Void) else unsigned:
        if attribute["type"].native == "signature_time_stamp_token":
            yield from (value.dump() for value in attribute["values"])


def _streams(references: Any) -> Iterator[bytes]:
    yield from (reference.get_object().data for reference in references)


def _aware(moment: datetime | None) -> datetime | None:
    return moment if moment is not None and moment.tzinfo is not None else None

"""The door of PAdES validation (EN 319 142-1): a PDF in, a report by EN 319 102-1 out, never an exception.

The whole is as good as its worst signature, and undecided when none of those that hold is over the file as
it is now. Signatures are judged in `pdf_document`, PDF is read in `pdf_reading`.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace

from gateway.adapters.validation.context import Context
from gateway.adapters.validation.pdf_attachments import attachments
from gateway.adapters.validation.pdf_document import PdfDocument
from gateway.adapters.validation.pdf_reading import BROKEN, PdfFile
from gateway.adapters.validation.verdict import Refusal, unreadable, worst
from gateway.domain.validation import (
    Coverage,
    Indication,
    SignatureReport,
    SubIndication,
    ValidationReport,
)

KIND = "PDF"
Enclosed = Callable[[str, bytes, Mapping[str, bytes]], ValidationReport | None]


def validate_pdf(name: str, octets: bytes, context: Context, enclosed: Enclosed) -> ValidationReport:
    """The report on every signature; signed files that are attached come as `enclosed`. Never raises."""
    blank = ValidationReport(name, hashlib.sha256(octets).digest(), KIND, context.at, Indication.FAILED, ())
    try:
        file = PdfFile(octets)
        signatures = file.signatures()
        if not signatures:
            raise Refusal(SubIndication.FORMAT_FAILURE, "there is no signature in it")
        judged = _verdict(blank, PdfDocument(file, signatures, context).reports())
    except Refusal as refusal:
        return _refused(blank, refusal)
    except BROKEN as error:
        return _refused(blank, unreadable(error, "the document"))
    inside = (enclosed(each, body, {}) for each, body in attachments(octets))
    return replace(judged, enclosed=tuple(report for report in inside if report is not None))


def _refused(blank: ValidationReport, refusal: Refusal) -> ValidationReport:
    return replace(
        blank,
        indication=refusal.indication,
        sub_indication=refusal.sub_indication,
        detail=refusal.detail,
    )


def _verdict(blank: ValidationReport, reports: tuple[SignatureReport, ...]) -> ValidationReport:
    """The worst of the signatures; undecided when none of those that hold is over the file as it is now."""
    indication = worst(each.indication for each in reports)
    blamed = next(each for each in reports if each.indication is indication)
    judged = replace(
        blank,
        indication=indication,
        signatures=reports,
        sub_indication=blamed.sub_indication,
        detail=blamed.detail,
    )
    if indication is Indication.PASSED and all(each.coverage is Coverage.PARTIAL for each in reports):
        return replace(
            judged,
            indication=Indication.INDETERMINATE,
            sub_indication=SubIndication.SIG_CONSTRAINTS_FAILURE,
            detail="the document was changed after its last signature, though in a permitted way",
        )
    return judged

"""The XML report against the element order of ETSI TS 119 102-2 (whose schema is not at hand)."""

from datetime import datetime
from itertools import pairwise

import pytest
from lxml import etree

from gateway.adapters.reports import xml
from gateway.adapters.xml.parser import parse
from gateway.domain.validation import Indication
from tests.report_samples import FAILED, NOW, PACK, PASSED, STAMPED, UNDECIDED, UNSIGNED

VR, DS = "http://uri.etsi.org/19102/v1.2.1#", "http://www.w3.org/2000/09/xmldsig#"
# Children in the order of the standard's types; SignatureAttributes is a choice and has none.
ORDER = {
    "ValidationReport": (
        "SignatureValidationReport",
        "SignatureValidationObjects",
        "SignatureValidator",
        "Signature",
    ),
    "SignatureValidationReport": (
        "SignatureIdentifier",
        "ValidationConstraintsEvaluationReport",
        "ValidationTimeInfo",
        "SignersDocument",
        "SignatureAttributes",
        "SignerInformation",
        "SignatureQuality",
        "SignatureValidationProcess",
        "SignatureValidationStatus",
    ),
    "SignatureIdentifier": (
        "DigestAlgAndValue",
        "SignatureValue",
        "HashOnly",
        "DocHashOnly",
        "DAIdentifier",
    ),
    "ValidationTimeInfo": ("ValidationTime", "BestSignatureTime"),
    "BestSignatureTime": ("POETime", "TypeOfProof", "POEObject"),
    "POE": ("POETime", "TypeOfProof", "POEObject"),
    "SignersDocument": ("DigestAlgAndValue", "SignersDocumentRepresentation", "SignersDocumentRef"),
    "SigningTime": ("AttributeObject", "Time"),
    "SigningCertificate": ("AttributeObject", "CertID"),
    "CertID": ("X509IssuerSerial", "DigestMethod", "DigestValue"),
    "DigestAlgAndValue": ("DigestMethod", "DigestValue"),
    "SignatureTimeStamp": ("AttributeObject", "TimeStampValue"),
    "ArchiveTimeStamp": ("AttributeObject", "TimeStampValue"),
    "SignerInformation": ("SignerCertificate", "Signer"),
    "SignatureValidationProcess": ("SignatureValidationProcessID",),
    "SignatureValidationStatus": ("MainIndication", "SubIndication", "AssociatedValidationReportData"),
    "AssociatedValidationReportData": (
        "TrustAnchor",
        "CertificateChain",
        "RelatedValidationObject",
        "RevocationStatusInformation",
        "CryptoInformation",
        "AdditionalValidationReportData",
    ),
    "CertificateChain": ("SigningCertificate", "IntermediateCertificate", "TrustAnchor"),
    "AdditionalValidationReportData": ("ReportData",),
    "ReportData": ("Type", "Value"),
    "SignatureValidationObjects": ("ValidationObject",),
    "ValidationObject": (
        "ObjectType",
        "ValidationObjectRepresentation",
        "POE",
        "POEProvisioning",
        "ValidationReport",
    ),
    "ValidationObjectRepresentation": ("direct", "base64", "DigestAlgAndValue", "URI"),
    "direct": ("X509SubjectName",),
}
# A ValidationReport inside a ValidationObject is of SignatureValidationReportType.
REQUIRED = {
    "SignatureValidationReport": {"SignatureValidationStatus"},
    "SignatureIdentifier": {"HashOnly", "DocHashOnly"},
    "ValidationTimeInfo": {"ValidationTime", "BestSignatureTime"},
    "SignatureValidationStatus": {"MainIndication"},
    "ValidationObject": {"ObjectType", "ValidationObjectRepresentation"},
    "ReportData": {"Type", "Value"},
}
ALL = (PASSED, FAILED, UNSIGNED, UNDECIDED, PACK)


def rendered(*reports: object) -> etree._Element:
    return parse(xml.render(reports, "en"), limit=1_000_000)  # type: ignore[arg-type]


def local(element: etree._Element) -> str:
    return etree.QName(element).localname


def type_of(element: etree._Element) -> str:
    parent = element.getparent()
    nested = parent is not None and local(parent) == "ValidationObject"
    return "SignatureValidationReport" if nested and local(element) == "ValidationReport" else local(element)


def test_elements_stand_in_the_order_of_the_standard() -> None:
    """Every element holds only what its type allows, in its order, and everything that it demands."""
    seen = set()
    for element in rendered(*ALL).iter():
        kind = type_of(element)
        children = [local(child) for child in element]
        if kind == "SignatureAttributes" or (not children and kind not in REQUIRED):
            continue
        if kind in {"SigningCertificate", "TrustAnchor"} and not children:
            continue
        seen.add(kind)
        places = [ORDER[kind].index(child) for child in children]
        assert all(before <= after for before, after in pairwise(places)), (kind, children)
        assert REQUIRED.get(kind, set()) <= set(children), kind
    assert set(REQUIRED) <= seen


def test_references_lead_to_objects() -> None:
    """Identifiers are unique, and every VOReference names one that is there."""
    root = rendered(*ALL)
    names = [element.get("id") for element in root.iter(f"{{{VR}}}ValidationObject")]
    assert len(names) == len(set(names))
    references = {element.get("VOReference") for element in root.iter() if element.get("VOReference")}
    assert references
    assert references <= set(names)


def test_the_status_is_the_standards_uri() -> None:
    """Main and sub-indications are the URIs of clause 4.3.4.2, those of time-stamps without `total-`."""
    root = rendered(PASSED, FAILED, UNDECIDED)
    main = [element.text for element in root.iter(f"{{{VR}}}MainIndication")]
    prefix = "urn:etsi:019102:mainindication:"
    assert main[:3] == [prefix + each for each in ("total-passed", "total-failed", "indeterminate")]
    assert set(main[3:]) == {prefix + each for each in ("passed", "failed", "indeterminate")}
    subs = [element.text for element in root.iter(f"{{{VR}}}SubIndication")]
    assert subs[:2] == ["urn:etsi:019102:subindication:HASH_FAILURE", "urn:etsi:019102:subindication:NO_POE"]


def test_best_time_is_the_time_stamps_or_the_validations() -> None:
    """With a time-stamp its time and itself are named as proof; without one, the validation's own time."""
    root = rendered(PASSED, UNDECIDED)
    best = list(root.iter(f"{{{VR}}}BestSignatureTime"))
    times = [datetime.fromisoformat(each.findtext(f"{{{VR}}}POETime", "")) for each in best]
    assert times == [STAMPED, NOW]
    assert [each.find(f"{{{VR}}}POEObject") is not None for each in best] == [True, False]


def test_enclosed_files_have_reports_of_their_own() -> None:
    """The container's signature and those of its files stand side by side, each naming its file."""
    root = rendered(PACK)
    files = root.xpath(
        "//vr:ReportData[vr:Type='urn:fehaciente:report:file']/vr:Value/text()", namespaces={"vr": VR}
    )
    assert files == ["pack.asice", "evidence.xml", "plain.xml", "old.xml"]


@pytest.mark.parametrize("indication", Indication)
def test_what_a_file_says_cannot_break_the_report(indication: Indication) -> None:
    """Controls, markup and lone surrogates in foreign words are carried harmlessly."""
    hostile = "a\x00<b>&\ud800]]>"
    signature = PASSED.signatures[0]
    changed = type(signature)(
        hostile, indication, hostile, signature.coverage, (hostile,), hostile, "", (hostile, hostile)
    )
    report = type(PASSED)(hostile, b"h" * 32, hostile, NOW, indication, (changed,), detail=hostile)
    assert "<b>" in "".join(rendered(report).itertext())

"""The report for machines: the validation report of ETSI TS 119 102-2 (namespace 19102/v1.2.1).

Each signature of each file, enclosed files included, is one SignatureValidationReport. What is left out,
for the verifier does not hand it on: SignatureValue and the certificates' own octets (digests and subjects
stand for them), constraints one by one, signature quality, and a signature over the report itself.
What the standard has no element for travels as ReportData of our own types (`urn:fehaciente:report:…`).
"""

from collections.abc import Iterator, Sequence

from lxml import etree

from gateway.adapters.reports.xml_objects import DS, VR, Objects, digest, instant, poe, reference, text
from gateway.domain.validation import (
    Indication,
    SignatureReport,
    StampKind,
    SubIndication,
    ValidationReport,
)
from gateway.domain.wording import keepable

MAIN = "urn:etsi:019102:mainindication:"
SUB = "urn:etsi:019102:subindication:"
PROCESS = "urn:etsi:019102:validationprocess:"
PROCESSES = {"B-B": "Basic", "B-T": "LTVM", "B-LT": "LTVM", "B-LTA": "LTA"}
OURS = "urn:fehaciente:report:"
STAMP_ATTRIBUTES = {
    StampKind.CONTENT: "AllDataObjectsTimeStamp",
    StampKind.SIGNATURE: "SignatureTimeStamp",
    StampKind.ARCHIVE: "ArchiveTimeStamp",
}


def render(reports: Sequence[ValidationReport], _language: str) -> bytes:
    """UTF-8, one ValidationReport for all files. The words are the standard's in every language."""
    root = etree.Element(f"{{{VR}}}ValidationReport", nsmap={"vr": VR, "ds": DS})
    objects = Objects()
    for report in _flat(reports):
        document = objects.document(report.sha256)
        for signature in report.signatures:
            _signature(root, objects, document, report, signature)
        if not report.signatures:
            _unsigned(root, document, report)
    objects.append_to(root)
    octets: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    return octets


def _flat(reports: Sequence[ValidationReport]) -> Iterator[ValidationReport]:
    for report in reports:
        yield report
        yield from _flat(report.enclosed)


def _signature(
    root: etree._Element,
    objects: Objects,
    document: str,
    report: ValidationReport,
    signature: SignatureReport,
) -> None:
    element = text(root, "SignatureValidationReport")
    identifier = text(element, "SignatureIdentifier")
    text(identifier, "HashOnly", "false")
    text(identifier, "DocHashOnly", "false")
    text(identifier, "DAIdentifier", keepable(signature.id))
    stamps = [objects.stamp(stamp, _status) for stamp in signature.stamps]
    _times(element, report, signature, stamps)
    _document(element, document)
    _attributes(element, signature, stamps)
    path = objects.path(signature)
    if path:
        signer = text(element, "SignerInformation")
        reference(signer, "SignerCertificate", path[0])
        text(signer, "Signer", keepable(signature.signer))
    if signature.level in PROCESSES:
        process = text(element, "SignatureValidationProcess")
        text(process, "SignatureValidationProcessID", PROCESS + PROCESSES[signature.level])
    status = _status(element, signature.indication, signature.sub_indication, total=True)
    data = text(status, "AssociatedValidationReportData")
    _chain(data, path)
    _more(data, _findings(report, signature))


def _unsigned(root: etree._Element, document: str, report: ValidationReport) -> None:
    element = text(root, "SignatureValidationReport")
    _document(element, document)
    status = _status(element, report.indication, report.sub_indication, total=True)
    _more(text(status, "AssociatedValidationReportData"), _about_file(report))


def _times(
    element: etree._Element, report: ValidationReport, signature: SignatureReport, stamps: Sequence[str]
) -> None:
    """Without any proof, the signature is known to exist at the validation itself (clause 4.3.6)."""
    times = text(element, "ValidationTimeInfo")
    text(times, "ValidationTime", instant(report.validated_at))
    proving = [
        name
        for name, stamp in zip(stamps, signature.stamps, strict=True)
        if signature.best_time is not None and stamp.gen_time == signature.best_time
    ]
    best = poe(times, "BestSignatureTime", signature.best_time or report.validated_at)
    if proving:
        reference(best, "POEObject", proving[0])


def _document(element: etree._Element, document: str) -> None:
    reference(text(element, "SignersDocument"), "SignersDocumentRepresentation", document)


def _attributes(element: etree._Element, signature: SignatureReport, stamps: Sequence[str]) -> None:
    attributes = etree.Element(f"{{{VR}}}SignatureAttributes")
    if signature.claimed_time is not None:
        signing = text(attributes, "SigningTime", Signed="true")
        text(signing, "Time", instant(signature.claimed_time))
    if signature.signer_sha256:
        certificate = text(text(attributes, "SigningCertificate", Signed="true"), "CertID")
        digest(certificate, bytes.fromhex(signature.signer_sha256))
    for name, stamp in zip(stamps, signature.stamps, strict=True):
        attribute = STAMP_ATTRIBUTES.get(stamp.kind)
        if attribute is not None and stamp.gen_time is not None:
            signed = "true" if stamp.kind is StampKind.CONTENT else "false"
            stamped = text(attributes, attribute, Signed=signed)
            reference(stamped, "AttributeObject", name)
            text(stamped, "TimeStampValue", instant(stamp.gen_time))
    if len(attributes):
        element.append(attributes)


def _status(
    element: etree._Element, indication: Indication, sub_indication: SubIndication | None, *, total: bool
) -> etree._Element:
    """A signature's main indications begin with `total-`, a time-stamp's do not (clause 4.3.4.2)."""
    status = text(element, "SignatureValidationStatus")
    word = indication.value.lower()
    text(status, "MainIndication", MAIN + (word if total else word.removeprefix("total-")))
    if sub_indication is not None:
        text(status, "SubIndication", SUB + sub_indication.value)
    return status


def _chain(data: etree._Element, path: Sequence[str]) -> None:
    if len(path) < 2:
        return
    reference(data, "TrustAnchor", path[-1])
    chain = text(data, "CertificateChain")
    reference(chain, "SigningCertificate", path[0])
    for intermediate in path[1:-1]:
        reference(chain, "IntermediateCertificate", intermediate)
    reference(chain, "TrustAnchor", path[-1])


def _findings(report: ValidationReport, signature: SignatureReport) -> Iterator[tuple[str, str]]:
    yield from _about_file(report)
    yield "level", signature.level
    yield "coverage", signature.coverage.value
    yield from (("covered", name) for name in signature.covered)
    yield "detail", signature.detail


def _about_file(report: ValidationReport) -> Iterator[tuple[str, str]]:
    yield "file", report.name
    yield "file-kind", report.kind
    yield "file-indication", report.indication.value
    if report.sub_indication is not None:
        yield "file-sub-indication", report.sub_indication.value
    yield "file-detail", report.detail


def _more(data: etree._Element, findings: Iterator[tuple[str, str]]) -> None:
    more = text(data, "AdditionalValidationReportData")
    for name, value in findings:
        if value:
            found = text(more, "ReportData")
            text(found, "Type", OURS + name)
            text(found, "Value", keepable(value))

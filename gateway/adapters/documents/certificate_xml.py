"""The content certificate as XML in `urn:fehaciente:certificate:1.0` (xsd/certificate.xsd), unsigned.

The same content always gives the same octets, in canonical form and without comments, ready to be sealed
as any evidence is. It says everything that the content says; it signs and decides nothing.
"""

from collections.abc import Sequence
from datetime import datetime

from lxml import etree

from gateway.adapters.xml.evidence_xml import as_text
from gateway.adapters.xml.names import CERTIFICATE, qualified
from gateway.domain.certificate import (
    CertificateContent,
    CertifiedDocument,
    CertifiedRecipient,
    CodeAudit,
    Proof,
    TimelineEntry,
)
from gateway.domain.errors import Text
from gateway.domain.evidence import EvidenceParty
from gateway.domain.sandbox import MARK
from gateway.domain.wording import keepable

VERSION = "1.0"
NAMESPACES = {"cert": CERTIFICATE}


def render(content: CertificateContent) -> bytes:
    """Canonical UTF-8, to be sealed by a signature as last child; ValueError for a time without zone."""
    root = etree.Element(qualified(CERTIFICATE, "Certificate"), {"version": VERSION}, nsmap=NAMESPACES)
    _transaction(root, content)
    _party(root, content.issuer)
    _outcome(root, content)
    recipients, documents = _add(root, "recipients"), _add(root, "documents")
    for recipient in content.recipients:
        _recipient(recipients, recipient)
    for document in content.documents:
        _document(documents, document)
    if content.digests_stamped_at is not None:
        stamp = _add(root, "digests_time_stamp")
        _moment(stamp, "stamped_at", content.digests_stamped_at)
        _optional(stamp, "authority", content.digests_tsa)
    timeline = _add(root, "timeline")
    for entry in content.timeline:
        _entry(timeline, entry)
    return etree.tostring(root, method="c14n")


def _transaction(root: etree._Element, content: CertificateContent) -> None:
    _add(root, "guid", content.guid)
    _add(root, "external_id", content.external_id)
    _add(root, "verification_code", content.verification_code)
    _optional(root, "verification_address", content.verification_address)
    _add(root, "provider", content.provider)
    _add(root, "service", content.service)
    _text(root, "service_title", content.service_title)
    _add(root, "subject", content.subject)
    _add(root, "language", content.language)
    if content.sandbox:
        _add(root, "sandbox", MARK)


def _party(root: etree._Element, issuer: EvidenceParty) -> None:
    element = _add(root, "issuer")
    _add(element, "name", issuer.name)
    _add(element, "kind", issuer.kind)
    _optional(element, "identifier_type", issuer.scheme)
    _optional(element, "identifier", issuer.identifier)
    _optional(element, "electronic_address", issuer.electronic_address)


def _outcome(root: etree._Element, content: CertificateContent) -> None:
    _add(root, "result", str(content.result))
    _text(root, "result_text", content.result_text)
    _moment(root, "received_at", content.received_at)
    _moment(root, "decided_at", content.decided_at)
    _moment(root, "closed_at", content.closed_at)
    _moment(root, "custody_until", content.custody_until)
    if content.conditions_sha256 is not None:
        _add(root, "conditions_sha256", content.conditions_sha256.hex())


def _recipient(parent: etree._Element, recipient: CertifiedRecipient) -> None:
    element = _add(parent, "recipient")
    _add(element, "name", recipient.name)
    _optional(element, "identifier_type", recipient.identifier_type)
    _optional(element, "identifier", recipient.identifier)
    _optional(element, "email", recipient.email)
    _optional(element, "phone", recipient.phone)
    _optional(element, "sign_method", recipient.sign_method)
    _add(element, "state", recipient.state)
    if recipient.decided_at is not None:
        _moment(element, "decided_at", recipient.decided_at)
    _optional(element, "reason", recipient.reason)
    for code in recipient.codes:
        _code(element, code)
    _optional(element, "role", recipient.role)
    for place in recipient.places:
        _add(element, "document_place", str(place))


def _code(parent: etree._Element, code: CodeAudit) -> None:
    element = _add(parent, "code")
    _add(element, "act", code.act)
    _add(element, "method", code.method)
    _optional(element, "channel", code.channel)
    _optional(element, "address", code.address)
    _moment(element, "requested_at", code.requested_at)
    _moments(element, "sent_at", [code.sent_at])
    _moments(element, "expires_at", [code.expires_at])
    _moments(element, "wrong_at", code.wrong_at)
    _moments(element, "used_at", [code.used_at])
    _add(element, "fate", code.fate.value)


def _document(parent: etree._Element, document: CertifiedDocument) -> None:
    element = _add(parent, "document")
    _add(element, "name", document.name)
    _add(element, "media_type", document.media_type)
    _add(element, "size", str(document.size))
    if document.pages is not None:
        _add(element, "pages", str(document.pages))
    _add(element, "original_sha256", document.original_sha256.hex())
    if document.stamped_sha256 is not None:
        _add(element, "stamped_sha256", document.stamped_sha256.hex())
    for copy in document.signed:
        signed = _add(element, "signed")
        _add(signed, "recipient", copy.recipient)
        _add(signed, "kind", copy.kind)
        _add(signed, "sha256", copy.sha256.hex())
        _moment(signed, "at", copy.at)
    if document.milliseconds is not None:
        recording = _add(element, "recording")
        _add(recording, "milliseconds", str(document.milliseconds))
        for name, value in document.call.pairs() if document.call else ():
            _add(recording, name, value)
    if document.composed is not None:
        template = _add(element, "template")
        _add(template, "name", document.composed.name)
        _add(template, "version", str(document.composed.version))
        _add(template, "sha256", document.composed.sha256.hex())


def _entry(parent: etree._Element, entry: TimelineEntry) -> None:
    element = _add(parent, "event")
    _moment(element, "at", entry.at)
    _moment(element, "recorded_at", entry.recorded_at)
    _add(element, "kind", entry.kind)
    _text(element, "label", entry.label)
    _optional(element, "recipient", entry.recipient)
    for name, value in entry.details:
        _add(element, "detail", value).set("name", keepable(name))
    if entry.proof is not None:
        _proof(element, entry.proof)


def _proof(parent: etree._Element, proof: Proof) -> None:
    element = _add(parent, "proof")
    _add(element, "evidence_id", proof.evidence_id)
    _add(element, "evidence_event", proof.event)
    _add(element, "sha256", proof.sha256.hex())
    _moment(element, "stamped_at", proof.stamped_at)
    _optional(element, "authority", proof.tsa)
    _optional(element, "file", proof.file)


def _text(parent: etree._Element, name: str, text: Text) -> None:
    _add(parent, f"{name}_en", text.en)
    _add(parent, f"{name}_es", text.es)


def _moment(parent: etree._Element, name: str, moment: datetime) -> None:
    _add(parent, name, as_text(moment))


def _moments(parent: etree._Element, name: str, moments: Sequence[datetime | None]) -> None:
    for moment in moments:
        if moment is not None:
            _moment(parent, name, moment)


def _optional(parent: etree._Element, name: str, text: str) -> None:
    if text:
        _add(parent, name, text)


def _add(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    element = etree.SubElement(parent, qualified(CERTIFICATE, name))
    if text is not None:
        element.text = keepable(text)
    return element

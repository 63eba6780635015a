"""Evidence facts as an ETSI ERDS `Evidence` (EN 319 522-3), unsigned, and back.

The same facts always give the same octets. What that schema has no place for stands in one extension
of ours (xsd/evidence.xsd). Signing is the sealer's.
"""

import re
from base64 import b64encode
from datetime import UTC, datetime

from lxml import etree

from gateway.adapters.xml.evidence_names import (
    ADDRESS,
    ATTRIBUTE_URI,
    COMMON_NAME,
    ENTITY,
    KIND,
    REASON,
    REASON_PREFIX,
    SHA256,
)
from gateway.adapters.xml.names import DS, ERDS, ERDS_VERSION, EVIDENCE, SAML, qualified
from gateway.domain.evidence import EvidenceDocument, EvidenceFacts, EvidenceParty
from gateway.domain.sandbox import MARK, POLICY_SUFFIX
from gateway.domain.wording import keepable

NAMESPACES = {"erds": ERDS, "ds": DS, "saml": SAML, "ev": EVIDENCE}


def render(facts: EvidenceFacts, policy_id: str, erds: EvidenceParty) -> bytes:
    """Canonical UTF-8 of the evidence, ready to be stored and then sealed.

    `policy_id` is the URI of the policy under which `erds`, the gateway's provider, issues evidence.
    Raises ValueError for a time without zone.
    """
    root = etree.Element(qualified(ERDS, "Evidence"), {"version": ERDS_VERSION}, nsmap=NAMESPACES)
    _erds(root, "EvidenceIdentifier", facts.evidence_id)
    _erds(root, "ERDSEventId", facts.event)
    _reasons(root, facts)
    _local(root, "EventTime", as_text(facts.event_time))
    policy = f"{policy_id}{POLICY_SUFFIX}" if facts.sandbox else policy_id
    _local(_erds(root, "EvidenceIssuerPolicyID"), "PolicyID", policy)
    _entity(_erds(root, "EvidenceIssuerDetails"), erds)
    _user(_erds(root, "SenderDetails"), facts.issuer)
    for recipient in facts.recipients:
        _user(_erds(root, "RecipientDetails"), recipient)
    if not facts.recipients:
        _erds(root, "RecipientDetails")
    _erds(root, "SubmissionTime", as_text(facts.submitted_at))
    if facts.refers_to is not None:
        # Counted from 1; the schema says only that it is an integer, so xsd/evidence.xsd says so too.
        _local(root, "EvidenceRefersToRecipient", str(facts.refers_to + 1))
    if facts.guid:
        _erds(root, "MessageIdentifier", facts.guid)
    _documents(root, facts.documents)
    _extension(root, facts)
    return etree.tostring(root, method="c14n")


def as_text(moment: datetime) -> str:
    """xs:dateTime in UTC, to the microsecond when there are any; raises ValueError without a zone."""
    if moment.tzinfo is None:
        raise ValueError("a time without zone")
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def _reasons(root: etree._Element, facts: EvidenceFacts) -> None:
    texts = [value for name, value in facts.details if name == REASON]
    if texts:
        reason = _erds(_erds(root, "EventReasons"), "EventReason")
        _local(reason, "Code", REASON_PREFIX + re.split("[:/]", facts.event)[-1])
        for text in texts:
            _local(reason, "Details", text)


def _entity(parent: etree._Element, party: EvidenceParty) -> None:
    identity = _identity(parent, party)
    if party.identifier:
        _attribute(identity, ENTITY, party.identifier)


def _user(parent: etree._Element, party: EvidenceParty) -> None:
    _identity(parent, party)
    if party.identifier:
        identifier = _local(parent, "Identifier", party.identifier)
        identifier.set("IdentifierSchemeName", keepable(party.scheme or "OTHER"))


def _identity(parent: etree._Element, party: EvidenceParty) -> etree._Element:
    identity = _erds(parent, "Identity")
    _attribute(identity, COMMON_NAME, party.name)
    _attribute(identity, KIND, party.kind)
    if party.electronic_address:
        _attribute(identity, ADDRESS, party.electronic_address)
    return identity


def _attribute(identity: etree._Element, name: str, value: str) -> None:
    attributes = {"Name": name, "NameFormat": ATTRIBUTE_URI}
    attribute = etree.SubElement(identity, qualified(SAML, "Attribute"), attributes)
    etree.SubElement(attribute, qualified(SAML, "AttributeValue")).text = keepable(value)


def _documents(root: etree._Element, documents: tuple[EvidenceDocument, ...]) -> None:
    if not documents:
        return
    content = _erds(root, "UserContentInfo")
    _local(content, "ComposingParts", str(len(documents)))
    parts = _erds(content, "PartsInfo")
    for document in documents:
        part = _erds(parts, "PartInfo")
        _local(part, "Identifier", document.name)
        _local(part, "ContentType", document.media_type)
        etree.SubElement(part, qualified(DS, "DigestMethod"), {"Algorithm": SHA256})
        digest = etree.SubElement(part, qualified(DS, "DigestValue"))
        digest.text = b64encode(document.original_sha256).decode()


def _extension(root: etree._Element, facts: EvidenceFacts) -> None:
    extension = _erds(_erds(root, "Extensions"), "Extension")
    # Whoever does not understand that it is a test may not take it for evidence (EN 319 522-3, isCritical).
    extension.set("isCritical", "true" if facts.sandbox else "false")
    ours = _ours(extension, "Facts")
    if facts.guid:
        _ours(ours, "Guid", facts.guid)
    _ours(ours, "ExternalId", facts.external_id)
    _ours(ours, "Service", facts.service)
    if facts.result is not None:
        _ours(ours, "Result", str(int(facts.result)))
    if not facts.recipients:
        _ours(ours, "NoRecipient")
    if facts.sandbox:
        _ours(ours, "Sandbox", MARK)
    for document in facts.documents:
        element = _ours(ours, "Document")
        _ours(element, "Size", str(document.size))
        if document.stamped_sha256 is not None:
            _ours(element, "StampedSha256", b64encode(document.stamped_sha256).decode())
    for name, value in facts.details:
        _ours(ours, "Detail", value).set("name", keepable(name))


def _erds(parent: etree._Element, local: str, text: str | None = None) -> etree._Element:
    return _element(parent, qualified(ERDS, local), text)


def _ours(parent: etree._Element, local: str, text: str | None = None) -> etree._Element:
    return _element(parent, qualified(EVIDENCE, local), text)


def _local(parent: etree._Element, local: str, text: str) -> etree._Element:
    """An unqualified element: the schema's local elements are in no namespace."""
    return _element(parent, local, text)


def _element(parent: etree._Element, tag: str, text: str | None) -> etree._Element:
    element = etree.SubElement(parent, tag)
    if text is not None:
        element.text = keepable(text)
    return element

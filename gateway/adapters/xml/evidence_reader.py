"""An `Evidence` of ours back into facts, for the verifier and the content certificate.

It reads what `evidence_xml` writes and trusts nothing else: verify the signature first.
"""

from base64 import b64decode
from datetime import datetime

from lxml import etree

from gateway.adapters.xml.evidence_names import ADDRESS, COMMON_NAME, KIND
from gateway.adapters.xml.names import ERDS, EVIDENCE, SAML, qualified
from gateway.adapters.xml.parser import parse
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.evidence import ErdsEvent, EvidenceDocument, EvidenceFacts, EvidenceParty

LIMIT = 10_000_000
FACTS = f"{{{ERDS}}}Extensions/{{{ERDS}}}Extension/{{{EVIDENCE}}}Facts"
PARTS = f"{{{ERDS}}}UserContentInfo/{{{ERDS}}}PartsInfo/{{{ERDS}}}PartInfo"


def read(octets: bytes) -> EvidenceFacts:
    """Parse and read; raises GatewayError: SCHEMA_INVALID, and as the parser does."""
    return read_root(parse(octets, limit=LIMIT))


def read_root(root: etree._Element) -> EvidenceFacts:
    """Read a parsed Evidence; raises GatewayError(SCHEMA_INVALID) when it is none of ours."""
    if root.tag != qualified(ERDS, "Evidence"):
        raise GatewayError(ErrorKind.SCHEMA_INVALID, "the root is no ERDS Evidence")
    try:
        return _facts(root)
    except (ValueError, LookupError) as error:
        raise GatewayError(ErrorKind.SCHEMA_INVALID, f"not an evidence of ours: {error}") from None


def _facts(root: etree._Element) -> EvidenceFacts:
    ours = _only(root, FACTS)
    guid = ours.findtext(qualified(EVIDENCE, "Guid"), "")
    if root.findtext(qualified(ERDS, "MessageIdentifier"), "") != guid:
        raise ValueError("two different GUIDs")
    refers_to = root.findtext("EvidenceRefersToRecipient")
    result = ours.findtext(qualified(EVIDENCE, "Result"))
    recipients = root.findall(qualified(ERDS, "RecipientDetails"))
    if ours.find(qualified(EVIDENCE, "NoRecipient")) is not None:
        recipients = []
    return EvidenceFacts(
        evidence_id=_text(root, qualified(ERDS, "EvidenceIdentifier")),
        event=ErdsEvent(_text(root, qualified(ERDS, "ERDSEventId"))),
        event_time=_moment(_text(root, "EventTime")),
        guid=guid,
        external_id=_text(ours, qualified(EVIDENCE, "ExternalId")),
        service=_text(ours, qualified(EVIDENCE, "Service")),
        issuer=_party(_only(root, qualified(ERDS, "SenderDetails"))),
        recipients=tuple(map(_party, recipients)),
        documents=_documents(root, ours),
        submitted_at=_moment(_text(root, qualified(ERDS, "SubmissionTime"))),
        refers_to=None if refers_to is None else int(refers_to) - 1,
        result=None if result is None else int(result),
        details=tuple(
            (detail.get("name", ""), detail.text or "")
            for detail in ours.findall(qualified(EVIDENCE, "Detail"))
        ),
        sandbox=ours.find(qualified(EVIDENCE, "Sandbox")) is not None,
    )


def _party(element: etree._Element) -> EvidenceParty:
    values = {
        attribute.get("Name", ""): attribute.findtext(qualified(SAML, "AttributeValue")) or ""
        for attribute in element.findall(f"{qualified(ERDS, 'Identity')}/{qualified(SAML, 'Attribute')}")
    }
    identifier = element.find("Identifier")
    return EvidenceParty(
        name=values[COMMON_NAME],
        identifier="" if identifier is None else identifier.text or "",
        scheme="" if identifier is None else identifier.get("IdentifierSchemeName", ""),
        kind=values[KIND],
        electronic_address=values.get(ADDRESS, ""),
    )


def _documents(root: etree._Element, ours: etree._Element) -> tuple[EvidenceDocument, ...]:
    parts, extras = root.findall(PARTS), ours.findall(qualified(EVIDENCE, "Document"))
    return tuple(_document(part, extra) for part, extra in zip(parts, extras, strict=True))


def _document(part: etree._Element, extra: etree._Element) -> EvidenceDocument:
    stamped = extra.findtext(qualified(EVIDENCE, "StampedSha256"))
    original = part.findtext("{http://www.w3.org/2000/09/xmldsig#}DigestValue", "")
    return EvidenceDocument(
        name=_text(part, "Identifier"),
        media_type=_text(part, "ContentType"),
        size=int(_text(extra, qualified(EVIDENCE, "Size"))),
        original_sha256=_sha256(original),
        stamped_sha256=None if stamped is None else _sha256(stamped),
    )


def _sha256(text: str) -> bytes:
    digest = b64decode(text, validate=True)
    if len(digest) != 32:
        raise ValueError("a digest of another size")
    return digest


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time without zone")
    return moment


def _only(parent: etree._Element, path: str) -> etree._Element:
    found = parent.findall(path)
    if len(found) != 1:
        raise LookupError(f"{len(found)} of {path.rpartition('}')[2]}")
    return found[0]


def _text(parent: etree._Element, path: str) -> str:
    return _only(parent, path).text or ""

"""Writes a transaction as the `transaction` element of xsd/transaction.xsd, as far as the web sender needs.

The same value always gives the same octets. What it writes is validated and read back by whoever signs it.
"""

import base64

from lxml import etree

from gateway.adapters.xml import names
from gateway.domain.documents import Document
from gateway.domain.draft import LARGEST_INLINE
from gateway.domain.parties import Identity, PartyKind, Recipient
from gateway.domain.retention import Duration
from gateway.domain.transaction import Transaction

DAY = 86400


def write(transaction: Transaction) -> bytes:
    """Octets without XML declaration. Raises ValueError for what it cannot write (groups, forms, rules,
    instants), and for characters that XML does not have."""
    if transaction.groups or transaction.forms or transaction.reminders or transaction.fallbacks:
        raise ValueError("the web sender writes none of these")
    root = etree.Element(_name("transaction"), nsmap={None: names.TRANSACTION})  # type: ignore[dict-item]
    _add(root, "service", transaction.service.value)
    _add(root, "external_id", transaction.external_id)
    if transaction.time_to_close is not None:
        _add(root, "time_to_close", _duration(transaction.time_to_close))
    _add(root, "time_to_save", _duration(transaction.time_to_save))
    _add(root, "language", transaction.language)
    _add(root, "subject", transaction.subject)
    if transaction.body:
        _add(root, "body", transaction.body)
    if transaction.documents:
        documents = _add(root, "documents")
        for document in transaction.documents:
            _document(documents, document)
    recipients = _add(root, "recipients")
    for recipient in transaction.recipients:
        _recipient(recipients, recipient)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=False)


def reference(document: Document) -> str:
    """What a document that is too large for a text in XML is referred to by."""
    return f"cid:{document.id}"


def _document(parent: etree._Element, document: Document) -> None:
    element = _add(parent, "document")
    _add(element, "id", document.id)
    _add(element, "name", document.name)
    _add(element, "media_type", document.media_type)
    if document.template is None:
        if document.sha256 is not None:
            digest = _add(element, "digest")
            _add(digest, "algorithm", "SHA-256")
            _add(digest, "value", document.sha256.hex())
        if len(document.content or b"") > LARGEST_INLINE:
            # Its digest stands in what is signed; the octets go beside it.
            _add(_add(element, "attachment"), "href", reference(document))
        else:
            _add(element, "content", base64.b64encode(document.content or b"").decode())
        return
    template = _add(element, "template")
    _add(template, "text", document.template.text)
    if document.template.data:
        data = _add(template, "data")
        for name, value in document.template.data.items():
            field = _add(data, "field")
            _add(field, "name", name)
            _add(field, "value", value)


def _recipient(parent: etree._Element, recipient: Recipient) -> None:
    element = _add(parent, "recipient")
    company = recipient.kind is PartyKind.COMPANY
    party = _add(element, "company" if company else "person")
    _add(party, "name", recipient.name)
    second = recipient.representative if company else recipient.surname
    if second:
        _add(party, "representative" if company else "surname", second)
    if recipient.identity is not None:
        _identity(element, "identity", recipient.identity)
    if recipient.email or recipient.phone:
        contact = _add(element, "contact")
        for name, text in (("email", recipient.email), ("phone", recipient.phone)):
            if text:
                _add(contact, name, text)
    _add(element, "notice_method", recipient.notice_method.value)
    if recipient.access_identifier is not None:
        _identity(element, "access_identifier", recipient.access_identifier)


def _identity(parent: etree._Element, name: str, identity: Identity) -> None:
    element = _add(parent, name)
    _add(element, "type", identity.type.value)
    _add(element, "value", identity.value)
    _add(element, "country", identity.country)


def _duration(limit: object) -> str:
    if not isinstance(limit, Duration) or (limit.months and limit.seconds) or limit.seconds % DAY:
        raise ValueError("only whole months or whole days")
    return f"P{limit.months}M" if limit.months else f"P{limit.seconds // DAY}D"


def _add(parent: etree._Element, name: str, text: str = "") -> etree._Element:
    child = etree.SubElement(parent, _name(name))
    child.text = text or None
    return child


def _name(name: str) -> str:
    return names.qualified(names.TRANSACTION, name)

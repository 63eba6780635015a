"""Transactions of the demonstrations: any service and sign method, recipients, and what else is asked."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from uuid import uuid4

from lxml import etree

from scripts.sample_contract import NAMESPACE, contract_pdf


@dataclass(frozen=True)
class Someone:
    """A recipient of the demonstrations, reached through the console channel. `place` is street and number,
    postal code, city and country."""

    name: str
    surname: str
    identifier: str
    phone: str
    place: tuple[str, str, str, str] = ("Calle Mayor 1", "28013", "Madrid", "ES")

    @property
    def email(self) -> str:
        return f"{self.name.lower()}@example.org"


PEOPLE = (
    Someone("Ana", "García Muñoz", "12345678Z", "+34600000123"),
    Someone(
        "Luis", "Ortega Gil", "00000000T", "+34600000456", ("12, rue de la Paix", "75002", "Paris", "FR")
    ),
    Someone("Eva", "Ruiz Sanz", "87654321X", "+34600000789"),
    Someone("Pau", "Vidal Roca", "11111111H", "+34600000321"),
    Someone("Iria", "Castro Lema", "22222222J", "+34600000654"),
)


@dataclass(frozen=True)
class File:
    """A document of the transaction."""

    octets: bytes
    name: str = "Contrato de préstamo.pdf"
    media_type: str = "application/pdf"


@dataclass(frozen=True)
class Order:
    """What is asked. `more` are elements of the transaction by name, put where the schema wants them: a text,
    or an element made with `lxml`; `orders` are the turns of the recipients, all at once without them."""

    service: str
    method: str = ""
    people: Sequence[Someone] = PEOPLE[:1]
    files: Sequence[File] = ()
    more: dict[str, "str | etree._Element"] = field(default_factory=dict)
    orders: Sequence[int] = ()
    notice_method: str = "SMS"
    subject: str = "Su contrato de préstamo"
    body: str = "Le enviamos el contrato para su firma."


# In the order of `xsd/transaction.xsd`.
ELEMENTS = (
    *("service", "external_id", "send_at", "time_to_close", "time_to_save", "language", "channel"),
    *("sign_method", "subject", "body", "documents", "document_groups", "forms", "recipients"),
    *("reminders", "fallbacks", "return_url", "user_defined_fields", "flow", "consents", "call"),
)


def loan() -> File:
    return File(contract_pdf())


def order_xml(order: Order) -> bytes:
    """The transaction, with a fresh external id."""
    parts: dict[str, str | etree._Element] = {
        "service": order.service,
        "external_id": f"{order.service}-{uuid4()}",
        "time_to_close": "P15D",
        "time_to_save": "P6Y",
        "language": "es",
        "subject": order.subject,
        "body": order.body,
    }
    if order.method:
        parts["sign_method"] = order.method
    if order.files:
        parts["documents"] = _all("documents", [_document(n, each) for n, each in enumerate(order.files, 1)])
    if order.people:
        parts["recipients"] = _all("recipients", [_recipient(order, n) for n in range(len(order.people))])
    parts |= order.more
    root = etree.Element(_name("transaction"), nsmap={None: NAMESPACE})  # type: ignore[dict-item]  # The stubs know no default namespace.
    for name in ELEMENTS:
        part = parts.pop(name, None)
        if isinstance(part, str):
            add(root, name, part)
        elif part is not None:
            root.append(part)
    if parts:
        raise ValueError(f"no such elements: {sorted(parts)}")
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def element(name: str) -> etree._Element:
    """An element of the transaction's namespace, for `more`."""
    return etree.Element(_name(name))


def add(parent: etree._Element, name: str, text: str = "") -> etree._Element:
    child = etree.SubElement(parent, _name(name))
    child.text = text or None
    return child


def _all(name: str, children: Sequence[etree._Element]) -> etree._Element:
    holder = element(name)
    holder.extend(children)
    return holder


def _document(number: int, file: File) -> etree._Element:
    document = element("document")
    add(document, "id", f"document-{number}")
    add(document, "name", file.name)
    add(document, "media_type", file.media_type)
    digest = add(document, "digest")
    add(digest, "algorithm", "SHA-256")
    add(digest, "value", sha256(file.octets).hexdigest())
    add(document, "content", base64.b64encode(file.octets).decode())
    return document


def _recipient(order: Order, index: int) -> etree._Element:
    who, recipient = order.people[index], element("recipient")
    person = add(recipient, "person")
    add(person, "name", who.name)
    add(person, "surname", who.surname)
    identity = add(recipient, "identity")
    add(identity, "type", "DNI")
    add(identity, "value", who.identifier)
    contact = add(recipient, "contact")
    add(contact, "email", who.email)
    add(contact, "phone", who.phone)
    add(recipient, "notice_method", order.notice_method)
    if order.notice_method == "POSTAL":
        place = add(recipient, "postal_address")
        for name, value in zip(("line1", "postal_code", "city", "country"), who.place, strict=True):
            add(place, name, value)
    if order.orders:
        add(recipient, "order", str(order.orders[index]))
    return recipient


def _name(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"

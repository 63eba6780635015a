"""What issuers ask for in tests: transactions as XML, with any number of recipients and documents.

It only writes; what is read of it, and whether it is allowed, is the gateway's.
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from lxml import etree

from gateway.domain.catalogue import CATALOGUE, Service
from tests.pdf_samples import plain

NAMESPACE = "urn:fehaciente:transaction:1.0"
PDF = "application/pdf"


@dataclass(frozen=True)
class Person:
    """A recipient who can be reached by e-mail and telephone; rules are group, action, mandatory."""

    name: str = "Ana"
    identifier: str = "12345678Z"
    order: int = 1
    notice_method: str = "SMS"
    phone: str = "+34600000123"
    rules: tuple[tuple[str, str, bool], ...] = ()
    identity_type: str = "OTHER"

    @property
    def email(self) -> str:
        return f"{self.name.lower()}@example.org"


@dataclass(frozen=True)
class Asked:
    """A field of the issuer's form."""

    name: str
    type: str = "TEXT"
    required: bool = True
    options: Sequence[str] = ()

    @property
    def label(self) -> str:
        return f"¿{self.name.capitalize()}?"


@dataclass(frozen=True)
class Paper:
    """A document by its octets, or by a template with its data."""

    octets: bytes = b""
    name: str = "Contrato.pdf"
    media_type: str = PDF
    template: str = ""
    data: tuple[tuple[str, str], ...] = ()
    call: tuple[tuple[str, str], ...] = ()


ANA = Person()
LUIS = Person("Luis", "00000000T", phone="+34600000456")
EVA = Person("Eva", "X1234567L", phone="+34600000789")


def order(
    *people: Person,
    service: str = "CONTRACT_EXPRESS",
    papers: Sequence[Paper] = (),
    external_id: str = "",
    time_to_close: str = "P15D",
    groups: Mapping[str, Sequence[int]] | None = None,
    forms: Sequence[Asked] = (),
    **more: str,
) -> bytes:
    """A transaction for these people (Ana, if nobody is named) over these papers (a one-page PDF)."""
    root: Any = etree.Element(_name("transaction"), nsmap={None: NAMESPACE})  # type: ignore[dict-item]
    simple = {
        "service": service,
        "external_id": external_id or f"ORDER-{uuid4()}",
        "send_at": more.get("send_at", ""),
        "time_to_close": time_to_close,
        "time_to_save": "P6Y",
        "language": more.get("language", "es"),
        "channel": more.get("channel", ""),
        "sign_method": more.get("sign_method", "SMS"),
        "subject": more.get("subject", "Su contrato"),
        "body": "Le enviamos el contrato para su firma.",
    }
    for name, text in simple.items():
        if text:
            _add(root, name, text)
    if papers or CATALOGUE[Service(service)].documents:
        documents = _add(root, "documents")
        for index, paper in enumerate(papers or [Paper(plain())]):
            _document(documents, index, paper)
    if groups:
        _groups(root, groups)
    _forms(root, forms)
    if CATALOGUE[Service(service)].recipients:
        recipients = _add(root, "recipients")
        for person in people or (ANA,):
            _recipient(recipients, person)
    _ending(root, more)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _ending(root: Any, more: Mapping[str, str]) -> None:
    if "return_url" in more:
        _add(root, "return_url", more["return_url"])
    _flow(root, more)
    _consents(root, more.get("consents", ""))


def _consents(root: Any, told: str) -> None:
    """`id PURPOSE mandatory` of each, separated by bars."""
    element = _add(root, "consents") if told else None
    for each in filter(None, told.split("|")):
        name, purpose, mandatory = each.split()
        consent = _add(element, "consent")
        _add(consent, "id", name)
        _add(consent, "purpose", purpose)
        _add(consent, "version", "2026-01")
        _add(consent, "text", f"Consiento: {name}.")
        _add(consent, "mandatory", mandatory)


def _groups(root: Any, groups: Mapping[str, Sequence[int]]) -> None:
    element = _add(root, "document_groups")
    for name, places in groups.items():
        group = _add(element, "document_group")
        _add(group, "id", name)
        for place in places:
            _add(group, "document_id", f"document-{place}")


def _forms(root: Any, forms: Sequence[Asked]) -> None:
    container = _add(root, "forms") if forms else None
    for form in forms:
        field = _add(container, "field")
        _add(field, "name", form.name)
        _add(field, "label", form.label)
        _add(field, "type", form.type)
        _add(field, "required", str(form.required).lower())
        for option in form.options:
            _add(field, "option", option)


def _flow(root: Any, more: Mapping[str, str]) -> None:
    """`reject_reasons` are separated by bars."""
    names = ("must_scroll", "send_copy", "on_reject")
    if not any(name in more for name in (*names, "reject_reasons", "spoken_acceptance")):
        return
    flow = _add(root, "flow")
    for name in names:
        if name in more:
            _add(flow, name, more[name])
    if "reject_reasons" in more:
        reasons = _add(flow, "reject_reasons")
        for reason in more["reject_reasons"].split("|"):
            _add(reasons, "reason", reason)
    if "spoken_acceptance" in more:
        _add(flow, "spoken_acceptance", more["spoken_acceptance"])


def _document(parent: Any, index: int, paper: Paper) -> None:
    document = _add(parent, "document")
    _add(document, "id", f"document-{index}")
    _add(document, "name", paper.name)
    _add(document, "media_type", paper.media_type)
    if not paper.template:
        _add(document, "content", base64.b64encode(paper.octets).decode())
        if paper.call:
            call = _add(document, "call")
            for name, value in paper.call:
                _add(call, name, value)
        return
    template = _add(document, "template")
    _add(template, "text", paper.template)
    data = _add(template, "data")
    for name, value in paper.data:
        field = _add(data, "field")
        _add(field, "name", name)
        _add(field, "value", value)


def _recipient(parent: Any, person: Person) -> None:
    recipient = _add(parent, "recipient")
    who = _add(recipient, "person")
    _add(who, "name", person.name)
    _add(who, "surname", "García")
    identity = _add(recipient, "identity")
    _add(identity, "type", person.identity_type)
    _add(identity, "value", person.identifier)
    contact = _add(recipient, "contact")
    _add(contact, "email", person.email)
    _add(contact, "phone", person.phone)
    _add(recipient, "notice_method", person.notice_method)
    _add(recipient, "order", str(person.order))
    if person.rules:
        rules = _add(recipient, "rules")
        for group, action, mandatory in person.rules:
            rule = _add(rules, "rule")
            _add(rule, "group_id", group)
            _add(rule, "action", action)
            _add(rule, "mandatory", str(mandatory).lower())


def _add(parent: Any, name: str, text: str = "") -> Any:
    child = etree.SubElement(parent, _name(name))
    child.text = text or None
    return child


def _name(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"

"""Reads a `transaction` element into the domain, and takes its content digest.

The element must come from verified octets; it is never changed. Business rules are applied by the domain.
"""

import hashlib
from copy import deepcopy
from datetime import UTC, datetime

from lxml import etree

from gateway.adapters.xml import names, schemas
from gateway.adapters.xml.call_xml import read_call
from gateway.adapters.xml.consent_xml import read_consents
from gateway.adapters.xml.document_xml import (
    Contents,
    read_document,
    read_fields,
    read_form_field,
    read_group,
)
from gateway.adapters.xml.flow_xml import read_flow
from gateway.adapters.xml.reading import Node
from gateway.adapters.xml.recipient_xml import read_recipient
from gateway.domain.catalogue import Service
from gateway.domain.delivery import Channel
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.retention import Duration
from gateway.domain.signing import SignMethod
from gateway.domain.transaction import Fallback, Reminder, SigningChannel, Transaction

SIGNATURE = names.qualified(names.DS, "Signature")


def nothing_attached(reference: str) -> bytes:
    """For a transaction that came alone. Raises GatewayError(PART_MISSING)."""
    raise GatewayError(ErrorKind.PART_MISSING, reference)


def read(element: etree._Element, attached: Contents = nothing_attached) -> Transaction:
    """The transaction that the element states, validated against `transaction.xsd` first.

    Raises GatewayError: SCHEMA_INVALID, DIGEST_MISMATCH, RULE_BROKEN (a variant that is not there yet).
    """
    schemas.validate(element, "transaction")
    return read_valid(element, attached)


def read_valid(element: etree._Element, attached: Contents = nothing_attached) -> Transaction:
    """As `read`, for an element that its operation's schema accepted already: validation is not cheap."""
    return _transaction(Node(element, names.TRANSACTION), attached)


def content_digest(element: etree._Element) -> bytes:
    """SHA-256 (32 bytes) of the element in exclusive C14N without comments and without its `ds:Signature`.

    Exclusive C14N 1.0 takes only the namespaces that are used, so the envelope around does not matter.
    Raises GatewayError(SCHEMA_INVALID) for relative namespace names, which have no canonical form.
    """
    unsigned = _without_signature(element)
    try:
        octets = etree.tostring(unsigned, method="c14n", exclusive=True, with_comments=False)
    except etree.C14NError:
        raise GatewayError(ErrorKind.SCHEMA_INVALID, "a relative namespace name") from None
    return hashlib.sha256(octets).digest()


def _transaction(node: Node, attached: Contents) -> Transaction:
    return Transaction(
        service=Service(node.line("service")),
        external_id=node.line("external_id"),
        subject=node.line("subject"),
        body=node.text("body"),
        language=node.line("language", "es"),
        channel=node.choice("channel", SigningChannel) or SigningChannel.DIRECT,
        send_at=_moment(node.line("send_at")),
        time_to_close=_moment_or_duration(node.line("time_to_close")),
        time_to_save=Duration.parse(node.line("time_to_save", "P5Y")),
        sign_method=node.choice("sign_method", SignMethod),
        documents=tuple(read_document(each, attached) for each in node.items("documents", "document")),
        groups=tuple(map(read_group, node.items("document_groups", "document_group"))),
        forms=tuple(map(read_form_field, node.items("forms", "field"))),
        recipients=tuple(map(read_recipient, node.items("recipients", "recipient"))),
        reminders=tuple(map(_reminder, node.items("reminders", "reminder"))),
        fallbacks=tuple(map(_fallback, node.items("fallbacks", "fallback"))),
        return_url=node.line("return_url"),
        fields=read_fields(node, "user_defined_fields"),
        flow=read_flow(node),
        consents=read_consents(node),
        call=read_call(node),
    )


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text).astimezone(UTC) if text else None


def _moment_or_duration(text: str) -> datetime | Duration | None:
    return Duration.parse(text) if text.startswith("P") else _moment(text)


def _reminder(node: Node) -> Reminder:
    after, channel = Duration.parse(node.line("after")), Channel(node.line("channel"))
    return Reminder(after, channel, node.flag("although_unknown", False))


def _fallback(node: Node) -> Fallback:
    after, channel = Duration.parse(node.line("after")), Channel(node.line("channel"))
    return Fallback(after, node.line("condition"), channel, node.flag("although_unknown", False))


def _without_signature(element: etree._Element) -> etree._Element:
    """The element itself when it bears no signature, else a copy without it; text around it stays."""
    if element.find(SIGNATURE) is None:
        return element
    copy = deepcopy(element)
    for signature in copy.findall(SIGNATURE):
        _remove_keeping_tail(copy, signature)
    return copy


def _remove_keeping_tail(parent: etree._Element, child: etree._Element) -> None:
    previous = child.getprevious()
    if previous is None:
        parent.text = (parent.text or "") + (child.tail or "")
    else:
        previous.tail = (previous.tail or "") + (child.tail or "")
    # lxml's remove() takes the tail along; it has just been kept.
    parent.remove(child)

"""Reads recipients from a schema-valid transaction; which fields a service needs is the domain's."""

from gateway.adapters.xml.reading import Node
from gateway.domain.parties import (
    GroupRule,
    Identity,
    IdentityType,
    NoticeMethod,
    PartyKind,
    PostalAddress,
    Recipient,
    RuleAction,
)
from gateway.domain.signing import SignMethod


def read_recipient(node: Node) -> Recipient:
    person, company = node.child("person"), node.child("company")
    party = person or company or node
    contact = node.child("contact") or node
    return Recipient(
        kind=PartyKind.PERSON if person else PartyKind.COMPANY,
        name=party.line("name"),
        surname=party.line("surname"),
        representative=party.line("representative"),
        identity=_identity(node.child("identity")),
        email=contact.line("email"),
        phone=contact.line("phone"),
        notice_method=node.choice("notice_method", NoticeMethod) or NoticeMethod.EMAIL,
        access_identifier=_identity(node.child("access_identifier")),
        postal_address=_address(node.child("postal_address")),
        order=int(node.line("order", "1")),
        sign_method=node.choice("sign_method", SignMethod),
        rules=tuple(_rule(rule) for rule in node.items("rules", "rule")),
        time_zone=node.line("time_zone"),
    )


def _identity(node: Node | None) -> Identity | None:
    if node is None:
        return None
    return Identity(IdentityType(node.line("type")), node.line("value"), node.line("country", "ES"))


def _address(node: Node | None) -> PostalAddress | None:
    if node is None:
        return None
    return PostalAddress(
        line1=node.line("line1"),
        line2=node.line("line2"),
        postal_code=node.line("postal_code"),
        city=node.line("city"),
        province=node.line("province"),
        country=node.line("country"),
    )


def _rule(node: Node) -> GroupRule:
    mandatory = node.flag("mandatory", default=True)
    return GroupRule(node.line("group_id"), RuleAction(node.line("action")), mandatory)

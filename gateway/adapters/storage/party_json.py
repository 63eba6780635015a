"""A recipient as the issuer declared them, to JSON values and back, field by field."""

from typing import Any

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

J = dict[str, Any]


def recipient_to(recipient: Recipient) -> J:
    return {
        "kind": recipient.kind.value,
        "name": recipient.name,
        "surname": recipient.surname,
        "representative": recipient.representative,
        "identity": _identity_to(recipient.identity),
        "email": recipient.email,
        "phone": recipient.phone,
        "notice_method": recipient.notice_method.value,
        "access_identifier": _identity_to(recipient.access_identifier),
        "postal_address": _address_to(recipient.postal_address),
        "order": recipient.order,
        "sign_method": recipient.sign_method and recipient.sign_method.value,
        "rules": [
            {"group": rule.group, "action": rule.action.value, "mandatory": rule.mandatory}
            for rule in recipient.rules
        ],
        "time_zone": recipient.time_zone,
    }


def recipient_from(stored: J) -> Recipient:
    return Recipient(
        kind=PartyKind(stored["kind"]),
        name=stored["name"],
        surname=stored["surname"],
        representative=stored["representative"],
        identity=_identity_from(stored["identity"]),
        email=stored["email"],
        phone=stored["phone"],
        notice_method=NoticeMethod(stored["notice_method"]),
        access_identifier=_identity_from(stored["access_identifier"]),
        postal_address=PostalAddress(**stored["postal_address"]) if stored["postal_address"] else None,
        order=stored["order"],
        sign_method=SignMethod(stored["sign_method"]) if stored["sign_method"] else None,
        rules=tuple(
            GroupRule(rule["group"], RuleAction(rule["action"]), rule["mandatory"])
            for rule in stored["rules"]
        ),
        time_zone=stored.get("time_zone", ""),
    )


def _identity_to(identity: Identity | None) -> J | None:
    if identity is None:
        return None
    return {"type": identity.type.value, "value": identity.value, "country": identity.country}


def _identity_from(stored: J | None) -> Identity | None:
    return Identity(IdentityType(stored["type"]), stored["value"], stored["country"]) if stored else None


def _address_to(address: PostalAddress | None) -> J | None:
    if address is None:
        return None
    return {
        "line1": address.line1,
        "line2": address.line2,
        "postal_code": address.postal_code,
        "city": address.city,
        "province": address.province,
        "country": address.country,
    }

"""Business rules of a transaction: each broken one is named in the refusal."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gateway.domain.catalogue import Service
from gateway.domain.documents import Document, DocumentGroup
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.parties import (
    GroupRule,
    Identity,
    IdentityType,
    NoticeMethod,
    PartyKind,
    Recipient,
    RuleAction,
)
from gateway.domain.retention import Duration
from gateway.domain.signing import SignMethod
from gateway.domain.transaction import Transaction, check

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
ANA = Recipient(
    kind=PartyKind.PERSON,
    name="Ana",
    surname="García Núñez",
    identity=Identity(IdentityType.NIF, "12345678Z"),
    email="ana@example.org",
    phone="+34600000123",
)
LOAN = Transaction(
    service=Service.CONTRACT_EXPRESS,
    external_id="loan-1",
    subject="Préstamo",
    documents=(Document("d1", "prestamo.pdf", "application/pdf", content=b"%PDF-"),),
    recipients=(ANA,),
    time_to_close=Duration.parse("P10D"),
)


def refusal(transaction: Transaction) -> str:
    with pytest.raises(GatewayError) as caught:
        check(transaction, NOW, SignMethod.SMS)
    assert caught.value.kind is ErrorKind.RULE_BROKEN
    return caught.value.detail


def test_a_good_transaction_passes() -> None:
    """The common case breaks no rule, and its close is counted from the later of now and send_at."""
    check(LOAN, NOW, SignMethod.SMS)
    delayed = replace(LOAN, send_at=NOW + timedelta(days=1))
    assert delayed.closes_at(NOW) == NOW + timedelta(days=11)
    assert LOAN.closes_at(NOW) == NOW + timedelta(days=10)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"time_to_close": NOW - timedelta(seconds=1)}, "time_to_close is not after the start"),
        ({"time_to_close": Duration.parse("P4Y")}, "three years"),
        ({"time_to_close": Duration.parse("P9999Y")}, "too far ahead"),
        ({"time_to_save": Duration.parse("P4Y")}, "P5Y at least"),
        ({"recipients": ()}, "needs recipients"),
        ({"documents": ()}, "needs a document"),
        ({"documents": LOAN.documents * 2}, "document ids repeat"),
        ({"groups": (DocumentGroup("g", ("nope",)),)}, "unknown document"),
        ({"recipients": (replace(ANA, email=""),)}, "recipient 1: email is missing"),
        ({"recipients": (replace(ANA, phone=""),)}, "recipient 1: phone is missing"),
        ({"recipients": (ANA, replace(ANA, identity=None))}, "recipient 2: identifier is missing"),
        ({"recipients": (replace(ANA, notice_method=NoticeMethod.POSTAL),)}, "notice_method POSTAL"),
        (
            {"recipients": (replace(ANA, rules=(GroupRule("g", RuleAction.SIGN),)),)},
            "recipient 1: a rule names an unknown document group",
        ),
    ],
)
def test_each_broken_rule_is_named(change: dict[str, object], rule: str) -> None:
    """One change breaks one rule, and the refusal says which."""
    assert rule in refusal(replace(LOAN, **change))


@pytest.mark.parametrize(
    ("change", "method"),
    [
        # To sign a document with a certificate is to have its content, before it was acknowledged.
        ({"service": Service.NOTIFICATION}, "CERTIFICATE"),
        # Anybody may say that they are anybody; a code proves the telephone, a stroke proves nothing.
        ({"service": Service.ONCLICK_PUBLICATION, "recipients": ()}, "BIOMETRIC"),
        ({"service": Service.ONCLICK_PUBLICATION, "recipients": ()}, "CERTIFICATE"),
    ],
)
def test_not_every_service_is_signed_by_every_method(change: dict[str, object], method: str) -> None:
    """Where recipients come later, the transaction's own method is looked at."""
    detail = refusal(replace(LOAN, sign_method=SignMethod(method), **change))
    assert f"sign_method {method} is not available for" in detail


def test_a_certificate_signs_a_document() -> None:
    """Without one there would be nothing to sign with it."""
    bare = replace(LOAN, service=Service.ACCEPTANCE, documents=(), sign_method=SignMethod.CERTIFICATE)
    assert "sign_method CERTIFICATE needs a document" in refusal(bare)


def test_all_broken_rules_come_at_once() -> None:
    """An issuer mends everything in one go: the refusal lists every rule."""
    detail = refusal(replace(LOAN, documents=(), recipients=(replace(ANA, email="", phone=""),)))
    assert all(rule in detail for rule in ("needs a document", "email is missing", "phone is missing"))


def test_custody_takes_no_recipient() -> None:
    """A service without recipients refuses them."""
    assert "no recipient is allowed" in refusal(replace(LOAN, service=Service.CUSTODY))


def test_sign_method_is_the_recipients_then_the_transactions_then_the_issuers() -> None:
    """The nearest one wins."""
    assert LOAN.method_for(ANA, SignMethod.VOICE) is SignMethod.VOICE
    by_code = replace(LOAN, sign_method=SignMethod.SMS_VOICE)
    assert by_code.method_for(ANA, SignMethod.SMS) is SignMethod.SMS_VOICE
    assert by_code.method_for(replace(ANA, sign_method=SignMethod.CERTIFICATE), SignMethod.SMS) is (
        SignMethod.CERTIFICATE
    )

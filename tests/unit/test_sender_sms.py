"""What keeps a sender's draft of a certified SMS from being sent is said before it is."""

from dataclasses import replace

import pytest

from gateway.domain.catalogue import Service
from gateway.domain.draft import Addressee, Composition, DraftTemplate
from gateway.domain.parties import NoticeMethod, PartyKind, Recipient
from gateway.domain.signing import SignMethod
from gateway.usecases.sender.order import row_problems

ANA = Recipient(PartyKind.PERSON, "Ana", phone="+34600000123", notice_method=NoticeMethod.SMS)
SAID = Composition(service=Service.CERTIFIED_SMS, subject="Aviso", body="Su recibo vence hoy.")


def told(said: Composition, who: Recipient = ANA) -> list[str]:
    return [each.en for each in row_problems(said, Addressee(who, ()), SignMethod.SMS)]


def test_a_text_to_a_telephone_has_no_problem() -> None:
    """No name, e-mail or identifier is needed."""
    assert told(SAID) == []


@pytest.mark.parametrize("body", ["", " ", "a" * 1531])
def test_a_text_has_words_and_not_too_many(body: str) -> None:
    assert told(replace(SAID, body=body)) == ["a text message has from 1 to 1530 letters"]


def test_a_text_goes_alone_and_by_sms() -> None:
    """Documents would not be sent, and nothing goes by e-mail."""
    assert told(replace(SAID, template=DraftTemplate("t", 1, "carta", "Hola"))) == [
        "a text message has no documents"
    ]
    by_email = replace(ANA, notice_method=NoticeMethod.EMAIL, email="ana@example.org")
    assert told(SAID, by_email) == ["this service does not go by that notice"]

"""The texts that recipients get: complete, escaped, short where they must be, in both languages."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest

from gateway.adapters.channels import gsm7
from gateway.adapters.channels.notices import NoticeTexts
from gateway.catalogues import LANGUAGES
from gateway.domain.brand import Look
from gateway.domain.catalogue import Service
from gateway.domain.delivery import Channel
from gateway.domain.documents import Document
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.parties import Issuer, PartyKind, PostalAddress, Recipient
from gateway.domain.record import RecipientRecord, TransactionRecord
from gateway.domain.results import Result
from gateway.domain.signing import SignMethod
from gateway.domain.states import State
from gateway.domain.transaction import Transaction

AT = datetime(2026, 11, 22, 9, 30, 5, tzinfo=UTC)
CLOSE = datetime(2026, 12, 22, 9, 30, 5, tzinfo=UTC)
GUID = "001001-0001-000000000000017.par"
LINK = "https://avisos.example/a/" + "k" * 43
ISSUER = Issuer(1, "Banco de Prueba, S.A.", "A00000000", "https://banco.example/ayuda")
PERSON = Recipient(PartyKind.PERSON, "María", "Núñez", email="maria@example.com", phone="+34600111222")


def record(
    service: Service = Service.CONTRACT_EXPRESS, language: str = "es", **changes: object
) -> TransactionRecord:
    asked = Transaction(
        service,
        "x-1",
        "Préstamo personal",
        documents=(Document("d1", "contrato <b>.pdf", "application/pdf"),),
        recipients=(PERSON,),
    )
    base = TransactionRecord(
        GUID, 1, "x-1", bytes(32), service, State.SEALED, Result.PENDING, "Préstamo personal", language,
        AT, AT, CLOSE, AT, "r", "s", bytes(32), SignMethod.SMS, asked,
    )  # fmt: skip
    return replace(base, **changes)  # type: ignore[arg-type]


def recipient(**changes: object) -> RecipientRecord:
    base = RecipientRecord(GUID, 0, PERSON, SignMethod.SMS)
    return replace(base, **changes)  # type: ignore[arg-type]


TEXTS = NoticeTexts("Fehaciente Demo")


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("es", ["A la atención de María Núñez", "se depositará ante notario",
                "Ayuda de Banco de Prueba, S.A.",
                "Enviado por", "Fecha", "Documento", "para firmar"]),
        ("en", ["For the attention of María Núñez", "is to be deposited with a notary",
                "Help from Banco de Prueba, S.A.", "Sent by", "Date", "Document", "to sign"]),
        ("ca", ["A l’atenció de María Núñez", "es dipositarà davant de notari",
                "Ajuda de Banco de Prueba, S.A.", "Enviat per", "Data", "per signar"]),
        ("gl", ["Á atención de María Núñez", "depositarase ante notario",
                "Axuda de Banco de Prueba, S.A.", "Enviado por", "Documento", "para asinar"]),
        ("eu", ["Norentzat: María Núñez", "notario aurrean gordailatuko da",
                "Laguntza: Banco de Prueba, S.A.", "Bidaltzailea", "Dokumentua", "sinatzeko"]),
    ],
)  # fmt: skip
def test_the_e_mail_notice_says_everything_that_it_must(language: str, words: list[str]) -> None:
    """Introduction, sent by, date, document, GUID, help of the issuer and the link, in text and HTML."""
    message = TEXTS.notice("e-1", record(language=language), recipient(), ISSUER, Channel.EMAIL, LINK)
    for body in (message.text, message.html):
        for word in [*words, GUID, "2026-11-22 09:30:05 UTC", "Préstamo personal", "Fehaciente Demo", LINK]:
            assert word in body or word.lower() in body.lower(), word
    assert "contrato <b>.pdf" in message.text
    assert "contrato &lt;b&gt;.pdf" in message.html
    assert f'href="{LINK}"' in message.html
    assert 'href="https://banco.example/ayuda"' in message.html
    assert (message.id, message.address) == ("e-1", "maria@example.com")
    assert message.sender_name.startswith("Banco de Prueba, S.A.")


class Resources(HTMLParser):
    """Collects what a mail client would load or run."""

    def __init__(self) -> None:
        super().__init__()
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.loads += [f"{tag} {name}" for name, _ in attrs if name in {"src", "srcset", "background"}]
        if tag in {"script", "link", "img", "iframe", "object", "style", "form"}:
            self.loads.append(tag)


@pytest.mark.parametrize("language", LANGUAGES)
def test_mails_load_nothing_and_never_say_qualified(language: str) -> None:
    """No remote resource betrays the reader, and no text claims what only a provider can be."""
    here = record(language=language)
    for message in (
        TEXTS.notice("e", here, recipient(), ISSUER, Channel.EMAIL, LINK),
        TEXTS.code("e", here, recipient(), ISSUER, Channel.EMAIL, "123456"),
    ):
        parser = Resources()
        parser.feed(message.html)
        assert parser.loads == []
        assert "url(" not in message.html
        assert not re.search("qualified|cualificad", message.text + message.html, re.IGNORECASE)


def test_the_issuers_words_cannot_imitate_ours() -> None:
    """Markup is escaped; line breaks and direction marks become spaces."""
    evil = replace(ISSUER, name='<img src="x">\r\n\r\nOtro\u202e', contact="javascript:alert(1)")
    message = TEXTS.notice("e", record(subject="a\nb<script>"), recipient(), evil, Channel.EMAIL, LINK)
    assert "<img" not in message.html
    assert "<script" not in message.html
    assert "javascript:" not in re.findall('href="([^"]*)"', message.html)
    assert "\u202e" not in message.text + message.html + message.sender_name
    assert "\n" not in message.subject + message.sender_name


@pytest.mark.parametrize(
    ("contact", "href"),
    [
        ("https://banco.example/ayuda", "https://banco.example/ayuda"),
        ("ayuda@banco.example", f"mailto:ayuda@banco.example?subject={GUID}"),
        ("mailto:ayuda@banco.example", f"mailto:ayuda@banco.example?subject={GUID}"),
        ("+34 900 100 200", "tel:+34900100200"),
        ("En cualquier oficina", None),
        ("http://banco.example", None),
    ],
)
def test_the_help_link_leads_to_the_issuers_contact(contact: str, href: str | None) -> None:
    """Page, mailbox or telephone become a link; anything else is shown as it is."""
    issuer = replace(ISSUER, contact=contact)
    html = TEXTS.notice("e", record(), recipient(), issuer, Channel.EMAIL, LINK).html
    assert [found for found in re.findall('href="([^"]*)"', html) if found != LINK] == (
        [href] if href else []
    )
    assert href is not None or contact in html
    assert ">mailto:" not in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_sms_stay_in_the_gsm_alphabet(language: str) -> None:
    """Accents are folded, long names cut, the link never: a code fits one message, a notice two."""
    issuer = replace(ISSUER, name="Compañía Ibérica de Financiación y Préstamos Rápidos, S.A.")
    here = record(language=language, subject="Póliza de préstamo con garantía «hipotecaria» número 12345")
    code = TEXTS.code("e", here, recipient(), issuer, Channel.SMS, "012345")
    notice = TEXTS.notice("e", here, recipient(), issuer, Channel.SMS, LINK)
    assert set(code.text + notice.text) <= gsm7.ALPHABET
    assert len(code.text) <= 160
    assert len(notice.text) <= 2 * 153
    assert notice.text.endswith(LINK)
    assert code.text.startswith("012345 ")
    assert (code.address, code.html) == ("+34600111222", "")


def test_what_cannot_be_folded_stays() -> None:
    """A name in another script is kept, at the price of a longer message."""
    assert gsm7.fold("Łukasz «á» – Ωmega 李") == 'Łukasz "a" - Ωmega 李'


def test_the_code_says_what_it_is_for() -> None:
    """In Spanish, with issuer and subject, and the warning not to share it."""
    message = TEXTS.code("e", record(), recipient(), ISSUER, Channel.SMS, "123456")
    expected = '123456 es su codigo para firmar "Préstamo personal" de Banco de Prueba, S.A. No lo comparta.'
    assert message.text == expected
    assert "123456" not in message.subject


def test_the_first_of_two_codes_does_not_sign() -> None:
    """CONTRACT's first code opens the documents; only once they are open does a code sign."""
    first = TEXTS.code("e", record(Service.CONTRACT), recipient(), ISSUER, Channel.SMS, "123456")
    second = TEXTS.code(
        "e", record(Service.CONTRACT), recipient(unlocked_at=AT), ISSUER, Channel.SMS, "123456"
    )
    assert "para abrir" in first.text
    assert "para firmar" in second.text


def test_a_call_dictates_digit_by_digit() -> None:
    """What is said names each digit; what the console prints has the code in one piece."""
    message = TEXTS.code("e", record(), recipient(), ISSUER, Channel.VOICE, "120456")
    assert message.script
    assert "1, 2, 0, 4, 5, 6" in message.script.dictation
    assert message.script.parts.count(message.script.dictation) == 2
    assert not message.script.question
    assert "120456" in message.text


def test_a_call_asks_for_the_acceptance_of_what_is_bound() -> None:
    """The recorded question names the reference that stands for the documents."""
    script = TEXTS.code("e", record(), recipient(), ISSUER, Channel.VOICE, "120456", "4F0A7C").script
    assert script
    assert "4, F, 0, A, 7, C" in script.question
    assert "sí, acepto" in script.question


def test_a_company_is_addressed_through_its_representative() -> None:
    """Who acts stands first, for whom in brackets."""
    company = replace(
        PERSON, kind=PartyKind.COMPANY, name="Obras, S.L.", surname="", representative="Luis Gil"
    )
    message = TEXTS.notice("e", record(), recipient(asked=company), ISSUER, Channel.EMAIL, LINK)
    assert "A la atención de Luis Gil (Obras, S.L.)" in message.text


def test_a_letter_carries_its_address_and_its_link() -> None:
    """It is told where it goes and where it is answered; the words themselves leave the link to the sheet."""
    place = PostalAddress("Calle Mayor 1", "", "28013", "Madrid", "", "ES")
    who = recipient(asked=replace(PERSON, postal_address=place))
    message = TEXTS.notice("e", record(), who, ISSUER, Channel.POSTAL, LINK)
    assert message.letter
    assert (message.letter.place, message.letter.link) == (place, LINK)
    assert "Préstamo personal" in message.text
    assert LINK not in message.text


def test_a_channel_without_text_is_refused() -> None:
    """What has no text for a channel says so instead of going out empty."""
    with pytest.raises(GatewayError) as caught:
        TEXTS.code("e", record(), recipient(), ISSUER, Channel.POSTAL, "120456")
    assert caught.value.kind is ErrorKind.NOT_AVAILABLE_YET


def test_a_notice_wears_the_issuers_colour_and_sender_name() -> None:
    """As recipients know it; who is answerable is still named by its legal name, in the facts."""
    issuer = replace(ISSUER, look=Look("Banco Amigo", "#8a1538"))
    message = TEXTS.notice("e", record(), recipient(), issuer, Channel.EMAIL, LINK)
    assert message.sender_name == "Banco Amigo a través de Fehaciente Demo"
    assert message.html.count("background:#8a1538;color:#ffffff") == 2
    assert "<strong>Banco de Prueba, S.A.</strong>" in message.html
    assert "8a1538" not in TEXTS.notice("e", record(), recipient(), ISSUER, Channel.EMAIL, LINK).html

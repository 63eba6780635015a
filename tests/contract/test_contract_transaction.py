"""What the reader makes of a transaction, and that its content digest depends on the transaction alone."""

import base64
import hashlib
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from lxml import etree

from gateway.adapters.xml import names, parser, schemas, transaction_xml
from gateway.domain.delivery import Channel
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.parties import IdentityType, NoticeMethod, PartyKind, RuleAction
from gateway.domain.retention import Duration
from gateway.domain.signing import SignMethod
from gateway.domain.transaction import SigningChannel

SAMPLES = Path(__file__).parents[1] / "samples"
SIGNATURE = b'<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo/></ds:Signature>'
SOAP11 = b'<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>%s</soap:Body></soap:Envelope>'
SOAP12 = (
    b'<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope" xmlns:x="urn:example:unused" '
    b'xmlns="urn:example:default" xml:lang="es"><e:Body><g:Submit xmlns:g="urn:fehaciente:gateway:1.0">\n'
    b"%s</g:Submit></e:Body></e:Envelope>"
)


def octets(name: str) -> bytes:
    """The transaction's own octets, without declaration and header comment."""
    whole = (SAMPLES / f"{name}.xml").read_bytes()
    return whole[whole.index(b"<transaction") :].rstrip()


def element(content: bytes) -> etree._Element:
    root = parser.parse(content, limit=10**7)
    found = next(root.iter(names.qualified(names.TRANSACTION, "transaction")))
    return found


def small(**values: str) -> bytes:
    """A custody transaction with the given elements in place of the usual ones."""
    parts = {"service": "CUSTODY", "external_id": "X-1", "subject": "S"} | values
    inside = "".join(f"<{name}>{value}</{name}>" for name, value in parts.items())
    return f'<transaction xmlns="{names.TRANSACTION}">{inside}</transaction>'.encode()


def test_everything_is_read() -> None:
    """The fullest sample arrives in the domain value by value."""
    read = transaction_xml.read(element(octets("contract")))
    assert read.external_id == "POLICY/77-A"
    assert read.subject == "Your policy and its annex"
    assert read.body == "First line.\nSecond line."
    assert (read.language, read.channel) == ("en-GB", SigningChannel.POINT_OF_SALE)
    assert read.send_at == datetime(2026, 3, 1, 7, tzinfo=UTC)
    assert read.time_to_close == datetime(2026, 3, 31, 21, 59, 59, 500_000, tzinfo=UTC)
    assert read.time_to_save == Duration(months=66)
    assert read.sign_method is SignMethod.SMS_VOICE
    assert [(group.id, group.documents) for group in read.groups] == [
        ("to-sign", ("policy", "letter")),
        ("to-read", ("annex",)),
    ]
    assert [(form.name, form.type, form.required, form.options) for form in read.forms] == [
        ("smoker", "BOOLEAN", True, ()),
        ("plan", "TEXT", False, ("Basic", "Complete")),
    ]
    assert [(one.after, one.channel) for one in read.reminders] == [(Duration(seconds=259200), Channel.EMAIL)]
    assert [(one.after.seconds, one.condition, one.channel) for one in read.fallbacks] == [
        (172800, "UNOPENED", Channel.SMS),
        (864000, "UNDELIVERED", Channel.POSTAL),
    ]
    assert read.return_url == "https://bank.example/done?id=77-A"
    assert read.fields == (("branch", "0049"), ("note", ""))


def test_documents_are_decoded_and_their_digests_kept() -> None:
    """Content is the very octets, the checked SHA-256 is kept, and media types lose their capitals."""
    policy, annex, letter = transaction_xml.read(element(octets("contract"))).documents
    assert policy.content is not None
    assert policy.content.startswith(b"%PDF-")
    assert policy.sha256 == hashlib.sha256(policy.content).digest()
    assert (annex.content, annex.media_type, annex.sha256) == (
        "Anexo con eñe y €.".encode(),
        "text/plain",
        None,
    )
    assert letter.content is None
    assert letter.template is not None
    assert dict(letter.template.data) == {"name": "Ana", "policy": "77-A"}


def test_recipients_are_read() -> None:
    """A person and a company arrive with identity, address, turn, method and rules of their own."""
    ana, company = transaction_xml.read(element(octets("contract"))).recipients
    assert (ana.kind, ana.full_name, ana.order) == (PartyKind.PERSON, "Ana García Muñoz", 1)
    assert ana.identity is not None
    assert (ana.identity.type, ana.identity.value) == (IdentityType.NIE, "X1234567L")
    assert ana.identifier is not None
    assert ana.identifier.type is IdentityType.PAYROLL
    assert (ana.email, ana.phone) == ("ana.garcia@example.org", "+34600000123")
    assert (ana.notice_method, ana.sign_method) == (NoticeMethod.EMAIL_AND_SMS, SignMethod.BIOMETRIC)
    assert ana.postal_address is not None
    assert (ana.postal_address.postal_code, ana.postal_address.line2) == ("28013", "2.º B")
    assert [(rule.group, rule.action, rule.mandatory) for rule in ana.rules] == [
        ("to-sign", RuleAction.SIGN, True),
        ("to-read", RuleAction.READ, False),
    ]
    assert (company.kind, company.name, company.representative) == (
        PartyKind.COMPANY,
        "Seguros Ejemplo, S.A.",
        "Luis Pérez",
    )
    assert (company.order, company.sign_method) == (2, SignMethod.CERTIFICATE)


def test_what_is_absent_takes_its_documented_default() -> None:
    """A sparse transaction gets the defaults that the schema documents."""
    read = transaction_xml.read(element(octets("notification")))
    assert (read.language, read.channel, read.sign_method) == ("es", SigningChannel.DIRECT, None)
    assert (read.send_at, read.time_to_close, read.time_to_save) == (None, None, Duration(months=60))
    (ana,) = read.recipients
    assert (ana.notice_method, ana.order, ana.rules, ana.postal_address) == (NoticeMethod.EMAIL, 1, (), None)
    assert ana.identity is not None
    assert ana.identity.country == "ES"


@pytest.mark.parametrize("algorithm", ["SHA-256", "SHA-384", "SHA-512"])
def test_every_listed_digest_algorithm_is_checked(algorithm: str) -> None:
    """A right digest passes and one with another last digit is refused, whatever the algorithm."""
    content = b"some octets"
    right = hashlib.new(algorithm.replace("-", "").lower(), content).hexdigest()
    wrong = right[:-1] + ("0" if right[-1] != "0" else "1")
    template = (
        "<document><id>d</id><name>n</name><media_type>a/b</media_type><digest><algorithm>{}</algorithm>"
        "<value>{}</value></digest><content>{}</content></document>"
    )
    packed = base64.b64encode(content).decode()
    read = transaction_xml.read(element(small(documents=template.format(algorithm, right.upper(), packed))))
    assert read.documents[0].content == content
    with pytest.raises(GatewayError) as refusal:
        transaction_xml.read(element(small(documents=template.format(algorithm, wrong, packed))))
    assert refusal.value.kind is ErrorKind.DIGEST_MISMATCH


@pytest.mark.parametrize("envelope", [SOAP11, SOAP12])
@pytest.mark.parametrize("name", ["contract", "contract_express", "custody"])
def test_digest_does_not_depend_on_the_envelope(name: str, envelope: bytes) -> None:
    """Alone, in SOAP 1.1 or in SOAP 1.2 with other prefixes and defaults, the content digest is one."""
    alone = transaction_xml.content_digest(element(octets(name)))
    assert transaction_xml.content_digest(element(envelope % octets(name))) == alone


@pytest.mark.parametrize("envelope", [b"%s", SOAP11, SOAP12])
def test_digest_does_not_depend_on_the_signature(envelope: bytes) -> None:
    """An enveloped signature as the last child changes nothing, nor does the white space around it."""
    plain = octets("contract_express")
    signed = plain.replace(b"</transaction>", SIGNATURE + b"</transaction>")
    before_space = plain.replace(b"\n</transaction>", SIGNATURE + b"\n</transaction>")
    expected = transaction_xml.content_digest(element(plain))
    assert transaction_xml.content_digest(element(envelope % signed)) == expected
    assert transaction_xml.content_digest(element(envelope % before_space)) == expected
    assert transaction_xml.read(element(envelope % signed)) == transaction_xml.read(element(plain))


def test_digest_is_that_of_the_published_recipe() -> None:
    """Anyone with exclusive C14N and SHA-256 gets the same digest: here with the standard's bare steps."""
    root = element(octets("custody"))
    canonical = etree.tostring(root, method="c14n", exclusive=True, with_comments=False)
    assert transaction_xml.content_digest(root) == hashlib.sha256(canonical).digest()


def test_digest_ignores_comments_and_sees_any_value() -> None:
    """Comments between elements do not count; one changed character does."""
    plain = octets("custody")
    digest = transaction_xml.content_digest(element(plain))
    commented = plain.replace(b"<subject>", b"<!-- note --><subject>")
    assert transaction_xml.content_digest(element(commented)) == digest
    changed = plain.replace(b"Libro de actas", b"Libro de actaS")
    assert transaction_xml.content_digest(element(changed)) != digest


def test_digest_and_reading_leave_the_element_untouched() -> None:
    """The verified tree is the same, octet by octet, after the digest and the reading."""
    root = element(octets("contract").replace(b"</transaction>", SIGNATURE + b"</transaction>"))
    before = etree.tostring(root)
    transaction_xml.content_digest(root)
    transaction_xml.read(root)
    assert etree.tostring(root) == before


def test_no_break_space_is_no_white_space() -> None:
    """Only XML's own white space collapses: a no-break space makes another identifier."""
    assert transaction_xml.read(element(small(external_id="A\u00a0 B "))).external_id == "A\u00a0 B"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2999-12-31T23:59:59.999999999-14:00", datetime(3000, 1, 1, 13, 59, 59, 999_999, tzinfo=UTC)),
        ("2000-01-01T00:00:00+14:00", datetime(1999, 12, 31, 10, tzinfo=UTC)),
        ("2024-02-29T12:00:00Z", datetime(2024, 2, 29, 12, tzinfo=UTC)),
    ],
)
def test_widest_instants_are_read(written: str, expected: datetime) -> None:
    """The extreme instants that the schema allows become UTC without loss above the microsecond."""
    content = small().replace(b"<subject>", f"<send_at>{written}</send_at><subject>".encode())
    assert transaction_xml.read(element(content)).send_at == expected


@pytest.mark.parametrize(
    "written", ["2024-02-29T12:00:00+14:01", "2023-02-29T12:00:00Z", "2024-01-01T24:00:00Z"]
)
def test_instants_beyond_are_refused(written: str) -> None:
    """Offsets over 14 hours, days that do not exist and the hour 24 are refused by the schema."""
    content = small().replace(b"<subject>", f"<send_at>{written}</send_at><subject>".encode())
    with pytest.raises(GatewayError) as refusal:
        transaction_xml.read(element(content))
    assert refusal.value.kind is ErrorKind.SCHEMA_INVALID


def test_refusal_repeats_no_value() -> None:
    """The detail of a schema refusal names element and reason, never what the caller wrote there."""
    with pytest.raises(GatewayError) as refusal:
        transaction_xml.read(element(octets("contract_express").replace(b"+34600000123", b"secret-number")))
    assert "phone" in refusal.value.detail
    assert "secret" not in str(refusal.value)


def test_refusal_shows_five_errors_in_bounded_length() -> None:
    """However many errors a message has, five are told, each with its line and in few words."""
    bad = "<field><name>{}</name><value>v</value></field>"
    fields = "".join(bad.format("ñ" * 5000) for _ in range(50))
    with pytest.raises(GatewayError) as refusal:
        transaction_xml.read(element(small(user_defined_fields=fields)))
    assert refusal.value.detail.count("line 1:") == 5
    assert len(refusal.value.detail) < 5 * 300


def test_schema_hints_of_a_message_are_not_followed(tmp_path: Path) -> None:
    """A schema that the message names is not loaded, so it cannot make other content valid."""
    other = tmp_path / "other.xsd"
    other.write_text(
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:example:other">'
        '<xs:element name="transaction"/></xs:schema>'
    )
    hint = f'xmlns:xsi="{names.XSI}" xsi:schemaLocation="urn:example:other {other.as_uri()}"'
    root = parser.parse(f'<transaction xmlns="urn:example:other" {hint}/>'.encode(), limit=10**6)
    with pytest.raises(GatewayError) as refusal:
        schemas.validate(root, "transaction")
    assert refusal.value.kind is ErrorKind.SCHEMA_INVALID


def test_threads_do_not_mix_their_errors() -> None:
    """Concurrent validations each report their own errors only."""
    mixed: list[str] = []

    def refuse(number: int) -> None:
        root = element(small(external_id="X" * (200 + number)))
        for _ in range(200):
            with pytest.raises(GatewayError) as refusal:
                schemas.validate(root, "transaction")
            detail = refusal.value.detail
            if f"length of '{200 + number}'" not in detail or detail.count("line 1:") != 1:
                mixed.append(detail)

    threads = [threading.Thread(target=refuse, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not mixed


def test_unknown_schema_name_is_a_programming_error() -> None:
    """Asking for a schema that does not exist says so instead of accepting."""
    with pytest.raises(FileNotFoundError):
        schemas.validate(etree.Element("x"), "nothing")

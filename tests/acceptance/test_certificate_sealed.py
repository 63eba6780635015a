"""The certificate that a transaction leaves: sealed, complete, and one, whatever happens while it is made."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from gateway.adapters.crypto.pades import PdfSealer
from gateway.adapters.crypto.trust import Anchors
from gateway.adapters.documents.paper import DocumentPaper
from gateway.adapters.xml.parser import parse
from gateway.domain.certificate import Attachment, CertificateContent
from gateway.domain.errors import ErrorKind, GatewayError
from tests.certificate_reading import CERT, attached, certificate
from tests.house import House
from tests.pdf_signatures import long_term, pdfsig, status
from tests.produced import keep

HOUR = timedelta(hours=1)


def signed(house: House) -> str:
    guid = house.submit().guid
    house.drain()
    house.guest(guid).decide()
    return guid


def test_it_is_sealed_for_the_long_term(house: House) -> None:
    """Whoever has the file and the root needs neither us nor a network: whole, ours, stamped, not revoked."""
    guid = signed(house)
    house.drain()
    _, pdf = certificate(house, guid)
    anchors = Anchors.from_file(house.settings.pki.anchors)
    found = status(pdf, anchors)
    assert found.bottom_line
    assert found.coverage.name == "ENTIRE_FILE"
    assert long_term(pdf, anchors) == "PASSED"
    told = pdfsig(pdf, house.folder, house.settings.pki.anchors)
    assert "Signature is Valid." in told
    keep("certificate-B-LT.pdf", pdf)
    keep("certificate-B-LT-ca.pem", house.settings.pki.anchors.read_bytes())


def test_everything_sealed_is_inside(house: House) -> None:
    """The XML certificate and every evidence to the octet, under the names that the timeline tells."""
    guid = signed(house)
    house.drain()
    xml, pdf = certificate(house, guid)
    inside = attached(pdf)
    assert inside.pop("certificate.xml") == xml
    assert sorted(inside.values()) == sorted(file.octets for file in house.evidence(guid))
    for proof in parse(xml, limit=10_000_000).iter(CERT + "proof"):
        octets = inside[proof.findtext(CERT + "file") or ""]
        assert hashlib.sha256(octets).hexdigest() == proof.findtext(CERT + "sha256")
        assert house.verified(octets).facts is not None
    assert len(pdf) < 200_000


def test_the_printed_address_opens_the_verification_page(house: House) -> None:
    """What the QR code says fills in GUID and code, and the gateway itself finds the certificate good."""
    guid = signed(house)
    house.drain()
    xml, _ = certificate(house, guid)
    root = parse(xml, limit=10_000_000)
    address = urlsplit(root.findtext(CERT + "verification_address") or "")
    assert f"{address.scheme}://{address.netloc}" == house.settings.gateway.base_url
    state, page = house.get(address.path, address.query)
    assert state.startswith("200")
    for value in (guid, root.findtext(CERT + "verification_code") or ""):
        assert f'value="{value}"'.encode() in page


def dying(function: Callable[..., bytes], times: int) -> tuple[Callable[..., bytes], list[bytes]]:
    """The function, which ends its worker the first times that it is called; and what it was given last."""
    given: list[bytes] = []

    def stand_in(self: object, *arguments: object) -> bytes:
        given.append(arguments[-1] if isinstance(arguments[-1], bytes) else b"")
        if len(given) <= times:
            raise SystemExit
        return function(self, *arguments)

    return stand_in, given


def test_what_is_sealed_as_pdf_was_stored_and_noted_first(
    small_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two workers die at the seal: the third seals the very octets that the first one noted, once."""
    stand_in, given = dying(PdfSealer.seal, 2)
    monkeypatch.setattr(PdfSealer, "seal", stand_in)
    guid = signed(small_house)
    small_house.drain()
    for _ in range(2):
        assert "CERTIFIED" not in small_house.kinds(guid)
        small_house.wait(HOUR)
    noted = [dict(each.details) for each in small_house.events(guid) if each.kind == "CERTIFICATE_PRINTED"]
    assert [each["rendered_sha256"] for each in noted] == [hashlib.sha256(given[0]).hexdigest()]
    assert given == [given[0]] * 3
    xml, pdf = certificate(small_house, guid)
    assert pdf.startswith(given[0])
    assert noted[0]["xml_sha256"] == hashlib.sha256(xml).hexdigest()
    assert attached(pdf)["certificate.xml"] == xml
    assert small_house.kinds(guid).count("CERTIFIED") == 1


def test_a_worker_that_dies_while_printing_leaves_one_certificate(
    small_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The XML was sealed, but nothing was noted of it: it is sealed again, and only that one is used."""
    stand_in, given = dying(DocumentPaper.certificate_pdf, 1)
    monkeypatch.setattr(DocumentPaper, "certificate_pdf", stand_in)
    guid = signed(small_house)
    small_house.drain()
    assert "CERTIFICATE_PRINTED" not in small_house.kinds(guid)
    small_house.wait(HOUR)
    assert len(given) == 2
    xml, pdf = certificate(small_house, guid)
    assert attached(pdf)["certificate.xml"] == xml
    assert small_house.kinds(guid).count("CERTIFICATE_RENDERED") == 1


def test_two_workers_at_once_make_one_certificate(
    small_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While one prints, another does it all: the first finds the other's note, and publishes nothing."""
    render, inner = DocumentPaper.certificate_pdf, []

    def overtaken(self: DocumentPaper, content: CertificateContent, files: list[Attachment]) -> bytes:
        if not inner:
            inner.append(content.guid)
            small_house.wait(HOUR)
        return render(self, content, files)

    monkeypatch.setattr(DocumentPaper, "certificate_pdf", overtaken)
    guid = signed(small_house)
    small_house.drain()
    small_house.wait(HOUR)
    kinds = small_house.kinds(guid)
    assert [kinds.count(each) for each in ("CERTIFICATE_RENDERED", "CERTIFICATE_PRINTED", "CERTIFIED")] == [
        1,
        1,
        1,
    ]
    xml, pdf = certificate(small_house, guid)
    assert attached(pdf)["certificate.xml"] == xml


def test_without_an_authority_the_certificate_waits(
    small_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No time-stamp for the PDF: there is no certificate, not even its XML, until there is one."""
    seal = PdfSealer.seal

    def down(*_: object) -> bytes:
        raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE, "no time-stamping authority answered")

    monkeypatch.setattr(PdfSealer, "seal", down)
    guid = signed(small_house)
    small_house.drain()
    small_house.wait(HOUR)
    assert not small_house.certificates(guid)
    assert not small_house.system.support.dead_tasks(10)
    monkeypatch.setattr(PdfSealer, "seal", seal)
    small_house.wait(HOUR)
    _, pdf = certificate(small_house, guid)
    assert status(
        pdf, Anchors.from_file(small_house.settings.pki.anchors), small_house.clock.now()
    ).bottom_line

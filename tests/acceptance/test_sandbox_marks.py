"""A test can never be taken for the real thing: every rendering of a sandbox transaction says what it is."""

import io
import re
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from gateway.adapters.reports import text as text_report
from gateway.adapters.xml import schemas
from gateway.adapters.xml.parser import parse
from gateway.bootstrap import verification
from gateway.domain.errors import ErrorKind
from gateway.domain.sandbox import BAND, MARK
from gateway.domain.validation_story import tell
from gateway.usecases.commands import RecordRejection, Reference
from tests.house import BANK, House
from tests.orders import ANA, Paper, order
from tests.pdf_samples import plain

TRIED = replace(BANK, sandbox=True)
EV = "{urn:fehaciente:evidence:1.0}"
PAPERS = (Paper(plain()), Paper(b"hello", "nota.txt", "text/plain"))


def signed(house: House, *, sandbox: bool, language: str = "es") -> str:
    """A transaction from Submit to certificate and pack; its recipient signs by themself if it is a test."""
    issuer = TRIED if sandbox else BANK
    ana = replace(ANA, phone="+999000013" if sandbox else ANA.phone)
    guid = house.submit(order(ana, papers=PAPERS, language=language), issuer).guid
    house.drain()
    if not sandbox:
        house.guest(guid).decide()
        house.drain()
    assert house.state(guid) == (12, 7)
    return guid


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return House(tmp_path_factory.mktemp("marks"))


@pytest.fixture(scope="module")
def tried(house: House) -> str:
    return signed(house, sandbox=True)


@pytest.fixture(scope="module")
def real(house: House) -> str:
    return signed(house, sandbox=False)


def printed(octets: bytes, folder: Path) -> list[str]:
    """The text of each page, as poppler reads it."""
    (folder / "it.pdf").write_bytes(octets)
    told = subprocess.run(
        ["pdftotext", "-layout", str(folder / "it.pdf"), "-"],
        check=True,
        capture_output=True,
    ).stdout.decode()
    return told.split("\f")[:-1]


def test_evidence(house: House, tried: str, real: str) -> None:
    """An element of ours, a policy of its own, a critical extension, valid by our schema."""
    for guid, marked in ((tried, True), (real, False)):
        files = house.evidence(guid)
        assert len(files) > 5
        for file in files:
            root = parse(file.octets, limit=10**7)
            (ours,) = root.iter(f"{EV}Facts")
            schemas.validate(ours, "evidence")
            assert [each.text for each in root.iter(f"{EV}Sandbox")] == ([MARK] if marked else [])
            policy = root.findtext(".//PolicyID") or ""
            assert policy.endswith("#sandbox") is marked
            (extension,) = root.iter("{http://uri.etsi.org/19522/v1#}Extension")
            assert extension.get("isCritical") == ("true" if marked else "false")
            facts = house.verified(file.octets).facts
            assert facts is not None
            assert facts.sandbox is marked


def test_certificate_xml(house: House, tried: str, real: str) -> None:
    for guid, marked in ((tried, True), (real, False)):
        octets = next(each.octets for each in house.certificates(guid) if each.media_type.endswith("xml"))
        root = parse(octets, limit=10**7)
        found = root.findtext("{urn:fehaciente:certificate:1.0}sandbox")
        assert found == (MARK if marked else None)
        unsigned = etree.fromstring(octets)
        for signature in unsigned.findall("{http://www.w3.org/2000/09/xmldsig#}Signature"):
            unsigned.remove(signature)
        schemas.validate(unsigned, "certificate")


@pytest.mark.parametrize("sandbox", [True, False])
def test_certificate_pdf(house: House, tried: str, real: str, tmp_path: Path, sandbox: bool) -> None:
    """A band and a watermark on every page, in both languages, and in the title."""
    guid = tried if sandbox else real
    octets = next(each.octets for each in house.certificates(guid) if each.media_type.endswith("pdf"))
    for page in printed(octets, tmp_path):
        assert (BAND.es in page) is sandbox
        assert (BAND.en in page) is sandbox


def test_stamped_pages_and_cover_sheets(house: House, tried: str, real: str, tmp_path: Path) -> None:
    for guid, marked in ((tried, True), (real, False)):
        copies = house.documents(guid, "STAMPED")
        assert len(copies) == 2
        for octets in copies:
            for page in printed(octets, tmp_path):
                squeezed = re.sub(r"\s+", " ", page)
                assert (MARK in squeezed) is marked


def test_pack(house: House, tried: str, real: str) -> None:
    """Both guides begin with it; everything else in the pack bears its own mark."""
    for guid, marked in ((tried, True), (real, False)):
        pack = house.system.pack_of(BANK, Reference(guid))
        with zipfile.ZipFile(io.BytesIO(pack.octets)) as container:
            assert container.read("LEEME.txt").decode().startswith(BAND.es) is marked
            assert container.read("README.txt").decode().startswith(BAND.en) is marked


def test_verification(house: House, tried: str, real: str) -> None:
    """Whoever verifies is told before anything else, for evidence, certificate and pack alike."""
    verify = verification.verify_file(house.settings, house.tech)
    for guid, marked in ((tried, True), (real, False)):
        files = {"evidence.xml": house.evidence(guid)[0].octets}
        files |= {f"c{number}": each.octets for number, each in enumerate(house.certificates(guid))}
        files["pack.asice"] = house.system.pack_of(BANK, Reference(guid)).octets
        for name, octets in files.items():
            report = verify(name, octets)
            for language in ("es", "en"):
                first = tell(report, language).statements[0][1]
                assert (first == BAND.in_language(language)) is marked, name
            told = text_report.render([report], "es").decode()
            assert (BAND.es in told) is marked


def test_messages(house: House, tried: str) -> None:
    """Notice, code and outcome say it before anything else, in the transaction's language."""
    with house.tech.database.read() as uow:
        messages = uow.sandbox.messages(tried)
    assert len(messages) == 3
    assert all(each.text.startswith("PRUEBA") for each in messages)
    other = house.submit(order(replace(ANA, notice_method="EMAIL"), language="en"), TRIED).guid
    house.drain()
    with house.tech.database.read() as uow:
        (mail,) = uow.sandbox.messages(other)
    assert mail.subject.startswith(BAND.en)
    assert mail.text.startswith(BAND.en)
    assert all(not each["text"].startswith("PRUEBA") for each in house.messages())


def test_portal_pages(house: House) -> None:
    """The first page that the link shows, before anybody identified themself, has the band."""
    guid = house.submit(order(), TRIED).guid
    house.drain()
    with house.tech.database.read() as uow:
        (notice,) = uow.sandbox.messages(guid)
    token = re.search(r"/a/([\w-]+)", notice.text)
    assert token
    _, body = house.get(f"/a/{token[1]}")
    assert BAND.es in body.decode()
    real = house.submit().guid
    house.drain()
    _, body = house.get(f"/a/{house.link_token(real)}")
    assert "test-band" not in body.decode()


def test_refused_submissions(house: House) -> None:
    """The evidence of a refusal of a sandbox issuer's is a test as well."""
    house.system.batches.reject(
        RecordRejection(TRIED, b"<raw/>", "request-of-a-test", "ab" * 32, ErrorKind.RULE_BROKEN, "x")
    )
    house.drain()
    (evidence,) = house.evidence_of("request-of-a-test")
    with house.tech.database.read() as uow:
        key = uow.keys.get("request-of-a-test")
    octets = house.tech.vault.reveal(key, evidence.body, evidence.id)
    assert MARK.encode() in octets


def test_nothing_is_deposited_of_a_test(house: House, tried: str) -> None:
    """No deposit to the notary speaks of it."""
    with house.tech.database.read() as uow:
        assert tried not in uow.deposit_queue.owners(0, 1000)

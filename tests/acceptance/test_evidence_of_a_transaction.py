"""The evidence of one whole transaction, judged by the standards' schemas, xmlsec1, OpenSSL and ourselves."""

import hashlib
import subprocess
import sys
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from gateway.domain.record import DigestStamp
from tests.house import House
from tests.orders import ANA, LUIS, Paper, order
from tests.pdf_samples import plain
from tests.seal_samples import standards

DS = "{http://www.w3.org/2000/09/xmldsig#}"
XADES = "{http://uri.etsi.org/01903/v1.3.2#}"


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, str]]:
    """A contract of two documents that Ana signed and Luis rejected, closed and certified."""
    house = House(tmp_path_factory.mktemp("finished"))
    papers = [Paper(plain(3)), Paper(plain(2), "Anexo.pdf")]
    guid = house.submit(order(ANA, LUIS, papers=papers)).guid
    house.drain()
    house.guest(guid, 0).decide()
    luis = house.guest(guid, 1)
    luis.read()
    luis.reject("No estoy conforme con la cláusula 3")
    house.drain()
    assert house.state(guid) == (12, 16)
    yield house, guid
    house.close()


@pytest.fixture
def files(finished: tuple[House, str], tmp_path: Path) -> list[Path]:
    """Every evidence and the certificate's XML, as an expert would get them."""
    house, guid = finished
    octets = [file.octets for file in house.evidence(guid)] + [house.certificates(guid)[0].octets]
    paths = [tmp_path / f"{number}.xml" for number in range(len(octets))]
    for path, each in zip(paths, octets, strict=True):
        path.write_bytes(each)
    return paths


def run(*command: object) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)


def stamp_of(house: House, guid: str) -> DigestStamp:
    with house.tech.database.read() as uow:
        stamp = uow.stamps.get(guid)
    assert stamp is not None
    return stamp


def test_valid_against_the_standards(files: list[Path]) -> None:
    """Every evidence is valid ERDS, and every signature's properties are valid XAdES."""
    validate = standards() / "validate.py"
    done = run(sys.executable, validate, "erds", *files[:-1])
    assert done.returncode == 0, done.stdout
    done = run(sys.executable, validate, "xades", *files)
    assert done.returncode == 0, done.stdout


def test_xmlsec1_accepts_with_only_the_root(finished: tuple[House, str], files: list[Path]) -> None:
    """xmlsec1 verifies each file with nothing but the root certificate."""
    house, _ = finished
    for file in files:
        done = run("xmlsec1", "--verify", "--trusted-pem", house.settings.pki.anchors, file)
        assert done.returncode == 0, done.stderr


def test_openssl_accepts_every_time_stamp(
    finished: tuple[House, str], files: list[Path], tmp_path: Path
) -> None:
    """Each signature's token is a time-stamp over its canonical SignatureValue."""
    house, _ = finished
    data, token = tmp_path / "data", tmp_path / "token"
    for file in files:
        root = etree.parse(file).getroot()
        [value] = root.iter(f"{DS}SignatureValue")
        [stamp] = root.iter(f"{XADES}EncapsulatedTimeStamp")
        data.write_bytes(etree.tostring(value, method="c14n", exclusive=True, with_tail=False))
        token.write_bytes(b64decode(stamp.text or ""))
        done = run(*verification(house, data, token))
        assert done.returncode == 0, done.stderr


def verification(house: House, data: Path, token: Path) -> tuple[object, ...]:
    trust = ("-token_in", "-CAfile", house.settings.pki.anchors)
    return ("openssl", "ts", "-verify", "-data", data, "-in", token, *trust)


def test_times_are_in_order(finished: tuple[House, str], files: list[Path]) -> None:
    """Received, then the event, then the time-stamp: no genTime is earlier than what it proves."""
    house, guid = finished
    events = {event.id: event for event in house.events(guid)}
    received_at = house.status(guid).record.received_at
    for file in files[:-1]:
        verified = house.verified(file.read_bytes())
        assert verified.facts is not None
        assert received_at == verified.facts.submitted_at <= verified.facts.event_time
        assert verified.facts.event_time <= verified.stamped_at
        assert events[verified.facts.evidence_id].at == verified.facts.event_time


def test_each_evidence_tells_the_same_transaction(finished: tuple[House, str]) -> None:
    """GUID, external id, parties and document digests are those of the transaction in every evidence."""
    house, guid = finished
    record = house.status(guid).record
    with house.tech.database.read() as uow:
        documents = uow.documents.of(guid)
    for file in house.evidence(guid):
        facts = house.verified(file.octets).facts
        assert facts is not None
        assert (facts.guid, facts.external_id) == (guid, record.external_id)
        assert [party.name for party in facts.recipients] == ["Ana García", "Luis García"]
        assert [each.original_sha256 for each in facts.documents] == [
            each.original_sha256 for each in documents
        ]


def test_the_signature_tells_how_the_code_was_used(finished: tuple[House, str]) -> None:
    """The Signed evidence says by which method, to which phone (masked), when, and after how many tries."""
    house, guid = finished
    [facts] = [
        facts
        for file in house.evidence(guid)
        if (facts := house.verified(file.octets).facts) and facts.event.endswith(":Signed")
    ]
    details = dict(facts.details)
    assert facts.refers_to == 0
    assert details["sign_method"] == "SMS"
    assert details["phone"].endswith("123")
    assert "600000" not in details["phone"]
    assert details["attempts"] == "1"
    assert details["code_requested_at"] <= details["code_sent_at"] <= facts.event_time.isoformat()


def test_the_digests_are_time_stamped(finished: tuple[House, str], tmp_path: Path) -> None:
    """The manifest lists each original and stamped digest, and OpenSSL verifies its token."""
    house, guid = finished
    stamp = stamp_of(house, guid)
    (tmp_path / "manifest").write_bytes(stamp.manifest)
    (tmp_path / "token").write_bytes(stamp.token)
    done = run(*verification(house, tmp_path / "manifest", tmp_path / "token"))
    assert done.returncode == 0, done.stderr
    lines = stamp.manifest.decode().splitlines()
    assert lines[0].endswith(guid)
    originals = house.documents(guid, "ORIGINAL")
    stamped = house.documents(guid, "STAMPED")
    assert lines[1:] == [
        f"{number} {hashlib.sha256(original).hexdigest()} {hashlib.sha256(copy).hexdigest()}"
        for number, (original, copy) in enumerate(zip(originals, stamped, strict=True), 1)
    ]


def test_the_certificate_is_sealed(finished: tuple[House, str]) -> None:
    """The certificate's XML verifies like an evidence, and tells the transaction and its result."""
    house, guid = finished
    xml, pdf = house.certificates(guid)
    verified = house.verified(xml.octets)
    assert verified.root_name == "Certificate"
    text = etree.tostring(verified.root, method="text", encoding="unicode")
    assert guid in text
    assert "16" in text
    assert hashlib.sha256(xml.octets).digest() == xml.sha256
    assert hashlib.sha256(pdf.octets).digest() == pdf.sha256
    for file in house.evidence(guid):
        assert hashlib.sha256(file.octets).hexdigest() in text.lower()


def test_the_certificate_can_be_read(finished: tuple[House, str], tmp_path: Path) -> None:
    """The certificate's PDF shows GUID, parties, digests of originals and copies, and the result."""
    house, guid = finished
    (tmp_path / "certificate.pdf").write_bytes(house.certificates(guid)[1].octets)
    done = run("pdftotext", "-layout", tmp_path / "certificate.pdf", "-")
    text = "".join(done.stdout.split())
    assert guid in text
    for words in ("AnaGarcía", "LuisGarcía", "BancodePruebas", "Completadaparcialmente"):
        assert words in text
    for octets in (*house.documents(guid, "ORIGINAL"), *house.documents(guid, "STAMPED")):
        assert hashlib.sha256(octets).hexdigest() in text.lower()


def test_the_state_only_grows(finished: tuple[House, str]) -> None:
    """The timeline never goes back, is numbered without gaps, and keeps when each entry was written."""
    house, guid = finished
    events = house.events(guid)
    states = [event.state for event in events]
    assert states == sorted(states)
    assert [event.sequence for event in events] == list(range(len(events)))
    assert all(event.at <= event.recorded_at for event in events)
    assert [event.at for event in events] == sorted(event.at for event in events)


def test_every_page_of_a_stamped_copy_carries_the_guid(finished: tuple[House, str], tmp_path: Path) -> None:
    """What the recipient saw bears GUID and page n/N on each page."""
    house, guid = finished
    copy = house.documents(guid, "STAMPED")[0]
    (tmp_path / "copy.pdf").write_bytes(copy)
    pages = run("pdftotext", tmp_path / "copy.pdf", "-").stdout.split("\f")[:-1]
    assert len(pages) == 3
    for number, page in enumerate(pages, 1):
        assert guid in page
        assert f"{number}/3" in page

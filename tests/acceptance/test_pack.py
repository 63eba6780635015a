"""The evidence pack of whole transactions, judged by unzip, xmlsec1, openssl, pdfsig and our own verifier."""

import base64
import hashlib
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
import requests
from lxml import etree

from gateway import resources
from gateway.adapters.crypto.detached import DetachedSealer, SignedFile
from gateway.adapters.documents import pack_words
from gateway.bootstrap import commands
from gateway.bootstrap.verification import verify_file
from gateway.client import Client
from gateway.domain.errors import ErrorKind
from gateway.domain.validation import Coverage, Indication
from gateway.entrypoints.cli.actions import Actions
from gateway.entrypoints.cli.main import run
from gateway.usecases.commands import Reference
from gateway.usecases.support import Support
from tests import public_tools
from tests.custody_samples import closed, extend
from tests.fakes import issued
from tests.house import BANK, INSURER, House, refused
from tests.orders import Paper, order
from tests.pdf_samples import plain
from tests.produced import keep
from tests.seal_samples import standards

HOUR = timedelta(hours=1)
G = "urn:fehaciente:gateway:1.0"
PAPERS = (
    Paper(plain(2), "Contrato.pdf"),
    Paper(plain(1), "Contrato.pdf"),
    Paper("ñandú\n".encode(), "../../notas é.txt", "text/plain"),
)


def certified(house: House, papers: Sequence[Paper] = ()) -> str:
    """A contract that Ana signed, closed, with everything done that follows."""
    guid = house.submit(order(papers=papers)).guid
    house.drain()
    house.guest(guid).decide()
    house.drain()
    return guid


def pack_of(house: House, guid: str) -> bytes:
    return house.system.pack_of(BANK, Reference(guid)).octets


def files_of(pack: bytes) -> dict[str, bytes]:
    container = zipfile.ZipFile(BytesIO(pack))
    return {entry.filename: container.read(entry) for entry in container.infolist()}


def unpacked(pack: bytes, folder: Path) -> Path:
    file = folder / "pack.asice"
    file.write_bytes(pack)
    assert "No errors detected" in public_tools.run("unzip", "-t", file)
    public_tools.run("unzip", "-q", file, "-d", folder / "pack")
    return folder / "pack"


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, str]]:
    house = House(tmp_path_factory.mktemp("packed"))
    yield house, certified(house, PAPERS)
    house.close()


def test_everything_is_in_it(finished: tuple[House, str]) -> None:
    """Originals and stamped copies octet by octet, every evidence, both certificates, the digests' stamp."""
    house, guid = finished
    files = files_of(pack_of(house, guid))
    assert list(files)[:3] == ["mimetype", "LEEME.txt", "META-INF/manifest.xml"]
    originals = ["original/01-Contrato.pdf", "original/02-Contrato.pdf", "original/03-notas_e.txt"]
    stamped = ["stamped/01-Contrato.pdf", "stamped/02-Contrato.pdf", "stamped/03-notas_e.txt.pdf"]
    assert [files[name] for name in originals] == house.documents(guid, "ORIGINAL")
    assert [files[name] for name in stamped] == house.documents(guid, "STAMPED")
    evidence = [files[name] for name in sorted(files) if name.startswith("evidence/")]
    assert evidence
    assert sorted(evidence) == sorted(file.octets for file in house.evidence(guid))
    assert "evidence/01-SubmissionAcceptance.xml" in files
    certificates = {file.media_type: file.octets for file in house.certificates(guid)}
    assert files["certificate.xml"] == certificates["application/xml"]
    assert files["certificate.pdf"] == certificates["application/pdf"]
    assert {name.partition("/")[0] for name in files} == {
        *("mimetype", "META-INF", "LEEME.txt", "README.txt", "certificate.xml", "certificate.pdf"),
        *("digests.txt", "digests.tst", "evidence", "original", "stamped"),
    }


def test_public_tools_accept_it(finished: tuple[House, str], tmp_path: Path) -> None:
    """unzip, xmlsec1 on every signature, openssl on the digests' stamp, pdfsig, and ETSI's schema."""
    house, guid = finished
    pack, root = pack_of(house, guid), house.settings.pki.anchors
    keep("pack.asice", pack)
    keep("pack-root.pem", root.read_bytes())
    folder = unpacked(pack, tmp_path)
    said = public_tools.xmlsec1(folder / "META-INF" / "signatures.xml", root)
    signed = len([name for name in files_of(pack) if not name.startswith(("META-INF", "mimetype"))])
    assert f"{signed + 1}/{signed + 1}" in said, "every file and the signed properties"
    for file in [*sorted((folder / "evidence").glob("*.xml")), folder / "certificate.xml"]:
        public_tools.xmlsec1(file, root)
    digests = (folder / "digests.txt").read_bytes()
    imprint = hashlib.sha256(digests).digest()
    public_tools.openssl_ts((folder / "digests.tst").read_bytes(), imprint, root, tmp_path)
    for file in [*(folder / "original").iterdir(), *(folder / "stamped").iterdir()]:
        assert hashlib.sha256(file.read_bytes()).hexdigest() in digests.decode()
    assert "Signature is Valid" in public_tools.run("pdfsig", "-nocert", folder / "certificate.pdf")
    schema = [sys.executable, str(standards() / "validate.py"), "asic"]
    checked = subprocess.run([*schema, str(folder / "META-INF" / "signatures.xml")], capture_output=True)
    assert checked.returncode == 0, checked.stdout


def test_our_verifier_passes_it_whole(finished: tuple[House, str]) -> None:
    """TOTAL-PASSED, one signature over every file, and everything enclosed that bears proof passes too."""
    house, guid = finished
    verify = verify_file(house.settings, house.tech)
    report = verify("pack.asice", pack_of(house, guid))
    assert (report.indication, report.detail) == (Indication.PASSED, "")
    [signature] = report.signatures
    assert signature.coverage is Coverage.FULL
    enclosed = {each.name: each.indication for each in report.enclosed}
    assert set(enclosed.values()) == {Indication.PASSED}
    assert {"certificate.xml", "certificate.pdf"} <= set(enclosed)


@pytest.mark.parametrize("name", ["original/03-notas_e.txt", "LEEME.txt", "digests.tst"])
def test_a_changed_file_is_found(finished: tuple[House, str], name: str, tmp_path: Path) -> None:
    """By xmlsec1 and by our verifier alike, whichever file it is."""
    house, guid = finished
    pack = pack_of(house, guid)
    folder = unpacked(pack, tmp_path)
    (folder / name).write_bytes((folder / name).read_bytes() + b" ")
    with pytest.raises(AssertionError):
        public_tools.xmlsec1(folder / "META-INF" / "signatures.xml", house.settings.pki.anchors)
    changed = BytesIO()
    with zipfile.ZipFile(BytesIO(pack)) as before, zipfile.ZipFile(changed, "w") as after:
        for entry in before.infolist():
            after.writestr(entry, (folder / entry.filename).read_bytes())
    report = verify_file(house.settings, house.tech)("pack.asice", changed.getvalue())
    assert report.indication is Indication.FAILED


def test_the_guides_commands_work_as_written(finished: tuple[House, str], tmp_path: Path) -> None:
    """A stranger types what README.txt says, with only the pack and the roots, and every line succeeds."""
    for program in ("bash", "unzip", "xmlsec1", "openssl", "pdfsig"):
        if shutil.which(program) is None:
            public_tools.absent(program)
    type_guide(*finished, tmp_path)


@pytest.mark.parametrize("drained", [False, True])
def test_a_pack_without_copies_has_a_guide_that_works(
    small_house: House, drained: bool, tmp_path: Path
) -> None:
    """Cancelled before anything was stamped, or before anybody signed: packed all the same."""
    guid = small_house.submit().guid
    if drained:
        small_house.drain()
    small_house.cancel(guid)
    small_house.drain()
    files = files_of(pack_of(small_house, guid))
    assert ("digests.tst" in files) is drained
    assert any(name.startswith("stamped/") for name in files) is drained
    type_guide(small_house, guid, tmp_path)


def type_guide(house: House, guid: str, tmp_path: Path) -> None:
    """Type every command of README.txt, as a stranger with the pack and the roots does."""
    pack = pack_of(house, guid)
    (tmp_path / "PACK.asice").write_bytes(pack)
    shutil.copyfile(house.settings.pki.anchors, tmp_path / "ROOT.pem")
    text = files_of(pack)["README.txt"].decode()
    lines = text.partition("not taken from this pack.\n")[2].partition("\nDocuments")[0]
    script = lines.replace("ROOT.pem", str(tmp_path / "ROOT.pem"))
    done = subprocess.run(["bash", "-euc", script], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert ("Verification: OK" in done.stdout + done.stderr) is ("openssl" in text)
    assert "\noriginal/" not in done.stdout


def test_it_is_made_once_and_later_evidence_is_not_in_it(house: House) -> None:
    """Asked again, or after custody was extended with new evidence, it is the same pack to the octet."""
    guid = closed(house)
    before = pack_of(house, guid)
    extend(house, guid)
    house.drain()
    assert len(house.evidence(guid)) > len([name for name in files_of(before) if "evidence/" in name])
    house.wait(timedelta(days=1))
    assert pack_of(house, guid) == before
    assert house.kinds(guid).count("PACKED") == 1
    [made] = [dict(event.details) for event in house.events(guid) if event.kind == "PACKED"]
    assert made == {"pack_sha256": hashlib.sha256(before).hexdigest(), "octets": str(len(before))}


def test_a_hundred_documents_fit(small_house: House, tmp_path: Path) -> None:
    """As many as the contract allows: packed, accepted by xmlsec1 and passed by our own verifier."""
    papers = [Paper(f"nota {number}\n".encode(), "nota.txt", "text/plain") for number in range(100)]
    guid = certified(small_house, papers)
    pack = pack_of(small_house, guid)
    assert len(files_of(pack)) > 200
    public_tools.xmlsec1(
        unpacked(pack, tmp_path) / "META-INF" / "signatures.xml", small_house.settings.pki.anchors
    )
    report = verify_file(small_house.settings, small_house.tech)("pack.asice", pack)
    assert (report.indication, report.signatures[0].coverage) == (Indication.PASSED, Coverage.FULL)


def test_before_it_is_made_it_is_not_yet_there(small_house: House) -> None:
    """Neither for the issuer nor for the operator."""
    guid = small_house.submit().guid
    refused(ErrorKind.NOT_YET_THERE, small_house.system.pack_of, BANK, Reference(guid))
    refused(ErrorKind.NOT_YET_THERE, small_house.system.support.pack, Reference(guid))
    refused(ErrorKind.NOT_FOUND, small_house.system.pack_of, BANK, Reference("001001-0001-9.par"))


def test_after_a_crash_the_noted_list_is_sealed(small_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first attempt dies at the seal, and a newer version writes other guides: the old ones stay."""
    listed: list[Sequence[SignedFile]] = []
    seal = DetachedSealer.seal

    def dying(self: DetachedSealer, files: Sequence[SignedFile]) -> bytes:
        listed.append(files)
        if len(listed) == 1:
            monkeypatch.setattr(pack_words, "guide", lambda *_, **__: "newer")
            raise SystemExit
        return seal(self, files)

    monkeypatch.setattr(DetachedSealer, "seal", dying)
    guid = certified(small_house)
    assert "PACKED" not in small_house.kinds(guid)
    refused(ErrorKind.NOT_YET_THERE, small_house.system.pack_of, BANK, Reference(guid))
    small_house.wait(HOUR)
    assert listed[0] == listed[1]
    files = files_of(pack_of(small_house, guid))
    assert b"What is inside" in files["README.txt"]
    signed = {file.uri: file.sha256 for file in listed[0]}
    assert all(hashlib.sha256(files[name]).digest() == sha256 for name, sha256 in signed.items())


def test_two_attempts_publish_one_pack(small_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker whose lease ended while it sealed finds the other's pack, and leaves it alone."""
    seal, inside = DetachedSealer.seal, []

    def overtaken(self: DetachedSealer, files: Sequence[SignedFile]) -> bytes:
        if not inside:
            inside.append(files)
            small_house.wait(HOUR)
        return seal(self, files)

    monkeypatch.setattr(DetachedSealer, "seal", overtaken)
    guid = certified(small_house)
    assert inside
    assert small_house.kinds(guid).count("PACKED") == 1
    made = small_house.system.pack_of(BANK, Reference(guid))
    assert hashlib.sha256(made.octets).digest() == made.sha256


def test_it_is_deposited(small_house: House) -> None:
    """Its digest is queued for deposit in the unit of work that publishes it."""
    guid = certified(small_house)
    with small_house.tech.database.engine.connect() as connection:
        query = "SELECT sha256 FROM deposit_queue WHERE name = 'pack.asice'"
        rows = connection.exec_driver_sql(query).all()
    assert rows == [(hashlib.sha256(pack_of(small_house, guid)).digest(),)]


def test_an_issuer_fetches_it_by_soap(finished: tuple[House, str]) -> None:
    """GetEvidencePack gives file name, media type, digest and Base64 of the very pack."""
    house, guid = finished
    status, body = house.post(
        house.signed(f'<g:GetEvidencePack xmlns:g="{G}"><g:guid>{guid}</g:guid></g:GetEvidencePack>'.encode())
    )
    assert status == "200 OK"
    told = {etree.QName(each).localname: each.text for each in etree.fromstring(body).iter(f"{{{G}}}*")}
    assert base64.b64decode(told["content"] or "") == pack_of(house, guid)
    assert (told["name"], told["media_type"]) == (f"{guid}.asice", "application/vnd.etsi.asic-e+zip")
    assert told["sha256"] == hashlib.sha256(pack_of(house, guid)).hexdigest()


def test_another_issuer_is_told_that_there_is_none(finished: tuple[House, str]) -> None:
    """Through the door, word for word as of a transaction that never was."""
    house, guid = finished
    never = "001001-0001-999999999999999.par"
    asked = f'<g:GetEvidencePack xmlns:g="{G}"><g:guid>%s</g:guid></g:GetEvidencePack>'
    _, foreign = house.post(house.signed((asked % guid).encode(), INSURER))
    _, nothing = house.post(house.signed((asked % never).encode(), INSURER))
    assert b"E000201" in foreign
    varying = re.compile(rb"[0-9a-f]{32}|" + guid.encode() + b"|" + never.encode())
    assert varying.sub(b"", foreign) == varying.sub(b"", nothing)


def test_a_large_pack_reaches_the_sdk(small_house: House) -> None:
    """More than the 10 MB that libxml2 takes as one text unless it is told to, arriving as it is kept."""
    papers = [Paper(os.urandom(7_000_000), f"{number}.bin", "image/tiff") for number in range(2)]
    guid = certified(small_house, papers)
    chain, key = issued("p256", BANK.name)

    def post(_address: str, *, data: bytes, **_: object) -> requests.Response:
        answer = requests.Response()
        status, answer._content = small_house.post(data)
        answer.status_code, answer.headers["Content-Type"] = int(status[:3]), "text/xml; charset=utf-8"
        return answer

    with Client(resources.folder("wsdl") / "gateway.wsdl", key, chain) as client:
        client._session.post = post  # type: ignore[method-assign]
        found = client.pack(guid)
    assert found.octets == pack_of(small_house, guid)
    assert len(found.octets) > 14_000_000
    assert hashlib.sha256(found.octets).hexdigest() == found.sha256


def test_santuario_accepts_every_signature(finished: tuple[House, str], tmp_path: Path) -> None:
    """Apache Santuario, where Java is there: the pack's own signature, every evidence, the certificate."""
    house, guid = finished
    folder = unpacked(pack_of(house, guid), tmp_path)
    files = [*sorted((folder / "evidence").glob("*.xml")), folder / "certificate.xml"]
    public_tools.santuario(folder, [folder / "META-INF" / "signatures.xml", *files])


def test_an_operator_writes_it_to_a_file(
    finished: tuple[House, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`fehaciente pack GUID -o FILE` writes it and prints its digest."""
    house, guid = finished

    @contextmanager
    def desk(_config: Path | None, _issuer: int | None) -> Iterator[Support]:
        yield house.system.support

    real = commands.actions()
    fields = {name: getattr(real, name) for name in Actions.__slots__}
    file = tmp_path / "pack.asice"
    assert run(["pack", guid, "-o", str(file)], Actions(**(fields | {"desk": desk}))) == 0
    assert file.read_bytes() == pack_of(house, guid)
    assert capsys.readouterr().out.split("\t")[0] == hashlib.sha256(file.read_bytes()).hexdigest()


def test_nothing_is_stored_in_clear(finished: tuple[House, str]) -> None:
    """The pack and its list lie encrypted in the vault, under the transaction's own key."""
    house, _ = finished
    stored = [file.read_bytes() for file in house.settings.vault.folder.rglob("*") if file.is_file()]
    assert stored
    assert not any(b"mimetype" in each or b"original/" in each for each in stored)

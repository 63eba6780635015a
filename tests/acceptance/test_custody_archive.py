"""An issuer moves: what one installation exports another, with other keys, takes over, octet for octet."""

import hashlib
import json
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from lxml import etree
from sqlalchemy import func, select

from gateway.adapters.archive import bundle, locking
from gateway.adapters.archive.reader import ArchiveReader
from gateway.adapters.archive.sealed import sealed_root
from gateway.adapters.archive.writer import INDEX, MANIFEST
from gateway.adapters.crypto import devpki
from gateway.adapters.crypto.trust import Anchors
from gateway.adapters.storage.tables import METADATA, custody_imports, deposit_queue
from gateway.adapters.validation.context import Context
from gateway.adapters.xml import schemas
from gateway.adapters.xml.parser import parse
from gateway.domain.archive import ArchivedTransaction
from gateway.domain.deposit import items_of
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.fixity import FixityResult
from gateway.usecases.commands import Reference
from tests.acceptance.test_custody_commands import custody
from tests.custody_samples import YEAR, closed, deposited, end_of, extend, pass_custody, record
from tests.house import BANK, INSURER, House, refused
from tests.orders import order
from tests.validated import validated

DAY = timedelta(days=1, minutes=1)
PASSPHRASE = "correct horse battery staple"
PERSONAL = ("García".encode(), b"ana@example.org", b"12345678Z", b"LOAN-1", b"Contrato.pdf")


@pytest.fixture
def here(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path / "here")
    yield house
    house.close()


@pytest.fixture
def there(tmp_path: Path, database_url: str) -> Iterator[House]:
    """Another installation: its own number, PKI, key-encryption keys and database."""
    folder = tmp_path / "other-pki"
    devpki.create(folder, now=datetime.now(UTC))
    house = House(tmp_path / "there", database_url, installation="002002", pki=folder)
    yield house
    house.close()


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    file = tmp_path / "passphrase"
    file.touch(mode=0o600)
    file.write_text(PASSPHRASE + "\n")
    return file


def export(house: House, target: Path, secret: Path, issuer: int = BANK.number) -> int:
    return custody(house, "export", str(issuer), "-o", str(target), "--passphrase-file", str(secret))


def take(house: House, source: Path, secret: Path, roots: Path, *more: str) -> int:
    words = ("--passphrase-file", str(secret), "--trust", str(roots), *more)
    return custody(house, "import", str(source), *words)


def roots(house: House) -> Path:
    return house.settings.pki.anchors


def opened(house: House, source: Path) -> ArchiveReader:
    """The archive that the house exported, as who trusts its roots reads it."""
    anchors = Anchors.from_file(roots(house))
    context = Context(anchors, house.tech.algorithms, house.clock.now(), revocation_required=False)
    return ArchiveReader(source, PASSPHRASE, lambda octets: sealed_root(octets, context))


def pictured(house: House, guid: str) -> list[object]:
    """Everything that can be asked of a transaction."""
    with house.tech.database.read() as uow:
        challenges = [replace(each, key_id="", digest=b"") for each in uow.challenges.of(guid, 0)]
        rest = [uow.effects.of(guid), uow.stamps.get(guid), uow.custody.extensions(guid), uow.holds.of(guid)]
    return [
        house.status(guid),
        house.events(guid),
        [(file.evidence.id, file.evidence.event, file.octets) for file in house.evidence(guid)],
        house.system.pack_of(replace(BANK, number=record(house, guid).issuer), Reference(guid)),
        house.certificates(guid),
        house.documents(guid, "ORIGINAL"),
        house.documents(guid, "STAMPED"),
        challenges,
        *rest,
    ]


def rows(house: House) -> dict[str, int]:
    with house.tech.database.engine.connect() as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in METADATA.sorted_tables
        }


@pytest.mark.parametrize("name", ["export.zip", "export"])
def test_everything_arrives_as_it_was(
    here: House, there: House, secret: Path, tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Documents, evidence, certificate, events, effects, extensions and holds are the same octets there;
    what is open stays here; importing again changes nothing."""
    guids = [closed(here, f"LOAN-{number}") for number in range(3)]
    extend(here, guids[1])
    here.drain()
    here.system.holds.place(guids[2], "court-1", "ops")
    here.submit(order(external_id="OPEN-1"))
    closed_elsewhere = here.submit(order(external_id="LOAN-1"), INSURER).guid
    assert export(here, tmp_path / name, secret) == 0
    assert "3 transactions" in (said := capsys.readouterr().out)
    assert "1 left out" in said
    assert take(there, tmp_path / name, secret, roots(here)) == 0
    assert capsys.readouterr().out == "added=3\tthere=0\trefused=0\n"
    for guid in guids:
        assert pictured(there, guid) == pictured(here, guid)
    refused(ErrorKind.NOT_FOUND, there.status, closed_elsewhere)
    before = rows(there)
    assert take(there, tmp_path / name, secret, roots(here)) == 0
    assert capsys.readouterr().out == "added=0\tthere=3\trefused=0\n"
    assert rows(there) | {"audit_entries": 0} == before | {"audit_entries": 0}
    with there.tech.database.engine.connect() as connection:
        assert len(connection.execute(select(custody_imports)).all()) == 3


def test_custody_goes_on_there(here: House, there: House, secret: Path, tmp_path: Path) -> None:
    """What was taken over verifies under the roots of where it was made, is whole, waits for deposit, is
    extended with evidence of the new installation, and is purged at its end."""
    guid = closed(here)
    export(here, tmp_path / "export.zip", secret)
    take(there, tmp_path / "export.zip", secret, roots(here))
    made_here = Anchors.from_file(roots(here))
    for file in there.evidence(guid):
        assert validated(file.octets, made_here).facts
    _, checks = there.system.fixity.everything(paced=False)
    assert [check.result for check in checks] == [FixityResult.OK]
    with there.tech.database.engine.connect() as connection:
        queued = {row.name for row in connection.execute(select(deposit_queue)) if row.owner == guid}
    files = {f"certificate.{kind}" for kind in ("xml", "pdf")} | {"pack.asice"}
    files |= {f"documents/1/{kind}" for kind in ("original", "stamped")}
    assert files < queued
    assert len(queued) == len(files) + len(there.evidence(guid))
    old_end = end_of(there, guid)
    assert extend(there, guid) == YEAR.after(old_end)
    there.drain()
    newest = there.evidence(guid)[-1]
    assert there.verified(newest.octets).facts
    deposited(there)
    pass_custody(there, guid)
    assert there.system.purge() == 1
    assert take(there, tmp_path / "export.zip", secret, roots(here)) == 1, "what was purged never comes back"
    refused(ErrorKind.PURGED, there.system.queries.state, BANK, Reference(guid))


def test_evidence_records_come_along(here: House, there: House, secret: Path, tmp_path: Path) -> None:
    """The evidence record of where it was made stays with it, is covered by a deposit of where it went,
    and goes on with it from there."""
    guid = closed(here)
    here.clock.advance(DAY)
    there.clock.advance(DAY)
    here.system.deposits.make()
    [made] = here.system.deposits.records.of(guid)
    assert export(here, tmp_path / "export.zip", secret) == 0
    assert take(there, tmp_path / "export.zip", secret, roots(here)) == 0
    [(_, archived)] = opened(here, tmp_path / "export.zip").transactions()
    assert [each.octets for each in archived.records] == [made.octets]
    there.clock.advance(DAY)
    there.system.deposits.make()
    [ours] = there.system.deposits.records.of(guid)
    listed = {item.name: item.sha256 for item in items_of(ours.leaf)}
    assert listed["imported/evidence-record-1.xml"] == hashlib.sha256(made.octets).digest()
    assert {item.name for item in items_of(made.leaf)} < set(listed)
    _, checks = there.system.fixity.everything(paced=False)
    assert {check.result for check in checks} == {FixityResult.OK}
    again = there.system.export_issuer(BANK.number).archived
    assert [each.octets for each in next(again).records] == [made.octets, ours.octets]


def test_what_waits_for_a_seal_is_left_out(
    here: House, secret: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One with an extension whose seal is not there yet keeps no other from leaving; sealed, it is part of
    the next export. The manifest counts what stayed."""
    closed(here, "LOAN-1")
    here.system.extend_custody.by_operator(closed(here, "LOAN-2"), YEAR)
    assert export(here, tmp_path / "first", secret) == 0
    assert "1 transactions" in (said := capsys.readouterr().out)
    assert "1 left out" in said
    assert opened(here, tmp_path / "first").manifest.left_out == 1
    here.drain()
    assert export(here, tmp_path / "second", secret) == 0
    assert opened(here, tmp_path / "second").manifest.transactions == 2


def test_nothing_in_it_is_in_clear(here: House, secret: Path, tmp_path: Path) -> None:
    """Neither folder nor ZIP shows a person's data or a document to who has not the passphrase; both are
    their owner's alone."""
    closed(here)
    for name in ("export.zip", "export"):
        assert export(here, tmp_path / name, secret) == 0
    files = [tmp_path / "export.zip", *(file for file in (tmp_path / "export").rglob("*") if file.is_file())]
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert (tmp_path / "export").stat().st_mode & 0o777 == 0o700
    for file in files:
        assert not [word for word in (*PERSONAL, b"%PDF-1.", b"Evidence") if word in file.read_bytes()]


def test_the_manifest_follows_its_schema(here: House, secret: Path, tmp_path: Path) -> None:
    """The sealed manifest, signature and all, is valid by xsd/archive.xsd."""
    closed(here)
    export(here, tmp_path / "export", secret)
    root = parse((tmp_path / "export" / MANIFEST).read_bytes(), limit=10**6)
    assert etree.QName(root[-1]).localname == "Signature"
    schemas.validate(root, "archive")


def test_whoever_has_the_passphrase_reads_it_with_public_tools(
    here: House, secret: Path, tmp_path: Path
) -> None:
    """A transaction's file, once opened, is a ZIP with JSON and the very files."""
    guid = closed(here)
    export(here, tmp_path / "export", secret)
    [(entry, archived)] = opened(here, tmp_path / "export").transactions()
    assert entry.guid == archived.record.guid == guid
    (tmp_path / "one.zip").write_bytes(bundle.pack(archived))
    with zipfile.ZipFile(tmp_path / "one.zip") as container:
        assert container.testzip() is None
        assert json.loads(container.read("transaction.json"))["record"]["external_id"] == "LOAN-1"
        assert container.read("certificate.pdf").startswith(b"%PDF")


def flipped(octets: bytes) -> bytes:
    return octets[:-9] + bytes((octets[-9] ^ 1,)) + octets[-8:]


def transaction_files(folder: Path) -> list[Path]:
    return sorted((folder / "transactions").rglob("*.bin"))


def alter_file(folder: Path) -> None:
    file = transaction_files(folder)[1]
    file.write_bytes(flipped(file.read_bytes()))


def swap_files(folder: Path) -> None:
    first, second = transaction_files(folder)
    octets = first.read_bytes()
    first.write_bytes(second.read_bytes())
    second.write_bytes(octets)


def drop_file(folder: Path) -> None:
    transaction_files(folder)[0].unlink()


def grow_file(folder: Path) -> None:
    with transaction_files(folder)[0].open("ab") as stream:
        stream.write(b"x")


def alter_index(folder: Path) -> None:
    file = folder / INDEX
    file.write_bytes(file.read_bytes().replace(b"a", b"b", 1))


def shorten_index(folder: Path) -> None:
    file = folder / INDEX
    file.write_bytes(b"".join(file.read_bytes().splitlines(keepends=True)[:1]))


def alter_manifest(folder: Path) -> None:
    file = folder / MANIFEST
    octets = file.read_bytes()
    changed = octets.replace(b"<a:transactions>2<", b"<a:transactions>1<")
    assert changed != octets
    file.write_bytes(changed)


def drop_manifest(folder: Path) -> None:
    (folder / MANIFEST).unlink()


def drop_index(folder: Path) -> None:
    (folder / INDEX).unlink()


TAMPERING = [
    alter_file, swap_files, drop_file, grow_file, alter_index, shorten_index, alter_manifest, drop_manifest,
    drop_index,
]  # fmt: skip


@pytest.mark.parametrize("tamper", TAMPERING)
def test_a_tampered_export_is_refused(
    here: House, secret: Path, tmp_path: Path, tamper: "object", capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever is altered, swapped, cut off or taken away: the import fails, and nothing of what was
    altered is stored."""
    there = House(tmp_path / "there", installation="002002")
    guids = [closed(here, f"LOAN-{number}") for number in range(2)]
    export(here, tmp_path / "export", secret)
    tamper(tmp_path / "export")  # type: ignore[operator]
    capsys.readouterr()
    assert take(there, tmp_path / "export", secret, roots(here)) == 1
    assert capsys.readouterr().err
    stored = rows(there)["transactions"]
    assert stored == (1 if tamper is alter_file else 0)
    if stored:
        assert pictured(there, guids[0]) == pictured(here, guids[0])
    there.close()


def test_other_passphrases_and_roots_are_refused(
    here: House, there: House, secret: Path, tmp_path: Path
) -> None:
    """Without the passphrase nothing opens; under other roots the seal counts for nothing."""
    closed(here)
    export(here, tmp_path / "export.zip", secret)
    other = tmp_path / "other"
    other.touch(mode=0o600)
    other.write_text("another long passphrase\n")
    assert take(there, tmp_path / "export.zip", other, roots(here)) == 1
    assert take(there, tmp_path / "export.zip", secret, roots(there)) == 1
    assert rows(there)["transactions"] == 0
    other.write_text("short\n")
    assert export(here, tmp_path / "second.zip", other) == 1
    other.chmod(0o644)
    assert export(here, tmp_path / "second.zip", other) == 1
    assert not list(tmp_path.glob("second*"))


def test_junk_is_refused(here: House, secret: Path, tmp_path: Path) -> None:
    """No archive, no folder, no overwriting, no unknown issuer."""
    junk = tmp_path / "junk.zip"
    junk.write_bytes(b"PK but no ZIP")
    assert take(here, junk, secret, roots(here)) == 1
    assert take(here, tmp_path / "nowhere.zip", secret, roots(here)) == 2
    assert export(here, junk, secret) == 1
    assert export(here, tmp_path / "e.zip", secret, issuer=77) == 1
    assert junk.read_bytes() == b"PK but no ZIP"
    assert not (tmp_path / "e.zip").exists()


def test_an_export_that_fails_leaves_nothing(
    here: House, secret: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither a half folder nor a half ZIP is left behind when the seal cannot be had."""
    closed(here)

    def no_seal(_self: object, _octets: bytes) -> None:
        raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE)

    monkeypatch.setattr("gateway.adapters.crypto.sealing.EvidenceSealer.seal", no_seal)
    for name in ("export.zip", "export"):
        assert export(here, tmp_path / name, secret) == 1
    assert not list(tmp_path.glob("export*"))


def test_the_installations_own_number_is_refused(here: House, secret: Path, tmp_path: Path) -> None:
    """A transaction of this installation's own number might meet a GUID that is still to be drawn."""
    closed(here)
    export(here, tmp_path / "export.zip", secret)
    rebuilt = House(tmp_path / "rebuilt")
    assert take(rebuilt, tmp_path / "export.zip", secret, roots(here)) == 1
    assert rows(rebuilt)["transactions"] == 0
    rebuilt.close()


def test_the_issuer_may_have_another_number_there(
    here: House, there: House, secret: Path, tmp_path: Path
) -> None:
    """Under a number that is another company's it is refused; under a free one the issuer is registered,
    without any certificate, and finds its transactions."""
    guid = closed(here)
    export(here, tmp_path / "export.zip", secret)
    assert take(there, tmp_path / "export.zip", secret, roots(here), "--issuer", str(INSURER.number)) == 1
    assert rows(there)["transactions"] == 0
    assert take(there, tmp_path / "export.zip", secret, roots(here), "--issuer", "9") == 0
    moved = replace(BANK, number=9)
    assert there.system.queries.state(moved, Reference(guid)).record.issuer == 9
    assert there.system.queries.state(moved, Reference(external_id="LOAN-1")).record.guid == guid
    refused(ErrorKind.NOT_FOUND, there.system.queries.state, BANK, Reference(guid))
    [registered] = [each for each in there.system.support.issuers() if each.number == 9]
    assert registered == moved


def test_a_taken_external_id_is_refused_alone(
    here: House, there: House, secret: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One that meets the same identifier of another transaction there is named; the others are taken."""
    closed(here, "LOAN-1")
    second = closed(here, "LOAN-2")
    there.submit(order(external_id="LOAN-1"))
    export(here, tmp_path / "export.zip", secret)
    capsys.readouterr()
    assert take(there, tmp_path / "export.zip", secret, roots(here)) == 1
    said = capsys.readouterr().out
    assert "E000204" in said
    assert "added=1\tthere=0\trefused=1" in said
    assert there.status(second).record.external_id == "LOAN-2"


def test_an_import_that_died_is_gone_on_with(
    here: House, there: House, secret: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crash between blobs and rows leaves nothing that anybody sees; importing again completes it."""
    guid = closed(here)
    export(here, tmp_path / "export.zip", secret)

    def crash(*_: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr("gateway.usecases.import_custody.ImportCustody._queue", crash)
        with pytest.raises(SystemExit):
            take(there, tmp_path / "export.zip", secret, roots(here))
    refused(ErrorKind.NOT_FOUND, there.status, guid)
    assert take(there, tmp_path / "export.zip", secret, roots(here)) == 0
    assert pictured(there, guid) == pictured(here, guid)


def sound(house: House, tmp_path: Path, secret: Path) -> ArchivedTransaction:
    closed(house)
    export(house, tmp_path / "sound", secret)
    [(_, archived)] = opened(house, tmp_path / "sound").transactions()
    return archived


def test_what_contradicts_itself_is_refused(here: House, there: House, secret: Path, tmp_path: Path) -> None:
    """Also an exporter that is trusted is not believed: each digest is computed anew before a commit."""
    archived = sound(here, tmp_path, secret)
    certificate, [evidence, *others] = archived.certificate, archived.evidences
    broken = [
        replace(archived, contents=(b"other",)),
        replace(archived, certificate=replace(certificate, pdf=b"%PDF other")),
        replace(archived, certificate=replace(certificate, xml=b"<other/>")),
        replace(archived, evidences=(replace(evidence, body=b"<other/>"), *others)),
        replace(archived, evidences=(replace(evidence, owner="other"), *others)),
        replace(archived, documents=(replace(archived.documents[0], original_sha256=bytes(32)),)),
        replace(archived, pack=archived.pack and replace(archived.pack, sha256=bytes(32))),
        replace(archived, record=replace(archived.record, custody_until=None)),
        replace(archived, record=replace(archived.record, guid="no GUID")),
        replace(archived, stamp=archived.stamp and replace(archived.stamp, manifest=b"other")),
    ]
    for number, each in enumerate(broken):
        entry = None
        with pytest.raises(GatewayError) as caught:
            there.system.import_custody("archive", entry, each, BANK.number)  # type: ignore[arg-type]
        assert caught.value.kind is ErrorKind.ARCHIVE_REFUSED, number
    assert rows(there)["transactions"] == rows(there)["data_keys"] == 0


def test_a_lock_that_costs_too_much_is_refused() -> None:
    """A manifest that asks for a gibibyte of scrypt is not obeyed."""
    lock, _ = locking.new_lock("a", PASSPHRASE)
    with pytest.raises(GatewayError) as caught:
        locking.opened("a", replace(lock, cost=2**24), PASSPHRASE)
    assert caught.value.kind is ErrorKind.ARCHIVE_REFUSED
    with pytest.raises(GatewayError):
        locking.opened("another archive", lock, PASSPHRASE)


def test_bundles_are_read_strictly(here: House, secret: Path, tmp_path: Path) -> None:
    """Missing rows, files that nobody named, other fields: refused, not guessed."""
    octets = bundle.pack(sound(here, tmp_path, secret))
    assert bundle.pack(bundle.unpack(octets))
    source = tmp_path / "source.zip"
    source.write_bytes(octets)
    for change in ("drop", "extra", "field"):
        target = tmp_path / f"{change}.zip"
        shutil.copy(source, target)
        with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
            for name in old.namelist():
                content = old.read(name)
                if name == "transaction.json" and change == "field":
                    content = content.replace(b'"language"', b'"tongue"')
                if name != "certificate.pdf" or change != "drop":
                    new.writestr(name, content)
            if change == "extra":
                new.writestr("more.txt", b"?")
        with pytest.raises(GatewayError) as caught:
            bundle.unpack(target.read_bytes())
        assert caught.value.kind is ErrorKind.ARCHIVE_REFUSED


def test_many_pages(here: House, secret: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """More transactions than a page of the database: each once, in the order of GUIDs."""
    monkeypatch.setattr("gateway.usecases.export_custody.PAGE", 2)
    guids = [closed(here, f"LOAN-{number}") for number in range(5)]
    here.clock.advance(timedelta(days=1))
    export(here, tmp_path / "export", secret)
    lines = (tmp_path / "export" / INDEX).read_text().splitlines()
    assert [line.split()[0] for line in lines] == sorted(guids)

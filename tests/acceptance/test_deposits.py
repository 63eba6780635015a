"""Deposits of a whole gateway: made once, by whoever survives, and evidence records that prove its files."""

import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from gateway.adapters.crypto.evidence_record import VerifiedRecord, verify_record
from gateway.adapters.crypto.trust import Anchors
from gateway.adapters.documents import deposit_xml
from gateway.adapters.storage.tables import deposit_leaves, deposit_queue, record_paths
from gateway.domain.deposit import Deposit, Phase, items_of
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.usecases.deposit import MakeDeposit
from gateway.usecases.evidence_records import ASN1, XML, RecordFile
from tests.house import House, refused

DAY = timedelta(days=1)


def closed(house: House) -> str:
    """A transaction that was cancelled, certified and is over."""
    guid = house.submit().guid
    house.drain()
    house.cancel(guid)
    house.drain()
    return guid


def files_of(house: House, guid: str) -> list[bytes]:
    """Everything of a transaction that somebody may hold in hand."""
    evidence = [file.octets for file in house.evidence(guid)]
    certificates = [file.octets for file in house.certificates(guid)]
    return [*house.documents(guid, "ORIGINAL"), *house.documents(guid, "STAMPED"), *evidence, *certificates]


def verified(house: House, record: RecordFile, objects: Sequence[bytes]) -> VerifiedRecord:
    anchors = Anchors.from_file(house.settings.pki.anchors)
    return verify_record(record.octets, objects, anchors, house.clock.now())


def rows(house: House, table: Any) -> int:
    with house.tech.database.engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def tomorrow(house: House) -> Deposit | None:
    house.clock.advance(DAY)
    return house.system.deposits.make()


def test_a_days_transactions_are_deposited_and_each_proves_its_files(house: House) -> None:
    """Each file of each transaction is proven by its evidence record, in XML and in ASN.1, and no other."""
    guids = [closed(house) for _ in range(3)]
    deposit = tomorrow(house)
    assert deposit
    assert (deposit.number, deposit.phase, deposit.leaves) == (1, Phase.SEALED, 4)
    assert rows(house, deposit_queue) == 0
    for form in (XML, ASN1):
        for guid in guids:
            (record,) = house.system.deposits.records.of(guid, form)
            objects = [*files_of(house, guid), record.leaf]
            found = verified(house, record, objects)
            assert found.form == form
            listed = {item.sha256 for item in items_of(record.leaf)}
            assert {hashlib.sha256(each).digest() for each in objects[:-1]} <= listed
            refused(ErrorKind.SIGNATURE_INVALID, verified, house, record, [b"another file"])
            assert f"owner {guid}\n".encode() in record.leaf


def test_nothing_is_deposited_twice_and_nothing_early(house: House) -> None:
    """The first period ends at midnight; one deposit a period; an empty period has one too."""
    assert house.system.deposits.make() is None
    closed(house)
    assert tomorrow(house) is not None
    assert house.system.deposits.make() is None
    second = tomorrow(house)
    assert second
    assert (second.number, second.leaves) == (2, 1)
    first = house.system.deposits.send.all()[0][0]
    assert second.period_from == first.period_to
    assert first.xml_sha256
    assert f"previous {first.xml_sha256.hex()}\n".encode() in second.header


def test_the_deposit_file_says_what_was_deposited(house: House) -> None:
    """The sealed file verifies, follows its schema and names root, token and every leaf."""
    guid = closed(house)
    deposit = tomorrow(house)
    assert deposit
    files = house.system.deposits.send.files(deposit.number)
    assert [*files] == ["deposit-000001.xml", "deposit-000001.pdf"]
    assert hashlib.sha256(files["deposit-000001.xml"]).digest() == deposit.xml_sha256
    facts = deposit_xml.read(house.verified(files["deposit-000001.xml"]).root)
    assert facts.root == deposit.root
    assert facts.header == deposit.header
    assert facts.listed == tuple(sorted(facts.listed))
    assert len(facts.listed) == 1
    assert guid.encode() not in files["deposit-000001.xml"]


def test_a_later_deposit_proves_the_earlier_files_too(house: House) -> None:
    """What is sealed later gets a record of its own, over everything so far; the first one stays."""
    guid = house.submit().guid
    house.drain()
    before = files_of(house, guid)
    assert tomorrow(house)
    house.cancel(guid)
    house.drain()
    assert tomorrow(house)
    first, second = house.system.deposits.records.of(guid)
    assert (first.deposit, second.deposit) == (1, 2)
    verified(house, first, before)
    verified(house, second, files_of(house, guid))
    late = [each for each in files_of(house, guid) if each not in before]
    refused(ErrorKind.SIGNATURE_INVALID, verified, house, first, late)


def test_every_leaf_has_a_salt_of_its_own(house: House) -> None:
    """A random salt keeps anybody who knows the files from finding their leaf."""
    guid = house.submit().guid
    house.drain()
    assert house.system.deposits.make.at_once()
    house.cancel(guid)
    house.drain()
    assert house.system.deposits.make.at_once()
    leaves = [record.leaf for record in house.system.deposits.records.of(guid)]
    salts = {line for leaf in leaves for line in leaf.splitlines() if line.startswith(b"salt ")}
    assert {*map(len, salts)} == {len("salt ") + 64}
    assert len(salts) == 2


def test_there_is_no_record_before_a_deposit(house: House) -> None:
    """Asked too early, the answer is that it does not exist yet; of nobody, that there is none."""
    guid = house.submit().guid
    refused(ErrorKind.NOT_YET_THERE, house.system.deposits.records.of, guid)
    refused(ErrorKind.NOT_FOUND, house.system.deposits.records.of, "nobody")


def test_two_processes_make_one_deposit(house: House) -> None:
    """Whoever rings at the same time, one deposit comes out of it, whole."""
    guids = [closed(house) for _ in range(2)]
    house.clock.advance(DAY)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: house.system.deposits.make(), range(4)))
    # Who was kept away by the other's lease comes back at the next alarm.
    house.system.deposits.make()
    ((deposit, _),) = house.system.deposits.send.all()
    assert (deposit.phase, deposit.leaves) == (Phase.SEALED, 3)
    assert rows(house, deposit_leaves) == 2
    for guid in guids:
        verified(house, house.system.deposits.records.of(guid)[0], files_of(house, guid))


class Killed(BaseException):
    """A process dies: no `except Exception` may notice."""


STEPS = ("leaves", "rooted", "paths", "stamp", "stored_stamp", "seal", "publish")


def _dying(make: MakeDeposit, step: str, monkeypatch: pytest.MonkeyPatch) -> MakeDeposit:
    """The use case, that dies at a step."""

    def die(*_: object, **__: object) -> Any:
        raise Killed

    from gateway.adapters.storage import deposit_store, record_store

    stores: dict[str, tuple[type, str]] = {
        "leaves": (deposit_store.DepositLeafStore, "add"),
        "rooted": (deposit_store.DepositStore, "rooted"),
        "paths": (record_store.RecordStore, "add_path"),
        "stored_stamp": (record_store.RecordStore, "add_stamp"),
        "publish": (deposit_store.DepositStore, "add_file"),
    }
    if step in stores:
        monkeypatch.setattr(*stores[step], die)
        return make

    class Dead:
        def __getattr__(self, name: str) -> Callable[..., Any]:
            return die

    if step == "stamp":

        class DeadMaker:
            def __getattr__(self, name: str) -> Any:
                return die if name == "stamp" else getattr(make.maker, name)

        return replace(make, maker=DeadMaker())  # type: ignore[arg-type]
    return replace(make, sealer=Dead())  # type: ignore[arg-type]


@pytest.mark.parametrize("step", STEPS)
def test_a_crash_at_any_step_resumes_the_same_deposit(
    house: House, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process that takes over finishes the deposit with its number, set and period, once."""
    guid = closed(house)
    house.clock.advance(DAY)
    with monkeypatch.context() as patch, pytest.raises(Killed):
        _dying(house.system.deposits.make, step, patch)()
    late = house.submit().guid
    house.drain()
    # The dead process's lease has to end.
    house.clock.advance(timedelta(minutes=11))
    deposit = house.system.deposits.make()
    assert deposit
    assert (deposit.number, deposit.phase, deposit.leaves) == (1, Phase.SEALED, 2)
    verified(house, house.system.deposits.records.of(guid)[0], files_of(house, guid))
    refused(ErrorKind.NOT_YET_THERE, house.system.deposits.records.of, late)
    assert rows(house, record_paths) == 1


def test_no_time_stamp_means_that_the_deposit_waits(house: House) -> None:
    """Without an authority nothing is published; when one answers, the same deposit is finished."""
    closed(house)
    house.clock.advance(DAY)
    make = house.system.deposits.make

    class Down:
        def __getattr__(self, name: str) -> Any:
            if name != "stamp":
                return getattr(make.maker, name)

            def down(*_: object) -> None:
                raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE)

            return down

    refused(ErrorKind.TEMPORARILY_UNAVAILABLE, replace(make, maker=Down()))  # type: ignore[arg-type]
    ((deposit, _),) = house.system.deposits.send.all()
    assert deposit.phase is Phase.ROOTED
    finished = make()
    assert finished
    assert (finished.number, finished.root, finished.phase) == (1, deposit.root, Phase.SEALED)


def test_what_was_purged_before_its_leaf_was_made_is_left_out(house: House) -> None:
    """A destroyed data key leaves nothing to prove, and does not stop the others."""
    gone, stays = closed(house), closed(house)
    with house.tech.database.write() as uow:
        assert uow.keys.destroy(gone)
        uow.commit()
    deposit = tomorrow(house)
    assert deposit
    assert deposit.leaves == 2
    verified(house, house.system.deposits.records.of(stays)[0], files_of(house, stays))


def test_purging_takes_the_leaf_document_along(house: House) -> None:
    """After the data key is gone only the leaf's digest remains, and no record can be made."""
    guid = closed(house)
    assert tomorrow(house)
    with house.tech.database.write() as uow:
        leaf = uow.deposit_leaves.get(1, guid)
        assert uow.keys.destroy(guid)
        uow.commit()
    assert leaf
    assert guid.encode() not in leaf.body
    refused(ErrorKind.NOT_FOUND, house.system.deposits.records.of, guid)

"""The end of custody: nothing goes too early, and of what goes nothing but a tombstone is left."""

import hashlib
from collections.abc import Callable
from datetime import timedelta

import pytest
from lxml import etree
from sqlalchemy import update

from gateway.adapters.storage.tables import transactions
from gateway.adapters.vault.files import owner_folder
from gateway.adapters.vault.sweep import sweep
from gateway.adapters.xml import schemas
from gateway.adapters.xml.parser import parse
from gateway.domain.custody import CustodyContract, commitment
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.evidence import ErdsEvent
from gateway.domain.record import EvidenceStatus
from gateway.usecases.commands import Reference
from gateway.usecases.purge import Obstacle
from gateway.usecases.results import DocumentKind
from tests import fakes
from tests.custody_samples import (
    YEAR,
    audited,
    bring_end,
    checkpoint,
    closed,
    deposited,
    end_of,
    pass_custody,
    ready_to_purge,
    rows,
)
from tests.house import BANK, INSURER, House, refused
from tests.orders import order

# Long words only: three octets turn up in any ciphertext by chance.
PERSONAL = (
    "García".encode(),
    b"12345678Z",
    b"600000123",
    b"ana@example.org",
    b"LOAN-1",
    b"Contrato.pdf",
)


def obstacles(house: House) -> list[Obstacle | None]:
    return [candidate.obstacle for candidate in house.system.purge.candidates()]


def test_a_tombstone_is_all_that_is_left(house: House) -> None:
    """After the purge no table, blob or audit line holds a person's data; the tombstone is sealed and
    says what, when and why."""
    guid = ready_to_purge(house)
    folder = owner_folder(house.settings.vault.folder, guid)
    assert folder.exists()
    assert obstacles(house) == [None]
    assert house.system.purge() == 1
    house.drain()
    assert not folder.exists()
    found = [(table, row) for table, row in rows(house) if any(word in row for word in PERSONAL)]
    assert found == []
    assert {table for table, row in rows(house) if guid.encode() in row} <= {
        "tombstones", "evidences", "data_keys", "tasks", "deposit_queue", "audit_entries"
    }  # fmt: skip
    [file] = house.evidence(guid)
    assert file.evidence.status is EvidenceStatus.SEALED
    facts = house.verified(file.octets).facts
    assert facts is not None
    assert (facts.event, facts.guid, facts.external_id) == (ErdsEvent.PURGED, guid, "")
    assert facts.recipients == facts.documents == ()
    assert dict(facts.details)["reason"] == "END_OF_CUSTODY"
    assert not any(word in file.octets for word in PERSONAL)
    assert audited(house, "transaction-purged") == [guid]
    assert house.system.purge() == 0


def test_no_state_of_a_purged_one_hides_another(small_house: House) -> None:
    """GetState of several says of each what it is: there, purged (by its GUID, however it was asked for), or
    never heard of."""
    house = small_house
    guid, other = ready_to_purge(house), closed(house, "LOAN-2")
    house.system.purge()
    never = "001001-0001-999999999999999.par"
    asked = "".join(f"<g:guid>{each}</g:guid>" for each in (guid, other, never))
    asked += "<g:external_id>LOAN-1</g:external_id><g:external_id>LOAN-3</g:external_id>"
    _, body = house.post(house.signed(f'<g:GetState xmlns:g="{fakes.G}">{asked}</g:GetState>'.encode()))
    root = parse(body, limit=10**6)
    (answer,) = root.iter(f"{{{fakes.G}}}GetStateResponse")
    schemas.validate(answer, "operations")
    names = [etree.QName(item[0]).localname for item in answer]
    assert names == ["purged", "transaction", "not_found", "purged", "not_found"]
    assert [item[0].text for item in answer if len(item[0]) == 0] == [guid, never, guid, "LOAN-3"]


def test_no_free_page_remembers(small_house: House) -> None:
    """SQLite overwrites what it deletes: not even its file holds what was purged."""
    house = small_house
    ready_to_purge(house)
    file = house.settings.gateway.data / "fehaciente.sqlite"
    checkpoint(house)
    assert any(word in file.read_bytes() for word in PERSONAL)
    house.system.purge()
    checkpoint(house)
    assert [word for word in PERSONAL if word in file.read_bytes()] == []


def test_whoever_holds_the_files_can_open_the_commitment(small_house: House) -> None:
    """The certificate's digest is the salt: with the files it gives the tombstone's commitment, and with
    one file less, or another certificate, it does not."""
    house = small_house
    guid = closed(house)
    files = [*house.documents(guid, "ORIGINAL"), *house.documents(guid, "STAMPED")]
    files += [file.octets for file in house.evidence(guid)]
    xml, pdf = (file.octets for file in house.certificates(guid))
    digests = [hashlib.sha256(octets).digest() for octets in [*files, xml, pdf]]
    deposited(house)
    pass_custody(house, guid)
    assert house.system.purge() == 1
    with house.tech.database.read() as uow:
        tombstone = uow.tombstones.get(guid)
    assert tombstone is not None
    assert tombstone.files == len(digests)
    salt = hashlib.sha256(xml).digest()
    assert commitment(salt, reversed(digests)) == tombstone.commitment
    assert commitment(salt, digests[1:]) != tombstone.commitment
    assert commitment(bytes(32), digests) != tombstone.commitment


def test_never_too_early(small_house: House) -> None:
    """Not before the end plus the permitted clock offset has passed."""
    house = small_house
    guid = closed(house)
    deposited(house)
    assert obstacles(house) == []
    refused(ErrorKind.RULE_BROKEN, house.system.purge.by_order, guid, "court-1")
    bring_end(house, guid, timedelta(0))
    assert house.settings.tsa.max_offset == timedelta(seconds=30)
    assert obstacles(house) == []
    assert house.system.purge() == 0
    house.clock.advance(timedelta(seconds=31))
    assert house.system.purge() == 1


def test_never_before_its_last_deposit(small_house: House) -> None:
    """What was sealed and waits for a deposit is kept, however long its custody is over."""
    house = small_house
    guid = closed(house)
    pass_custody(house, guid)
    assert obstacles(house) == [Obstacle.NOT_DEPOSITED]
    assert house.system.purge() == 0
    deposited(house)
    assert house.system.purge() == 1


def test_after_a_real_deposit(house: House) -> None:
    """A deposit that took everything lets it go: the tree keeps its leaf, the record is gone with the key,
    and the tombstone is deposited with the next one."""
    guid = closed(house)
    bring_end(house, guid, timedelta())
    house.clock.advance(timedelta(days=1, minutes=1))
    assert obstacles(house) == [Obstacle.NOT_DEPOSITED]
    house.system.deposits.make()
    assert house.system.deposits.records.of(guid)
    assert obstacles(house) == [None]
    assert house.system.purge() == 1
    house.drain()
    with pytest.raises(GatewayError):
        house.system.deposits.records.of(guid)
    assert [word for table, row in rows(house) for word in PERSONAL if word in row] == []
    house.clock.advance(timedelta(days=1, minutes=1))
    house.system.deposits.make()
    assert house.system.deposits.records.of(f"tombstone-{guid}")


def test_never_on_hold(small_house: House) -> None:
    """A hold keeps it, also from an order, until it is released."""
    house = small_house
    guid = ready_to_purge(house)
    house.system.holds.place(guid, "court-1", "ops")
    assert obstacles(house) == []
    assert house.system.purge() == 0
    refused(ErrorKind.RULE_BROKEN, house.system.purge.by_order, guid, "erasure-9")
    house.system.holds.release(guid, "court-1", "ops")
    assert house.system.purge() == 1


def test_never_while_a_contract_keeps_it(small_house: House) -> None:
    """What the contract should have extended, had anybody run it, is not purged instead."""
    house = small_house
    ready_to_purge(house)
    now = house.clock.now()
    with house.tech.database.write() as uow:
        uow.custody.set_contract(CustodyContract(BANK.number, 12, now + timedelta(days=900), now))
        uow.commit()
    assert obstacles(house) == [Obstacle.UNDER_CONTRACT]
    assert house.system.purge() == 0
    assert house.system.extend_custody.by_contract() == 1
    assert obstacles(house) == []


def test_never_with_work_left(small_house: House) -> None:
    """An extension's evidence that waits for its seal is sealed and deposited first."""
    house = small_house
    guid = closed(house)
    house.system.extend_custody.by_operator(guid, YEAR)
    deposited(house)
    bring_end(house, guid, timedelta())
    house.clock.advance(timedelta(minutes=1))
    assert obstacles(house) == [Obstacle.NOT_SEALED]
    assert house.system.purge() == 0
    house.drain()
    assert obstacles(house) == [Obstacle.NOT_DEPOSITED]
    deposited(house)
    assert house.system.purge() == 1


def test_an_order_is_named_and_speeds_nothing_up(small_house: House) -> None:
    """The tombstone states the order's word; unknown, purged and open ones are refused as what they are."""
    house = small_house
    guid = ready_to_purge(house)
    refused(ErrorKind.RULE_BROKEN, house.system.purge.by_order, guid, "of the court")
    assert house.system.purge.by_order(guid, "erasure-9").guid == guid
    house.drain()
    facts = house.verified(house.evidence(guid)[0].octets).facts
    assert facts is not None
    assert dict(facts.details)["reason"] == "ORDER"
    assert dict(facts.details)["order"] == "erasure-9"
    refused(ErrorKind.PURGED, house.system.purge.by_order, guid, "erasure-9")
    refused(ErrorKind.NOT_FOUND, house.system.purge.by_order, "001001-0001-999999999999999.par", "x")
    still_open = house.submit(order(external_id="OPEN-1")).guid
    refused(ErrorKind.RULE_BROKEN, house.system.purge.by_order, still_open, "x")


QUESTIONS: dict[str, Callable[[House, Reference], object]] = {
    "state": lambda house, reference: house.system.queries.state(BANK, reference),
    "events": lambda house, reference: house.system.queries.events(BANK, reference),
    "originals": lambda house, reference: house.system.queries.documents(
        BANK, reference, DocumentKind.ORIGINAL
    ),
    "certificate": lambda house, reference: house.system.queries.certificate(
        BANK, reference, "application/pdf"
    ),
    "cancel": lambda house, reference: house.system.cancel(BANK, reference, ""),
    "extension": lambda house, reference: house.system.extend_custody(BANK, reference, YEAR),
    "support": lambda house, reference: house.system.support.state(reference),
}


def test_questions_are_told_that_it_was_purged(house: House) -> None:
    """Whatever its issuer asks answers PURGED, the evidence its tombstone; others find nothing."""
    guid = ready_to_purge(house)
    house.system.purge()
    for question in QUESTIONS.values():
        refused(ErrorKind.PURGED, question, house, Reference(guid))
        refused(ErrorKind.PURGED, question, house, Reference(external_id="LOAN-1"))
        refused(ErrorKind.NOT_FOUND, question, house, Reference(external_id="LOAN-11"))
    [file] = house.system.queries.evidence(BANK, Reference(guid), "")
    assert house.system.queries.evidence(BANK, Reference(guid), file.evidence.id) == (file,)
    assert house.system.queries.evidence(BANK, Reference(external_id="LOAN-1"), "") == (file,)
    for reference in (Reference(guid), Reference(external_id="LOAN-1")):
        refused(ErrorKind.NOT_FOUND, house.system.queries.evidence, INSURER, reference, "")
        refused(ErrorKind.NOT_FOUND, house.system.queries.state, INSURER, reference)
    events = f'<g:GetEvents xmlns:g="{fakes.G}"><g:guid>{guid}</g:guid></g:GetEvents>'.encode()
    _, own = house.post(house.signed(events))
    _, foreign = house.post(house.signed(events, INSURER))
    assert fakes.fault_code(own) == ErrorKind.PURGED.code
    assert fakes.fault_code(foreign) == ErrorKind.NOT_FOUND.code


def test_the_external_id_is_not_used_again_unnoticed(house: House) -> None:
    """The issuer that sends the same identifier again, whatever its content, is told; another may use it."""
    guid = ready_to_purge(house)
    house.system.purge()
    with pytest.raises(GatewayError) as caught:
        house.submit(order(external_id="LOAN-1"))
    assert caught.value.kind is ErrorKind.PURGED
    assert house.submit(order(external_id="LOAN-2")).guid != guid
    assert house.submit(order(external_id="LOAN-1"), INSURER).guid


def test_what_is_there_comes_before_what_was_purged(small_house: House) -> None:
    """An import may bring another transaction of a purged one's external id: that one answers by it."""
    house = small_house
    ready_to_purge(house)
    house.system.purge()
    other = closed(house, "LOAN-2")
    renamed = update(transactions).where(transactions.c.guid == other).values(external_id="LOAN-1")
    with house.tech.database.engine.begin() as connection:
        connection.execute(renamed)
    named = Reference(external_id="LOAN-1")
    assert house.system.queries.state(BANK, named).record.guid == other
    assert house.system.queries.evidence(BANK, named, "") == tuple(house.evidence(other))


def test_a_crash_before_the_blobs_are_gone(small_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commit counts: what is left of the blobs opens for nobody, and the sweep takes it."""
    house = small_house
    guid = ready_to_purge(house)
    folder = owner_folder(house.settings.vault.folder, guid)

    def crash(_owner: str) -> None:
        raise SystemExit

    monkeypatch.setattr(house.tech.vault, "forget", crash)
    with pytest.raises(SystemExit):
        house.system.purge()
    assert folder.exists()
    house.drain()
    assert house.evidence(guid)[0].evidence.event is ErdsEvent.PURGED
    assert sweep(house.settings.vault.folder, house.tech.database, house.clock.now() + timedelta(days=1)) == 1
    assert not folder.exists()
    with house.tech.database.read() as uow:
        refused(ErrorKind.NOT_FOUND, uow.keys.get, guid)


def test_a_crash_before_the_commit_changes_nothing(
    small_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is half gone: everything can still be read and verified, and the next round purges it."""
    house = small_house
    guid = ready_to_purge(house)
    before = (house.evidence(guid), house.certificates(guid), house.documents(guid, "STAMPED"))

    def crash(*_: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr("gateway.adapters.storage.unit_of_work.SqlUnitOfWork.commit", crash)
        with pytest.raises(SystemExit):
            house.system.purge()
    assert (house.evidence(guid), house.certificates(guid), house.documents(guid, "STAMPED")) == before
    assert house.system.purge() == 1


def test_one_that_cannot_be_purged_keeps_no_other(
    small_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that refuses one folder is told at the end; the others are purged all the same."""
    house = small_house
    guids = [ready_to_purge(house, f"LOAN-{number}") for number in range(3)]
    forget = house.tech.vault.forget

    def failing(owner: str) -> None:
        if owner == guids[0]:
            raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE)
        forget(owner)

    monkeypatch.setattr(house.tech.vault, "forget", failing)
    refused(ErrorKind.TEMPORARILY_UNAVAILABLE, house.system.purge)
    folders = [owner_folder(house.settings.vault.folder, guid).exists() for guid in guids]
    assert folders == [True, False, False]
    for guid in guids:
        refused(ErrorKind.PURGED, house.system.queries.state, BANK, Reference(guid))


def test_more_than_a_page(small_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Candidates come page by page, also past those that stay."""
    house = small_house
    monkeypatch.setattr("gateway.usecases.purge.PAGE", 2)
    guids = [ready_to_purge(house, f"LOAN-{number}") for number in range(5)]
    house.system.extend_custody.by_operator(guids[1], YEAR)
    house.system.holds.place(guids[2], "court-1", "ops")
    bring_end(house, guids[1], timedelta(days=-1))
    assert obstacles(house) == [None, Obstacle.NOT_SEALED, None, None]
    assert house.system.purge() == 3
    assert end_of(house, guids[2])

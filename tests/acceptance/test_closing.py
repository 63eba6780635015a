"""States 11 and 12: everything is sealed first, whatever comes in between, and support can mend what died."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from gateway.bootstrap.system import system
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.evidence import EvidenceFacts, SealedEvidence
from gateway.domain.record import EvidenceStatus
from gateway.domain.states import Event
from gateway.usecases.journal import Happening, Journal
from gateway.usecases.ports import Sealer
from tests.house import House

DAY = timedelta(days=1)


@dataclass
class Watched:
    """The real sealer, with something that happens before a seal."""

    inner: Sealer
    before: Callable[[], None]
    sealed: list[bytes] = field(default_factory=list)

    def render(self, facts: EvidenceFacts) -> bytes:
        return self.inner.render(facts)

    def seal(self, rendered: bytes) -> SealedEvidence:
        self.before()
        self.sealed.append(rendered)
        return self.inner.seal(rendered)

    def timestamp(self, octets: bytes) -> tuple[bytes, datetime, str]:
        return self.inner.timestamp(octets)


def watch(house: House, before: Callable[[], None]) -> Watched:
    sealer = Watched(house.tech.sealer, before)
    house.tech = replace(house.tech, sealer=sealer)  # type: ignore[arg-type]
    house.system = system(house.settings, house.tech, lambda: None)
    return sealer


def signed(house: House) -> str:
    guid = house.submit().guid
    house.drain()
    house.guest(guid).decide()
    return guid


def test_a_receipt_while_closing_is_sealed_too(house: House) -> None:
    """What comes in while the last evidence is being sealed delays 12 until it is sealed; nothing is sealed
    twice."""
    guid = signed(house)
    receipts: list[datetime] = []

    def receipt() -> None:
        if house.state(guid)[0] == 11 and not receipts:
            receipts.append(house.clock.now())
            journal = Journal(house.tech.sealer, house.tech.vault, house.clock)
            with house.tech.database.write() as uow:
                record = uow.transactions.lock(guid)
                assert record is not None
                journal.observed(uow, record, Event.DELIVERED, Happening(receipts[0], 0))
                uow.commit()

    sealer = watch(house, receipt)
    tasks = house.claim(100)
    house.run(*[task for task in tasks if task.kind == "close"])
    assert receipts
    house.run(*[task for task in tasks if task.kind != "close"])
    house.drain()
    assert house.state(guid) == (12, 7)
    evidence = house.evidence(guid)
    assert all(file.evidence.status is EvidenceStatus.SEALED for file in evidence)
    assert receipts[0] in [file.evidence.event_time for file in evidence]
    assert len(sealer.sealed) == len(set(sealer.sealed))


def test_a_seal_that_fails_for_good_is_seen_and_mended(house: House) -> None:
    """A sealing key that gives nonsense: tasks die where support sees them; revived, they end the work."""
    guid = signed(house)
    broken = [True]

    def fail() -> None:
        if broken[0]:
            raise GatewayError(ErrorKind.SIGNATURE_INVALID, "the seal does not verify")

    watch(house, fail)
    for _ in range(20):
        house.wait(DAY)
    assert house.state(guid) == (11, 7)
    dead = house.system.support.dead_tasks(100)
    assert {task.kind for task in dead} == {"seal_evidence", "close"}
    assert all("does not verify" in task.last_error for task in dead)
    broken[0] = False
    for task in dead:
        assert house.system.support.revive_task(task.id)
    house.drain()
    assert house.state(guid) == (12, 7)
    assert not house.system.support.dead_tasks(100)
    assert len(house.certificates(guid)) == 2


def test_custody_is_counted_from_the_end(house: House) -> None:
    """`time_to_save` (six years here) begins at state 12."""
    guid = signed(house)
    house.wait(DAY)
    closed = next(event for event in house.events(guid) if event.kind == "CLOSED")
    until = house.status(guid).record.custody_until
    assert until is not None
    assert (until.year, until.month) == (closed.at.year + 6, closed.at.month)

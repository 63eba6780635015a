"""A house in which support has something to see: for browser tests of the console and for its pictures.

What is in it is always the same; only the times are those of the day.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from gateway.bootstrap import keys
from gateway.bootstrap.doors import wsgi
from gateway.domain.batch import Batch, BatchItem, BatchPolicy, BatchStatus, ItemStatus
from gateway.domain.figures import EVERYBODY, Figure, Measure
from gateway.domain.staff import Role
from tests.fakes import serving
from tests.house import INSURER, House
from tests.orders import ANA, EVA, LUIS, Paper, Person, order
from tests.pdf_samples import plain
from tests.staff import Member, signed_in

BATCH = "5f" * 16
DAYS, BUSY = 29, 340


@dataclass
class World:
    """`origin` is the served site; `guid` a contract of two people, of whom one has signed."""

    house: House
    origin: str
    guid: str
    closed: str

    def cookies(self, member: Member) -> list[dict[str, str]]:
        """What a browser of ours holds when this person has signed in."""
        held = member.browser.client._cookies or {}
        return [{"name": each.key, "value": each.value, "url": self.origin} for each in held.values()]

    def member(self, role: Role) -> Member:
        return signed_in(self.house, role, f"{role.value.lower()}.1")


@contextmanager
def world(folder: Path) -> Iterator[World]:
    house = House(folder)
    guid, closed = _contracts(house)
    _batch(house, closed)
    _figures(house)
    app = wsgi(house.settings, house.tech, house.system, keys.session_key(house.settings))
    with serving(app, threads=4) as port:
        yield World(house, f"http://127.0.0.1:{port}", guid, closed)
    house.close()


def _contracts(house: House) -> tuple[str, str]:
    papers = [Paper(plain(), name="Contrato de préstamo.pdf")]
    guid = house.submit(
        order(ANA, LUIS, papers=papers, service="CONTRACT", external_id="PRESTAMO-2026-00017")
    ).guid
    closed = house.submit(order(EVA, external_id="POLIZA-88-1")).guid
    people = [
        Person(name, f"{number:08d}T", phone=f"+3460000{number:04d}")
        for number, name in enumerate(("Iker", "Nora", "Teo"), 1)
    ]
    waiting = [
        house.submit(order(each, external_id=f"ALTA-{each.name.upper()}"), INSURER).guid for each in people
    ]
    house.drain()
    house.guest(closed).decide()
    house.guest(waiting[0]).enter()
    house.guest(waiting[0]).reject()
    house.cancel(waiting[1], INSURER)
    ana = house.guest(guid)
    ana.read()
    ana.ask()
    ana.sign()
    house.guest(guid, 1).enter()
    house.drain()
    _dead_task(house, house.submit(order(ANA, external_id="NOMINA-6")).guid)
    return guid, closed


def _dead_task(house: House, guid: str) -> None:
    now = house.clock.now()
    with house.tech.database.write() as uow:
        for task in uow.tasks.claim(now, now + timedelta(minutes=1), 10):
            if task.guid == guid:
                uow.tasks.bury(task, "550 5.1.1 <ana@example.org>: unknown user")
        uow.commit()


def _batch(house: House, guid: str) -> None:
    now = house.clock.now()
    batch = Batch(
        BATCH, 1, "ALTAS-JUNIO", BatchPolicy.BEST_EFFORT, 5, b"\x17" * 32, 48_213, "ab" * 32, True, "r", now
    )
    items = [BatchItem(BATCH, 1, 0, 9, "ALTA-1", ItemStatus.ACCEPTED, guid)]
    items += [
        BatchItem(BATCH, number, number * 9, 9, f"ALTA-{number}", ItemStatus.REFUSED, "", code)
        for number, code in ((2, "E000501"), (3, "E000503"), (4, "E000204"))
    ]
    items += [BatchItem(BATCH, number, number * 9, 9, f"ALTA-{number}") for number in (5, 6)]
    with house.tech.database.write() as uow:
        uow.keys.add(BATCH, house.tech.keks.new_key())
        assert uow.batches.add(batch)
        assert uow.batches.advance(batch, replace(batch, status=BatchStatus.RUNNING, total=len(items)))
        uow.batch_items.add(items)
        uow.commit()


def _figures(house: House) -> None:
    """The days before today, for charts with something in them."""
    today = house.clock.now().date()
    with house.tech.database.write() as uow:
        for back in range(1, DAYS + 1):
            day = today - timedelta(days=back)
            many = BUSY - 7 * back if day.weekday() < 5 else BUSY // 5
            told = {
                (Measure.VOLUME, "CONTRACT_EXPRESS"): many,
                (Measure.RESULT, "7"): many * 7 // 10,
                (Measure.RESULT, "8"): many // 20,
                (Measure.RESULT, "99906"): many // 8,
                (Measure.CHANNEL, "SMS:DELIVERED"): many,
                (Measure.CHANNEL, "EMAIL:DELIVERED"): many * 6 // 10,
                (Measure.CHANNEL, "EMAIL:REFUSED"): many // 30,
                (Measure.CHANNEL, "SMS:UNKNOWN"): many // 60,
                (Measure.SIGN_TIME, "5m"): many // 4,
                (Measure.SIGN_TIME, "1h"): many // 3,
                (Measure.SIGN_TIME, "1d"): many // 5,
                (Measure.SIGN_TIME, "3d"): many // 15,
                (Measure.SIGN_TIME, "more"): many // 40,
            }
            for (measure, label), amount in told.items():
                uow.figures.put(Figure(EVERYBODY, day.isoformat(), measure, label, amount))
            uow.figures.put(Figure(EVERYBODY, day.isoformat(), Measure.ROLLED, "final", 1))
        uow.commit()
    house.system.console.roll_up()

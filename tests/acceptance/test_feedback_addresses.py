"""A dead address beside a living one: it rests longer and longer, takes no other's place, and comes back."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from gateway.adapters.storage.tables import transactions
from gateway.bootstrap.watching import Watch
from gateway.domain.feedback import FeedbackKind, Phase, Telling
from gateway.usecases.feedback.subscriptions import Wanted
from gateway.usecases.feedback.tell import Claimed
from tests.house import BANK, INSURER, House
from tests.issuer_systems import ON_LOOPBACK, Receiver, certificate, ok, receiving, status
from tests.orders import order

EVENTS = ("VALIDATED",)


@pytest.fixture
def many(tmp_path: Path, database_url: str) -> Iterator[House]:
    house = House(tmp_path / "house", database_url, ON_LOOPBACK)
    yield house
    house.close()


@pytest.fixture
def living(tmp_path: Path) -> Iterator[Receiver]:
    with receiving(tmp_path) as running:
        yield running


@pytest.fixture
def dead(tmp_path: Path) -> Iterator[Receiver]:
    with receiving(tmp_path) as running:
        running.respond = status(503)
        yield running


def subscribe(house: House, receiver: Receiver, issuer: int = BANK.number) -> str:
    wanted = Wanted(issuer, FeedbackKind.WEBHOOK, receiver.address, EVENTS, ca=certificate()[0])
    return house.system.feedback.registry.add(wanted).subscription.id


def submit(house: House, count: int, start: int = 0) -> None:
    for number in range(start, start + count):
        house.submit(order(external_id=f"LOAN-{number}"))
        house.submit(order(external_id=f"POL-{number}"), INSURER)


def tell_all(house: House) -> int:
    count = 0
    while house.system.feedback.tell():
        count += 1
        assert count < 100, "feedback never ends"
    return count


def failures(house: House, subscription: str) -> int:
    return next(each.failures for each in house.system.feedback.registry.all() if each.id == subscription)


def test_a_dead_address_costs_one_call_a_rest(many: House, living: Receiver, dead: Receiver) -> None:
    """Of ten events for each, the living address gets all at once, the dead one is called once and rests;
    after each rest it is called once more, after longer and longer rests."""
    subscribe(many, living)
    gone = subscribe(many, dead, INSURER.number)
    submit(many, 10)
    assert tell_all(many) == 11
    assert (len(living.calls), len(dead.calls)) == (10, 1)
    rests = []
    for times in range(2, 8):
        [resting] = [each for each in many.system.feedback.registry.all() if each.id == gone]
        assert resting.rest_until is not None
        rests.append(resting.rest_until - many.clock.now())
        many.clock.advance(timedelta(minutes=16))
        assert tell_all(many) == 1
        assert failures(many, gone) == times
    assert rests[0] < timedelta(seconds=6)
    assert max(rests) <= timedelta(minutes=15)
    assert rests[-1] > 4 * rests[0]
    # Alive again: one answer, and everything that waits goes out, what was tried before included.
    dead.respond = ok
    many.clock.advance(timedelta(minutes=16))
    assert tell_all(many) == 10
    assert failures(many, gone) == 0


def test_who_answers_comes_first(many: House, living: Receiver, dead: Receiver) -> None:
    """Among addresses that are due, those without failures are claimed first, in turn; a thread kept for
    them never claims one that fails."""
    gone, well = subscribe(many, dead), subscribe(many, living, INSURER.number)
    submit(many, 1)
    claimed = many.system.feedback.tell.claim()
    assert claimed is not None
    many.system.feedback.tell.tell(claimed)
    assert claimed.subscription.id == gone
    many.clock.advance(timedelta(minutes=1))
    submit(many, 2, start=1)
    tell = many.system.feedback.tell
    order_of_claims = [claim.subscription.id for claim in iter(tell.claim, None) if claim is not None]
    assert order_of_claims == [well, well, gone]
    submit(many, 1, start=5)
    many.clock.advance(timedelta(minutes=2))
    kept = [claim for claim in iter(lambda: tell.claim(well=True), None) if claim is not None]
    assert {claim.subscription.id for claim in kept} == {well}


def test_one_slow_address_takes_its_places_and_no_more(many: House, living: Receiver, dead: Receiver) -> None:
    """With ten events for each of two addresses and nobody answering, two of each are in flight at most:
    threads are left for others, whichever process claims."""
    first, second = subscribe(many, living), subscribe(many, dead, INSURER.number)
    submit(many, 10)
    claims = [claim for claim in iter(many.system.feedback.tell.claim, None) if claim is not None]
    assert [claim.subscription.id for claim in claims] == [first, second, first, second]


def test_answers_that_come_out_of_order_keep_each_transaction_in_order(many: House, living: Receiver) -> None:
    """Of two calls in flight the later one is answered first: each transaction's next event waits for its own
    predecessor only."""
    wanted = Wanted(BANK.number, FeedbackKind.WEBHOOK, living.address, ca=certificate()[0])
    many.system.feedback.registry.add(wanted)
    guids = [many.submit(order(external_id=f"LOAN-{number}")).guid for number in range(2)]
    tell = many.system.feedback.tell
    one, two = _claim(many), _claim(many)
    assert [each.queued.notification.guid for each in (one, two)] == guids
    assert tell.claim() is None
    tell.tell(two)
    three = _claim(many)
    assert (three.queued.notification.guid, three.queued.notification.kind) == (guids[1], "VALIDATED")
    tell.tell(three)
    assert tell.claim() is None
    tell.tell(one)
    assert tell_all(many) == 1
    told = [json.loads(call.body) for call in living.calls]
    for guid in guids:
        assert [each["event"]["sequence"] for each in told if each["guid"] == guid] == [0, 1]


def _claim(house: House) -> Claimed:
    claimed = house.system.feedback.tell.claim()
    assert claimed is not None
    return claimed


def test_one_event_that_is_disliked_stops_no_other(many: House, living: Receiver) -> None:
    """An address that refuses one notification with 4xx is well: it does not rest, and the rest is told."""
    which = subscribe(many, living)
    guid = many.submit(order(external_id="POISON")).guid

    def picky(handler: object) -> None:
        poisoned = b"POISON" in living.calls[-1].body
        (status(422) if poisoned else ok)(handler)  # type: ignore[arg-type]

    living.respond = picky
    submit(many, 5)
    assert tell_all(many) == 6
    assert failures(many, which) == 0
    [(queued, [attempt])] = many.system.feedback.history.of(guid)
    assert (queued.phase, attempt.telling, attempt.status) == (Phase.WAITING, Telling.REFUSED, 422)


def test_what_waits_shows(many: House, living: Receiver, dead: Receiver) -> None:
    """Operators see calls by outcome, how many wait, since when, and how many addresses rest."""
    subscribe(many, living)
    subscribe(many, dead, INSURER.number)
    submit(many, 2)
    tell_all(many)
    many.tech.metrics.watch(Watch(many.settings, many.tech))
    page = many.tech.metrics.page().decode()
    for line in (
        'fehaciente_feedback_total{kind="WEBHOOK",outcome="ACKNOWLEDGED"} 2.0',
        'fehaciente_feedback_total{kind="WEBHOOK",outcome="REFUSED"} 1.0',
        'fehaciente_feedback_unanswered{phase="WAITING"} 2.0',
        'fehaciente_feedback_unanswered{phase="DEAD"} 0.0',
        "fehaciente_feedback_resting 1.0",
    ):
        assert line in page
    assert "fehaciente_feedback_oldest_seconds" in page


def test_a_sandbox_transaction_says_so(many: House, living: Receiver) -> None:
    """What is only a test is told as one; a real one is told as none."""
    subscribe(many, living)
    many.submit(order(external_id="REAL-1"))
    tested = many.submit(order(external_id="TEST-1")).guid
    marked = update(transactions).where(transactions.c.guid == tested).values(sandbox=True)
    with many.tech.database.engine.begin() as connection:
        connection.execute(marked)
    tell_all(many)
    told = {body["external_id"]: body["sandbox"] for body in (json.loads(call.body) for call in living.calls)}
    assert told == {"REAL-1": False, "TEST-1": True}

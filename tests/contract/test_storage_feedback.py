"""The queue of feedback on both databases: one claimer, one order, one result, whoever races."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.adapters.storage.unit_of_work import SqlDatabase
from gateway.domain.feedback import (
    Answer,
    FeedbackKind,
    Notification,
    Patience,
    Phase,
    Queued,
    SealedSecret,
    Subscription,
    Telling,
)
from gateway.domain.record import EventRecord
from gateway.domain.results import Result
from gateway.domain.states import State
from gateway.usecases.feedback.tell import TellIssuers
from gateway.usecases.ports import UnitOfWork
from tests.storage_samples import ISSUER, NOW, add_key, guid, transaction

SECOND = timedelta(seconds=1)
LEASE = timedelta(minutes=1)
ACKNOWLEDGED = Answer(Telling.ACKNOWLEDGED, 204)


class StoppedClock:
    now_is = NOW

    def now(self) -> object:
        return self.now_is


class Quiet:
    def tell(self, *_: object) -> Answer:
        return ACKNOWLEDGED


def subscription(name: str = "s1") -> Subscription:
    return Subscription(
        id=name,
        issuer=ISSUER.number,
        kind=FeedbackKind.WEBHOOK,
        address="https://issuer.example/hook",
        events=("*",),
        created_at=NOW,
        pins=(b"\x01" * 32, b"\x02" * 32),
        ca=b"PEM",
    )


def event(number: int, sequence: int) -> EventRecord:
    return EventRecord(
        guid(number), sequence, f"e-{number}-{sequence}", "VALIDATED", State.VALIDATED, None, NOW, NOW
    )


@pytest.fixture
def queued(database: SqlDatabase) -> SqlDatabase:
    """Two transactions with three notifications each, for one subscription."""
    with database.write() as uow:
        uow.issuers.add(ISSUER)
        uow.subscriptions.add(subscription())
        for number in (1, 2):
            add_key(uow, number)
            assert uow.transactions.add(transaction(number, external_id=f"x-{number}"))
            for sequence in range(3):
                uow.events.add(event(number, sequence))
                at = NOW + SECOND * (sequence * 2 + number)
                uow.feedback.queue(
                    f"n-{number}-{sequence}", "s1", event(number, sequence), Result.PENDING, at
                )
        uow.commit()
    return database


LATER = NOW + timedelta(minutes=5)


def take(database: SqlDatabase) -> Queued | None:
    with database.write() as uow:
        found = uow.feedback.next("s1", LATER)
        taken = None if found is None else uow.feedback.take(found, LATER, LATER + LEASE)
        uow.commit()
    return taken


def test_subscriptions_come_back_as_they_went(database: SqlDatabase) -> None:
    """Every field, pins, roots and secrets included; a stopped one hears nothing."""
    secrets = [SealedSecret("k1", b"sealed", NOW), SealedSecret("k2", b"too", NOW + SECOND)]
    with database.write() as uow:
        uow.issuers.add(ISSUER)
        uow.subscriptions.add(subscription())
        for secret in secrets:
            uow.subscriptions.add_secret("s1", secret)
        assert uow.subscriptions.listening(ISSUER.number) == [subscription()]
        assert uow.subscriptions.set_enabled("s1", False, "OPERATOR")
        assert not uow.subscriptions.set_enabled("s1", False, "OPERATOR")
        assert uow.subscriptions.listening(ISSUER.number) == []
        uow.subscriptions.rest("s1", 3, LATER)
        uow.commit()
    with database.read() as uow:
        stopped = replace(subscription(), enabled=False, stopped="OPERATOR", failures=3, rest_until=LATER)
        assert uow.subscriptions.get("s1") == stopped
        assert uow.subscriptions.all() == uow.subscriptions.all(ISSUER.number) == [stopped]
        assert uow.subscriptions.all(2) == []
        assert uow.subscriptions.secrets("s1") == secrets
        assert uow.subscriptions.get("s2") is None


def test_a_notification_comes_back_whole(queued: SqlDatabase) -> None:
    """What is told is joined from event and transaction."""
    with queued.read() as uow:
        found = uow.feedback.get("n-1-2")
    assert found is not None
    assert found.notification == Notification(
        "n-1-2", guid(1), "x-1", 2, "e-1-2", "VALIDATED", State.VALIDATED, Result.PENDING, None, NOW, NOW
    )
    assert (found.phase, found.attempts, found.fence, found.tried_since) == (Phase.WAITING, 0, 0, None)


def test_only_the_first_of_each_transaction_can_be_taken(queued: SqlDatabase) -> None:
    """Until it is answered, its followers wait; the other transaction's first is taken meanwhile."""
    first, second = take(queued), take(queued)
    assert first is not None
    assert second is not None
    assert [each.notification.id for each in (first, second)] == ["n-1-0", "n-2-0"]
    assert take(queued) is None
    with queued.write() as uow:
        assert uow.feedback.in_flight("s1", LATER) == 2
        assert uow.feedback.in_flight("s1", LATER + LEASE) == 0
        assert uow.feedback.answered(second, LATER)
        uow.commit()
    third = take(queued)
    assert third is not None
    assert third.notification.id == "n-2-1"
    with queued.write() as uow:
        assert uow.feedback.bury(first)
        uow.commit()
    assert take(queued) is None
    with queued.write() as uow:
        assert [each.notification.id for each in uow.feedback.dead(10)] == ["n-1-0"]
        assert uow.feedback.unanswered() == {Phase.WAITING: 4, Phase.DEAD: 1}
        assert uow.feedback.oldest() == NOW + 3 * SECOND
        assert uow.feedback.hasten("s1", LATER) == 0
        assert uow.feedback.revive(first, LATER)
        assert not uow.feedback.revive(first, LATER)
        uow.commit()
    again = take(queued)
    assert again is not None
    assert (again.notification.id, again.attempts, again.tried_since) == ("n-1-0", 2, LATER)


def test_an_old_fence_changes_nothing(queued: SqlDatabase) -> None:
    """Whoever lost the lease settles nothing; the result of its own attempt is kept, once."""
    lost = take(queued)
    assert lost is not None
    with queued.write() as uow:
        found = uow.feedback.get(lost.notification.id)
        assert found is not None
        newer = uow.feedback.take(found, LATER + LEASE, LATER + 2 * LEASE)
        assert uow.feedback.take(found, LATER + LEASE, LATER + 2 * LEASE) is None
        assert newer is not None
        assert not uow.feedback.answered(lost, LATER)
        assert not uow.feedback.later(lost, LATER)
        assert not uow.feedback.bury(lost)
        assert uow.feedback.finish(lost, Answer(Telling.REFUSED, 503, "x" * 300), LATER)
        assert not uow.feedback.finish(lost, ACKNOWLEDGED, LATER)
        assert uow.feedback.answered(newer, LATER)
        uow.commit()
    with queued.read() as uow:
        [(row, attempts), *_] = uow.feedback.of(guid(1))
    assert row.phase is Phase.ANSWERED
    assert [(each.number, each.telling, each.status) for each in attempts] == [
        (1, Telling.REFUSED, 503),
        (2, None, None),
    ]
    assert len(attempts[0].detail) == 200


def test_claimers_race_without_taking_twice(queued: SqlDatabase) -> None:
    """Eight threads claim at once: each first notification is taken by one of them, within the cap."""
    clock = StoppedClock()
    clock.now_is = LATER
    tell = TellIssuers(
        queued,
        {FeedbackKind.WEBHOOK: Quiet()},
        clock,  # type: ignore[arg-type]
        Patience(),
        LEASE,
        2,
        lambda: 1.0,
        lambda *_: None,
    )
    with ThreadPoolExecutor(8) as pool:
        claims = [claim for claim in pool.map(lambda _: tell.claim(), range(8)) if claim]
    assert sorted(claim.queued.notification.id for claim in claims) == ["n-1-0", "n-2-0"]


def test_events_are_queued_while_a_claim_is_under_way(queued: SqlDatabase) -> None:
    """A claim keeps no submission waiting: PostgreSQL lets it refer to the locked subscription."""
    with queued.write() as claiming:
        assert claiming.subscriptions.lock("s1") is not None
        if queued.engine.dialect.name == "sqlite":
            add_fourth(claiming)
        else:
            with queued.write() as other:
                add_fourth(other)
                other.commit()
        claiming.commit()
    with queued.read() as uow:
        assert uow.feedback.get("n-1-3") is not None


def add_fourth(uow: UnitOfWork) -> None:
    uow.events.add(event(1, 3))
    uow.feedback.queue("n-1-3", "s1", event(1, 3), Result.PENDING, NOW)


def test_what_waits_is_hastened(queued: SqlDatabase) -> None:
    """After a recovery everything of the address is due at once."""
    first = take(queued)
    assert first is not None
    with queued.write() as uow:
        assert uow.feedback.later(first, LATER + timedelta(hours=6))
        assert uow.feedback.ready(LATER, well=False) == ["s1"]
        assert uow.feedback.hasten("s1", LATER) == 3
        uow.commit()
    again = take(queued)
    assert again is not None
    assert again.notification.id == "n-2-0"

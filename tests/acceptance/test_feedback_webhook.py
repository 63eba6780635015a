"""A webhook is told of every event, in order, signed, at least once, until it answers."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.feedback import FeedbackKind, Phase, Telling
from gateway.domain.staff import Acting, Person, Role
from gateway.usecases.feedback.subscriptions import NewSecret, Wanted
from tests.custody_samples import audited, closed, ready_to_purge, rows
from tests.house import BANK, INSURER, House, refused
from tests.issuer_systems import ON_LOOPBACK, Receiver, certificate, ok, receiving, status
from tests.orders import order

PERSONAL = (b"Garc", b"12345678Z", b"600000123", b"ana@example.org")
SUPPORTER = Acting(Person("p1", "sam", "Sam", Role.SUPPORT), "lost by the issuer")


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    with receiving(tmp_path) as running:
        yield running


@pytest.fixture
def told(tmp_path: Path, database_url: str) -> Iterator[House]:
    house = House(tmp_path / "house", database_url, ON_LOOPBACK)
    yield house
    house.close()


def subscribe(house: House, receiver: Receiver, **more: Any) -> NewSecret:
    pem, _, spki = certificate()
    usual: dict[str, Any] = {"issuer": BANK.number, "kind": FeedbackKind.WEBHOOK, "pins": (spki,), "ca": pem}
    return house.system.feedback.registry.add(Wanted(address=receiver.address, **usual | more))


def tell_all(house: House) -> int:
    count = 0
    while house.system.feedback.tell():
        count += 1
        assert count < 500, "feedback never ends"
    return count


def told_kinds(receiver: Receiver) -> list[str]:
    return [json.loads(call.body)["event"]["kind"] for call in receiver.calls]


def phases(house: House, guid: str) -> list[Phase]:
    return [queued.phase for queued, _ in house.system.feedback.history.of(guid)]


def test_every_event_is_told_in_order_and_signed(told: House, receiver: Receiver) -> None:
    """The whole timeline arrives by sequence; each message verifies under the secret that was told once, and
    names nobody."""
    made = subscribe(told, receiver)
    guid = closed(told, "LOAN-7")
    tell_all(told)
    assert told_kinds(receiver) == told.kinds(guid)
    for call, event in zip(receiver.calls, told.events(guid), strict=True):
        stamp, signed = call.headers["fehaciente-timestamp"], call.headers["fehaciente-signature"]
        mac = hmac.new(made.secret.encode(), stamp.encode() + b"." + call.body, hashlib.sha256)
        assert signed == f"{made.key_id}={mac.hexdigest()}"
        body = json.loads(call.body)
        assert body["id"] == call.headers["fehaciente-id"]
        assert (body["guid"], body["external_id"], body["event"]["id"]) == (guid, "LOAN-7", event.id)
        assert body["event"]["sequence"] == event.sequence
        assert body["event"]["state"] == {"number": int(event.state), "name": event.state.name}
        assert not any(word in call.body for word in PERSONAL)
    last = json.loads(receiver.calls[-1].body)
    assert last["result"] == {"number": 7, "name": "COMPLETED"}
    assert set(phases(told, guid)) == {Phase.ANSWERED}
    assert len({call.headers["fehaciente-id"] for call in receiver.calls}) == len(receiver.calls)


def test_only_what_was_subscribed_and_only_its_issuer(told: House, receiver: Receiver) -> None:
    """Two kinds of events of one issuer are told; nothing of another issuer's ever is."""
    subscribe(told, receiver, events=("VALIDATED", "CLOSED"))
    told.submit(issuer=INSURER)
    closed(told)
    tell_all(told)
    assert told_kinds(receiver) == ["VALIDATED", "CLOSED"]


def test_what_is_not_answered_is_told_again_and_keeps_its_place(told: House, receiver: Receiver) -> None:
    """A refusal is repeated under the same id, nothing of that transaction overtakes it, and another
    transaction goes on."""
    subscribe(told, receiver)
    first = told.submit().guid
    receiver.respond = status(404)
    assert tell_all(told) == 1
    receiver.respond = ok
    told.submit(order(external_id="LOAN-2"))
    assert tell_all(told) == 2
    bodies = [json.loads(call.body) for call in receiver.calls]
    assert [body["guid"] == first for body in bodies] == [True, False, False]
    told.clock.advance(timedelta(seconds=11))
    tell_all(told)
    again = json.loads(receiver.calls[3].body)
    assert (again["id"], again["event"]["kind"]) == (bodies[0]["id"], "RECEIVED")
    assert told_kinds(receiver)[4] == "VALIDATED"
    [(_, attempts), *_] = told.system.feedback.history.of(first)
    assert [(each.telling, each.status) for each in attempts] == [
        (Telling.REFUSED, 404),
        (Telling.ACKNOWLEDGED, 204),
    ]


def test_whoever_dies_between_intent_and_result_sends_the_same_id_again(
    told: House, receiver: Receiver
) -> None:
    """The lease ends, and the notification is told again; the attempt without a result stays visible."""
    subscribe(told, receiver, events=("VALIDATED",))
    guid = told.submit().guid
    claimed = told.system.feedback.tell.claim()
    assert claimed is not None
    caller = told.system.feedback.tell.callers[FeedbackKind.WEBHOOK]
    caller.tell(claimed.subscription, claimed.secrets, claimed.queued.notification, told.clock.now())
    assert tell_all(told) == 0
    told.clock.advance(timedelta(minutes=2))
    assert tell_all(told) == 1
    assert len({call.headers["fehaciente-id"] for call in receiver.calls}) == 1
    assert len(receiver.calls) == 2
    [(queued, attempts)] = told.system.feedback.history.of(guid)
    assert queued.phase is Phase.ANSWERED
    assert [each.telling for each in attempts] == [None, Telling.ACKNOWLEDGED]
    # The one that was thought dead comes to itself: what it did is noted, and changes nothing.
    told.system.feedback.tell.tell(claimed)
    [(after, attempts)] = told.system.feedback.history.of(guid)
    assert (after.phase, after.fence) == (queued.phase, queued.fence)
    assert [each.telling for each in attempts] == [Telling.ACKNOWLEDGED] * 2


def test_a_caller_that_breaks_is_told_again_later(
    told: House, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error of our own is kept as NOT_SENT, blames no address, and the same id goes out later."""
    subscribe(told, receiver, events=("VALIDATED",))
    guid = told.submit().guid

    def broken(*_: object) -> None:
        raise RuntimeError("of our own")

    with monkeypatch.context() as patched:
        patched.setattr("gateway.adapters.feedback.webhook.document", broken)
        with pytest.raises(RuntimeError):
            told.system.feedback.tell()
    assert told.system.feedback.registry.all()[0].failures == 0
    told.clock.advance(timedelta(seconds=11))
    assert tell_all(told) == 1
    [(_, attempts)] = told.system.feedback.history.of(guid)
    assert [each.telling for each in attempts] == [Telling.NOT_SENT, Telling.ACKNOWLEDGED]


def test_a_dead_letter_waits_for_support(told: House, receiver: Receiver) -> None:
    """Refused for days, a notification is dead and holds back those behind it; replayed by support, it and
    they are told."""
    subscribe(told, receiver)
    receiver.respond = status(400)
    guid = told.submit().guid
    for _ in range(40):
        tell_all(told)
        told.clock.advance(timedelta(hours=6))
    assert phases(told, guid) == [Phase.DEAD, Phase.WAITING]
    attempts = told.system.feedback.history.of(guid)[0][1]
    assert 15 < len(attempts) < 40
    [dead] = told.system.feedback.history.dead(10)
    refused(
        ErrorKind.ACCESS_DENIED,
        told.system.feedback.history.replay,
        Acting(Person("p2", "eve", "Eve", Role.AUDITOR), ""),
        dead.notification.id,
    )
    receiver.respond = ok
    told.system.feedback.history.replay(SUPPORTER, dead.notification.id)
    assert tell_all(told) == 2
    assert phases(told, guid) == [Phase.ANSWERED, Phase.ANSWERED]
    assert audited(told, "feedback-replayed") == [f"{dead.notification.id}:sam"]
    assert receiver.calls[0].headers["fehaciente-id"] == dead.notification.id


def test_what_was_answered_can_be_told_once_more(told: House, receiver: Receiver) -> None:
    """An issuer that lost its data gets the same notification again; one that waits is not replayed."""
    subscribe(told, receiver, events=("VALIDATED",))
    guid = told.submit().guid
    [(queued, _)] = told.system.feedback.history.of(guid)
    refused(ErrorKind.RULE_BROKEN, told.system.feedback.history.replay_by_operator, queued.notification.id)
    refused(ErrorKind.FEEDBACK_NOT_FOUND, told.system.feedback.history.replay_by_operator, "nobody")
    tell_all(told)
    told.system.feedback.history.replay_by_operator(queued.notification.id)
    tell_all(told)
    first, second = receiver.calls
    assert first.headers["fehaciente-id"] == second.headers["fehaciente-id"]


def test_secrets_rotate_without_a_gap(told: House, receiver: Receiver) -> None:
    """Two secrets sign at once; dropped, the old one signs no more; the last one cannot be dropped."""
    old = subscribe(told, receiver, events=("VALIDATED",))
    registry, which = told.system.feedback.registry, old.subscription.id
    new = registry.add_secret(which)
    refused(ErrorKind.FEEDBACK_LIMIT, registry.add_secret, which)
    told.submit()
    tell_all(told)
    registry.drop_secret(which, old.key_id)
    refused(ErrorKind.RULE_BROKEN, registry.drop_secret, which, new.key_id)
    told.submit(order(external_id="LOAN-2"))
    tell_all(told)
    both, one = (call.headers["fehaciente-signature"] for call in receiver.calls)
    assert [each.split("=")[0] for each in both.split(", ")] == [old.key_id, new.key_id]
    call = receiver.calls[1]
    stamp = call.headers["fehaciente-timestamp"].encode()
    mac = hmac.new(new.secret.encode(), stamp + b"." + call.body, hashlib.sha256).hexdigest()
    assert one == f"{new.key_id}={mac}"


def test_no_row_holds_a_secret_in_clear(told: House, receiver: Receiver) -> None:
    """Secrets are sealed: neither tables nor audit lines hold one."""
    made = subscribe(told, receiver)
    given = subscribe(told, receiver, secret="given-by-the-issuer-itself")
    assert given.secret == "given-by-the-issuer-itself"
    for secret in (made.secret, given.secret):
        assert [table for table, row in rows(told) if secret.encode() in row] == []


def test_gone_stops_the_subscription(told: House, receiver: Receiver) -> None:
    """HTTP 410 disables it, audited; what waits is told once it is enabled again."""
    made = subscribe(told, receiver, events=("VALIDATED",))
    told.submit()
    receiver.respond = status(410)
    assert tell_all(told) == 1
    told.clock.advance(timedelta(days=1))
    assert tell_all(told) == 0
    [stopped] = told.system.feedback.registry.all()
    assert (stopped.enabled, stopped.stopped) == (False, "GONE")
    assert audited(told, "feedback-gone") == [f"0001:{made.subscription.id}"]
    receiver.respond = ok
    assert told.system.feedback.registry.set_enabled(made.subscription.id, True)
    assert not told.system.feedback.registry.set_enabled(made.subscription.id, True)
    assert tell_all(told) == 1


def test_nothing_of_a_purged_transaction_stays(told: House, receiver: Receiver) -> None:
    """Notifications and attempts go with the transaction, told or not."""
    subscribe(told, receiver)
    receiver.respond = status(503)
    guid = ready_to_purge(told)
    tell_all(told)
    assert told.system.feedback.history.of(guid)
    assert told.system.purge() == 1
    assert told.system.feedback.history.of(guid) == []
    left = {table for table, row in rows(told) if guid.encode() in row}
    assert not any(table.startswith("feedback") for table in left)


def test_subscriptions_are_checked(told: House, receiver: Receiver) -> None:
    """Unknown issuers, words that are no events, short secrets and more than ten are refused."""
    registry = told.system.feedback.registry
    for wrong in (
        {"issuer": 77},
        {"events": ("delivered",)},
        {"events": ("*", "CLOSED")},
        {"secret": "short"},
        {"ca": b"no certificate"},
    ):
        with pytest.raises(GatewayError) as caught:
            subscribe(told, receiver, **wrong)
        assert caught.value.kind is ErrorKind.RULE_BROKEN
    assert registry.all() == []
    for _ in range(10):
        subscribe(told, receiver)
    with pytest.raises(GatewayError) as caught:
        subscribe(told, receiver)
    assert caught.value.kind is ErrorKind.FEEDBACK_LIMIT
    subscribe(told, receiver, issuer=INSURER.number)


def test_a_trial_belongs_to_no_transaction(told: House, receiver: Receiver) -> None:
    """`test` sends one signed notification of the event TEST, and tells what came of it."""
    made = subscribe(told, receiver)
    answer = told.system.feedback.registry.test(made.subscription.id)
    assert (answer.telling, answer.status) == (Telling.ACKNOWLEDGED, 204)
    body = json.loads(receiver.calls[0].body)
    assert (body["event"]["kind"], body["guid"]) == ("TEST", "000001-0001-000000000000000.par")
    assert audited(told, "feedback-tested") == [f"0001:{made.subscription.id}"]

"""What leaves the gateway: nothing twice, nothing invented, whatever channel or worker fails in between."""

from datetime import datetime, timedelta

import pytest

from gateway.adapters.channels.notices import NoticeTexts
from gateway.domain.delivery import Channel, Effect, Message, Outcome, Purpose, Receipt
from gateway.domain.evidence import ErdsEvent
from gateway.domain.record import Task
from gateway.domain.results import RecipientState
from gateway.usecases.ports import Courier
from tests.couriers import Scripted
from tests.house import LEASE, House
from tests.orders import ANA, LUIS, Person, order

PAUSE = timedelta(seconds=21)
BOTH = Person(notice_method="EMAIL_AND_SMS")


@pytest.fixture
def sms(house: House) -> Scripted:
    return Scripted(house, Channel.SMS)


def effects(house: House, guid: str) -> list[Effect]:
    with house.tech.database.read() as uow:
        return list(uow.effects.of(guid))


def outcomes(house: House, guid: str) -> list[Outcome | None]:
    return [effect.outcome for effect in effects(house, guid)]


def test_what_could_not_leave_is_tried_again(sms: Scripted) -> None:
    """A channel that is down is NOT_SENT; after a pause the notice leaves, once."""
    house = sms.house
    sms.script = [sms.unreachable, sms.unreachable]
    guid = house.submit().guid
    house.drain()
    assert outcomes(house, guid) == [Outcome.NOT_SENT]
    assert house.state(guid)[0] == 3
    assert not sms.sent
    house.wait(timedelta(seconds=2))
    house.wait(timedelta(seconds=4))
    assert outcomes(house, guid) == [Outcome.NOT_SENT, Outcome.NOT_SENT, Outcome.DELIVERED]
    assert len(sms.sent) == 1
    assert house.state(guid)[0] == 5
    assert house.kinds(guid).count("NOTICE_NOT_SENT") == 2


def test_a_channel_that_is_down_for_a_day_loses_nothing(sms: Scripted) -> None:
    """The notice is neither forgotten nor dead after any number of attempts: it leaves when it can."""
    house = sms.house
    sms.script = [sms.unreachable] * 40
    guid = house.submit().guid
    for _ in range(41):
        house.wait(timedelta(hours=1))
    assert not house.system.support.dead_tasks(10)
    assert len(sms.sent) == 1
    assert house.state(guid)[0] == 5


def test_a_text_that_cannot_be_made_leaves_no_intent(
    small_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A broken template sends nothing and claims nothing: once mended, the notice leaves."""
    house = small_house
    with monkeypatch.context() as broken:
        broken.setattr(NoticeTexts, "notice", lambda *_: 1 / 0)
        guid = house.submit().guid
        house.drain()
    assert not effects(house, guid)
    house.wait(timedelta(seconds=2))
    assert outcomes(house, guid) == [Outcome.DELIVERED]


def test_one_channel_down_does_not_repeat_the_other(house: House) -> None:
    """The e-mail went out and the SMS did not: only the SMS is tried again."""
    email, sms = Scripted(house, Channel.EMAIL), Scripted(house, Channel.SMS)
    sms.script = [sms.unreachable]
    house.submit(order(BOTH))
    house.drain()
    house.wait(timedelta(seconds=2))
    assert (len(email.sent), len(sms.sent)) == (1, 1)


def test_a_worker_that_dies_in_mid_send_repeats_nothing(sms: Scripted) -> None:
    """Intent without result is UNKNOWN: nothing is sent again, and the link that did arrive still opens."""
    house = sms.house
    sms.script = [sms.die_after]
    guid = house.submit().guid
    house.drain()
    assert outcomes(house, guid) == [None]
    house.wait(2 * LEASE)
    assert outcomes(house, guid) == [Outcome.UNKNOWN]
    assert len(sms.sent) == 1
    assert house.state(guid)[0] == 3
    assert "NOTICE_UNKNOWN" in house.kinds(guid)
    house.guest(guid).decide()
    house.drain()
    assert house.state(guid) == (12, 7)


def test_a_decision_before_the_dead_workers_task_leaves_no_open_intent(sms: Scripted) -> None:
    """The recipient signs while the lease still runs: what is known of the notice is kept all the same, and
    neither state nor result change by it."""
    house = sms.house
    sms.script = [sms.die_after]
    guid = house.submit().guid
    house.drain()
    house.guest(guid).decide()
    house.drain()
    assert house.state(guid) == (12, 7)
    house.wait(2 * LEASE)
    notices = [effect.outcome for effect in effects(house, guid) if effect.purpose is Purpose.NOTICE]
    assert notices == [Outcome.UNKNOWN]
    assert house.state(guid) == (12, 7)
    assert house.kinds(guid)[-1] == "NOTICE_UNKNOWN"


def test_a_channel_that_can_tell_is_asked(house: House) -> None:
    """The console knows what it wrote: after a crash the notice is found there, and not sent again."""
    guid = house.submit().guid
    real = house.couriers[Channel.SMS]

    class Dying(Courier):
        def send(self, message: Message) -> Receipt:
            real.send(message)
            raise SystemExit

        def find(self, message_id: str) -> Receipt | None:
            return real.find(message_id)

    house.couriers[Channel.SMS] = Dying()
    house.drain()
    house.wait(2 * LEASE)
    assert outcomes(house, guid) == [Outcome.DELIVERED]
    assert len(house.messages()) == 1
    assert house.state(guid)[0] == 5


def test_refused_by_every_channel(house: House) -> None:
    """Nobody can be told: the recipient ends as UNREACHABLE and the transaction with 99903."""
    email, sms = Scripted(house, Channel.EMAIL), Scripted(house, Channel.SMS)
    email.script, sms.script = [email.refuse], [sms.refuse]
    guid = house.submit(order(BOTH)).guid
    house.drain()
    assert house.state(guid) == (12, 99903)
    assert house.recipients(guid)[0].state is RecipientState.UNREACHABLE
    assert house.kinds(guid).count("NOTICE_REFUSED") == 2


def test_refused_by_one_channel_only(house: House) -> None:
    """One notice that arrived is enough."""
    email = Scripted(house, Channel.EMAIL)
    email.script = [email.refuse]
    guid = house.submit(order(BOTH)).guid
    house.drain()
    assert house.state(guid) == (5, 0)
    house.guest(guid).decide()
    house.drain()
    assert house.state(guid) == (12, 7)


def test_refused_by_one_while_the_other_is_down(house: House) -> None:
    """Unreachable is said only once every channel has refused, not while one may still succeed."""
    email, sms = Scripted(house, Channel.EMAIL), Scripted(house, Channel.SMS)
    email.script, sms.script = [email.refuse], [sms.unreachable, sms.refuse]
    guid = house.submit(order(BOTH)).guid
    house.drain()
    assert house.state(guid) == (3, 0)
    house.wait(timedelta(seconds=2))
    assert house.state(guid) == (12, 99903)


def test_one_unreachable_of_two(sms: Scripted) -> None:
    """The other goes on, and the whole is partially completed."""
    house = sms.house
    sms.script = [sms.refuse]
    guid = house.submit(order(ANA, LUIS)).guid
    house.drain()
    assert house.state(guid) == (9, 0)
    reached = next(each.position for each in house.recipients(guid) if not each.state.terminal)
    house.guest(guid, reached).decide()
    house.drain()
    assert house.state(guid) == (12, 16)


def test_whatever_a_relay_says_is_kept(sms: Scripted) -> None:
    """Words that no database holds cost neither the receipt nor a second message."""
    house = sms.house

    def odd(message: Message) -> Receipt:
        sms.deliver(message)
        return Receipt(Outcome.ACCEPTED, house.clock.now(), "\x00" * 500, "250 ok\x00\ud800\x1b[31m" * 100)

    sms.script = [odd]
    guid = house.submit().guid
    house.drain()
    assert outcomes(house, guid) == [Outcome.ACCEPTED]
    assert house.state(guid)[0] == 4
    assert len(sms.sent) == 1


def test_dispatched_is_not_delivered(sms: Scripted) -> None:
    """An accepting relay proves dispatch only: state 4; the access proves more."""
    house = sms.house
    sms.script = [sms.accept]
    guid = house.submit().guid
    house.drain()
    assert house.state(guid)[0] == 4
    assert "DELIVERED" not in house.kinds(guid)
    house.guest(guid).enter()
    assert house.state(guid)[0] == 6


def test_a_receipt_after_the_lease_ended(sms: Scripted) -> None:
    """A worker so slow that another took its task over: nothing leaves twice, and its receipt is kept."""
    house = sms.house

    def slow(message: Message) -> Receipt:
        sms.sent.append(message.id)
        house.wait(2 * LEASE)
        return sms.inner.send(message)

    sms.script = [slow]
    guid = house.submit().guid
    house.drain()
    assert outcomes(house, guid) == [Outcome.UNKNOWN]
    assert len(sms.sent) == 1
    kinds = house.kinds(guid)
    assert kinds.index("NOTICE_UNKNOWN") < kinds.index("DISPATCHED") < kinds.index("DELIVERED")
    assert house.state(guid)[0] == 5


def test_a_receipt_after_the_end(sms: Scripted) -> None:
    """A receipt that comes after 12 is kept with evidence of its own, and alters nothing."""
    house = sms.house
    certificates: list[bytes] = []

    closed_at: list[datetime] = []

    def late(message: Message) -> Receipt:
        receipt = sms.deliver(message)
        house.cancel(guid)
        house.drain()
        closed_at.append(house.status(guid).record.updated_at)
        certificates.extend(each.sha256 for each in house.certificates(guid))
        return receipt

    sms.script = [late]
    guid = house.submit().guid
    house.drain()
    assert house.state(guid) == (12, 99932)
    assert house.kinds(guid)[-2:] == ["DISPATCHED", "DELIVERED"]
    [late_proof] = [
        file for file in house.evidence(guid) if file.evidence.event is ErdsEvent.NOTIFICATION_DELIVERED
    ]
    facts = house.verified(late_proof.octets).facts
    assert facts is not None
    assert facts.result == 99932
    assert [house.status(guid).record.updated_at] == closed_at
    assert [each.sha256 for each in house.certificates(guid)] == certificates
    assert len(certificates) == 2


def test_no_message_is_sent_twice(house: House) -> None:
    """Running every task again, as after a lost completion, sends nothing again."""
    guid = house.submit().guid
    seen: list[Task] = []
    while tasks := house.claim(1):
        seen += tasks
        house.run(*tasks)
    guest = house.guest(guid)
    guest.read()
    house.system.request_code(guest.session)
    while tasks := house.claim(1):
        seen += tasks
        house.run(*tasks)
    before = [message["id"] for message in house.messages()]
    for task in seen:
        house.system.handlers[task.kind](task)
    house.drain()
    assert [message["id"] for message in house.messages()] == before
    assert len(before) == len(set(before)) == 2

"""Anything in any order: people, channels, workers, clock and alarms walk at random over a transaction."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from gateway.domain.delivery import Channel, Message, Outcome, Receipt
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.record import EvidenceStatus, RecipientRecord
from gateway.domain.results import RecipientState, combined
from gateway.usecases.ports import Courier
from gateway.usecases.results import Stage
from tests.guest import Guest
from tests.house import LEASE, House
from tests.orders import ANA, LUIS, Person, order

POSITIONS = st.integers(0, 1)
PEOPLE = st.sampled_from([(ANA,), (ANA, LUIS), (ANA, replace(LUIS, order=2))])
SERVICES = st.sampled_from(["CONTRACT_EXPRESS", "CONTRACT"])
TIMES = st.sampled_from(
    [timedelta(seconds=5), timedelta(seconds=25), timedelta(minutes=11), timedelta(hours=9)]
)
MOODS = st.sampled_from(["well", "down", "refusing", "dying", "dying after"])
# Refusals that would be a fault of ours, whatever anybody does.
OURS = {ErrorKind.INTERNAL, ErrorKind.CONFIGURATION, ErrorKind.TEMPORARILY_UNAVAILABLE}
MOST_ROUNDS = 40


class Moody(Courier):
    """A channel that delivers, refuses, is down, dies before or after sending, as it was told last."""

    def __init__(self, house: House, inner: Courier) -> None:
        self.house, self.inner, self.mood = house, inner, "well"
        self.sent: list[str] = []

    def send(self, message: Message) -> Receipt:
        mood, self.mood = self.mood, "well"
        if mood == "down":
            raise ConnectionError
        if mood == "refusing":
            return Receipt(Outcome.REFUSED, self.house.clock.now())
        if mood == "dying":
            raise SystemExit
        self.sent.append(message.id)
        receipt = self.inner.send(message)
        if mood == "dying after":
            raise SystemExit
        return receipt

    def find(self, message_id: str) -> Receipt | None:
        return None


class Walk(RuleBasedStateMachine):
    """One transaction in a house that lives on from walk to walk."""

    house: ClassVar[House]
    channel: ClassVar[Moody]

    @initialize(people=PEOPLE, service=SERVICES, mood=MOODS, steps=st.integers(0, 8))
    def submit(self, people: tuple[Person, ...], service: str, mood: str, steps: int) -> None:
        self.channel.mood = mood
        self.guid = self.house.submit(order(*people, service=service, time_to_close="P2D")).guid
        self.people = len(people)
        self.state, self.result = 1, 0
        self.ended: dict[int, RecipientRecord] = {}
        for _ in range(steps):
            self.go_on_after_work(0)

    def attempt(self, act: Callable[..., object], *arguments: object) -> bool:
        """Whatever a person tries is done or refused, and never an error of ours."""
        try:
            act(*arguments)
        except GatewayError as error:
            if error.kind in OURS:
                raise
            return False
        return True

    def guest(self, position: int) -> Guest:
        return self.house.guest(self.guid, position % self.people)

    def has_link(self, guest: Guest) -> bool:
        return bool(self.house.messages(f"notice-{self.guid}-{guest.position}-"))

    def code(self, guest: Guest) -> str:
        came = self.house.messages(f"code-{self.guid}-{guest.position}-")
        return guest.code if came else "000000"

    @rule(position=POSITIONS)
    def go_on(self, position: int) -> None:
        """What a recipient of good will does next."""
        guest = self.guest(position)
        if not self.entered(guest):
            _ = self.has_link(guest) and self.attempt(guest.enter)
        elif self.attempt(self.house.system.consult.view, guest.session):
            self.next_step(guest)

    def next_step(self, guest: Guest) -> None:
        consult, session = self.house.system.consult, guest.session
        stage = consult.view(session).stage
        if stage is Stage.CONDITIONS:
            self.attempt(consult.accept_conditions, session)
        elif stage is Stage.UNLOCK:
            if not self.attempt(self.house.system.sign.unlock, session, self.code(guest)):
                self.attempt(self.house.system.request_code, session)
        elif stage is Stage.DOCUMENTS:
            self.attempt(consult.read_document, session, 0)
            self.attempt(self.house.system.request_code, session)
        elif not self.attempt(guest.sign, self.code(guest)):
            self.attempt(self.house.system.request_code, session)

    @rule(position=POSITIONS, steps=st.integers(1, 3))
    def go_on_for_long(self, position: int, steps: int) -> None:
        for _ in range(steps):
            self.go_on_after_work(position)

    def go_on_after_work(self, position: int) -> None:
        self.house.drain()
        self.go_on(position)

    @rule(position=POSITIONS, times=st.integers(1, 3))
    def err(self, position: int, times: int) -> None:
        """Wrong identifiers, wrong codes, a code too early or too often."""
        guest = self.guest(position)
        if not self.entered(guest):
            assert not (self.has_link(guest) and self.attempt(guest.enter, "nobody's"))
            return
        wrong = f"{(int(self.code(guest)) + 1) % 10**6:06d}"
        for _ in range(times):
            assert not self.attempt(guest.sign, wrong)
            assert not self.attempt(self.house.system.sign.unlock, guest.session, wrong)
        if self.attempt(self.house.system.request_code, guest.session):
            assert not self.attempt(self.house.system.request_code, guest.session), "a double click"

    @rule(position=POSITIONS, act=st.sampled_from(["sign", "reject", "withdraw"]))
    def end_it_twice(self, position: int, act: str) -> None:
        """A double click on the last button decides once."""
        guest = self.guest(position)
        if self.house.recipients(self.guid)[guest.position].state is RecipientState.CHALLENGED:
            acts = {
                "sign": lambda: guest.sign(self.code(guest)),
                "reject": guest.reject,
                "withdraw": lambda: self.house.system.refuse.withdraw(guest.session),
            }
            ended = [self.attempt(acts[act]) for _ in range(2)]
            assert ended.count(True) <= 1

    @rule(time=TIMES)
    def let_time_pass(self, time: timedelta) -> None:
        self.house.clock.advance(time)
        self.house.expire()

    @rule(act=st.sampled_from(["claim and die", "run one", "cancel"]))
    def interfere(self, act: str) -> None:
        """A worker dies with tasks in hand, another does one; the issuer may cancel late."""
        if act == "cancel":
            if self.state in {8, 9}:
                self.attempt(self.house.cancel, self.guid)
            return
        tasks = self.house.claim(1)
        if act == "run one":
            self.house.run(*tasks)

    @rule(mood=MOODS)
    def spoil_the_channel(self, mood: str) -> None:
        self.channel.mood = mood

    def entered(self, guest: Guest) -> bool:
        """Whether this recipient has a session at the portal."""
        return any(
            event.kind == "ACCESSED" and event.position == guest.position
            for event in self.house.events(self.guid)
        )

    @invariant()
    def the_state_never_goes_back(self) -> None:
        state, result = self.house.state(self.guid)
        assert state >= self.state
        assert (result != 0) == (state >= 10)
        assert self.result in (0, result), "a result is set once"
        self.state, self.result = state, result

    @invariant()
    def nobody_decides_twice(self) -> None:
        for recipient in self.house.recipients(self.guid):
            if recipient.state.terminal:
                assert self.ended.setdefault(recipient.position, recipient) == recipient

    @invariant()
    def nothing_is_sent_twice(self) -> None:
        assert len(self.channel.sent) == len(set(self.channel.sent))
        with self.house.tech.database.read() as uow:
            effects = list(uow.effects.of(self.guid))
        delivered = {Outcome.ACCEPTED, Outcome.DELIVERED}
        series = [effect.id.rpartition(".")[0] for effect in effects if effect.outcome in delivered]
        assert len(series) == len(set(series))

    def teardown(self) -> None:
        """Whatever happened, once time is over the transaction reaches 12 with all its proof."""
        record = self.house.status(self.guid).record
        self.house.clock.advance(max(record.close_at - self.house.clock.now(), timedelta()) + LEASE)
        for _ in range(MOST_ROUNDS):
            self.house.expire()
            self.house.drain()
            if "CERTIFIED" in self.house.kinds(self.guid):
                break
            self.house.clock.advance(2 * LEASE)
        self.the_state_never_goes_back()
        self.nobody_decides_twice()
        assert self.state == 12
        if "CANCELLED" in self.house.kinds(self.guid):
            assert self.result == 99932
        else:
            assert self.result == combined([each.result for each in self.house.recipients(self.guid)])
        self.everything_is_proven()

    def everything_is_proven(self) -> None:
        events = {event.id: event for event in self.house.events(self.guid)}
        states = [event.state for event in events.values()]
        assert states == sorted(states)
        for file in self.house.evidence(self.guid):
            assert file.evidence.status is EvidenceStatus.SEALED
            facts = self.house.verified(file.octets).facts
            assert facts is not None
            assert facts.event_time == events[facts.evidence_id].at
        assert self.house.verified(self.house.certificates(self.guid)[0].octets).root_name == "Certificate"
        assert not self.house.system.support.dead_tasks(10)


@pytest.fixture(scope="module", autouse=True)
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    Walk.house = House(tmp_path_factory.mktemp("walk"))
    Walk.channel = Moody(Walk.house, Walk.house.couriers[Channel.SMS])
    Walk.house.couriers[Channel.SMS] = Walk.channel
    yield Walk.house
    Walk.house.close()


TestWalk = Walk.TestCase
TestWalk.settings = settings(
    max_examples=40,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)

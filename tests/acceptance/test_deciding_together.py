"""Several recipients at once and in any order: what they make of the whole, against a model of its own."""

from collections.abc import Iterator
from dataclasses import replace
from threading import Barrier, Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.evidence import ErdsEvent
from gateway.domain.results import RecipientState, Result
from gateway.usecases.decide import Outcome, settle
from gateway.usecases.journal import Journal
from gateway.usecases.visit import visit
from tests.house import House
from tests.orders import ANA, EVA, LUIS, Person, order

PEOPLE = (ANA, LUIS, EVA)
# What may happen to somebody: their state, their result, and the same result by its public number.
FATES = {
    "sign": (RecipientState.SIGNED, Result.COMPLETED, 7),
    "reject": (RecipientState.REJECTED, Result.REJECTED, 8),
    "withdraw": (RecipientState.WITHDRAWN, Result.WITHDRAWN_BY_RECIPIENT, 99940),
    "spend": (RecipientState.REJECTED, Result.CODE_ATTEMPTS_EXCEEDED, 99904),
    "bounce": (RecipientState.UNREACHABLE, Result.NOTICE_FAILED, 99903),
}
FIRST = (8, 99940, 99904, 99901, 99903, 99906)


def test_two_decide_at_the_same_instant(house: House) -> None:
    """Exactly one of them fixes the outcome and has it closed, whichever it is."""
    guid = house.submit(order(ANA, LUIS)).guid
    house.drain()
    guests = [house.guest(guid, position) for position in range(2)]
    for guest in guests:
        guest.read()
        guest.ask()
    codes, barrier = [guest.code for guest in guests], Barrier(2)
    failed: list[BaseException] = []

    def act(position: int) -> None:
        barrier.wait()
        try:
            guests[position].sign(codes[position])
        except BaseException as error:
            failed.append(error)

    threads = [Thread(target=act, args=(position,)) for position in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    kinds = house.kinds(guid)
    assert (kinds.count("DECIDED_SOME"), kinds.count("DECIDED_ALL")) == (1, 1)
    assert house.state(guid) == (10, 7)
    assert [task.kind for task in house.claim(50)].count("close") == 1


class Model:
    """The rule in its plainest words, over roles and orders alone."""

    def __init__(self, orders: list[int], viewers: set[int], ends: bool) -> None:
        self.orders, self.ends = orders, ends
        self.deciding = [place for place in range(len(orders)) if place not in viewers]
        self.ended: dict[int, str] = {}
        self.over = False

    def refused(self, place: int) -> ErrorKind | None:
        if self.over or place in self.ended:
            return ErrorKind.CLOSED
        open_ones = [self.orders[each] for each in self.deciding if each not in self.ended]
        return ErrorKind.NOT_YOUR_TURN if self.orders[place] > min(open_ones) else None

    def end(self, place: int, fate: str) -> None:
        self.ended[place] = fate
        if place in self.deciding:
            self.over = all(each in self.ended for each in self.deciding) or (self.ends and fate == "reject")

    def expected(self) -> tuple[int, int]:
        numbers = [FATES[self.ended[each]][2] for each in self.deciding if each in self.ended]
        if not self.over:
            return (9, 0) if numbers else (1, 0)
        if 7 in numbers:
            return 10, 7 if numbers.count(7) == len(self.deciding) else 16
        return 10, next(number for number in FIRST if number in numbers)


@pytest.fixture(scope="module")
def lived_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One house for all histories."""
    house = House(tmp_path_factory.mktemp("histories"))
    yield house
    house.close()


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    orders=st.lists(st.integers(1, 3), min_size=1, max_size=3),
    viewers=st.sets(st.integers(0, 2), max_size=2),
    ends=st.booleans(),
    history=st.lists(st.tuples(st.integers(0, 2), st.sampled_from(sorted(FATES))), max_size=8),
)
def test_any_history_ends_as_the_rule_says(
    lived_in: House, orders: list[int], viewers: set[int], ends: bool, history: list[tuple[int, str]]
) -> None:
    """State, result, whose turn it is and who was left open, after every step of any history."""
    last = max((each for place, each in enumerate(orders) if place not in viewers), default=0)
    if any(place < len(orders) and orders[place] > last for place in viewers):
        return
    model = Model(orders, viewers, ends)
    guid = lived_in.submit(asked(orders, viewers, ends)).guid
    for at, fate in history:
        place = at % len(orders)
        assert attempt(lived_in, guid, place, fate) is model.refused(place)
        if model.refused(place) is None:
            model.end(place, fate)
        assert lived_in.state(guid) == model.expected()
    left = [event.position for event in lived_in.events(guid) if event.kind == "LEFT_OPEN"]
    assert left == [each for each in range(len(orders)) if model.over and each not in model.ended]


def asked(orders: list[int], viewers: set[int], ends: bool) -> bytes:
    people: list[Person] = []
    for place, turn in enumerate(orders):
        action = "READ" if place in viewers else "SIGN"
        people.append(replace(PEOPLE[place], order=turn, rules=(("all", action, True),)))
    return order(*people, groups={"all": [0]}, on_reject="END" if ends else "CONTINUE")


def attempt(house: House, guid: str, place: int, fate: str) -> ErrorKind | None:
    """End one recipient, as their use case would; the refusal's kind, if it was refused."""
    state, result, _ = FATES[fate]
    journal = Journal(house.tech.sealer, house.tech.vault, house.clock)
    with house.tech.database.write() as uow:
        try:
            here = visit(uow, guid, place, house.clock)
        except GatewayError as error:
            return error.kind
        settle(uow, journal, here, Outcome(state, result, ErdsEvent.SIGNED))
        uow.commit()
    return None

"""The state table: frozen numbers, forward only, 12 terminal, every pair walked."""

from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.catalogue import CATALOGUE, Act, Service
from gateway.domain.states import TRANSITIONS, Event, State, move

EVENTS = st.lists(st.sampled_from(Event), max_size=60)


def test_numbers_are_frozen() -> None:
    """The public numbers never change, whatever is added around them."""
    assert {state.name: int(state) for state in State} == {
        "RECEIVED": 0,
        "VALIDATED": 1,
        "STAMPED": 2,
        "SEALED": 3,
        "DISPATCHED": 4,
        "NOTIFIED": 5,
        "ACCESSED": 6,
        "CONSULTED": 7,
        "CHALLENGED": 8,
        "PARTIALLY_DECIDED": 9,
        "DECIDED": 10,
        "CLOSING": 11,
        "CLOSED": 12,
    }


@given(EVENTS)
def test_no_sequence_of_events_moves_back_or_leaves_twelve(events: list[Event]) -> None:
    """Whatever arrives in whatever order, the state only grows, and 12 is the end."""
    state = State.RECEIVED
    for event in events:
        step = move(state, event)
        if step is None:
            continue
        assert step.to >= state
        assert state is not State.CLOSED or step.to is State.CLOSED
        state = step.to


def test_every_pair_is_either_a_row_or_refused() -> None:
    """The walk over every state and event finds exactly the rows of the table."""
    found = {(state, event) for state in State for event in Event if move(state, event)}
    assert found == set(TRANSITIONS)
    assert all(TRANSITIONS[pair].to >= pair[0] for pair in found)


def test_every_state_is_reached_and_only_twelve_is_final() -> None:
    """From 0 every state can be reached, and from every state 12 can."""
    ahead = {state: {TRANSITIONS[s, e].to for s, e in TRANSITIONS if s is state} - {state} for state in State}
    assert _closure(State.RECEIVED, ahead) == set(State)
    assert all(State.CLOSED in _closure(state, ahead) for state in State)
    assert [state for state in State if not ahead[state]] == [State.CLOSED]


@given(st.sampled_from([state for state in State if state >= State.DECIDED]), st.sampled_from(Event))
def test_nothing_decides_twice(state: State, event: Event) -> None:
    """From 10 on no access, act, cancellation or expiry has a row; only closing and late receipts do."""
    if move(state, event):
        assert event in {Event.CLOSING, Event.CLOSED, Event.DELIVERED}


@given(st.sampled_from(Event))
def test_a_duplicate_never_moves_further(event: Event) -> None:
    """The same event at once again stays where it is, or is refused."""
    for state in State:
        step = move(state, event)
        if step and (again := move(step.to, event)):
            assert again.to is step.to


def test_each_service_names_the_states_it_skips() -> None:
    """Fourteen services; those that nobody decides by an act never see a challenge."""
    assert set(CATALOGUE) == set(Service)
    for profile in CATALOGUE.values():
        assert not profile.skips & {State.RECEIVED, State.VALIDATED, State.STAMPED, State.SEALED}
        assert not profile.skips & {State.DECIDED, State.CLOSING, State.CLOSED}
        if profile.act is Act.NONE:
            assert State.CHALLENGED in profile.skips
        assert bool(profile.sign_methods) == bool(profile.codes)


def _closure(start: State, ahead: dict[State, set[State]]) -> set[State]:
    seen, frontier = {start}, [start]
    while frontier:
        fresh = ahead[frontier.pop()] - seen
        seen |= fresh
        frontier.extend(fresh)
    return seen

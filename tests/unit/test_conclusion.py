"""What a recipient who was asked for no act ends with, from any history of messages and receipts."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.catalogue import CATALOGUE, Service
from gateway.domain.conclusion import FAILURES, IDENTIFIED, SIGNS, Basis, conclude, evidence_of, summary
from gateway.domain.evidence import ErdsEvent
from gateway.domain.record import EventRecord
from gateway.domain.results import RecipientState, Result
from gateway.domain.states import State

START = datetime(2026, 11, 1, tzinfo=UTC)
MESSAGES = ("notice-EMAIL", "notice-SMS")
KINDS = ("DISPATCHED", "DELIVERED", "MESSAGE_SENT", "MESSAGE_FETCHED", *sorted(FAILURES | SIGNS))
STATES = (RecipientState.PENDING, RecipientState.NOTIFIED, *sorted(IDENTIFIED, key=lambda each: each.value))


@st.composite
def histories(draw: st.DrawFn) -> list[EventRecord]:
    told = draw(st.lists(st.tuples(st.sampled_from(KINDS), st.sampled_from(MESSAGES), st.integers(0, 5000))))
    return [
        EventRecord(
            id=str(number),
            guid="g",
            sequence=number,
            kind=kind,
            state=State.DISPATCHED,
            at=START + timedelta(minutes=minutes),
            recorded_at=START + timedelta(days=5),
            position=0,
            details=(("effect", message),),
        )
        for number, (kind, message, minutes) in enumerate(told)
    ]


@given(st.sampled_from(STATES), st.lists(st.sampled_from(MESSAGES), unique=True), histories())
def test_nothing_negative_is_stated_against_a_proof(
    state: RecipientState, messages: list[str], events: list[EventRecord]
) -> None:
    """Whoever came in, or did what nobody can do with a message that never reached them, has received it."""
    ended = conclude(state, messages, events)
    if state in IDENTIFIED or any(each.kind in SIGNS for each in events):
        assert ended.result is Result.COMPLETED
    if not any(each.kind == "DELIVERED" or each.kind in SIGNS for each in events):
        assert ended.result is not Result.COMPLETED or state in IDENTIFIED


@given(st.sampled_from(STATES), st.lists(st.sampled_from(MESSAGES), unique=True), histories(), st.randoms())
def test_the_order_in_which_receipts_are_told_says_nothing(
    state: RecipientState, messages: list[str], events: list[EventRecord], chance: object
) -> None:
    """Late, early and shuffled: only the instants at which things happened count."""
    shuffled = list(events)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert conclude(state, messages, events) == conclude(state, messages, shuffled)


@given(histories())
def test_a_failure_after_the_arrival_takes_it_back_and_one_before_does_not(events: list[EventRecord]) -> None:
    """The last word about a message is what counts of it."""
    quiet = [each for each in events if each.kind not in SIGNS]
    ended = conclude(RecipientState.NOTIFIED, MESSAGES, quiet)
    for message in MESSAGES:
        own = [each for each in quiet if dict(each.details)["effect"] == message]
        arrived = [each.at for each in own if each.kind == "DELIVERED"]
        failed = [each.at for each in own if each.kind in FAILURES]
        if arrived and (not failed or max(arrived) >= max(failed)):
            assert ended.basis is Basis.AVAILABILITY
            return
    assert ended.basis in {Basis.FAILURE, Basis.NOTHING_PROVEN}


@given(st.sampled_from(STATES), st.lists(st.sampled_from(MESSAGES), unique=True), histories())
def test_evidence_and_result_say_the_same(
    state: RecipientState, messages: list[str], events: list[EventRecord]
) -> None:
    """Every end has its evidence: negative with a negative result, and of a portal's service the content that
    nobody fetched is told as not handed over."""
    for service in (Service.COMMUNICATION, Service.CERTIFIED_EMAIL):
        profile, ended = CATALOGUE[service], conclude(state, messages, events)
        evidence = evidence_of(profile, ended)
        if ended.result is not Result.COMPLETED:
            assert evidence in {profile.undelivered, profile.expired}
        elif service is Service.COMMUNICATION and ended.state is not RecipientState.CONSULTED:
            assert evidence is ErdsEvent.CONTENT_HANDOVER_FAILURE
        else:
            assert evidence is ErdsEvent.COMMUNICATION_CONCLUDED
        told = dict(summary(ended, messages, events))
        assert told["recipient_result"] == str(int(ended.result))
        assert (told["available_at"] == "-") is not any(each.kind == "DELIVERED" for each in events)

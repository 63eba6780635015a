"""How a recipient who was asked for no act ended, from what is proven of them when the time is over. Pure.

Negative evidence is stated only where nothing speaks against it: whoever opened a message has received it,
whatever a receipt said.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from gateway.domain.catalogue import Profile
from gateway.domain.evidence import ErdsEvent
from gateway.domain.reports import MISMATCH
from gateway.domain.results import RecipientState, Result
from gateway.domain.states import State

if TYPE_CHECKING:
    from gateway.domain.record import EventRecord

IDENTIFIED = frozenset({RecipientState.ACCESSED, RecipientState.CONSULTED, RecipientState.CHALLENGED})
ARRIVED = "DELIVERED"
# What nobody can do with a message that did not reach them. A machine that fetches it proves nothing.
SIGNS = frozenset({"MESSAGE_OPENED", "MESSAGE_CLICKED", "MESSAGE_REPLIED", "MESSAGE_COMPLAINED"})
FAILURES = frozenset({"NOTICE_REFUSED", "MESSAGE_FAILED", "MESSAGE_REFUSED", "MESSAGE_RETURNED"})
HANDED_OVER = frozenset({"DOCUMENT_READ", "DOCUMENT_SHOWN"})
# The instants that the summary tells, by the kinds of events of which the first one counts.
FIRSTS: tuple[tuple[str, frozenset[str]], ...] = (
    ("sent_at", frozenset({"DISPATCHED", "MESSAGE_SENT"})),
    ("available_at", frozenset({ARRIVED})),
    ("opened_at", frozenset({"MESSAGE_OPENED", "MESSAGE_CLICKED"})),
    ("accessed_at", frozenset({"ACCESSED"})),
    ("consulted_at", frozenset({"CONSULTED"})),
    ("handed_over_at", HANDED_OVER),
)


class Basis(StrEnum):
    """What the end rests on."""

    ACCESS = "ACCESS"
    AVAILABILITY = "AVAILABILITY"
    SIGN_OF_RECEPTION = "SIGN_OF_RECEPTION"
    FAILURE = "FAILURE"
    NOTHING_PROVEN = "NOTHING_PROVEN"


@dataclass(frozen=True, slots=True)
class Conclusion:
    """The state that they keep or get, their result, and what both rest on."""

    state: RecipientState
    result: Result
    basis: Basis


def conclude(state: RecipientState, messages: Sequence[str], events: "Sequence[EventRecord]") -> Conclusion:
    """`messages` are the ids of what was sent to notify them (of several attempts the last one), `events`
    those about them; both since their contact was last corrected."""
    if state in IDENTIFIED:
        return Conclusion(state, Result.COMPLETED, Basis.ACCESS)
    reached = RecipientState.NOTIFIED
    if any(event.kind in SIGNS and MISMATCH not in dict(event.details) for event in events):
        return Conclusion(reached, Result.COMPLETED, Basis.SIGN_OF_RECEPTION)
    arrived, failed = _last(events, {ARRIVED}), _last(events, FAILURES)
    told = _last([event for event in events if not _of_hand_over(event)], {ARRIVED})
    # What is told later is in the order of its instants. A server's word at the hand-over is before any
    # bounce, whatever the clock of the server that sends it.
    if any(each not in failed or (each in told and told[each] >= failed[each]) for each in arrived):
        return Conclusion(reached, Result.COMPLETED, Basis.AVAILABILITY)
    sent = {*messages, *arrived}
    if sent and sent <= set(failed):
        return Conclusion(RecipientState.UNREACHABLE, Result.NOTICE_FAILED, Basis.FAILURE)
    return Conclusion(RecipientState.EXPIRED, Result.EXPIRED, Basis.NOTHING_PROVEN)


def evidence_of(profile: Profile, ended: Conclusion) -> ErdsEvent:
    """The summing-up evidence: positive, or that of what did not happen until the deadline.

    In a service with a portal an available content that nobody fetched was not handed over (EN 319 522-1,
    event F.2): that is the proof of non-reception of whoever was told of it.
    """
    if ended.basis is Basis.FAILURE:
        return profile.undelivered
    if ended.basis is Basis.NOTHING_PROVEN:
        return profile.expired
    if State.CONSULTED not in profile.skips and ended.state is not RecipientState.CONSULTED:
        return ErdsEvent.CONTENT_HANDOVER_FAILURE
    return ErdsEvent.COMMUNICATION_CONCLUDED


def summary(
    ended: Conclusion, messages: Sequence[str], events: "Sequence[EventRecord]"
) -> tuple[tuple[str, str], ...]:
    """For event and evidence: sending, availability, access or their absence, each with its first instant."""
    return (
        ("recipient_state", ended.state.value),
        ("recipient_result", str(int(ended.result))),
        ("basis", ended.basis.value),
        ("messages", str(len(messages))),
        *_firsts(events),
        *_failure(events),
    )


def _of_hand_over(event: "EventRecord") -> bool:
    """Only what we saw ourselves has an outcome; what is reported does not."""
    return "outcome" in dict(event.details)


def _last(events: "Sequence[EventRecord]", kinds: "set[str] | frozenset[str]") -> dict[str, datetime]:
    """By message, the latest instant at which it was told."""
    found: dict[str, datetime] = {}
    for event in events:
        if event.kind in kinds:
            message = dict(event.details).get("effect", "")
            found[message] = max(event.at, found.get(message, event.at))
    return found


def _firsts(events: "Sequence[EventRecord]") -> Iterator[tuple[str, str]]:
    for name, kinds in FIRSTS:
        instants = [event.at for event in events if event.kind in kinds]
        yield name, min(instants).isoformat() if instants else "-"
    handed = {dict(event.details).get("document", "") for event in events if event.kind in HANDED_OVER}
    yield "documents_handed_over", ",".join(sorted(filter(None, handed), key=int)) or "-"


def _failure(events: "Sequence[EventRecord]") -> Iterator[tuple[str, str]]:
    failures = [event for event in events if event.kind in FAILURES]
    if failures:
        last = max(failures, key=lambda event: event.at)
        told = dict(last.details)
        yield "failed_at", last.at.isoformat()
        yield "failure", told.get("failure") or told.get("detail") or last.kind

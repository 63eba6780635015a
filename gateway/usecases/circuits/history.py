"""What a circuit knows: the rules that hold for a transaction, and what was sent to a recipient so far."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from gateway.domain.circuit_asked import has_contact
from gateway.domain.circuit_words import Why
from gateway.domain.circuits import Circuit, Fate, Limits, Sending, Standing
from gateway.domain.consents import Purpose
from gateway.domain.contact import KIND_OF
from gateway.domain.delivery import Channel, Effect, Outcome
from gateway.domain.record import EventRecord, RecipientRecord, TransactionRecord
from gateway.domain.reports import ReportKind, ReportRow
from gateway.domain.results import RecipientState, Result
from gateway.domain.states import Event
from gateway.usecases.ports import UnitOfWork
from gateway.usecases.reports.notices import abandoned, address_of, notices

STEP = "CIRCUIT_STEP"
FORGONE = "CIRCUIT_STEP_FORGONE"
ADVANCED = "SANDBOX_ADVANCED"
FATES = {
    None: Fate.UNDER_WAY,
    Outcome.NOT_SENT: Fate.UNDER_WAY,
    Outcome.ACCEPTED: Fate.LEFT,
    Outcome.DELIVERED: Fate.DELIVERED,
    Outcome.REFUSED: Fate.FAILED,
    Outcome.UNKNOWN: Fate.UNKNOWN,
}
NOT_IN_YET = frozenset({RecipientState.PENDING, RecipientState.NOTIFIED})


def circuit_of(
    uow: UnitOfWork, record: TransactionRecord, limits: Limits, recipient: RecipientRecord | None = None
) -> Circuit:
    """The transaction's own rules, else its issuer's as they were when it was received; quiet hours are in
    the recipient's own time zone, if it is told. In the sandbox nobody sleeps: there are no quiet hours."""
    if not record.profile.told:
        return Circuit((), limits)
    default = uow.circuits.at(record.issuer, record.received_at) or Circuit((), limits)
    zone = recipient.asked.time_zone if recipient else ""
    own = replace(default.limits, zone=zone or default.limits.zone)
    chosen = Circuit(record.asked.rules or default.rules, own)
    return replace(chosen, limits=replace(chosen.limits, quiet=None)) if record.sandbox else chosen


def standing_of(
    uow: UnitOfWork, record: TransactionRecord, recipient: RecipientRecord, served: frozenset[Channel]
) -> Standing:
    events = uow.events.of(record.guid)
    since = recipient.corrected_at
    own = [
        each
        for each in events
        if each.position == recipient.position and (since is None or each.recorded_at >= since)
    ]
    nearer = [each for each in events if each.kind == ADVANCED]
    sendings = [
        replace(each, at=_brought_forward(each.at, nearer)) for each in _sendings(uow, recipient, own)
    ]
    acted = recipient.state.terminal or recipient.result is not Result.PENDING
    return Standing(
        tuple(sorted(sendings, key=lambda each: each.at)),
        record.close_at,
        acted=acted or recipient.acknowledged_at is not None or record.state.closed_to_access,
        opened=_opened(recipient, own),
        barred=tuple(_barred(uow, record, recipient, served)),
    )


def _opened(recipient: RecipientRecord, own: Sequence[EventRecord]) -> bool:
    """Whether who is meant came in; whoever had the contact before it was corrected was somebody else."""
    if recipient.corrected_at is None:
        return recipient.state not in NOT_IN_YET
    return any(each.kind == Event.ACCESSED.value or each.kind == "ACCESSED_AGAIN" for each in own)


def _brought_forward(at: datetime, nearer: Sequence[EventRecord]) -> datetime:
    """In the sandbox: as long ago as if the time that was brought forward had passed."""
    seconds = (dict(each.details).get("simulated_seconds", "0") for each in nearer if each.recorded_at >= at)
    return at - timedelta(seconds=sum(map(int, seconds)))


def _sendings(uow: UnitOfWork, recipient: RecipientRecord, own: Sequence[EventRecord]) -> Iterator[Sending]:
    """One for each message, whatever it took to hand it over, and for each that is queued and not begun."""
    steps = queued(own)
    forgone = {dict(each.details)["effect"] for each in own if each.kind == FORGONE}
    reports = uow.reports.of(recipient.guid)
    attempts: dict[str, list[Effect]] = {}
    for each in notices(uow, recipient):
        attempts.setdefault(each.id.rpartition(".")[0], []).append(each)
    for name, tried in attempts.items():
        rule, _ = steps.pop(name, ("", None))
        last = tried[-1]
        fate = _fate(uow, last, [row for row in reports if row.report.effect == last.id])
        if abandoned(recipient, last) or name in forgone:
            fate = Fate.FAILED
        yield Sending(last.channel, tried[0].intended_at, fate, rule)
    for name, (rule, at) in steps.items():
        fate = Fate.FAILED if name in forgone else Fate.UNDER_WAY
        yield Sending(Channel(name.rpartition("-")[2]), at, fate, rule)


def queued(own: Sequence[EventRecord]) -> dict[str, tuple[str, datetime]]:
    """What a circuit has queued: the rule and the instant, by the message's name."""
    told = [(dict(each.details), each.at) for each in own if each.kind == STEP]
    return {details["effect"]: (details["rule"], at) for details, at in told}


def _fate(uow: UnitOfWork, effect: Effect, reports: Sequence[ReportRow]) -> Fate:
    """By the latest report that says so, else by what the channel answered."""
    for row in reversed(reports):
        if row.report.kind.undelivered:
            return Fate.FAILED
        if row.report.kind is ReportKind.DELIVERED and _whole(uow, row):
            return Fate.DELIVERED
    return FATES[effect.outcome]


def _whole(uow: UnitOfWork, row: ReportRow) -> bool:
    if not row.report.part:
        return True
    return all(part.delivered_at is not None for part in uow.message_parts.of(row.report.effect) if part.part)


def _barred(
    uow: UnitOfWork, record: TransactionRecord, recipient: RecipientRecord, served: frozenset[Channel]
) -> Iterator[tuple[Channel, Why]]:
    for channel in Channel:
        if channel is Channel.WEB or channel not in served:
            yield channel, Why.NO_COURIER
        elif not has_contact(recipient.asked, channel):
            yield channel, Why.NO_CONTACT
        elif blocked(uow, recipient, channel):
            yield channel, Why.BLOCKED
        elif channel is Channel.POSTAL and waived(uow, record, recipient):
            yield channel, Why.WAIVED


def blocked(uow: UnitOfWork, recipient: RecipientRecord, channel: Channel) -> bool:
    kind = KIND_OF.get(channel)
    return kind is not None and uow.blocks.blocked(kind, address_of(recipient, channel), recipient.guid)


def waived(uow: UnitOfWork, record: TransactionRecord, recipient: RecipientRecord) -> bool:
    """Whether this person's last word to this issuer is that no post is wanted."""
    identity = recipient.asked.identity
    if identity is None:
        return False
    given = [
        each for each in uow.consents.of(record.issuer, identity.value) if each.purpose is Purpose.WAIVE_POST
    ]
    return bool(given) and given[-1].withdrawn_at is None

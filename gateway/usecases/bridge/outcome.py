"""What a bridged call comes to: held by both, or tried and not held. Written with the report that says so.

Nothing is dialled again by itself, but for the attempts that the issuer asked for, each after one that failed
for certain.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from gateway.domain.bridge import BridgedCall, Leg
from gateway.domain.delivery import Effect, Purpose
from gateway.domain.evidence import ErdsEvent
from gateway.domain.record import TransactionRecord
from gateway.domain.reports import ReportKind, ReportRow
from gateway.domain.results import Result
from gateway.usecases.decide_whole import decide_whole
from gateway.usecases.journal import Happening, Journal
from gateway.usecases.outbox import Kind, new_task
from gateway.usecases.ports import UnitOfWork

PAUSE = timedelta(minutes=5)
# No call of people is longer; of one that seems so, nobody told the end.
LONGEST = timedelta(hours=4)
KINDS = {
    ReportKind.ANSWERED: ("BRIDGE_ANSWERED", ErdsEvent.CALL_ANSWERED),
    ReportKind.HELD: ("BRIDGE_ENDED", None),
    ReportKind.RECORDED: ("BRIDGE_RECORDED", ErdsEvent.CALL_RECORDED),
    ReportKind.FAILED: ("BRIDGE_UNANSWERED", ErdsEvent.CALL_ATTEMPTED),
}


def told(
    uow: UnitOfWork,
    journal: Journal,
    record: TransactionRecord,
    effect: Effect,
    row: ReportRow,
    what: Happening,
) -> None:
    """One report of a call, which has just been kept: event, evidence, and what follows from it."""
    kind, evidence = KINDS[row.report.kind]
    journal.noted(uow, record, kind, replace(what, evidence=evidence))
    if record.state.closed_to_access:
        return
    rows = of_call(uow, effect)
    if row.report.kind is ReportKind.FAILED:
        failures = [each for each in rows if each.report.kind is ReportKind.FAILED]
        if len(failures) == 1 and not _first(rows, ReportKind.HELD):
            unanswered(uow, journal, record, row.report.at, row)
    elif _first(rows, ReportKind.HELD) and _first(rows, ReportKind.RECORDED):
        held(uow, journal, record, rows, row.received_at)


def unanswered(
    uow: UnitOfWork,
    journal: Journal,
    record: TransactionRecord,
    at: datetime,
    row: ReportRow | None = None,
) -> None:
    """An attempt failed for certain: another one by the issuer's rule, or the end."""
    call, made = _asked(record), attempts(uow, record.guid)
    due_at = journal.clock.now() + PAUSE
    if made < call.attempts and due_at < record.close_at:
        uow.tasks.add(new_task(Kind.PLACE_CALL, record.guid, due_at, str(made + 1), lane=record.lane))
        return
    failure = row.report.failure if row else None
    details = (*call.pairs(), ("attempts", str(made)), ("failure", failure.value if failure else "REFUSED"))
    what = Happening(at, evidence=record.profile.negative, details=details)
    decide_whole(uow, journal, record, what, Result.NOTICE_FAILED)


def held(
    uow: UnitOfWork, journal: Journal, record: TransactionRecord, rows: Sequence[ReportRow], at: datetime
) -> None:
    """Both spoke until one hung up; without a recording it is said that there is none."""
    details = (*_asked(record).pairs(), *_summary(rows))
    what = Happening(at, evidence=record.profile.positive, details=details)
    decide_whole(uow, journal, record, what, Result.COMPLETED)


def going_on(uow: UnitOfWork, record: TransactionRecord, now: datetime) -> bool:
    """Whether people are speaking, who are let to finish although the time is over."""
    rows = _of_calls(uow, record)
    return not _first(rows, ReportKind.HELD) and any(_speaks(row, rows, now) for row in rows)


def held_in_time(uow: UnitOfWork, journal: Journal, record: TransactionRecord, now: datetime) -> bool:
    """The time is over: whether a call was held, which ends it so now, recording or not."""
    rows = _of_calls(uow, record)
    if not _first(rows, ReportKind.HELD):
        return False
    held(uow, journal, record, rows, now)
    return True


def of_call(uow: UnitOfWork, effect: Effect) -> Sequence[ReportRow]:
    return [each for each in uow.reports.of(effect.guid) if each.report.effect == effect.id]


def attempts(uow: UnitOfWork, guid: str) -> int:
    calls = (each for each in uow.effects.of(guid) if each.purpose is Purpose.CALL)
    return len({each.id.rpartition(".")[0] for each in calls})


def _of_calls(uow: UnitOfWork, record: TransactionRecord) -> Sequence[ReportRow]:
    return [each for each in uow.reports.of(record.guid) if each.report.kind in KINDS]


def _speaks(row: ReportRow, rows: Sequence[ReportRow], now: datetime) -> bool:
    report = row.report
    if report.kind is not ReportKind.ANSWERED or now >= report.at + LONGEST:
        return False
    return not any(
        each.report.effect == report.effect and each.report.kind is ReportKind.FAILED for each in rows
    )


def _summary(rows: Sequence[ReportRow]) -> Iterator[tuple[str, str]]:
    for leg in Leg:
        answers = (each for each in rows if each.report.kind is ReportKind.ANSWERED)
        at = next((each.report.at for each in answers if ("leg", leg.value) in each.report.details), None)
        yield f"{leg.value.lower()}_answered_at", at.isoformat() if at else "-"
    ended, recorded = _first(rows, ReportKind.HELD), _first(rows, ReportKind.RECORDED)
    if ended:
        yield "ended_at", ended.report.at.isoformat()
        yield from (each for each in ended.report.details if each[0] == "seconds")
        yield "receipt_sha256", ended.raw_sha256.hex()
    yield "recording_sha256", recorded.raw_sha256.hex() if recorded else "-"


def _first(rows: Sequence[ReportRow], kind: ReportKind) -> ReportRow | None:
    return next((each for each in rows if each.report.kind is kind), None)


def _asked(record: TransactionRecord) -> BridgedCall:
    if record.asked.call is None:
        raise ValueError("a transaction without a call")
    return record.asked.call

"""Which evidence a report calls for (names of EN 319 522, else ours), and what it tells."""

from gateway.domain.catalogue import Act, Profile
from gateway.domain.delivery import Effect, Purpose
from gateway.domain.evidence import ErdsEvent
from gateway.domain.reports import ReportKind, ReportRow

# Whatever the service.
ALWAYS: dict[ReportKind, ErdsEvent] = {
    ReportKind.SENT: ErdsEvent.RELAY_TO_NON_ERDS,
    ReportKind.DELAYED: ErdsEvent.DELIVERY_DELAYED,
    ReportKind.ATTEMPTED: ErdsEvent.DELIVERY_ATTEMPTED,
    ReportKind.OPENED: ErdsEvent.MESSAGE_OPENED,
    ReportKind.CLICKED: ErdsEvent.LINK_CLICKED,
    ReportKind.FETCHED: ErdsEvent.MESSAGE_FETCHED,
    ReportKind.REPLIED: ErdsEvent.RECEIVED_FROM_NON_ERDS,
    ReportKind.COMPLAINED: ErdsEvent.RECEIVED_FROM_NON_ERDS,
    ReportKind.ANSWERED: ErdsEvent.CALL_ANSWERED,
    ReportKind.HELD: ErdsEvent.CALL_ANSWERED,
    ReportKind.RECORDED: ErdsEvent.CALL_RECORDED,
}


def evidence_of(profile: Profile, purpose: Purpose, kind: ReportKind) -> ErdsEvent | None:
    """None for what is only an event: copies, alerts and what ended is told of."""
    if purpose is Purpose.CODE:
        if kind is ReportKind.DELIVERED:
            return ErdsEvent.CODE_DELIVERED
        return ErdsEvent.CODE_UNDELIVERED if kind.undelivered else None
    if purpose not in {Purpose.NOTICE, Purpose.REMINDER}:
        return None
    if kind is ReportKind.DELIVERED:
        return profile.delivered
    if kind is ReportKind.REFUSED and profile.act is Act.COURIER:
        # The addressee's own no, not a failure to find them.
        return profile.negative
    return profile.undelivered if kind.undelivered else ALWAYS[kind]


def told(effect: Effect, row: ReportRow, reference: str) -> tuple[tuple[str, str], ...]:
    """For event and evidence: message, part, both times, failure, and the digest of what came."""
    report = row.report
    pairs = (
        ("channel", report.channel.value),
        ("effect", effect.id),
        ("report", row.id),
        ("provider", report.provider),
        ("reference", reference),
        ("part", str(report.part) if report.part else ""),
        ("failure", report.failure.value if report.failure else ""),
        ("received_at", row.received_at.isoformat()),
        ("raw_sha256", row.raw_sha256.hex()),
        *report.details,
    )
    return tuple((name, value) for name, value in pairs if value)

"""Circuits: what is sent to a recipient next, by which channel and when, and why.

A pure function of what was sent, the rules, the limits and the instant. It decides nothing of the fate of a
transaction and knows no clock: asked again with the same facts it answers the same.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import Enum

from gateway.domain.circuit_words import Why
from gateway.domain.delivery import Channel
from gateway.domain.quiet import QuietHours
from gateway.domain.retention import Duration

# What is paid for is not repeated while nobody knows whether it left.
PAID = frozenset({Channel.SMS, Channel.VOICE, Channel.POSTAL})
A_DAY = timedelta(days=1)
NIGHT = QuietHours(time(21), time(8))


class Condition(Enum):
    """Values are stored: never rename one."""

    NOT_ACTED = "NOT_ACTED"
    UNDELIVERED = "UNDELIVERED"
    UNOPENED = "UNOPENED"


@dataclass(frozen=True, slots=True)
class Rule:
    """`after` counts from the first message to the recipient's present contact. With `although_unknown` the
    issuer bears that what is paid for may be sent twice."""

    name: str
    after: Duration
    channel: Channel
    condition: Condition = Condition.NOT_ACTED
    although_unknown: bool = False

    @property
    def reminds(self) -> bool:
        return self.condition is Condition.NOT_ACTED


@dataclass(frozen=True, slots=True)
class Limits:
    """`most` messages of a circuit to one recipient, `a_day` of any kind within 24 hours, and `apart` between
    a message that may have arrived and the next one."""

    quiet: QuietHours | None = NIGHT
    zone: str = "Europe/Madrid"
    most: int = 6
    a_day: int = 3
    apart: timedelta = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Circuit:
    """Without rules nothing is sent by itself."""

    rules: tuple[Rule, ...] = ()
    limits: Limits = Limits()


class Fate(Enum):
    """What became of a message. UNDER_WAY: queued, or tried again. LEFT: it may have arrived."""

    UNDER_WAY = "UNDER_WAY"
    LEFT = "LEFT"
    DELIVERED = "DELIVERED"
    FAILED = "FAILED"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class Sending:
    """One message to the recipient's present contact; `rule` names what sent it, if a circuit did."""

    channel: Channel
    at: datetime
    fate: Fate
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a recipient. `sendings` by instant; `acted`: they decided, or nobody can any more;
    `opened`: they came in; `barred` says of a channel why nothing may leave by it."""

    sendings: tuple[Sending, ...]
    close_at: datetime
    acted: bool = False
    opened: bool = False
    barred: tuple[tuple[Channel, Why], ...] = ()


class Action(Enum):
    SEND = "SEND"
    WAIT = "WAIT"
    NOTHING = "NOTHING"


@dataclass(frozen=True, slots=True)
class Step:
    """What comes next, and when: of SEND, `at` is the instant that was asked about; NOTHING has no rule."""

    action: Action
    why: Why
    rule: Rule | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Prospect:
    """One rule as it stands: sent at `at` at the earliest (`due` without regard to quiet hours and limits),
    or not, for the reason that `why` gives."""

    rule: Rule
    why: Why
    due: datetime | None = None
    at: datetime | None = None


def next_step(circuit: Circuit, standing: Standing, now: datetime) -> Step:
    """The first rule whose time has come or will; among those of one instant the one due first.

    After a wait it is sent, unless something happens meanwhile. Never once the recipient acted, never from
    `close_at` on, never in quiet hours, never beyond the limits.
    """
    if ended := _ended(circuit, standing, now):
        return Step(Action.NOTHING, ended)
    seen = prospects(circuit, standing, now)
    coming = [(each.at, each.due, place) for place, each in enumerate(seen) if each.at and each.due]
    if not coming:
        return Step(Action.NOTHING, _left_over(seen))
    at, _, place = min(coming)
    chosen = seen[place]
    return Step(Action.SEND if at <= now else Action.WAIT, chosen.why, chosen.rule, at)


def prospects(circuit: Circuit, standing: Standing, now: datetime) -> list[Prospect]:
    """Every rule as it stands, in their order."""
    return [_prospect(rule, circuit.limits, standing, now) for rule in circuit.rules]


def _ended(circuit: Circuit, standing: Standing, now: datetime) -> Why | None:
    """Why the whole circuit does nothing, whatever its rules say."""
    if not circuit.rules:
        return Why.NO_RULES
    if standing.acted:
        return Why.ACTED
    if now >= standing.close_at:
        return Why.TOO_LATE
    if not standing.sendings:
        return Why.NOTHING_SENT
    if sum(bool(each.rule) for each in standing.sendings) >= circuit.limits.most:
        return Why.CAP
    return None


def _left_over(seen: list[Prospect]) -> Why:
    """What is told when no rule has a time: what is waited for, before what will never be."""
    reasons = [each.why for each in seen]
    return next((why for why in reasons if why.waits), reasons[-1])


def _prospect(rule: Rule, limits: Limits, standing: Standing, now: datetime) -> Prospect:
    why = _hindered(rule, standing) or _condition(rule, standing)
    if not why.holds:
        return Prospect(rule, why)
    try:
        due = rule.after.after(standing.sendings[0].at)
    except ValueError:
        return Prospect(rule, Why.TOO_LATE)
    at = _permitted(max(due, now), limits, standing)
    if at >= standing.close_at:
        return Prospect(rule, Why.TOO_LATE)
    return Prospect(rule, why, due, at)


def _hindered(rule: Rule, standing: Standing) -> Why | None:
    """Why this rule will not be carried out, or not before something is known."""
    if any(each.rule == rule.name for each in standing.sendings):
        return Why.DONE
    for channel, why in standing.barred:
        if channel is rule.channel:
            return why
    fates = [each.fate for each in standing.sendings if each.channel is rule.channel]
    if rule.channel in PAID and fates and fates[-1] is Fate.UNKNOWN and not rule.although_unknown:
        return Why.FATE_UNKNOWN
    still = {Fate.UNDER_WAY, Fate.LEFT, Fate.DELIVERED}
    if not rule.although_unknown:
        still.add(Fate.UNKNOWN)
    if not rule.reminds and still & set(fates):
        return Why.CHANNEL_TRIED
    return None


def _condition(rule: Rule, standing: Standing) -> Why:
    if rule.reminds:
        return Why.REMINDER
    if standing.opened:
        return Why.OPENED
    if rule.condition is Condition.UNOPENED:
        return Why.UNOPENED
    fates = {each.fate for each in standing.sendings}
    if fates == {Fate.FAILED}:
        return Why.ALL_FAILED
    if Fate.DELIVERED in fates:
        return Why.DELIVERED
    # "At once" means by a failure, for that nothing has arrived after no time at all says nothing.
    return Why.UNDELIVERED if rule.after != Duration() else Why.MAY_ARRIVE


def _permitted(at: datetime, limits: Limits, standing: Standing) -> datetime:
    """The first instant from `at` on that quiet hours and limits leave free."""
    sent = [each.at for each in standing.sendings]
    arriving = [each.at for each in standing.sendings if each.fate is not Fate.FAILED]
    if arriving:
        at = max(at, max(arriving) + limits.apart)
    if len(sent) >= limits.a_day:
        at = max(at, sorted(sent)[-limits.a_day] + A_DAY)
    return limits.quiet.after(at, limits.zone) if limits.quiet else at

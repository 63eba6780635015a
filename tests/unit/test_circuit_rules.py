"""The pure part of circuits: from history, rules, limits and instant to the next step."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.domain.circuit_words import Why
from gateway.domain.circuits import (
    PAID,
    Action,
    Circuit,
    Condition,
    Fate,
    Limits,
    Rule,
    Sending,
    Standing,
    Step,
    next_step,
)
from gateway.domain.delivery import Channel
from gateway.domain.quiet import QuietHours, is_zone
from gateway.domain.retention import Duration

NOON = datetime(2026, 3, 20, 12, tzinfo=UTC)
HOUR, DAY = 3600, 86400
AWAKE = Limits(quiet=None)
# Madrid loses and New York wins an hour within these weeks; Lord Howe's shift is half an hour.
ZONES = ("Europe/Madrid", "America/New_York", "Australia/Lord_Howe", "UTC")
CHANNELS = (Channel.EMAIL, Channel.SMS, Channel.VOICE, Channel.POSTAL)
MOMENTS = st.integers(0, 20 * 24 * 60).map(lambda minutes: NOON + timedelta(minutes=minutes))
CLOCKS = st.times().map(lambda clock: clock.replace(second=0, microsecond=0, fold=0))
QUIET = st.tuples(CLOCKS, CLOCKS).filter(lambda two: two[0] != two[1]).map(lambda two: QuietHours(*two))
LIMITS = st.builds(
    Limits,
    quiet=st.none() | QUIET,
    zone=st.sampled_from(ZONES),
    most=st.integers(0, 6),
    a_day=st.integers(1, 4),
    apart=st.integers(0, 300).map(lambda minutes: timedelta(minutes=minutes)),
)
SENDINGS = st.builds(Sending, st.sampled_from(CHANNELS), MOMENTS, st.sampled_from(Fate), st.just(""))


@st.composite
def circuits(draw: st.DrawFn) -> Circuit:
    rules = tuple(
        Rule(
            f"rule {number}",
            Duration(seconds=draw(st.integers(0, 12 * 24)) * HOUR),
            draw(st.sampled_from(CHANNELS)),
            draw(st.sampled_from(Condition)),
            draw(st.booleans()),
        )
        for number in range(draw(st.integers(0, 5)))
    )
    return Circuit(rules, draw(LIMITS))


@st.composite
def standings(draw: st.DrawFn) -> Standing:
    return Standing(
        tuple(sorted(draw(st.lists(SENDINGS, max_size=5)), key=lambda each: each.at)),
        draw(MOMENTS),
        acted=draw(st.sampled_from((False, False, False, True))),
        opened=draw(st.booleans()),
        barred=tuple((each, Why.BLOCKED) for each in draw(st.sets(st.sampled_from(CHANNELS), max_size=2))),
    )


@given(circuits(), standings(), MOMENTS)
def test_what_is_sent_is_permitted(circuit: Circuit, standing: Standing, now: datetime) -> None:
    """Nothing is sent after the recipient acted, from the end on, in quiet hours, by a barred channel, beyond
    the caps, or again what is paid for and perhaps left, unless the rule says so."""
    step = next_step(circuit, standing, now)
    if step.action is not Action.SEND:
        return
    assert step.rule is not None
    assert step.at == now
    assert not standing.acted
    assert now < standing.close_at
    limits = circuit.limits
    assert limits.quiet is None or not limits.quiet.holds(now, limits.zone)
    assert step.rule.channel not in dict(standing.barred)
    lately = [each for each in standing.sendings if each.at > now - timedelta(days=1)]
    assert len(lately) < limits.a_day
    assert limits.most > 0
    same = [each for each in standing.sendings if each.channel is step.rule.channel]
    perhaps = bool(same) and same[-1].fate is Fate.UNKNOWN and step.rule.channel in PAID
    assert not perhaps or step.rule.although_unknown
    assert step.rule.condition is Condition.NOT_ACTED or not standing.opened
    assert now >= standing.sendings[0].at + timedelta(seconds=step.rule.after.seconds)


@given(circuits(), standings(), MOMENTS)
def test_the_same_question_has_the_same_answer(circuit: Circuit, standing: Standing, now: datetime) -> None:
    """Equal facts give an equal step, whoever asks, and a step is always one of three, with its reason."""
    step = next_step(circuit, standing, now)
    assert step == next_step(circuit, standing, now)
    assert step.why.text.es
    assert step.why.text.en
    assert (step.rule is None) is (step.action is Action.NOTHING) is (step.at is None)


@given(circuits(), standings(), MOMENTS, st.floats(0, 1))
def test_time_alone_brings_what_was_announced(
    circuit: Circuit, standing: Standing, now: datetime, part: float
) -> None:
    """Who waits is told the same on the way, and at the announced instant, never before, it is sent; where
    nothing was to come, time brings nothing."""
    step = next_step(circuit, standing, now)
    if step.action is Action.NOTHING:
        later = next_step(circuit, standing, now + timedelta(days=30) * part)
        assert later.action is Action.NOTHING
    elif step.action is Action.WAIT:
        assert step.at is not None
        assert now < step.at < standing.close_at
        between = now + (step.at - now) * part
        if between < step.at:
            assert next_step(circuit, standing, between) == step
        assert next_step(circuit, standing, step.at) == Step(Action.SEND, step.why, step.rule, step.at)


@settings(max_examples=60)
@given(circuits(), standings(), st.lists(st.sampled_from(Fate), min_size=8, max_size=8))
def test_a_circuit_ends(circuit: Circuit, standing: Standing, fates: list[Fate]) -> None:
    """Followed to its end, whatever becomes of each message, a circuit sends each rule once at most, never
    more than its caps, and then nothing."""
    now, sent = NOON, []
    for fate in fates:
        step = next_step(circuit, standing, now)
        if step.action is Action.NOTHING or step.rule is None or step.at is None:
            break
        now = step.at
        sent.append(step.rule.name)
        new = Sending(step.rule.channel, now, fate, step.rule.name)
        history = sorted((*standing.sendings, new), key=lambda each: each.at)
        standing = Standing(tuple(history), standing.close_at, opened=standing.opened, barred=standing.barred)
    else:
        pytest.fail("it never ends")
    assert len(sent) == len(set(sent)) <= circuit.limits.most


@given(QUIET, st.sampled_from(ZONES), MOMENTS)
def test_quiet_hours_end_at_the_first_instant_that_is_not_quiet(
    quiet: QuietHours, zone: str, at: datetime
) -> None:
    """Whatever daylight saving does, every minute before is quiet and the minute itself is not."""
    after = quiet.after(at, zone)
    assert not quiet.holds(after, zone)
    assert after >= at
    minute = at
    while minute < after:
        assert quiet.holds(minute, zone)
        minute += timedelta(minutes=7)
    assert after == at or quiet.holds(after - timedelta(minutes=1), zone)


def _fallback(condition: Condition, hours: int, channel: Channel, number: int) -> Rule:
    return Rule(f"fallback {number}", Duration(seconds=hours * HOUR), channel, condition)


LADDER = Circuit(
    (
        _fallback(Condition.UNDELIVERED, 0, Channel.SMS, 1),
        _fallback(Condition.UNOPENED, 48, Channel.SMS, 2),
        _fallback(Condition.UNDELIVERED, 0, Channel.POSTAL, 3),
        _fallback(Condition.UNOPENED, 96, Channel.POSTAL, 4),
    ),
    AWAKE,
)


def _standing(*sendings: Sending, **more: bool) -> Standing:
    return Standing(sendings, NOON + timedelta(days=30), **more)


def test_an_email_that_fails_is_followed_by_an_sms_at_once_and_that_by_a_letter() -> None:
    """E-mail, if undelivered at once SMS, then post: each at the failure of the one before."""
    email = Sending(Channel.EMAIL, NOON, Fate.FAILED)
    now = NOON + timedelta(minutes=1)
    step = next_step(LADDER, _standing(email), now)
    assert (step.action, step.rule, step.why) == (Action.SEND, LADDER.rules[0], Why.ALL_FAILED)
    sms = Sending(Channel.SMS, now, Fate.LEFT, "fallback 1")
    waiting = next_step(LADDER, _standing(email, sms), now)
    assert (waiting.action, waiting.rule) == (Action.WAIT, LADDER.rules[3])
    failed = Sending(Channel.SMS, now, Fate.FAILED, "fallback 1")
    step = next_step(LADDER, _standing(email, failed), now)
    assert (step.action, step.rule) == (Action.SEND, LADDER.rules[2])


def test_an_email_that_nobody_opens_is_followed_after_its_time() -> None:
    """Delivered and unopened after 48 hours: SMS, and after 96 a letter; opened: nothing."""
    email = Sending(Channel.EMAIL, NOON, Fate.DELIVERED)
    step = next_step(LADDER, _standing(email), NOON)
    assert (step.action, step.rule, step.at) == (Action.WAIT, LADDER.rules[1], NOON + timedelta(hours=48))
    sms = Sending(Channel.SMS, NOON + timedelta(hours=48), Fate.DELIVERED, "fallback 2")
    step = next_step(LADDER, _standing(email, sms), NOON + timedelta(hours=49))
    assert (step.action, step.rule, step.at) == (Action.WAIT, LADDER.rules[3], NOON + timedelta(hours=96))
    step = next_step(LADDER, _standing(email, opened=True), NOON)
    assert (step.action, step.why) == (Action.NOTHING, Why.OPENED)


def test_one_instruction_to_wait_says_when_in_the_recipients_night() -> None:
    """Due at one in the morning of Madrid's summer, it goes at eight: 06:00 UTC, after the clocks changed."""
    circuit = Circuit((Rule("reminder 1", Duration(seconds=9 * DAY + 11 * HOUR), Channel.EMAIL),))
    step = next_step(circuit, _standing(Sending(Channel.EMAIL, NOON, Fate.LEFT)), NOON)
    assert step.at == datetime(2026, 3, 30, 6, tzinfo=UTC)
    assert step.at.astimezone(ZoneInfo("Europe/Madrid")).time() == time(8)


@pytest.mark.parametrize("text", ["21-8", "21:00-24:00", "08:00-08:00", "21:00", "9:00-10:00"])
def test_hours_that_cannot_be_are_refused(text: str) -> None:
    """What is no pair of times, and what would be quiet for ever, is an error that says so."""
    with pytest.raises(ValueError, match="quiet hours"):
        QuietHours.parse(text)


def test_zones_are_those_of_the_iana_database() -> None:
    """A typing error in a zone is found when it is typed."""
    assert is_zone("Atlantic/Canary")
    assert not is_zone("Europe/Madird")
    assert str(QuietHours.parse("21:00-08:00")) == "21:00-08:00"
    assert QuietHours.parse("") is None

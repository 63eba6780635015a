"""The limit on wrong tries: per address and thing, per address, within a window, with bounded memory."""

from datetime import UTC, datetime, timedelta

import pytest

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.usecases.attempts import Attempts

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def refused(attempts: Attempts, address: str, thing: str, now: datetime = NOW) -> bool:
    try:
        attempts.check(address, thing, now)
    except GatewayError as error:
        return error.kind is ErrorKind.TOO_MANY_ATTEMPTS
    return False


def test_an_address_is_stopped_at_one_thing() -> None:
    """After so many wrong tries it may not try this thing any more, but others, and others may try it."""
    attempts = Attempts(most=3)
    for _ in range(3):
        assert not refused(attempts, "a", "guid")
        attempts.failed("a", "guid", NOW)
    assert refused(attempts, "a", "guid")
    assert not refused(attempts, "a", "other")
    assert not refused(attempts, "b", "guid")


def test_an_address_is_stopped_everywhere() -> None:
    """Trying many things once each has a limit too."""
    attempts = Attempts(most_anywhere=4)
    for number in range(4):
        attempts.failed("a", str(number), NOW)
    assert refused(attempts, "a", "new")
    assert not refused(attempts, "b", "new")


def test_the_window_passes() -> None:
    """Old tries count no more."""
    attempts = Attempts(most=1, window=timedelta(minutes=15))
    attempts.failed("a", "guid", NOW)
    assert refused(attempts, "a", "guid", NOW + timedelta(minutes=14))
    assert not refused(attempts, "a", "guid", NOW + timedelta(minutes=15))


def test_memory_is_bounded() -> None:
    """However many addresses and things are tried, only so many counters are kept, the newest."""
    attempts = Attempts(most=1, remembered=10)
    for number in range(100):
        attempts.failed(f"a{number}", "guid", NOW)
    assert len(attempts._tries) == 10
    assert refused(attempts, "a99", "guid")


@pytest.mark.parametrize("address", ["", "::1"])
def test_any_address_will_do(address: str) -> None:
    """An address that is not known is one like any other."""
    attempts = Attempts(most=1)
    attempts.failed(address, "guid", NOW)
    assert refused(attempts, address, "guid")


def test_a_network_of_ipv6_is_one_address() -> None:
    """Who has 2^64 addresses would otherwise never be stopped."""
    attempts = Attempts(most=3)
    for number in range(3):
        attempts.failed(f"2001:db8:1:2::{number + 1}", "guid", NOW)
    assert refused(attempts, "2001:db8:1:2:ffff::1", "guid")
    assert not refused(attempts, "2001:db8:1:3::1", "guid")

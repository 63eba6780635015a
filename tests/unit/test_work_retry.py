"""The pauses between attempts, and what may be told of a failure."""

from datetime import timedelta

import pytest

from gateway.adapters.work.retry import Retry, described, route
from gateway.domain.errors import ErrorKind, GatewayError


@pytest.mark.parametrize(
    ("attempts", "seconds"), [(0, 2), (1, 2), (2, 4), (3, 8), (11, 2048), (12, 3600), (10**6, 3600)]
)
def test_pauses_double_up_to_the_cap(attempts: int, seconds: int) -> None:
    """Two seconds doubled at every attempt, an hour at most; chance spreads over the upper half."""
    whole = timedelta(seconds=seconds)
    assert Retry().delay(attempts, 1.0) == whole
    assert Retry().delay(attempts, 0.0) == whole / 2
    assert whole / 2 < Retry().delay(attempts, 0.3) < whole


def test_foreign_messages_are_not_told() -> None:
    """A foreign exception is named by class and place only: its message may hold a code or an address."""
    with pytest.raises(ValueError) as caught:
        raise ValueError("your code is 123456")
    error = caught.value
    assert described(error).startswith("ValueError at test_work_retry.py:")
    assert "123456" not in described(error) + route(error)
    assert "test_foreign_messages_are_not_told" in route(error)


def test_refusals_are_told_whole() -> None:
    """The gateway's own errors are made to be shown."""
    error = GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE, "no TSA answers")
    assert described(error) == str(error)

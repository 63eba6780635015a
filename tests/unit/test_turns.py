"""Turns are limited, given back also after a failure, and never waited for."""

import pytest

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.usecases.turns import Turns


def test_who_finds_no_turn_free_is_refused_at_once() -> None:
    """The second holder of one turn is told to come again; afterwards it is free."""
    turns = Turns(1)
    with turns.take():
        with pytest.raises(GatewayError) as caught, turns.take():
            pass
        assert caught.value.kind is ErrorKind.TEMPORARILY_UNAVAILABLE
    with turns.take():
        pass


def test_a_failure_gives_its_turn_back() -> None:
    """Whatever is raised inside, the turn is free again."""
    turns = Turns(1)
    for _ in range(3):
        with pytest.raises(ValueError, match="broken"), turns.take():
            raise ValueError("broken")

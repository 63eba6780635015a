"""What a recipient decided is told to that recipient for ten minutes, and to nobody else, nor later."""

from datetime import timedelta

import pytest

from gateway.domain.results import RecipientState
from gateway.usecases.commands import Session
from tests.house import House


def test_a_signature_is_told_for_ten_minutes(small_house: House) -> None:
    """State, GUID, issuer and return URL; before the decision and after ten minutes there is nothing."""
    guid = small_house.submit().guid
    small_house.drain()
    session, tell = Session(guid, 0), small_house.system.tell_outcome
    assert tell(session) is None
    small_house.guest(guid).decide()
    own = tell(session)
    assert own is not None
    assert (own.state, own.guid) == (RecipientState.SIGNED, guid)
    small_house.clock.advance(timedelta(minutes=10))
    assert tell(session) is None


@pytest.mark.parametrize("drained", [True, False])
def test_what_somebody_else_decided_is_nobodys_own(small_house: House, drained: bool) -> None:
    """A cancellation by the issuer is no decision of the recipient, whether it is closed yet or not."""
    guid = small_house.submit().guid
    small_house.drain()
    small_house.cancel(guid)
    if drained:
        small_house.drain()
    assert small_house.system.tell_outcome(Session(guid, 0)) is None

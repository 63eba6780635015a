"""CONTRACT: the first code opens the documents, the second one signs them."""

from datetime import timedelta

import pytest

from gateway.domain.errors import ErrorKind
from tests.guest import Guest
from tests.house import House, refused
from tests.orders import order

PAUSE = timedelta(seconds=21)


@pytest.fixture
def guest(house: House) -> Guest:
    """Ana, notified of a contract that needs two codes."""
    guid = house.submit(order(service="CONTRACT")).guid
    house.drain()
    return house.guest(guid)


def test_two_codes_lead_to_a_signed_contract(guest: Guest) -> None:
    """Both codes are sent, each is used once, and the transaction ends in 12 with result 7."""
    house = guest.house
    guest.decide()
    house.drain()
    assert house.state(guest.guid) == (12, 7)
    assert len(house.messages(f"code-{guest.guid}-")) == 2
    kinds = house.kinds(guest.guid)
    assert kinds.index("DOCUMENTS_UNLOCKED") < kinds.index("CONSULTED") < kinds.index("DECIDED_ALL")


def test_documents_stay_shut_until_the_first_code(guest: Guest) -> None:
    """Neither page nor document is to be had before the first code, which comes after the conditions."""
    house, consult = guest.house, guest.house.system.consult
    session = guest.enter()
    refused(ErrorKind.STEP_OUT_OF_ORDER, house.system.request_code, session)
    consult.accept_conditions(session)
    refused(ErrorKind.STEP_OUT_OF_ORDER, consult.show_documents, session)
    refused(ErrorKind.STEP_OUT_OF_ORDER, consult.read_document, session, 0)
    guest.ask()
    refused(ErrorKind.CODE_WRONG, house.system.sign.unlock, session, guest.wrong_code)
    house.system.sign.unlock(session, guest.code)
    consult.show_documents(session)
    assert house.state(guest.guid)[0] == 7


def test_a_code_is_for_one_act_and_one_use(guest: Guest) -> None:
    """The code of the documents neither opens twice nor signs."""
    guest.read()
    first = guest.code
    refused(ErrorKind.STEP_OUT_OF_ORDER, guest.house.system.sign.unlock, guest.session, first)
    guest.ask()
    assert guest.code != first or pytest.skip("the same six digits were drawn twice")
    refused(ErrorKind.CODE_WRONG, guest.sign, first)
    guest.sign()
    assert guest.house.state(guest.guid) == (10, 7)


def test_wrong_codes_at_the_first_step_end_it_too(guest: Guest) -> None:
    """Attempts and sendings exceeded before the documents are open end the recipient with 99904."""
    house = guest.house
    house.system.consult.accept_conditions(guest.enter())
    for _ in range(3):
        guest.ask()
        for _ in range(3):
            refused(ErrorKind.CODE_WRONG, house.system.sign.unlock, guest.session, guest.wrong_code)
        house.clock.advance(PAUSE)
    house.drain()
    assert house.state(guest.guid) == (12, 99904)


def test_each_act_has_its_own_sendings(guest: Guest) -> None:
    """Codes that were asked for the documents are not counted against the signature."""
    house = guest.house
    house.system.consult.accept_conditions(guest.enter())
    for _ in range(3):
        guest.ask()
        house.clock.advance(PAUSE)
    refused(ErrorKind.CODE_RESENDS_EXCEEDED, house.system.request_code, guest.session)
    house.system.sign.unlock(guest.session, guest.code)
    house.system.consult.show_documents(guest.session)
    guest.ask()
    guest.sign()
    house.drain()
    assert house.state(guest.guid) == (12, 7)

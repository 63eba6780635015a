"""Custody is extended after closing: with evidence, once for each request, by contract too."""

import threading
from datetime import timedelta

import pytest

from gateway.domain.custody import Cause, CustodyContract
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.evidence import ErdsEvent
from gateway.domain.record import EvidenceStatus
from gateway.domain.retention import Duration
from gateway.usecases.commands import Reference
from tests import fakes
from tests.custody_samples import YEAR, bring_end, closed, end_of, extend
from tests.house import BANK, INSURER, House, refused
from tests.orders import order

FIVE_YEARS = Duration(months=60)
# The lists of the development PKI, under which everything here is sealed, are good for a year.
HALF = Duration(months=6)


def operation(guid: str, extension: str = "P1Y", token: str = "") -> bytes:
    named = f"<g:token>{token}</g:token>" if token else ""
    return (
        f'<g:ExtendCustody xmlns:g="{fakes.G}"><g:guid>{guid}</g:guid>'
        f"<g:extension>{extension}</g:extension>{named}</g:ExtendCustody>"
    ).encode()


def extensions(house: House, guid: str) -> list[tuple[str, str]]:
    """Old and new ends, as the sealed evidence states them."""
    house.drain()
    files = [file for file in house.evidence(guid) if file.evidence.event is ErdsEvent.CUSTODY_EXTENDED]
    assert all(file.evidence.status is EvidenceStatus.SEALED for file in files)
    facts = [house.verified(file.octets).facts for file in files]
    details = [dict(fact.details) for fact in facts if fact]
    return [(detail["old_end"], detail["new_end"]) for detail in details]


def test_an_extension_is_proven_and_alters_nothing_else(house: House) -> None:
    """The end moves by a year, a sealed evidence states both ends, the certificate stays as it was."""
    guid = closed(house)
    old_end, certificate = end_of(house, guid), house.certificates(guid)
    pack = house.system.pack_of(BANK, Reference(guid))
    new_end = extend(house, guid)
    assert new_end == YEAR.after(old_end) == end_of(house, guid)
    assert extensions(house, guid) == [(old_end.isoformat(), new_end.isoformat())]
    assert house.certificates(guid) == certificate
    assert house.system.pack_of(BANK, Reference(guid)) == pack
    assert house.kinds(guid)[-1] == "CUSTODY_EXTENDED"
    assert house.state(guid) == (12, 7)


def test_a_lost_answer_is_answered_again(small_house: House) -> None:
    """The same request within a day, or with the same token at any time, extends once; others do."""
    house = small_house
    guid = closed(house)
    once = extend(house, guid)
    assert extend(house, guid) == once
    by_token = extend(house, guid, token="invoice-7")
    assert by_token > once
    house.clock.advance(timedelta(days=2))
    assert extend(house, guid, token="invoice-7") == by_token
    refused(
        ErrorKind.RULE_BROKEN, house.system.extend_custody, BANK, Reference(guid), FIVE_YEARS, "invoice-7"
    )
    later = extend(house, guid)
    assert later > by_token
    assert len(extensions(house, guid)) == 3


def test_only_what_is_closed_and_certified(small_house: House) -> None:
    """An open transaction has no end of custody yet; one at 12 waits for its certificate, which states it."""
    house = small_house
    guid = house.submit(order(external_id="OPEN-1")).guid
    refused(ErrorKind.NOT_YET_THERE, house.system.extend_custody, BANK, Reference(guid), YEAR)
    house.drain()
    house.guest(guid).decide()
    while house.state(guid)[0] != 12:
        house.run(*house.claim(1))
    refused(ErrorKind.NOT_YET_THERE, house.system.extend_custody, BANK, Reference(guid), YEAR)
    refused(ErrorKind.NOT_YET_THERE, house.system.extend_custody.by_operator, guid, YEAR)
    house.drain()
    assert extend(house, guid) == end_of(house, guid)


@pytest.mark.parametrize("by", [Duration(months=1200), Duration(), Duration(seconds=60), Duration(12, 1)])
def test_ends_that_are_not_allowed(small_house: House, by: Duration) -> None:
    """Never more than a hundred years ahead, never by anything but months and years; nothing is changed."""
    guid = closed(small_house)
    old_end = end_of(small_house, guid)
    refused(ErrorKind.RULE_BROKEN, small_house.system.extend_custody, BANK, Reference(guid), by)
    assert end_of(small_house, guid) == old_end
    assert extensions(small_house, guid) == []


def test_another_issuers_does_not_exist(small_house: House) -> None:
    """Neither the use case nor the door tells an issuer that somebody else's transaction exists."""
    house = small_house
    guid, never = closed(house), "001001-0001-999999999999999.par"
    refused(ErrorKind.NOT_FOUND, house.system.extend_custody, INSURER, Reference(guid), YEAR)
    refused(ErrorKind.NOT_FOUND, house.system.extend_custody.by_operator, never, YEAR)
    _, foreign = house.post(house.signed(operation(guid), INSURER))
    _, nothing = house.post(house.signed(operation(never), INSURER))
    assert fakes.fault_code(foreign) == fakes.fault_code(nothing) == ErrorKind.NOT_FOUND.code
    assert extensions(house, guid) == []


def test_through_the_door(small_house: House) -> None:
    """A signed request is answered with the new end; repeated with its token, with the same."""
    house = small_house
    guid = closed(house)
    status, first = house.post(house.signed(operation(guid, "P6M", "t-1")))
    assert status == "200 OK", first
    assert end_of(house, guid).isoformat(timespec="microseconds")[:26].encode() in first
    _, second = house.post(house.signed(operation(guid, "P6M", "t-1")))
    assert first == second
    assert len(extensions(house, guid)) == 1


def test_racing_requests_extend_once(house: House) -> None:
    """Eight callers with one token: one extension, one evidence, one answer."""
    guid = closed(house)
    ends, failures = set(), list[Exception]()

    def run() -> None:
        try:
            ends.add(extend(house, guid, token="race"))
        except GatewayError as error:
            failures.append(error)

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert ends == {end_of(house, guid)}
    assert len(extensions(house, guid)) == 1


def agree(house: House, months: int, until_after: timedelta) -> CustodyContract:
    now = house.clock.now()
    contract = CustodyContract(BANK.number, months, now + until_after, now)
    with house.tech.database.write() as uow:
        uow.custody.set_contract(contract)
        uow.commit()
    return contract


def test_a_contract_extends_before_the_end(house: House) -> None:
    """Not early, then period by period, with evidence of its cause, and never beyond the agreed day."""
    guid = closed(house)
    contract = agree(house, 6, timedelta(days=300))
    bring_end(house, guid, timedelta(days=31))
    assert house.system.extend_custody.by_contract() == 0
    first = bring_end(house, guid, timedelta(days=29))
    assert house.system.extend_custody.by_contract() == 1
    assert house.system.extend_custody.by_contract() == 0
    assert end_of(house, guid) == HALF.after(first)
    second = bring_end(house, guid, timedelta(days=15))
    assert house.system.extend_custody.by_contract() == 1
    assert end_of(house, guid) == HALF.after(second)
    third = bring_end(house, guid, timedelta(days=20))
    house.clock.advance(timedelta(days=210))
    assert house.system.extend_custody.by_contract() == 1
    assert end_of(house, guid) == contract.until
    assert third < contract.until < HALF.after(HALF.after(third))
    house.clock.advance(timedelta(days=60))
    assert house.system.extend_custody.by_contract() == 0
    assert len(extensions(house, guid)) == 3
    with house.tech.database.read() as uow:
        assert {done.cause for done in uow.custody.extensions(guid)} == {Cause.CONTRACT}


def test_a_contract_is_its_issuers_alone_and_can_end(small_house: House) -> None:
    """The other issuer's transactions are not moved, nor this one's once the contract is ended."""
    house = small_house
    guid = closed(house)
    with house.tech.database.write() as uow:
        now = house.clock.now()
        uow.custody.set_contract(CustodyContract(INSURER.number, 12, now + timedelta(days=9999), now))
        uow.commit()
    bring_end(house, guid, timedelta(days=1))
    assert house.system.extend_custody.by_contract() == 0
    agree(house, 12, timedelta(days=9999))
    with house.tech.database.write() as uow:
        assert uow.custody.end_contract(BANK.number)
        assert not uow.custody.end_contract(BANK.number)
        uow.commit()
    assert house.system.extend_custody.by_contract() == 0

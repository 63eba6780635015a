"""Verifying with a GUID and its printed code, on a whole gateway: all that is kept, and nobody else's."""

import re
import sqlite3
from datetime import timedelta

import pytest

from gateway.bootstrap import verification
from gateway.domain.errors import ErrorKind
from gateway.domain.evidence import ErdsEvent
from gateway.domain.validation import Indication
from gateway.usecases.verify_kept import VerifyKept
from tests.custody_samples import ready_to_purge
from tests.house import House, refused
from tests.orders import order

ADDRESS = "192.0.2.7"
NOWHERE = "001001-0001-000000000999999.par"


@pytest.fixture
def kept(small_house: House) -> VerifyKept:
    return verification.verify_kept(small_house.settings, small_house.tech, small_house.system.deposits)


@pytest.fixture
def closed(small_house: House) -> str:
    """A contract that Ana has signed, closed and certified."""
    guid = small_house.submit(order(service="CONTRACT_EXPRESS")).guid
    small_house.drain()
    small_house.guest(guid).decide()
    small_house.drain()
    assert small_house.state(guid) == (12, 7)
    return guid


def code_of(house: House, guid: str) -> str:
    return house.tech.codes.verification_code(guid)


def test_everything_that_is_kept_is_verified(small_house: House, kept: VerifyKept, closed: str) -> None:
    """Each evidence, the time-stamp of the digests and the certificate in both forms: all pass."""
    reports = kept(closed, code_of(small_house, closed), ADDRESS)
    names = [report.name for report in reports]
    assert names[0] == "01-SubmissionAcceptance.xml"
    assert {"digests.tst", "certificate.xml", "certificate.pdf", "pack.asice"} <= set(names)
    assert {report.indication for report in reports} == {Indication.PASSED}, reports
    # What the pack and the PDF enclose is told once.
    assert all(report.enclosed == () for report in reports)
    assert all(report.facts for report in reports if report.name[:2].isdigit())


def test_the_code_as_it_is_printed_will_do(small_house: House, kept: VerifyKept, closed: str) -> None:
    """In groups of four, in capitals, with blanks around the GUID."""
    code = code_of(small_house, closed).upper()
    grouped = " ".join(code[at : at + 4] for at in range(0, len(code), 4))
    assert kept(f" {closed} ", grouped, ADDRESS)


def test_before_closing_what_is_there_is_verified(small_house: House, kept: VerifyKept) -> None:
    """A transaction under way shows the evidence that it has."""
    guid = small_house.submit(order()).guid
    small_house.drain()
    names = [report.name for report in kept(guid, code_of(small_house, guid), ADDRESS)]
    assert "certificate.xml" not in names
    assert names[0] == "01-SubmissionAcceptance.xml"


def test_a_wrong_code_and_an_unknown_guid_answer_alike(
    small_house: House, kept: VerifyKept, closed: str
) -> None:
    """Nobody learns from the answer which transactions exist, not even with a code that fits."""
    for guid, code in (
        (closed, "0" * 32),
        (closed, ""),
        (closed, code_of(small_house, NOWHERE)),
        (NOWHERE, "0" * 32),
        (NOWHERE, code_of(small_house, NOWHERE)),
        ("../etc/passwd", "ñ\x00"),
    ):
        refused(ErrorKind.ACCESS_DENIED, kept, guid, code, f"{ADDRESS} {guid} {code}")


def test_wrong_codes_are_limited(small_house: House, kept: VerifyKept, closed: str) -> None:
    """Five wrong codes stop an address, even with the right one; another address goes on, time heals."""
    code = code_of(small_house, closed)
    for _ in range(5):
        refused(ErrorKind.ACCESS_DENIED, kept, closed, "0" * 32, ADDRESS)
    refused(ErrorKind.TOO_MANY_ATTEMPTS, kept, closed, code, ADDRESS)
    assert kept(closed, code, "192.0.2.8")
    small_house.clock.advance(timedelta(minutes=16))
    assert kept(closed, code, ADDRESS)


def test_a_deposited_transaction_shows_its_evidence_record(
    small_house: House, kept: VerifyKept, closed: str
) -> None:
    """From the next deposit on, the record is verified over every file that it lists, originals too."""
    small_house.clock.advance(timedelta(days=1))
    assert small_house.system.deposits.make()
    reports = {report.name: report for report in kept(closed, code_of(small_house, closed), ADDRESS)}
    record = reports["evidence-record.xml"]
    assert record.indication is Indication.PASSED, record
    assert len(record.signatures[0].covered) > len(reports) - 3


def test_of_a_purged_transaction_its_tombstone_is_left(small_house: House, kept: VerifyKept) -> None:
    """The printed code still tells that, when and why it was purged, and nothing else."""
    guid = ready_to_purge(small_house)
    assert small_house.system.purge() == 1
    small_house.drain()
    (report,) = kept(guid, code_of(small_house, guid), ADDRESS)
    assert report.indication is Indication.PASSED, report
    assert report.facts is not None
    assert (report.facts.event, report.facts.guid) == (ErdsEvent.PURGED, guid)
    assert report.facts.recipients == ()


def test_evidence_altered_in_the_store_is_found(small_house: House, kept: VerifyKept, closed: str) -> None:
    """The stored bytes are authenticated ones: what somebody changed there is never shown as verified."""
    file = small_house.settings.gateway.data / "fehaciente.sqlite"
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE evidences SET body = zeroblob(length(body)) WHERE owner = ?", (closed,))
    connection.close()
    refused(ErrorKind.INTERNAL, kept, closed, code_of(small_house, closed), ADDRESS)


def test_the_page_answers_the_printed_address(small_house: House, closed: str) -> None:
    """The address of the QR code fills the form in, and verifies nothing by itself."""
    code = code_of(small_house, closed)
    status, body = small_house.get("/verify", f"guid={closed}&code={code}")
    assert status == "200 OK"
    page = body.decode()
    assert f'value="{closed}"' in page
    assert f'value="{code}"' in page
    assert "TOTAL-PASSED" not in page
    assert re.search(r'<form id="code-form" method="post" action="/verify/code"', page)

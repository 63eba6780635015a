"""What a courier tells, read strictly: CSV and XML files, wrong lines, times around clock changes."""

from zoneinfo import ZoneInfo

import pytest

from gateway.adapters.channels.postal.exchange import LIMIT
from gateway.adapters.channels.postal.moments import moment
from gateway.adapters.channels.postal.status_files import MOST, read_statuses
from gateway.adapters.channels.postal.statuses import Fault, Status
from gateway.domain.errors import ErrorKind
from gateway.domain.reports import Failure, ReportKind
from scripts.sample_courier import as_csv, as_xml
from tests.house import refused

MADRID = ZoneInfo("Europe/Madrid")
MARK = "abcdefghijklmnopqrstuvwxyz234567"
GOOD = {"reference": MARK, "status": "DELIVERED", "at": "2026-11-25T10:30:00+01:00", "received_by": "Ana"}


def one(**values: str) -> Status | Fault:
    told = {name: value for name, value in {**GOOD, **values}.items() if value}
    [found] = read_statuses("a.csv", as_csv([told]), MADRID)
    return found


@pytest.mark.parametrize(
    ("told", "at"),
    [
        ("2026-11-25T10:30:00+01:00", "2026-11-25T09:30:00+00:00"),
        ("2026-11-25 10:30:00Z", "2026-11-25T10:30:00+00:00"),
        ("2026-07-01T10:30:00", "2026-07-01T08:30:00+00:00"),
        # Struck twice that night; the earlier one is meant, and it is said so.
        ("2026-10-25T02:30:00", "2026-10-25T00:30:00+00:00"),
    ],
)
def test_moments(told: str, at: str) -> None:
    """With an offset as told, else in the zone agreed on; what was told stays beside it."""
    found = moment(told, MADRID)
    assert found.at.isoformat() == at
    assert found.told.startswith(told)
    assert ("twice" in found.told) is ("10-25" in told)


@pytest.mark.parametrize(
    "told", ["2026-03-29T02:30:00", "25/11/2026 10:30", "2026-11-25T10:30", "2026-02-30T10:30:00"]
)
def test_moments_that_never_were(told: str) -> None:
    """The hour that spring leaves out, and what is no instant, are refused."""
    with pytest.raises(ValueError, match=r".+"):
        moment(told, MADRID)


@pytest.mark.parametrize(
    ("status", "more", "kind", "failure"),
    [
        ("ADMITTED", {}, ReportKind.SENT, None),
        ("ATTEMPTED", {"attempt": "2"}, ReportKind.ATTEMPTED, Failure.ABSENT),
        ("DELIVERED", {}, ReportKind.DELIVERED, None),
        ("REFUSED", {}, ReportKind.REFUSED, None),
        ("ABSENT", {}, ReportKind.RETURNED, Failure.ABSENT),
        ("INCOMPLETE", {}, ReportKind.FAILED, Failure.ADDRESS_INCOMPLETE),
        ("UNKNOWN", {}, ReportKind.FAILED, Failure.UNKNOWN_ADDRESS),
        ("RETURNED", {"reason": "UNKNOWN"}, ReportKind.RETURNED, Failure.UNKNOWN_ADDRESS),
        ("LOST", {}, ReportKind.FAILED, Failure.OTHER),
    ],
)
@pytest.mark.parametrize("form", ["csv", "xml"])
def test_every_status_in_both_forms(
    status: str, more: dict[str, str], kind: ReportKind, failure: Failure | None, form: str
) -> None:
    """CSV and XML say the same, and each status keeps its own octets alone."""
    told = [{**GOOD, "status": status, **more}, {**GOOD, "reference": MARK[::-1].replace("7", "a")}]
    octets = as_xml(told) if form == "xml" else as_csv(told)
    first, second = read_statuses(f"a.{form}", octets, MADRID)
    assert isinstance(first, Status)
    report = first.report("Correo")
    assert (report.kind, report.failure, report.reference) == (kind, failure, MARK)
    assert dict(report.details)["told_at"] == GOOD["at"]
    assert isinstance(second, Status)
    assert MARK.encode() in first.raw
    assert MARK.encode() not in second.raw


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"reference": "../../etc/passwd"}, "reference"),
        ({"status": "SHRUGGED"}, "status"),
        ({"at": "yesterday"}, "date and a time"),
        ({"received_by": ""}, "received_by"),
        ({"attempt": "0"}, "attempt"),
        ({"note": "../note.pdf"}, "note"),
        ({"note_sha256": "a" * 64}, "note_sha256"),
        ({"reason": "HUNGRY"}, "reason"),
        ({"detail": "x" * 256}, "detail"),
    ],
)
def test_a_wrong_status_is_told_why(wrong: dict[str, str], why: str) -> None:
    """The reason names the value that is wrong, and never repeats it."""
    found = one(**wrong)
    assert isinstance(found, Fault)
    assert why in found.why
    assert not any(len(value) > 5 and value in found.why for value in wrong.values())


def test_a_line_that_is_wrong_spoils_no_other() -> None:
    """One value too many: that line is a fault, by its number; those around it count."""
    lines = as_csv([GOOD, GOOD, GOOD]).decode().splitlines()
    lines[2] += ";more"
    found = read_statuses("a.csv", "\r\n".join(lines).encode(), MADRID)
    assert [type(each) for each in found] == [Status, Fault, Status]
    assert isinstance(found[1], Fault)
    assert found[1].number == 3


@pytest.mark.parametrize(
    ("name", "octets"),
    [
        ("a.csv", b"reference;status\n"),
        ("a.csv", b"reference;status;at;secret\n"),
        ("a.csv", b"reference;status;at;at\n"),
        ("a.csv", "reference;status;at\nx;ADMITTED;n\xe3o\n".encode("latin-1")),
        ("a.csv", b'reference;status;at\n"x;y\n'),
        ("a.csv", b""),
        ("a.csv", b"reference;status;at\n" + b"x;y;z\n" * (MOST + 1)),
        ("a.csv", b" " * (LIMIT + 1)),
        ("a.xml", b"<statuses/>"),
        ("a.xml", b'<!DOCTYPE s [<!ENTITY e "x">]><statuses xmlns="urn:fehaciente:post:1.0">&e;</statuses>'),
        ("a.xml", b"not XML"),
    ],
)
def test_a_file_that_is_not_understood_is_refused(name: str, octets: bytes) -> None:
    """As a whole: nobody guesses what its columns are."""
    refused(ErrorKind.STATUS_FILE_REFUSED, read_statuses, name, octets, MADRID)


def test_spreadsheets_write_it_otherwise_and_it_is_read() -> None:
    """A byte order mark, commas, columns in another order, empty lines."""
    octets = f"\ufeffat,status,reference,received_by\n{GOOD['at']},DELIVERED,{MARK},Ana\n\n".encode()
    [found] = read_statuses("A.CSV", octets, MADRID)
    assert isinstance(found, Status)
    assert found.values["received_by"] == "Ana"

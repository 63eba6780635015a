"""PUBLICATION and ONCLICK_PUBLICATION: public for a period, read from outside meanwhile, each access kept."""

import hashlib
import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
import requests

from gateway.bootstrap import keys
from gateway.bootstrap.doors import wsgi
from gateway.domain.archive import inconsistencies
from gateway.domain.errors import ErrorKind
from gateway.domain.fixity import FixityProblem
from gateway.domain.results import RecipientState
from gateway.usecases.commands import Reference
from gateway.usecases.publications.join import Told
from gateway.usecases.publications.view import Onlooker
from tests import fakes, judges
from tests.house import BANK, House, refused
from tests.orders import order

SOMEBODY = Onlooker("192.0.2.7", "Mozilla/5.0")
MARTA = Told("Marta", "Ríos Gil", "12345678-z", "600 000 111", "marta@example.org")
DAY = timedelta(days=1)


def published(service: str = "PUBLICATION", **more: str) -> bytes:
    return order(service=service, time_to_close="P3D", **more)


@contextmanager
def outside(house: House) -> Iterator[str]:
    """The house behind a real HTTP server, where its checks look; gives the address."""
    doors = wsgi(house.settings, house.tech, house.system, keys.session_key(house.settings))
    port = int(house.settings.publication.address.rpartition(":")[2])
    with fakes.serving(doors, port):
        yield house.settings.publication.address


@pytest.fixture
def reachable(tmp_path: Path) -> Iterator[House]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    house = House(tmp_path / "house", more=f"[publication]\naddress = http://127.0.0.1:{port}\n")
    yield house
    house.close()


def end(house: House, days: int = 3) -> None:
    """One day after the other, as long as the period lasts, and what the alarm clock does then."""
    for _ in range(days):
        house.wait(DAY)
    house.wait(timedelta(minutes=10))
    house.expire()
    house.drain()


def details(house: House, guid: str, kind: str) -> list[dict[str, str]]:
    return [dict(event.details) for event in house.events(guid) if event.kind == kind]


def test_a_publication_from_submit_to_closed(reachable: House, tmp_path: Path) -> None:
    """Public from 3 on, read unaltered each day, every access in the log that the last evidence fixes."""
    house = reachable
    guid = house.submit(published()).guid
    with outside(house) as address:
        assert requests.get(f"{address}/p/{guid}", timeout=10).status_code == 404
        house.drain()
        page = requests.get(f"{address}/p/{guid}", timeout=10, headers={"Accept-Language": "es"})
        assert page.status_code == 200
        assert "Publicado por" in page.text
        assert "join-form" not in page.text
        octets = requests.get(f"{address}/p/{guid}/documents/1", timeout=10).content
        assert octets == house.documents(guid, "STAMPED")[0]
        assert requests.get(f"{address}/p/{guid}/documents/2", timeout=10).status_code == 404
        end(house)
        assert house.state(guid) == (12, 7)
        closed = requests.get(f"{address}/p/{guid}", timeout=10)
        assert closed.status_code == 403
        assert "E000101" in closed.text
    checks = details(house, guid, "PUBLICATION_CHECKED")
    assert [check["document_1"] for check in checks] == ["read"] * 3
    names = judges.proven(house, guid, tmp_path / "proof")
    assert names == ["SubmissionAcceptance", "Published", *["PublicationChecked"] * 3, "PublicationEnded"]
    [last] = details(house, guid, "DECIDED_ALL")
    log = log_of(house, guid, tmp_path)
    assert hashlib.sha256(log).hexdigest() == last["log_sha256"]
    kinds = [json.loads(line)["kind"] for line in log.splitlines()]
    # One page and one document of ours, and the check's three documents.
    assert sorted(kinds) == ["DOCUMENT"] * 4 + ["PAGE"]
    assert last["accesses"] == "5"


def log_of(house: House, guid: str, tmp_path: Path) -> bytes:
    file = tmp_path / "pack.asice"
    file.write_bytes(house.system.support.pack(Reference(guid)).octets)
    with ZipFile(file) as pack:
        assert "accesses.jsonl" in pack.read("README.txt").decode()
        return pack.read("accesses.jsonl")


def test_what_cannot_be_read_is_said(house: House) -> None:
    """Nobody answers at the public address: each check says so, and the publication still ends."""
    guid = house.submit(published()).guid
    house.drain()
    end(house)
    assert house.state(guid) == (12, 7)
    said = details(house, guid, "PUBLICATION_INTERRUPTED")
    assert len(said) == 3
    assert "read" not in {each["document_1"] for each in said}


def test_a_start_in_the_future_is_kept_secret(small_house: House) -> None:
    """Before its time it is not found, whoever knows the GUID; then it is."""
    house = small_house
    start = (datetime.now(UTC) + 2 * DAY).isoformat()
    guid = house.submit(published(send_at=start)).guid
    house.drain()
    view = house.system.signing.publications.view
    refused(ErrorKind.PUBLICATION_NOT_FOUND, view.page, guid, SOMEBODY)
    refused(ErrorKind.PUBLICATION_NOT_FOUND, view.document, guid, 1, SOMEBODY)
    house.wait(2 * DAY + timedelta(minutes=1))
    assert view.page(guid, SOMEBODY).documents


def test_the_log_is_missed_and_moves_with_its_issuer(small_house: House) -> None:
    """It is watched as the documents are, and an archive without it, or without its name, is refused."""
    house = small_house
    guid = house.submit(published()).guid
    house.drain()
    house.system.signing.publications.view.page(guid, SOMEBODY)
    end(house)
    [archived] = house.system.export_issuer(BANK.number).archived
    log = archived.publication and archived.publication.log_sha256
    assert log
    assert not list(inconsistencies(archived))
    others = [octets for octets in archived.contents if hashlib.sha256(octets).digest() != log]
    assert list(inconsistencies(replace(archived, contents=tuple(others))))
    [blob] = house.settings.vault.folder.rglob(f"*{log.hex()[2:]}*")
    blob.unlink()
    list(house.system.fixity.everything(paced=False)[1])
    failures = [(each.object, each.problem) for each in house.system.fixity.failures()]
    assert failures == [(f"blob:{log.hex()}", FixityProblem.MISSING)]


def test_nothing_else_is_public(small_house: House) -> None:
    """The GUID of another service, or of nothing, opens nothing."""
    house = small_house
    guid = house.submit().guid
    house.drain()
    view = house.system.signing.publications.view
    for other in (guid, guid.replace("0001-", "0009-", 1)):
        refused(ErrorKind.PUBLICATION_NOT_FOUND, view.page, other, SOMEBODY)
        refused(
            ErrorKind.PUBLICATION_NOT_FOUND, house.system.signing.publications.join, other, MARTA, SOMEBODY
        )


def accepted(house: House, guid: str, position: int = 0) -> None:
    """From the link to the code."""
    guest: Any = house.guest(guid, position)
    token = house.tech.codes.link_token(guid, position, 0)
    house.system.access.identify(token, MARTA.identifier)
    consult, session = house.system.consult, guest.session
    consult.accept_conditions(session)
    consult.show_documents(session)
    guest.ask()
    guest.sign()


def test_anybody_accepts_with_a_code_to_their_phone(house: House, tmp_path: Path) -> None:
    """Each acceptance is evidence of who and when; the period goes on, and its end counts them."""
    guid = house.submit(published("ONCLICK_PUBLICATION")).guid
    house.drain()
    join = house.system.signing.publications.join
    assert join(guid, MARTA, SOMEBODY) == house.tech.codes.link_token(guid, 0, 0)
    accepted(house, guid)
    assert house.state(guid) == (9, 0)
    join(guid, Told("Ana", "Gil", "X1234567L", "+34600000222"), SOMEBODY)
    house.drain()
    assert not house.messages("notice-")
    end(house)
    assert house.state(guid) == (12, 7)
    states = [recipient.state for recipient in house.recipients(guid)]
    assert states == [RecipientState.ACCEPTED, RecipientState.EXPIRED]
    assert details(house, guid, "DECIDED_ALL")[0]["acceptances"] == "1"
    names = judges.proven(house, guid, tmp_path / "proof")
    assert {"Published", "Accepted", "Expired", "PublicationEnded"} <= set(names)


@pytest.mark.parametrize(
    "told",
    [
        Told("", "Gil", "12345678Z", "600000111"),
        Told("Ana", "Gil", "1", "600000111"),
        Told("Ana", "Gil", "12345678Z", "call me"),
        Told("Ana", "Gil", "12345678Z", "123"),
    ],
)
def test_half_a_person_is_refused(small_house: House, told: Told) -> None:
    """Nothing is kept of it."""
    house = small_house
    guid = house.submit(published("ONCLICK_PUBLICATION")).guid
    house.drain()
    refused(ErrorKind.JOINING_INCOMPLETE, house.system.signing.publications.join, guid, told, SOMEBODY)
    assert not house.recipients(guid)


def test_one_phone_is_not_flooded(small_house: House) -> None:
    """Three recipients of one number, from wherever: a fourth is sent away; so is who begins too often."""
    house = small_house
    guid = house.submit(published("ONCLICK_PUBLICATION")).guid
    house.drain()
    join = house.system.signing.publications.join
    for number in range(3):
        join(guid, MARTA, Onlooker(f"192.0.2.{number}", ""))
    refused(ErrorKind.TOO_MANY_ATTEMPTS, join, guid, MARTA, Onlooker("192.0.2.9", ""))
    for number in range(5):
        join(guid, Told("Ana", "Gil", "12345678Z", f"60000022{number}"), SOMEBODY)
    refused(ErrorKind.TOO_MANY_ATTEMPTS, join, guid, Told("Ana", "Gil", "12345678Z", "600000230"), SOMEBODY)


def test_who_accepts_learns_nothing_of_the_others(small_house: House) -> None:
    """Anybody may join, under any name: a copy holds no certificate, and who proved nothing gets none."""
    house = small_house
    guid = house.submit(published("ONCLICK_PUBLICATION")).guid
    house.drain()
    join = house.system.signing.publications.join
    join(guid, MARTA, SOMEBODY)
    accepted(house, guid)
    join(guid, Told("Ana", "Gil", "X1234567L", "+34600000222", "ana@example.org"), SOMEBODY)
    house.drain()
    end(house)
    for identifier in ("X1234567L", MARTA.identifier):
        house.system.copies.ask(guid, identifier, SOMEBODY.address)
        house.drain()
    (message,) = house.messages(f"copy-{guid}-")
    assert message["address"] == MARTA.email
    names = [file.name for file in house.system.copies.open.shown(guid, 0).files]
    assert names
    assert not [name for name in names if name.startswith(("certificate", "pack"))]
    assert not house.system.copies.open.shown(guid, 1).files


def test_nobody_locks_the_others_out(small_house: House) -> None:
    """Wrong identifiers count against the link that they were typed at, of the thousands there may be."""
    house = small_house
    guid = house.submit(published("ONCLICK_PUBLICATION")).guid
    house.drain()
    join, identify = house.system.signing.publications.join, house.system.access.identify
    links = [join(guid, replace(MARTA, phone=f"60000011{number}"), SOMEBODY) for number in range(3)]
    for link in links[:2]:
        for number in range(5):
            refused(ErrorKind.IDENTIFIER_MISMATCH, identify, link, f"WRONG{number}")
    assert identify(links[2], MARTA.identifier).position == 2

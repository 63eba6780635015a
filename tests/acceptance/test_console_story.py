"""The console's search and story: support finds a transaction by anything and sees all of it, masked."""

from datetime import timedelta
from html import unescape

import pytest

from gateway.domain.staff import Role
from gateway.usecases.ports import UnitOfWork
from tests.console_site import PEOPLE, Site
from tests.house import House
from tests.orders import ANA, LUIS, Paper, order
from tests.pdf_samples import plain

CLEAR = ("Ana", "ana@example.org", "600000123", "12345678Z", "Asunto de Ana", "Nómina de Ana")
STAFF = [Role.SUPPORT, Role.SUPERVISOR, Role.OPERATOR, Role.AUDITOR]


@pytest.fixture
def site(small_house: House) -> Site:
    return Site(small_house).sign_in(Role.SUPPORT)


def submitted(house: House) -> str:
    """A contract of Ana and Luis, of whom Ana has signed."""
    papers = [Paper(plain(), name="Nómina de Ana.pdf")]
    guid = house.submit(order(ANA, LUIS, papers=papers, subject="Asunto de Ana", external_id="ORD-77")).guid
    house.drain()
    guest = house.guest(guid)
    guest.read()
    guest.ask()
    house.system.sign.sign(guest.session, guest.code)
    house.drain()
    return guid


def entries(uow: UnitOfWork) -> list[tuple[str, str, str]]:
    found = [entry for node in uow.audit.nodes() for entry in uow.audit.entries(node, 0, 1000)]
    return [(entry.action, entry.subject, entry.details) for entry in found]


@pytest.mark.parametrize(
    "typed",
    ["ORD-77", "+34 600 000 123", "600000123", "ana@example.org", "12345678-z", "ANA@EXAMPLE.ORG", "X-none"],
)
def test_anything_finds_it_and_nothing_personal_is_in_the_address(site: Site, typed: str) -> None:
    """Support pastes what the caller says; the list names the transaction, the address no person."""
    guid = submitted(site.house)
    led = site.post("/console/search", q=typed)
    assert led.status_code == 303
    assert not any(value.lower() in led.location.lower() for value in CLEAR)
    seen = site.get(led.location)
    assert seen.status_code == 200
    assert (guid in seen.text) is (typed != "X-none")
    assert not any(value in seen.text for value in CLEAR)


def test_a_guid_leads_to_its_page(site: Site) -> None:
    """The most exact search needs no list."""
    guid = submitted(site.house)
    assert site.post("/console/search", q=f"  {guid} ").location == f"/console/t/{guid}"


def test_the_story_tells_everything_without_telling_who(site: Site) -> None:
    """Rail, people, codes, documents, evidence, receipts and what comes next, all masked."""
    guid = submitted(site.house)
    seen = site.get(f"/console/t/{guid}")
    text = unescape(seen.text)
    assert seen.status_code == 200
    for told in (
        'aria-current="step"',
        "Partially decided",
        "A•••",
        "••• ••• 123",
        "•••4567••",
        "Code sent",
        "Used",
        "XAdES B-",
        "Submission",
        "NOTICE",
        "Delivered",
        "Expires",
        "•••.pdf",
    ):
        assert told in text, told
    assert not any(value in text for value in CLEAR)
    assert site.house.code(guid) not in text
    assert site.house.link_token(guid) not in text


@pytest.mark.parametrize("role", STAFF)
def test_unmasking_is_for_some_short_and_audited(site: Site, role: Role) -> None:
    """Who may unmask does it for one transaction and five minutes, with a reason that is kept."""
    guid, other = submitted(site.house), submitted_again(site.house)
    site.sign_in(role)
    may = role is not Role.AUDITOR
    answer = site.post(f"/console/t/{guid}/unmask", reason="Llama Ana, 600 000 123, ana@example.org")
    assert answer.status_code == (303 if may else 403)
    shown = unescape(site.get(f"/console/t/{guid}").text)
    assert all((value in shown) is may for value in CLEAR)
    assert not any(value in unescape(site.get(f"/console/t/{other}").text) for value in CLEAR)
    with site.house.tech.database.read() as uow:
        kept = [entry for entry in entries(uow) if entry[0] == "personal-data-unmasked"]
    assert len(kept) == may
    for action, subject, details in kept:
        assert (action, subject) == ("personal-data-unmasked", f"{guid}:{PEOPLE[role].login}")
        assert "Llama" in details
        assert not any(value in details for value in ("600", "example.org"))
    site.house.clock.advance(timedelta(minutes=6))
    assert not any(value in unescape(site.get(f"/console/t/{guid}").text) for value in CLEAR)


def submitted_again(house: House) -> str:
    papers = [Paper(plain(), name="Nómina de Ana.pdf")]
    return house.submit(order(ANA, papers=papers, subject="Asunto de Ana", external_id="ORD-78")).guid


def test_masking_again_ends_it_at_once(site: Site) -> None:
    """Nobody waits for the five minutes when somebody comes near."""
    guid = submitted(site.house)
    site.post(f"/console/t/{guid}/unmask", reason="llamada")
    assert "ana@example.org" in site.get(f"/console/t/{guid}").text
    site.post(f"/console/t/{guid}/mask")
    assert "ana@example.org" not in site.get(f"/console/t/{guid}").text


def test_anothers_cookie_unmasks_nothing(site: Site) -> None:
    """The cookie is the person's and the transaction's alone."""
    guid = submitted(site.house)
    site.post(f"/console/t/{guid}/unmask", reason="llamada")
    for role in (Role.SUPERVISOR, Role.AUDITOR):
        site.gate.inside = PEOPLE[role]
        assert "ana@example.org" not in site.get(f"/console/t/{guid}").text


def test_unmasking_needs_a_reason_and_our_form(site: Site) -> None:
    """Neither an empty reason nor another site's form shows anything."""
    guid = submitted(site.house)
    assert site.post(f"/console/t/{guid}/unmask", reason=" ").status_code == 400
    assert site.post(f"/console/t/{guid}/unmask", reason="x", csrf="theirs").status_code == 403
    assert "ana@example.org" not in site.get(f"/console/t/{guid}").text


def test_what_is_not_there_is_not_found(site: Site) -> None:
    """An unknown GUID, and what is none; an address that no database may be asked for is refused before."""
    assert site.get("/console/t/000001-0001-999999999999999.par").status_code == 404
    assert site.get("/console/t/other").status_code == 404
    assert site.get("/console/t/other%00").status_code == 400


def test_both_languages(site: Site) -> None:
    """The whole page speaks one language, whichever is chosen."""
    guid = submitted(site.house)
    site.get(f"/console/t/{guid}?lang=es")
    assert "Cronología" in site.get(f"/console/t/{guid}").text

"""Who gets to which page of the console: every page by every role, by people who really signed in."""

from pathlib import Path

import pytest

from gateway.domain.staff import Role
from gateway.entrypoints.web.console.app import ROUTES
from tests.house import House
from tests.orders import ANA, order
from tests.staff import Member, signed_in

STAFF = [Role.SUPPORT, Role.SUPERVISOR, Role.OPERATOR, Role.AUDITOR]
EVERYBODY = {*STAFF}
ACTING = {Role.SUPPORT, Role.SUPERVISOR, Role.OPERATOR}
RANKS = {Role.SUPERVISOR, Role.OPERATOR}
AUDITING = {Role.SUPERVISOR, Role.OPERATOR, Role.AUDITOR}
# Who gets each page that is read; whoever is not named is refused.
READ: dict[str, set[Role]] = {
    "/console": EVERYBODY,
    "/console/t/{guid}": EVERYBODY,
    "/console/t/{guid}/files": EVERYBODY,
    "/console/t/{guid}/do/resend": ACTING,
    "/console/t/{guid}/do/correct": ACTING,
    "/console/t/{guid}/do/block": ACTING,
    "/console/t/{guid}/do/unblock": ACTING,
    "/console/t/{guid}/do/cancel": RANKS,
    "/console/t/{guid}/do/extend": RANKS,
    "/console/batches": EVERYBODY,
    "/console/issuers": EVERYBODY,
    "/console/issuers/1": EVERYBODY,
    "/console/queues": EVERYBODY,
    "/console/audit": AUDITING,
    "/console/charts": EVERYBODY,
    "/console/export": RANKS,
    "/console/exports": RANKS,
}
# What a form does, for those who may not: refused, whatever they send.
POSTED: dict[str, set[Role]] = {
    "/console/t/{guid}/unmask": ACTING,
    "/console/t/{guid}/do/resend": ACTING,
    "/console/t/{guid}/do/cancel": RANKS,
    "/console/t/{guid}/do/extend": RANKS,
    "/console/tasks/none/retry": ACTING,
    "/console/feedback/none/replay": ACTING,
    "/console/issuers/1": {Role.OPERATOR},
    "/console/export": RANKS,
    "/console/exports/none": RANKS,
    "/console/t/{guid}/files": EVERYBODY,
    "/console/t/{guid}/verify": EVERYBODY,
    "/console/batches/none/report": EVERYBODY,
}
CLEAR = ("Ana", "ana@example.org", "600000123", "12345678Z", "Su contrato")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return House(tmp_path_factory.mktemp("console-doors"))


@pytest.fixture(scope="module")
def guid(house: House) -> str:
    found = house.submit(order(ANA)).guid
    house.drain()
    return found


@pytest.fixture(scope="module")
def members(house: House) -> dict[Role, Member]:
    return {role: signed_in(house, role) for role in Role}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("page", READ)
def test_each_page_is_for_its_roles(members: dict[Role, Member], guid: str, page: str, role: Role) -> None:
    """Allowed or 403, and nobody who is masked ever gets a clear value with the page."""
    seen = members[role].browser.get(page.format(guid=guid))
    assert seen.status_code == (200 if role in READ[page] else 403)
    assert not any(value in seen.text for value in CLEAR)
    assert "default-src 'none'" in seen.headers["Content-Security-Policy"]
    assert "no-store" in seen.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("path", "role"), [(path, role) for path, may in POSTED.items() for role in Role if role not in may]
)
def test_each_form_is_for_its_roles(members: dict[Role, Member], guid: str, path: str, role: Role) -> None:
    """The use case refuses those to whom no button was shown."""
    fields = {
        "reason": "r", "once": "o", "to": "0", "code": "OTHER", "years": "1", "priority": "5",
        "daily_limit": "0", "default_sign_method": "SMS",
    }  # fmt: skip
    seen = members[role].browser.post(path.format(guid=guid), **fields)
    assert seen.status_code == 403
    assert "E000102" in seen.text


@pytest.mark.parametrize("path", [path for path, _, methods in ROUTES if methods == ("POST",)])
def test_no_form_is_taken_from_elsewhere(members: dict[Role, Member], guid: str, path: str) -> None:
    """Without the session's token nothing is done, whoever is signed in."""
    at = f"/console{path}".replace("<guid:guid>", guid).replace("<action>", "resend")
    at = at.replace("<word:task>", "t").replace("<word:notification>", "n").replace("<word:batch>", "b")
    at = at.replace("<int(max=9999):number>", "1").replace("<word:export>", "e")
    seen = members[Role.OPERATOR].browser.post(at, token="0.forged", reason="r")
    assert (seen.status_code, "E000601" in seen.text) == (403, True)


@pytest.mark.parametrize("page", READ)
def test_nobody_is_led_to_sign_in(house: House, guid: str, page: str) -> None:
    """Without a session there is no page, and nothing tells whether there is such a transaction."""
    status, _ = house.get(page.format(guid=guid))
    assert status.startswith("303")


def test_a_senders_issuer_gives_no_way_in(members: dict[Role, Member], guid: str) -> None:
    """A sender sees not even the issuer's own transactions here."""
    seen = members[Role.SENDER].browser.get(f"/console/t/{guid}")
    assert seen.status_code == 403
    assert guid not in seen.text


def test_templates_bear_no_script_of_their_own() -> None:
    """The content policy forbids inline code and style; the templates have none to be forbidden."""
    folder = Path(__file__).parents[2] / "gateway/entrypoints/web/templates"
    for file in folder.glob("console_*.html"):
        text = file.read_text()
        assert " style=" not in text, file.name
        assert "onclick" not in text, file.name
        assert "|safe" not in text.replace(" ", ""), file.name


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "soon"])
def test_no_place_of_a_page_breaks_it(members: dict[Role, Member], at: str) -> None:
    """Instants that have no UTC, and whatever else stands in an address, lead to the first page."""
    browser = members[Role.SUPPORT].browser
    for page in ("/console", "/console/batches"):
        assert browser.get(page, query_string={"at": at, "before": at, "after": at}).status_code == 200
    assert [browser.get(page).status_code for page in ("/account/people/%00", "/console?q=%00")] == [400, 400]

"""The pad's page and its form: what it shows, what it takes, and what it refuses."""

import json

import pytest
from lxml import html

from gateway.usecases.commands import Session
from gateway.usecases.sandbox.scribble import scribble
from tests.browser.portal_double import GUID, PortalDouble
from tests.browser.visitor import Visitor, by_hand
from tests.unit.test_strokes import written


@pytest.fixture
def person() -> Visitor:
    visitor = Visitor(by_hand(PortalDouble())).accept()
    visitor.send("begin-form")
    return visitor


def draw(person: Visitor, drawing: str, bound: str = "") -> int:
    """Send the pad's form; the status of the page that comes of it."""
    shown = bound or str(person.page.xpath('string(//input[@name="bound"]/@value)'))
    return person.send("pad-form", drawing=drawing, bound=shown).status_code


def test_the_pad_shows_what_is_signed(person: Visitor) -> None:
    """Every document with its digest and the page of the drawing; who cannot draw is told another way."""
    documents = person.double.pad(Session(GUID, 0)).documents
    for document in documents:
        assert (document.stamped_sha256 or b"").hex() in person.words
    assert "página 4" in person.words
    assert "página 2" in person.words
    assert person.page.xpath('//a[@id="help-link"]/@href') == [f"{person.door}/help"]
    # Without script the form stays hidden, and the words beside it say why.
    assert person.page.xpath('//form[@id="pad-form"]/@hidden')
    assert "JavaScript" in person.words


def test_a_drawing_signs(person: Visitor) -> None:
    """The use case gets the very points, and the last page follows."""
    assert draw(person, written()) == 200
    assert person.double.drawings == [scribble()]
    assert html.tostring(person.page).count(b'data-outcome="signed"') == 1
    assert GUID in person.words


def test_sent_twice_it_is_one_signature(person: Visitor) -> None:
    """The answer to the second is the last page again, and nothing is signed anew."""
    page = person.page
    draw(person, written())
    (form,) = page.xpath('//form[@id="pad-form"]')
    fields = {each.get("name"): each.get("value") for each in form.xpath('.//input[@type="hidden"]')}
    again = person.ask(form.get("action"), "POST", follow=True, data=fields | {"drawing": written()})
    assert again.status_code == 200
    assert person.double.calls.count("sign_on_pad") == 1


@pytest.mark.parametrize(
    ("drawing", "bound", "status", "words"),
    [
        ("", "", 422, "demasiado poco"),
        (json.dumps({"width": 1}), "", 422, "no se puede usar"),
        (written().replace("0", "NaN", 1), "", 422, "no se puede usar"),
        (written(), "ab" * 32, 409, "otros documentos"),
        (written(), "ñ" * 64, 409, "otros documentos"),
    ],
)
def test_what_cannot_be_taken_leads_back_to_the_pad(
    person: Visitor, drawing: str, bound: str, status: int, words: str
) -> None:
    """With the reason, and nothing signed."""
    assert draw(person, drawing, bound) == status
    assert words in person.problem
    assert person.double.drawings == []
    assert person.page.xpath('//form[@id="pad-form"]')


def test_a_giant_is_refused_unread(person: Visitor) -> None:
    """Two megabytes are more than the longest signature; no other form became any larger by it."""
    assert draw(person, "[" + "1" * (2 * 1024 * 1024)) == 413
    person.see("pad")
    assert person.send("pad-form", drawing=" " * 100_000, bound="").status_code == 422
    person.see("reject")
    assert person.send("reject-form", reason="x" * 20_000).status_code == 413
    assert person.double.drawings == []


def test_another_sites_form_is_refused(person: Visitor) -> None:
    """A drawing without this session's token is nobody's."""
    assert person.send("pad-form", csrf="forged", drawing=written(), bound="").status_code == 403
    assert person.double.drawings == []


def test_the_pad_is_for_its_own_step() -> None:
    """Whoever signs by code never gets there, neither to look nor to send."""
    visitor = Visitor(PortalDouble()).challenge()
    visitor.see("pad")
    assert visitor.page.xpath('//form[@id="code-form"]')

"""Every page that a recipient can meet, in both languages: its HTML, its headers, its words."""

import re
from collections.abc import Callable
from html.parser import HTMLParser
from itertools import pairwise
from urllib.parse import urlsplit

import pytest
from lxml import etree, html

from tests.browser.portal_double import PortalDouble
from tests.browser.visitor import Visitor, every_page

PAGES = dict(every_page())
LANGUAGES = ("es", "en")
# Words that one language alone has; a page that shows the other's was not translated.
FOREIGN = {
    "es": re.compile(r"\b(the|your|you|will|has|been|this)\b", re.I),
    "en": re.compile(r"\b(usted|los|para|una|del|esta)\b", re.I),
}
# Written before anybody is known, in the browser's language (here Spanish) or in both at once.
UNKNOWN_READER = {"closed", "unknown_link", "not_found", "broken"}
HEADERS = {
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

Show = Callable[[PortalDouble], Visitor]


class Balance(HTMLParser):
    """Fails on the first end tag that ends something else than what began last."""

    VOID = frozenset({"meta", "link", "input", "img", "br", "hr"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture(scope="module", params=[(name, tag) for name in PAGES for tag in LANGUAGES], ids="-".join)
def shown(request: pytest.FixtureRequest) -> tuple[str, str, Visitor]:
    """A page's name, its language and the person who looks at it."""
    name, language = request.param
    return name, language, PAGES[name](PortalDouble(language=language))


def test_a_page_is_sound_html(shown: tuple[str, str, Visitor]) -> None:
    """It parses, and has a language, a title, one main heading, unique ids, and labels for every input."""
    text = shown[2].answer.text
    assert text.startswith("<!doctype html>")
    balance = Balance()
    balance.feed(text)
    assert balance.open == []
    page = html.document_fromstring(text)
    assert page.get("lang") in LANGUAGES
    assert page.xpath("string(//title)").strip()
    assert len(page.xpath("//h1")) == 1
    assert len(page.xpath("//main")) == 1
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    for field in page.xpath('//input[@type!="hidden"] | //textarea'):
        assert page.xpath("//label[@for=$id]", id=field.get("id"))
    for name in ("aria-describedby", "aria-labelledby"):
        for targets in page.xpath(f"//@{name}"):
            assert set(targets.split()) <= set(ids)
    for link in page.xpath('//a[starts-with(@href, "#")]/@href'):
        assert link[1:] in ids
    assert all(image.get("alt") is not None for image in page.xpath("//img"))


def test_headings_never_skip_a_level(shown: tuple[str, str, Visitor]) -> None:
    """Who reads by ear finds h1, then h2, then h3."""
    levels = [int(heading.tag[1]) for heading in shown[2].page.xpath("//h1 | //h2 | //h3 | //h4")]
    assert levels[0] == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))


def test_a_page_is_in_the_recipients_language(shown: tuple[str, str, Visitor]) -> None:
    """The transaction's language is the page's, and no word of the other one is left over."""
    name, language, person = shown
    page = person.page
    if name in UNKNOWN_READER:
        language = "es"
    assert page.get("lang") == language
    for other in page.xpath(".//body//*[@lang]"):
        other.drop_tree()
    assert not FOREIGN[language].findall(page.text_content().replace("Sign in", ""))


def test_a_page_says_nothing_but_through_its_own_files(shown: tuple[str, str, Visitor]) -> None:
    """No inline script, style or handler, and no address of another host but the issuer's own link."""
    page = shown[2].page
    assert (
        page.xpath("//style | //@style | //iframe | //object | //embed | //base | //meta[@http-equiv]") == []
    )
    assert all(script.get("src") and not script.text for script in page.xpath("//script"))
    assert [name for element in page.iter(etree.Element) for name in element.attrib if name[:2] == "on"] == []
    links = page.xpath("//@href | //@src | //@action | //@formaction | //@srcset | //@data-source")
    issuers = set(page.xpath('//a[@id="return-link"]/@href'))
    for link in set(links) - issuers:
        assert not urlsplit(link).netloc
        assert urlsplit(link).scheme in {"", "mailto"}


def test_every_answer_bears_the_security_headers(shown: tuple[str, str, Visitor]) -> None:
    """Pages, refusals and the redirects on the way: strict policy, no referrer, no cache, a request id."""
    for answer in shown[2].seen:
        for name, value in HEADERS.items():
            assert answer.headers[name] == value
        assert answer.headers["Cache-Control"] == "no-store"
        assert re.fullmatch("[0-9a-f]{16}", answer.headers["X-Request-Id"])
        policy = answer.headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "*" not in policy
        assert {
            "default-src 'none'",
            "script-src 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        } <= {rule.strip() for rule in policy.split(";")}


def test_every_form_bears_a_token_of_its_own(shown: tuple[str, str, Visitor]) -> None:
    """Forms are posted to this site, with a token that no other form of the page repeats."""
    forms = shown[2].page.xpath("//form")
    tokens = [form.xpath('string(.//input[@name="csrf"]/@value)') for form in forms]
    assert all(form.get("method") == "post" for form in forms)
    assert all(tokens)
    assert len(tokens) == len(set(tokens))


def test_what_is_wrong_stands_in_the_title_and_at_its_input() -> None:
    """An input that is marked as wrong is described by the message, and the summary leads to it."""
    for name, field in (("door_wrong", "identifier"), ("sign_wrong", "code"), ("reject_empty", "reason")):
        page = PAGES[name](PortalDouble()).page
        (wrong,) = page.xpath('//*[@aria-invalid="true"]')
        assert wrong.get("id") == field
        assert f"{field}-problem" in wrong.get("aria-describedby").split()
        assert page.xpath('//*[@id="problem-summary"]//a/@href') == [f"#{field}"]
        assert page.xpath("string(//title)").startswith("Error: ")


def test_what_is_nobodys_mistake_marks_no_input() -> None:
    """A code asked for too soon is said above the form, and the code's input stays as it was."""
    page = PAGES["sign_too_soon"](PortalDouble()).page
    assert page.xpath('//*[@id="problem-summary"]')
    assert page.xpath("//*[@aria-invalid]") == []

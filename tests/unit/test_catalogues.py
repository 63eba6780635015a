"""The catalogues of the pages: the same keys and placeholders everywhere, and every word is used."""

import re
import string
from importlib.resources import files

import pytest

from gateway import catalogues
from gateway.adapters.channels.notice_facts import LABELS as NOTICE_LABELS
from gateway.adapters.channels.notices import ACTS, OPEN, READ
from gateway.domain.approval import Change
from gateway.domain.catalogue import CATALOGUE
from gateway.domain.errors import ErrorKind
from gateway.domain.sandbox import BAND
from gateway.entrypoints.web.texts import LANGUAGES, PACKAGE, STAFF_TOPICS, Words, supported
from gateway.usecases.access import LABELS
from scripts.missing_words import missing

NOTICES = "gateway.adapters.channels"
# Keys that are put together where they are used: by their beginning, or by their end.
ENDS = re.compile(r"""[~+]\s*["'](\.[a-z_]+)["']|\}(\.[a-z_]+)["']""")
BEGINS = re.compile(r"""f["']([a-z_.]+[._])\{|["']([a-z_]+(?:\.[a-z_]+)*[._])["']\s*[~+]""")


def topics(language: str, *packages: str) -> dict[str, dict[str, str]]:
    """The topics of the pages, or of the packages that are named."""
    return {
        name: dict(texts)
        for package in packages or (PACKAGE,)
        for name, texts in catalogues.topics(package, language).items()
    }


def test_spanish_and_english_lack_nothing() -> None:
    """The three others may fall back to Spanish while a page is new; these two never do."""
    assert list(missing(("es", "en"))) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_take_the_same_facts_in_every_language(language: str) -> None:
    """The same placeholders, no HTML, no blanks around, and nothing that Spanish has not."""
    spanish = topics("es", PACKAGE, NOTICES)
    for topic, texts in topics(language, PACKAGE, NOTICES).items():
        for key, text in texts.items():
            assert key in spanish[topic], (topic, key)
            assert placeholders(text) == placeholders(spanish[topic][key]), (topic, key)
            assert text.strip() == text != "", (topic, key)
            assert "<" not in text, (topic, key)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_key_stands_once_in_a_language(language: str) -> None:
    """Topics are merged: a second text under the same key would silently hide the first."""
    keys = [key for texts in topics(language).values() for key in texts]
    assert sorted(set(keys)) == sorted(keys)


def test_what_a_language_lacks_is_said_in_spanish() -> None:
    """A page never breaks for a missing word."""
    assert catalogues.texts(PACKAGE, "gl")["staff.sign_out"] == Words("es")("staff.sign_out")
    assert [supported(tag) for tag in ("ca-ES", "GL", "eu", "es-MX", "fr")] == ["ca", "gl", "eu", "es", "en"]


@pytest.mark.parametrize("language", ["ca", "gl", "eu"])
def test_the_domains_own_texts_are_still_what_was_translated(language: str) -> None:
    """They are found by their Spanish words: whoever changes those has to change the key as well."""
    known = {kind.text.es for kind in ErrorKind} | {each.title.es for each in CATALOGUE.values()} | {BAND.es}
    known |= {each.es for each in (*ACTS.values(), READ, OPEN, *NOTICE_LABELS, *LABELS.values())}
    assert topics(language, "gateway")["domain"].keys() <= known
    assert catalogues.say(ErrorKind.CLOSED.text, f"{language}-ES") != ErrorKind.CLOSED.text.es


def test_every_text_is_used() -> None:
    """A text that no page or handler asks for is no text of ours."""
    folder = files(PACKAGE)
    sources = [each for each in folder.iterdir() if each.is_dir() and each.name not in {"static", "locale"}]
    named = [file for each in sources for file in each.iterdir() if file.name.endswith((".html", ".py"))]
    text = "".join(each.read_text("utf-8") for each in named)
    begun = tuple(one or two for one, two in BEGINS.findall(text))
    ended = tuple(one or two for one, two in ENDS.findall(text))
    every = [key for topic, texts in topics("es").items() if topic not in STAFF_TOPICS for key in texts]
    # Words of an act take the place of a page's own (`own_words`).
    page = {key: key.removeprefix("accept.").removeprefix("acknowledge.") for key in every}
    unused = [
        key for key in every if not any(said in text for said in (f'"{key}"', f"'{key}'", f'"{page[key]}"'))
    ]
    assert [key for key in unused if not (key.startswith(begun) or key.endswith(ended))] == []


def test_every_change_that_two_people_approve_has_a_name() -> None:
    """The page of approvals names what was asked for."""
    assert {f"change.{change.value}" for change in Change} <= topics("es")["approvals"].keys()


def placeholders(text: str) -> set[str | None]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}

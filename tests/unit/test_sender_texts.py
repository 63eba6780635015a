"""Every word of the web sender's pages is there, in both languages, with the same places to fill in."""

import re
from importlib.resources import files
from string import Formatter

from gateway.entrypoints.web import texts_staff_es
from gateway.entrypoints.web.sender import texts_en, texts_es

USED = re.compile(r"""\bt\(\s*["']([a-z_.]+)["']|\bwords\(\s*["']([a-z_.]+)["']""")


def test_both_languages_say_the_same_things() -> None:
    """The same keys, and the same placeholders in each."""
    assert texts_es.TEXTS.keys() == texts_en.TEXTS.keys()
    for key, text in texts_es.TEXTS.items():
        names = [
            {name for _, name, _, _ in Formatter().parse(each) if name}
            for each in (text, texts_en.TEXTS[key])
        ]
        assert names[0] == names[1], key


def test_every_text_that_a_page_asks_for_exists() -> None:
    """A missing one would be an error page, in a language that nobody tried."""
    folder = files("gateway.entrypoints.web")
    sources = [each for each in folder.joinpath("templates").iterdir() if each.name.startswith("sender_")]
    sources += [each for each in folder.joinpath("sender").iterdir() if each.name.endswith(".py")]
    known = texts_es.TEXTS.keys() | texts_staff_es.TEXTS.keys()
    asked = {one or two for each in sources for one, two in USED.findall(each.read_text("utf-8"))}
    assert {key for key in asked if key not in known and not key.endswith(("_", "."))} == set()

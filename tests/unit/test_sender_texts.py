"""Every word that the web sender's pages ask for is in the catalogue."""

import re
from importlib.resources import files

from gateway import catalogues
from gateway.entrypoints.web.texts import PACKAGE

USED = re.compile(r"""\bt\(\s*["']([a-z_.]+)["']|\bwords\(\s*["']([a-z_.]+)["']""")


def test_every_text_that_a_page_asks_for_exists() -> None:
    """A missing one would be an error page, in a language that nobody tried."""
    folder = files("gateway.entrypoints.web")
    sources = [each for each in folder.joinpath("templates").iterdir() if each.name.startswith("sender_")]
    sources += [each for each in folder.joinpath("sender").iterdir() if each.name.endswith(".py")]
    known = catalogues.texts(PACKAGE, "es").keys()
    asked = {one or two for each in sources for one, two in USED.findall(each.read_text("utf-8"))}
    assert {key for key in asked if key not in known and not key.endswith(("_", "."))} == set()

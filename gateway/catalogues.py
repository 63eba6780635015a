"""Reads gettext catalogues: a folder `locale/<language>/` of .po files, merged into one table of texts.

Whatever a catalogue lacks is taken from Spanish, then from English. Files are read when the first
text of their language is asked for, and once in the life of the process.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from babel.messages.pofile import read_po

from gateway.domain.errors import Text

LANGUAGES = ("es", "en", "ca", "gl", "eu")
FALLBACK = ("es", "en")
Texts = Mapping[str, str]


@cache
def texts(package: str, language: str) -> Texts:
    """Every text of the package's `locale` in that language, with its fallbacks behind it."""
    merged: dict[str, str] = {}
    for each in reversed(dict.fromkeys((language, *FALLBACK))):
        merged |= {key: text for topic in topics(package, each).values() for key, text in topic.items()}
    return merged


@cache
def topics(package: str, language: str) -> Mapping[str, Texts]:
    """What the language itself has, by topic (a file's name without .po), without any fallback."""
    folder = files(package).joinpath("locale", language)
    if not folder.is_dir():
        return {}
    found = sorted(folder.iterdir(), key=lambda file: file.name)
    return {file.name.removesuffix(".po"): _read(file) for file in found if file.name.endswith(".po")}


def supported(language: str) -> str:
    """The language of a tag (`ca-ES` is `ca`); English for those that are not spoken here."""
    primary = language.lower().split("-")[0]
    return primary if primary in LANGUAGES else "en"


def say(text: Text, language: str) -> str:
    """A text of the domain, which brings Spanish and English along; others stand by its Spanish words."""
    primary = language.lower().split("-")[0]
    domain = topics("gateway", primary).get("domain", {}) if primary in LANGUAGES else {}
    return domain.get(text.es) or text.in_language(language)


def _read(file: Traversable) -> Texts:
    with file.open("rb") as octets:
        catalogue = read_po(octets, abort_invalid=True)
    return {
        str(each.id): str(each.string) for each in catalogue if each.id and each.string and not each.fuzzy
    }

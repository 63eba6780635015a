"""Lists the words that a catalogue lacks: `python -m scripts.missing_words [language...]`.

One line per language, topic and key. It ends with 1 if any is missing, so that a release may ask it.
"""

import sys
from collections.abc import Iterable, Iterator

from gateway import catalogues
from gateway.entrypoints.web.texts import STAFF_LANGUAGES, STAFF_TOPICS

LANGUAGES = catalogues.LANGUAGES
# The domain brings Spanish and English along, so that only the others are in its catalogue.
PACKAGES = ("gateway.entrypoints.web", "gateway.adapters.channels", "gateway")


def missing(languages: Iterable[str] = LANGUAGES) -> Iterator[tuple[str, str, str]]:
    """(language, topic, key) of each text that another language has and this one has not."""
    every = {each for language in LANGUAGES for each in _keys(language)}
    for language in languages:
        wanted = {(topic, key) for topic, key in every if language in spoken(topic)}
        yield from ((language, topic, key) for topic, key in sorted(wanted - set(_keys(language))))


def spoken(topic: str) -> Iterable[str]:
    """The languages in which a topic has to exist."""
    if topic == "domain":
        return set(LANGUAGES) - {"es", "en"}
    return STAFF_LANGUAGES if topic in STAFF_TOPICS else LANGUAGES


def _keys(language: str) -> Iterator[tuple[str, str]]:
    for package in PACKAGES:
        found = catalogues.topics(package, language)
        yield from ((topic, key) for topic, texts in found.items() for key in texts)


def main() -> int:
    """Print what is missing. Any of it is said in Spanish until it is there."""
    lines = [" ".join(each) for each in missing(sys.argv[1:] or LANGUAGES)]
    print("\n".join(lines) or "nothing is missing")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())

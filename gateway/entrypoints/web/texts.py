"""Finds the words of the web pages in `locale/<language>/<topic>.po`: msgid is the key, msgstr the text.

A topic is one file per language; all of a language's topics make one catalogue, in which a key stands
once. Recipients' pages speak five languages, staff pages two. New words: add `locale/es/<topic>.po` and
`locale/en/<topic>.po`, nothing else; what ca, gl and eu lack is said in Spanish meanwhile.
"""

from collections.abc import Iterable

from werkzeug.datastructures import LanguageAccept

from gateway import catalogues
from gateway.domain.errors import Text

PACKAGE = "gateway.entrypoints.web"
LANGUAGES = {"es": "Español", "en": "English", "ca": "Català", "gl": "Galego", "eu": "Euskara"}
STAFF_LANGUAGES = {"es": "Español", "en": "English"}
# Topics of pages that only people who sign in see; the others exist in every language.
STAFF_TOPICS = frozenset({"account", "approvals", "console", "console_labels", "sale", "sender", "staff"})


def supported(language: str, among: Iterable[str] = LANGUAGES) -> str:
    """The language of a tag (`ca-ES` is `ca`); English for those that are not spoken here."""
    primary = language.lower().split("-")[0]
    return primary if primary in set(among) else "en"


def preferred(accept: LanguageAccept, among: Iterable[str] = LANGUAGES) -> str:
    """The reader's language when nobody has said another; Spanish when the browser says nothing."""
    return accept.best_match(list(among), default="es") or "es"


class Words:
    """The texts of one language; `words(key, name=value)` fills the placeholders in."""

    def __init__(self, language: str) -> None:
        self.language = supported(language)
        self._texts = catalogues.texts(PACKAGE, self.language)

    def __call__(self, key: str, **values: object) -> str:
        return self._texts[key].format(**values)

    def of(self, text: Text) -> str:
        """A text that the domain brings along: a refusal, a service's title."""
        return catalogues.say(text, self.language)

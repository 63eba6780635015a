"""Finds the words of the web pages: one catalogue file a language, the same keys in each."""

from collections.abc import Mapping

from werkzeug.datastructures import LanguageAccept

from gateway.entrypoints.web import texts_en, texts_es

LANGUAGES = {"es": "Español", "en": "English"}
_CATALOGUES: dict[str, Mapping[str, str]] = {"es": texts_es.TEXTS, "en": texts_en.TEXTS}


def supported(language: str) -> str:
    """Spanish for any `es` tag, English otherwise, as the domain's texts do."""
    return "es" if language.lower().startswith("es") else "en"


def preferred(accept: LanguageAccept) -> str:
    """The reader's language when nobody has said another; Spanish when the browser says nothing."""
    return accept.best_match(list(LANGUAGES), default="es") or "es"


class Words:
    """The texts of one language; `words(key, name=value)` fills the placeholders in."""

    def __init__(self, language: str) -> None:
        self.language = supported(language)
        self._texts = _CATALOGUES[self.language]

    def __call__(self, key: str, **values: object) -> str:
        return self._texts[key].format(**values)

"""Finds the words of the web pages: one catalogue file a language, the same keys in each."""

from collections.abc import Mapping

from werkzeug.datastructures import LanguageAccept

from gateway.entrypoints.web import texts_en, texts_es

LANGUAGES = {"es": "Español", "en": "English"}
Catalogues = Mapping[str, Mapping[str, str]]
_CATALOGUES: Catalogues = {"es": texts_es.TEXTS, "en": texts_en.TEXTS}


def supported(language: str) -> str:
    """Spanish for any `es` tag, English otherwise, as the domain's texts do."""
    return "es" if language.lower().startswith("es") else "en"


def preferred(accept: LanguageAccept) -> str:
    """The reader's language when nobody has said another; Spanish when the browser says nothing."""
    return accept.best_match(list(LANGUAGES), default="es") or "es"


def joined(*catalogues: Catalogues) -> Catalogues:
    """One catalogue of several: pages of one room add theirs to what all rooms share."""
    return {
        language: {key: text for each in catalogues for key, text in each[language].items()}
        for language in LANGUAGES
    }


class Words:
    """The texts of one language; `words(key, name=value)` fills the placeholders in."""

    def __init__(self, language: str, catalogues: Catalogues = _CATALOGUES) -> None:
        self.language = supported(language)
        self._texts = catalogues[self.language]

    def __call__(self, key: str, **values: object) -> str:
        return self._texts[key].format(**values)

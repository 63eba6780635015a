"""Names of countries as they stand on letters: the Universal Postal Union wants them in French or English.

They are those of the CLDR, as Babel carries it, but for the few that no sorting office would write so.
"""

from babel import Locale

OURS = {
    "fr": {
        "CD": "République démocratique du Congo",
        "CG": "Congo",
        "HK": "Hong Kong, Chine",
        "MM": "Myanmar",
        "MO": "Macao, Chine",
        "PS": "Palestine",
        "VA": "Vatican",
    },
    "en": {
        "CD": "Democratic Republic of the Congo",
        "CG": "Congo",
        "HK": "Hong Kong, China",
        "MM": "Myanmar",
        "MO": "Macao, China",
        "PS": "Palestine",
    },
}


def country_name(code: str, language: str) -> str:
    """Of an ISO 3166-1 alpha-2 code, in `fr` or `en`. Raises KeyError for what is no country."""
    return OURS[language].get(code) or str(Locale(language).territories[code])

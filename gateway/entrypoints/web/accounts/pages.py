"""Draws staff pages: `staff_base.html`, the shared texts and those that a room brings. It decides nothing."""

from collections.abc import Callable
from datetime import datetime

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from werkzeug.wrappers import Response

from gateway.domain.wording import printable
from gateway.entrypoints.web import texts_staff_en, texts_staff_es
from gateway.entrypoints.web.static_files import StaticFile
from gateway.entrypoints.web.texts import LANGUAGES, Catalogues, Words, joined

SHARED: Catalogues = {"es": texts_staff_es.TEXTS, "en": texts_staff_en.TEXTS}
NOTHING: dict[str, object] = dict.fromkeys(("problem", "field", "here"), "")


class StaffPages:
    """All templates, ready; one for the life of an application. `own` are the texts of its pages."""

    def __init__(self, static: dict[str, StaticFile], own: Catalogues | None = None) -> None:
        self._static = static
        self._texts = joined(SHARED, own) if own else SHARED
        self._templates = Environment(
            loader=PackageLoader("gateway.entrypoints.web"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        # What others wrote may neither turn the text around it nor hide in it.
        self._templates.filters["printable"] = printable

    def words(self, language: str) -> Words:
        return Words(language, self._texts)

    def render(
        self, template: str, words: Words, static_url: Callable[[str, str], str], **facts: object
    ) -> Response:
        """`facts` may bear `status` (200 otherwise), `problem` and the `field` that it is about."""
        status = facts.pop("status", 200)
        html = self._templates.get_template(template).render(
            **(NOTHING | facts),
            t=words,
            language=words.language,
            languages=LANGUAGES,
            static=lambda name: static_url(name, self._static[name].version),
            moment=lambda at: moment(at, words.language),
        )
        return Response(html, status=int(str(status)), content_type="text/html; charset=utf-8")


def moment(at: datetime | None, language: str) -> Markup:
    """A time element, to the second and with its offset; a dash where there is none."""
    if at is None:
        return Markup("–")
    form = "%d/%m/%Y %H:%M:%S UTC" if language == "es" else "%Y-%m-%d %H:%M:%S UTC"
    return Markup('<time datetime="{}">{}</time>').format(f"{at:%Y-%m-%dT%H:%M:%SZ}", f"{at:{form}}")

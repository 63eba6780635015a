"""Draws staff pages: `staff_base.html` and the words of staff. It decides nothing."""

from collections.abc import Callable
from datetime import datetime

from markupsafe import Markup
from werkzeug.wrappers import Response

from gateway.entrypoints.web.engine import templates
from gateway.entrypoints.web.static_files import StaticFile
from gateway.entrypoints.web.texts import LANGUAGES, STAFF_LANGUAGES, Words, supported

NOTHING: dict[str, object] = dict.fromkeys(("problem", "field", "here"), "")


class StaffPages:
    """All templates, ready; one for the life of an application."""

    def __init__(self, static: dict[str, StaticFile]) -> None:
        self._static = static
        self._templates = templates()

    def words(self, language: str) -> Words:
        """Staff pages speak Spanish and English."""
        return Words(supported(language, STAFF_LANGUAGES))

    def render(
        self, template: str, words: Words, static_url: Callable[[str, str], str], **facts: object
    ) -> Response:
        """`facts` may bear `status` (200 otherwise), `problem` and the `field` that it is about."""
        status = facts.pop("status", 200)
        html = self._templates.get_template(template).render(
            **(NOTHING | facts),
            t=words,
            language=words.language,
            languages=STAFF_LANGUAGES,
            recipient_languages=LANGUAGES,
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

"""Draws pages for anybody from the templates that the portal's pages share. It decides nothing."""

from collections.abc import Callable

from werkzeug.wrappers import Response

from gateway.entrypoints.web.engine import templates
from gateway.entrypoints.web.moments import readable_moment
from gateway.entrypoints.web.static_files import StaticFile
from gateway.entrypoints.web.texts import LANGUAGES, Words

NOTHING: dict[str, object] = dict.fromkeys(
    ("problem", "field", "guid", "help_url", "here", "test", "kiosk"), ""
)


class PublicPages:
    """All templates, ready; one for the life of the application."""

    def __init__(self, static: dict[str, StaticFile]) -> None:
        self._static = static
        self._templates = templates()

    def render(
        self, template: str, words: Words, static_url: Callable[[str, str], str], **facts: object
    ) -> Response:
        """`facts` may bear `status` (200 otherwise), `problem` and the `field` that it is about."""
        status = facts.pop("status", 200)
        html = self._templates.get_template(template).render(
            **(NOTHING | {"step": None} | facts),
            t=words,
            language=words.language,
            languages=LANGUAGES,
            moment=lambda at: readable_moment(at, words.language),
            static=lambda name: static_url(name, self._static[name].version),
        )
        return Response(html, status=int(str(status)), content_type="text/html; charset=utf-8")

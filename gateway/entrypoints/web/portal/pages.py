"""Turns what a handler knows into HTML, by escaping templates of the package.

It decides nothing: which page, which status and which facts are the handlers' business.
"""

from collections.abc import Callable
from urllib.parse import urlsplit, urlunsplit

from werkzeug.wrappers import Response

from gateway.domain.catalogue import Act
from gateway.domain.record import DocumentRecord, TransactionRecord
from gateway.entrypoints.web.engine import templates
from gateway.entrypoints.web.moments import readable_moment
from gateway.entrypoints.web.static_files import StaticFile
from gateway.entrypoints.web.texts import LANGUAGES, Words

STATUS = "fehaciente_status"
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class Pages:
    """All templates, ready; one for the life of the application."""

    def __init__(self, static: dict[str, StaticFile]) -> None:
        self._static = static
        self._templates = templates()

    def render(
        self, template: str, words: Words, static_url: Callable[[str, str], str], **facts: object
    ) -> Response:
        """`facts` may bear `status` (200 otherwise), `problem` (the text of what is wrong)
        and `field` (the input that it is about)."""
        nothing: dict[str, object] = dict.fromkeys(
            ("problem", "field", "guid", "help_url", "here", "test", "embedded", "kiosk"), ""
        )
        defaults = nothing | {"step": None}
        status = facts.pop("status", 200)
        html = self._templates.get_template(template).render(
            **(defaults | facts),
            t=words,
            language=words.language,
            languages=LANGUAGES,
            static=lambda name: static_url(name, self._static[name].version),
            size=lambda octets: readable_size(octets, words.language),
            moment=lambda at: readable_moment(at, words.language),
            shown_size=shown_size,
            own_words=own_words,
        )
        return Response(html, status=int(str(status)), content_type="text/html; charset=utf-8")


def own_words(record: TransactionRecord) -> str:
    """The prefix of the words of a service in which one accepts or acknowledges and does not sign."""
    act = record.profile.act
    return f"{act.value.lower()}." if act in {Act.ACCEPT, Act.ACKNOWLEDGE} else ""


def shown_size(document: DocumentRecord) -> int:
    """Octets of what the recipient opens: the stamped copy once there is one."""
    return document.stamped_size if document.stamped_size is not None else document.size


def readable_size(octets: int, language: str) -> str:
    if octets < 1_000_000:
        return f"{max(1, round(octets / 1000))} kB"
    text = f"{octets / 1_000_000:.1f} MB"
    return text.replace(".", ",") if language == "es" else text


def safe_return_url(url: str) -> str:
    """The issuer's page as a link target: https, or http on this very machine; "" for anything else."""
    if any(character.isspace() or character in '\\"<>' or not character.isprintable() for character in url):
        return ""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    here = parts.scheme == "http" and parts.hostname in _LOOPBACK
    return url if parts.hostname and (parts.scheme == "https" or here) else ""


def with_status(url: str, status: str) -> str:
    """The address with one more query parameter; the query and the fragment that it has stay as they are."""
    if not status:
        return url
    parts = urlsplit(url)
    query = f"{parts.query}&" if parts.query else ""
    return urlunsplit(parts._replace(query=f"{query}{STATUS}={status}"))

"""The support console as a WSGI application: which address is whose. Everything else is the frame's."""

import secrets
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from gateway.entrypoints.web.accounts.frame import Handler, StaffRoom, staff_app
from gateway.entrypoints.web.accounts.gate import Gate
from gateway.entrypoints.web.accounts.pages import StaffPages
from gateway.entrypoints.web.accounts.visit import Room
from gateway.entrypoints.web.console.acting import ActionPages
from gateway.entrypoints.web.console.charting import ChartPages
from gateway.entrypoints.web.console.exporting import ExportPages
from gateway.entrypoints.web.console.filing import FilePages
from gateway.entrypoints.web.console.overviews import OverviewPages
from gateway.entrypoints.web.console.searching import SearchPages
from gateway.entrypoints.web.console.showing import GuidConverter, WordConverter
from gateway.entrypoints.web.console.stories import StoryPages
from gateway.entrypoints.web.console.use_cases import ConsoleUseCases
from gateway.entrypoints.web.sessions import Signer
from gateway.entrypoints.web.static_files import load_static
from gateway.usecases.ports import Clock

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

GET, POST = ("GET",), ("POST",)
# Path, endpoint, methods; endpoints are named by what a person does there.
ROUTES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("", "search", GET),
    ("/search", "find", POST),
    ("/t/<guid:guid>", "story", GET),
    ("/t/<guid:guid>/unmask", "unmask", POST),
    ("/t/<guid:guid>/mask", "mask", POST),
    ("/t/<guid:guid>/do/<action>", "confirm", GET),
    ("/t/<guid:guid>/do/<action>", "do", POST),
    ("/t/<guid:guid>/files", "files", GET),
    ("/t/<guid:guid>/files", "take", POST),
    ("/t/<guid:guid>/verify", "verify", POST),
    ("/tasks/<word:task>/retry", "retry", POST),
    ("/feedback/<word:notification>/replay", "replay", POST),
    ("/reports/match", "match", POST),
    ("/batches", "batches", GET),
    ("/batches/<word:batch>", "batch", GET),
    ("/batches/<word:batch>/report", "report", POST),
    ("/issuers", "issuers", GET),
    ("/issuers/<int(max=9999):number>", "issuer", GET),
    ("/issuers/<int(max=9999):number>", "profile", POST),
    ("/queues", "queues", GET),
    ("/charts", "charts", GET),
    ("/audit", "audit", GET),
    ("/export", "export", GET),
    ("/export", "ask_export", POST),
    ("/exports", "exports", GET),
    ("/exports/<word:export>", "watch_export", GET),
    ("/exports/<word:export>", "take_export", POST),
)


def console_app(
    use_cases: ConsoleUseCases,
    gate: Gate,
    *,
    key: bytes,
    secure: bool,
    clock: Clock,
    settle: Callable[[Request, Response], None] = lambda _request, _response: None,
    new_id: Callable[[], str] = lambda: secrets.token_hex(8),
) -> "WSGIApplication":
    """Served under /console; styles and scripts come from /static/. `key` signs what cookies hold."""
    room = Room(gate, StaffPages(load_static()), Signer(key, "console said"), secure)
    urls = Map(
        [Rule(f"/console{path}", endpoint=name, methods=methods) for path, name, methods in ROUTES],
        strict_slashes=False,
        merge_slashes=False,
        converters={"guid": GuidConverter, "word": WordConverter},
    )
    place = StaffRoom(room, urls, _handlers(use_cases, key, clock), settle=settle)
    return staff_app(place, new_id=new_id)


def _handlers(use_cases: ConsoleUseCases, key: bytes, clock: Clock) -> Mapping[str, Handler]:
    searching = SearchPages(use_cases)
    stories = StoryPages(use_cases, Signer(key, "console unmasked"), clock)
    acting, filing, overviews = (
        ActionPages(use_cases),
        FilePages(use_cases, stories),
        OverviewPages(use_cases),
    )
    exporting = ExportPages(use_cases)
    return {
        "search": searching.show,
        "find": searching.find,
        "story": stories.show,
        "unmask": stories.unmask,
        "mask": stories.mask,
        "confirm": acting.confirm,
        "do": acting.do,
        "retry": acting.retry,
        "replay": acting.replay,
        "match": acting.match,
        "files": filing.list,
        "take": filing.take,
        "verify": filing.verify,
        "batches": overviews.batches,
        "batch": overviews.batch,
        "report": overviews.report,
        "issuers": overviews.issuers,
        "issuer": overviews.issuer,
        "profile": overviews.profile,
        "queues": overviews.queues,
        "charts": ChartPages(use_cases).show,
        "audit": overviews.audit,
        "export": exporting.confirm,
        "ask_export": exporting.ask,
        "exports": exporting.list,
        "watch_export": exporting.watch,
        "take_export": exporting.take,
    }

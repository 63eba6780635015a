"""The web sender as a WSGI application under /send: addresses, handlers, and how much a form may bring."""

import io
from collections.abc import Callable
from typing import IO, TYPE_CHECKING

from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from gateway.entrypoints.web.accounts.frame import Handler, StaffRoom, staff_app
from gateway.entrypoints.web.accounts.gate import Gate
from gateway.entrypoints.web.accounts.pages import StaffPages
from gateway.entrypoints.web.accounts.visit import Room
from gateway.entrypoints.web.sender.compose import Composing
from gateway.entrypoints.web.sender.desk import SenderUseCases
from gateway.entrypoints.web.sender.keeping import Keeping
from gateway.entrypoints.web.sender.people import People
from gateway.entrypoints.web.sender.review import Reviewing
from gateway.entrypoints.web.sender.sent import Sent
from gateway.entrypoints.web.sessions import Signer
from gateway.entrypoints.web.static_files import load_static

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

# A list of ten thousand people, or a document; and the form around it.
MULTIPART_ROOM = 256 * 1024
LARGEST_LIST = 8 * 1024 * 1024
_READ, _FORM, _POST = ("GET",), ("GET", "POST"), ("POST",)
DRAFT, GUID = "/send/drafts/<draft>", "/send/sent/<guid>"


class SenderRequest(Request):
    """Uploads stay in memory, which the limit on the whole body bounds: nothing in clear on a disk."""

    max_form_memory_size = 256 * 1024
    max_form_parts = 600

    def _get_file_stream(self, *_: object, **__: object) -> IO[bytes]:
        return io.BytesIO()


def sender_app(
    use_cases: SenderUseCases,
    gate: Gate,
    *,
    key: bytes,
    secure: bool,
    new_id: Callable[[], str],
    settle: Callable[[Request, Response], None] = lambda _request, _response: None,
) -> "WSGIApplication":
    """`key` (32 bytes at least) signs what browsers keep. Raises GatewayError(CONFIGURATION)."""
    room = Room(gate, StaffPages(load_static()), Signer(key, "staff said"), secure)
    largest = max(use_cases.largest, LARGEST_LIST) + MULTIPART_ROOM
    # Each application has its own limit, so its own class.
    request = type("LimitedRequest", (SenderRequest,), {"max_content_length": largest})
    place = StaffRoom(room, sender_urls(), _handlers(use_cases), request=request, settle=settle)
    return staff_app(place, new_id=new_id)


def _handlers(use_cases: SenderUseCases) -> dict[str, Handler]:
    composing, people = Composing(use_cases), People(use_cases)
    reviewing, sent, keeping = Reviewing(use_cases), Sent(use_cases), Keeping(use_cases)
    return {
        "home": sent.home,
        "search": sent.search,
        "new": composing.new,
        "edit": composing.edit,
        "people": people.show,
        "add": people.add,
        "drop": people.drop,
        "clear": people.clear,
        "list": people.upload,
        "sample": people.sample,
        "review": reviewing.review,
        "send": reviewing.send,
        "outcome": reviewing.sent,
        "progress": reviewing.progress,
        "report": reviewing.report,
        "draft_document": reviewing.document,
        "delete": reviewing.delete,
        "story": sent.story,
        "cancel": sent.cancel,
        "document": sent.document,
        "evidence": sent.evidence,
        "certificate": sent.certificate,
        "pack": sent.pack,
        "templates": keeping.templates,
        "new_template": keeping.new_template,
        "template": keeping.template,
        "save_template": keeping.save_template,
        "retire_template": keeping.retire_template,
        "alerts": keeping.alerts,
        "turn_alerts": keeping.turn_alerts,
        "read_alerts": keeping.read_alerts,
    }


def sender_urls() -> Map:
    return Map(
        [
            Rule("/send", endpoint="home", methods=_READ),
            Rule("/send/search", endpoint="search", methods=_READ),
            Rule("/send/new", endpoint="new", methods=_FORM),
            Rule(DRAFT, endpoint="edit", methods=_FORM),
            Rule(f"{DRAFT}/people", endpoint="people", methods=_READ),
            Rule(f"{DRAFT}/people/add", endpoint="add", methods=_POST),
            Rule(f"{DRAFT}/people/drop", endpoint="drop", methods=_POST),
            Rule(f"{DRAFT}/people/clear", endpoint="clear", methods=_POST),
            Rule(f"{DRAFT}/people/list", endpoint="list", methods=_POST),
            Rule(f"{DRAFT}/people/sample.csv", endpoint="sample", methods=_READ),
            Rule(f"{DRAFT}/review", endpoint="review", methods=_READ),
            Rule(f"{DRAFT}/send", endpoint="send", methods=_POST),
            Rule(f"{DRAFT}/sent", endpoint="outcome", methods=_READ),
            Rule(f"{DRAFT}/progress", endpoint="progress", methods=_READ),
            Rule(f"{DRAFT}/report.csv", endpoint="report", methods=_READ),
            Rule(f"{DRAFT}/document", endpoint="draft_document", methods=_READ),
            Rule(f"{DRAFT}/delete", endpoint="delete", methods=_POST),
            Rule(GUID, endpoint="story", methods=_READ),
            Rule(f"{GUID}/cancel", endpoint="cancel", methods=_POST),
            Rule(f"{GUID}/documents/<int:position>/<any(original, stamped):kind>", endpoint="document"),
            Rule(f"{GUID}/evidence/<evidence>", endpoint="evidence", methods=_READ),
            Rule(f"{GUID}/certificate.<any(pdf, xml):form>", endpoint="certificate", methods=_READ),
            Rule(f"{GUID}/pack", endpoint="pack", methods=_READ),
            Rule("/send/templates", endpoint="templates", methods=_READ),
            Rule("/send/templates/new", endpoint="new_template", methods=_READ),
            Rule("/send/templates/<template>", endpoint="template", methods=_READ),
            Rule("/send/templates/<template>/save", endpoint="save_template", methods=_POST),
            Rule("/send/templates/<template>/retire", endpoint="retire_template", methods=_POST),
            Rule("/send/alerts", endpoint="alerts", methods=_READ),
            Rule("/send/alerts/turn", endpoint="turn_alerts", methods=_POST),
            Rule("/send/alerts/read", endpoint="read_alerts", methods=_POST),
        ],
        strict_slashes=False,
        merge_slashes=False,
    )

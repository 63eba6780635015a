"""The employees' pages as a WSGI application under /sale."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from gateway.entrypoints.web.accounts.frame import Handler, StaffRoom, staff_app
from gateway.entrypoints.web.accounts.gate import Gate
from gateway.entrypoints.web.accounts.pages import StaffPages
from gateway.entrypoints.web.accounts.visit import Room
from gateway.entrypoints.web.kiosk import KioskCookie
from gateway.entrypoints.web.sale.handlers import Counter, SaleUseCases
from gateway.entrypoints.web.sessions import Signer
from gateway.entrypoints.web.static_files import load_static
from gateway.usecases.ports import Clock

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


def sale_app(
    use_cases: SaleUseCases,
    gate: Gate,
    *,
    key: bytes,
    secure: bool,
    clock: Clock,
    new_id: Callable[[], str],
    settle: Callable[[Request, Response], None] = lambda _request, _response: None,
) -> "WSGIApplication":
    """`key` (32 bytes at least) signs what browsers keep. Raises GatewayError(CONFIGURATION)."""
    room = Room(gate, StaffPages(load_static()), Signer(key, "staff said"), secure)
    counter = Counter(use_cases, gate, KioskCookie(key, secure), clock)
    handlers: dict[str, Handler] = {
        "home": counter.home,
        "follow": counter.follow,
        "hand_over": counter.hand_over,
        "derive": counter.derive,
        "next": counter.next,
    }
    # The customer who gives the tablet back is nobody who signed in.
    place = StaffRoom(room, sale_urls(), handlers, free=("next",), settle=settle)
    return staff_app(place, new_id=new_id)


def sale_urls() -> Map:
    one = "/sale/<guid>/<int(max=9999):position>"
    return Map(
        [
            Rule("/sale", endpoint="home", methods=("GET",)),
            Rule("/sale/next", endpoint="next", methods=("GET",)),
            Rule("/sale/<guid>", endpoint="follow", methods=("GET",)),
            Rule(f"{one}/hand-over", endpoint="hand_over", methods=("POST",)),
            Rule(f"{one}/derive", endpoint="derive", methods=("POST",)),
        ],
        strict_slashes=False,
        merge_slashes=False,
    )

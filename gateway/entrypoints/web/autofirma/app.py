"""The intermediate server of AutoFirma: `retrieve` gives a document out once, `store` takes what was signed.

The protocol's manners: everything is 200 and plain text, "OK" or what begins with "ERR-". An identifier is
all that is known of whoever asks, so that nothing happens here but the passing of octets.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request, Response

from gateway.domain.errors import Blame, ErrorKind, GatewayError
from gateway.entrypoints.web.security_headers import harden

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_LOG = logging.getLogger(__name__)
SYNTAX = "1_0"
# Base64 is a third longer, and so much stands around it.
ROOM = 64 * 1024
LONGEST_IDENTIFIER = 20
NO_OPERATION, UNKNOWN_OPERATION, NO_DATA, NO_IDENTIFIER, NO_VERSION, WRONG_IDENTIFIER, WRONG_DATA = (
    "ERR-00:=No se ha indicado codigo de operacion",
    "ERR-01:=Codigo de operacion no soportado",
    "ERR-02:=No se han indicado los datos",
    "ERR-05:=No se ha indicado el identificador de los datos",
    "ERR-04:=No se ha indicado la version de la sintaxis",
    "ERR-06:=El identificador para los datos es invalido",
    "ERR-07:=Los datos no son validos",
)


@dataclass(frozen=True, slots=True)
class AutoFirmaUseCases:
    """`fetch` and `deliver` raise GatewayError; `largest` is what one delivery may hold, in octets."""

    fetch: Callable[[str], str]
    deliver: Callable[[str, str], None]
    largest: int


def autofirma_app(
    use_cases: AutoFirmaUseCases, *, secure: bool, new_id: Callable[[], str]
) -> "WSGIApplication":
    """Served under /autofirma/retrieve and /autofirma/store."""

    def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        request = Request(environ)
        request.max_content_length = use_cases.largest * 3 // 2 + ROOM
        response = Response(_said(use_cases, request, new_id()), content_type="text/plain; charset=utf-8")
        harden(response, secure=secure)
        return response(environ, start_response)

    return application


def _said(use_cases: AutoFirmaUseCases, request: Request, request_id: str) -> str:
    try:
        return _answer(use_cases, request)
    except HTTPException:
        return WRONG_DATA
    except GatewayError as error:
        ours = error.kind.blame is Blame.RECEIVER
        level = logging.ERROR if ours else logging.INFO
        _LOG.log(level, "request %s of a signing program refused: %s", request_id, error.kind.code)
        return WRONG_IDENTIFIER if error.kind is ErrorKind.SIGNING_REQUEST_OVER else WRONG_DATA
    except Exception:
        # A program waits for one of the protocol's words: a traceback is for the log, and for nobody outside.
        _LOG.exception("request %s of a signing program failed", request_id)
        return WRONG_DATA


def _answer(use_cases: AutoFirmaUseCases, request: Request) -> str:
    fields = _fields(request)
    operation, identifier = fields.get("op", ""), fields.get("id", "")
    wrong = _wrong(request.path.rpartition("/")[2], fields)
    if wrong:
        return wrong
    if operation == "get":
        return use_cases.fetch(identifier)
    if not fields.get("dat"):
        return NO_DATA
    use_cases.deliver(identifier, fields["dat"])
    return "OK"


def _wrong(address: str, fields: Mapping[str, str]) -> str:
    """What is missing or not known; empty when the request is in order."""
    identifier = fields.get("id", "")
    if "op" not in fields:
        return NO_OPERATION
    if "v" not in fields:
        return NO_VERSION
    if (address, fields["op"], fields["v"]) not in {("retrieve", "get", SYNTAX), ("store", "put", SYNTAX)}:
        return UNKNOWN_OPERATION
    if not identifier:
        return NO_IDENTIFIER
    plain = identifier.isascii() and identifier.isalnum() and len(identifier) <= LONGEST_IDENTIFIER
    return "" if plain else WRONG_IDENTIFIER


def _fields(request: Request) -> dict[str, str]:
    """Of the body, whatever its media type, or of the address. A plus sign is one: base64 may hold it."""
    raw = request.get_data(cache=False) if request.method == "POST" else b""
    text = raw.decode("ascii", "replace") or request.query_string.decode("ascii", "replace")
    pairs = (part.partition("=") for part in text.split("&"))
    return {unquote(name): unquote(value) for name, _, value in pairs}

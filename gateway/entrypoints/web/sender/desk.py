"""What all pages of the web sender share: the use cases, who asks, and forms that tell what is wrong."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Request, Response

from gateway.domain.documents import PDF
from gateway.domain.errors import Blame, ErrorKind, GatewayError
from gateway.domain.wording import printable
from gateway.entrypoints.web.accounts.visit import StaffVisit
from gateway.entrypoints.web.security_headers import FILE_POLICY
from gateway.usecases.sender.alerts import Alerts
from gateway.usecases.sender.desk import Asking
from gateway.usecases.sender.drafts import Drafts
from gateway.usecases.sender.send import SendDraft
from gateway.usecases.sender.templates import Templates
from gateway.usecases.sender.track import Tracking

MIB = 1_000_000
LONGEST_NAME = 200
_IN_FORM = {
    ErrorKind.DOCUMENT_BROKEN: "send.document_broken",
    ErrorKind.DOCUMENT_ENCRYPTED: "send.document_encrypted",
    ErrorKind.DOCUMENT_TOO_LARGE: "send.document_too_large",
}


@dataclass(frozen=True, slots=True)
class SenderUseCases:
    """`largest`: octets of one document. `session`: the secret that names a request's session, hashed here
    before anybody keeps it."""

    drafts: Drafts
    send: SendDraft
    tracking: Tracking
    templates: Templates
    alerts: Alerts
    largest: int
    session: Callable[[Request], str]

    def asking(self, visit: StaffVisit) -> Asking:
        secret = self.session(visit.request)
        word = hashlib.sha256(secret.encode()).hexdigest()[:16] if secret else ""
        return Asking(visit.somebody, word)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a form just sent, for the reader, and the input that it is about."""

    text: str
    field: str = ""


def told(visit: StaffVisit, error: GatewayError, largest: int) -> Problem:
    """A refusal as a form tells it. What the gateway itself is to blame for goes on to the error page."""
    kind, words = error.kind, visit.words
    if kind in _IN_FORM:
        return Problem(words(_IN_FORM[kind], size=size(largest)), "document")
    if kind.blame is Blame.RECEIVER or kind in {ErrorKind.ACCESS_DENIED, ErrorKind.DRAFT_NOT_FOUND}:
        raise error
    text = kind.text.in_language(words.language)
    return Problem(f"{text}: {error.detail}" if error.detail else text)


def text_field(visit: StaffVisit, name: str) -> str:
    """Several lines as they were typed, line ends as one character."""
    return visit.request.form.get(name, "").replace("\r\n", "\n").strip()


def number_field(visit: StaffVisit, name: str, otherwise: int) -> int:
    text = visit.field(name)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else otherwise


def upload_name(file: FileStorage) -> str:
    """The name alone: some browsers tell the whole path."""
    name = (file.filename or "").replace("\\", "/").rpartition("/")[2]
    return " ".join(printable(name).split())[:LONGEST_NAME]


def size(octets: int) -> str:
    return f"{octets // MIB} MB" if octets >= MIB else f"{max(1, octets // 1000)} kB"


def download(name: str, media_type: str, octets: bytes, *, shown: bool = False) -> Response:
    """A file for the reader to keep; only a PDF of ours is ever `shown` in the browser."""
    inline = shown and media_type == PDF
    response = Response(octets, content_type=media_type if inline else "application/octet-stream")
    plain = "".join(each if each.isascii() and (each.isalnum() or each in "._- ") else "_" for each in name)
    how = "inline" if inline else "attachment"
    response.headers["Content-Disposition"] = f'{how}; filename="{plain or "file"}"'
    response.headers["Content-Security-Policy"] = FILE_POLICY if inline else "default-src 'none'; sandbox"
    return response

"""The web door's one table: which HTTP status a refusal bears, and which page tells it.

It holds no texts (the catalogue of the domain has them) and decides nothing about flow.
"""

from dataclasses import dataclass
from enum import Enum

from gateway.domain.errors import Blame, ErrorKind


class Shown(Enum):
    """Where the person reads it: a page of its own, the form just sent, or the step that is really next."""

    CLOSED = "closed.html"
    PROBLEM = "problem.html"
    FORM = "form"
    STEP = "step"


@dataclass(frozen=True, slots=True)
class WebAnswer:
    status: int
    shown: Shown


_TABLE: dict[ErrorKind, WebAnswer] = {
    ErrorKind.CLOSED: WebAnswer(403, Shown.CLOSED),
    ErrorKind.ACCESS_DENIED: WebAnswer(403, Shown.PROBLEM),
    ErrorKind.CSRF: WebAnswer(403, Shown.PROBLEM),
    ErrorKind.SESSION_ENDED: WebAnswer(403, Shown.PROBLEM),
    ErrorKind.TICKET_INVALID: WebAnswer(403, Shown.PROBLEM),
    ErrorKind.CONTACT_NOT_REPORTABLE: WebAnswer(409, Shown.PROBLEM),
    ErrorKind.CAPTCHA_WRONG: WebAnswer(422, Shown.FORM),
    ErrorKind.IDENTIFIER_MISMATCH: WebAnswer(422, Shown.FORM),
    ErrorKind.CODE_WRONG: WebAnswer(422, Shown.FORM),
    ErrorKind.CODE_EXPIRED: WebAnswer(422, Shown.FORM),
    ErrorKind.SPEECH_AWAITED: WebAnswer(409, Shown.FORM),
    ErrorKind.SPEECH_MISSING: WebAnswer(409, Shown.FORM),
    ErrorKind.TOO_MANY_ATTEMPTS: WebAnswer(429, Shown.FORM),
    ErrorKind.CODE_RESENDS_EXCEEDED: WebAnswer(429, Shown.FORM),
    ErrorKind.DRAWING_TOO_SHORT: WebAnswer(422, Shown.FORM),
    ErrorKind.DRAWING_INVALID: WebAnswer(422, Shown.FORM),
    ErrorKind.DRAWN_FOR_OTHERS: WebAnswer(409, Shown.FORM),
    ErrorKind.SIGNED_FILE_UNREADABLE: WebAnswer(422, Shown.FORM),
    ErrorKind.SIGNED_FILE_DIFFERS: WebAnswer(422, Shown.FORM),
    ErrorKind.RECIPIENT_SIGNATURE_INVALID: WebAnswer(422, Shown.FORM),
    ErrorKind.RECIPIENT_CERTIFICATE_REFUSED: WebAnswer(422, Shown.FORM),
    ErrorKind.SIGNER_MISMATCH: WebAnswer(422, Shown.FORM),
    ErrorKind.SIGNING_REQUEST_OVER: WebAnswer(422, Shown.FORM),
    ErrorKind.SIGNED_FILE_MISSING: WebAnswer(422, Shown.FORM),
    ErrorKind.STEP_OUT_OF_ORDER: WebAnswer(409, Shown.STEP),
    # What is missing is told by the page of the step itself.
    ErrorKind.PAGES_UNSEEN: WebAnswer(409, Shown.STEP),
    ErrorKind.CONDITIONS_CHANGED: WebAnswer(409, Shown.FORM),
    ErrorKind.FORM_INCOMPLETE: WebAnswer(422, Shown.FORM),
    ErrorKind.PAGE_NOT_DRAWN: WebAnswer(422, Shown.PROBLEM),
    ErrorKind.NOT_YOUR_TURN: WebAnswer(409, Shown.PROBLEM),
    ErrorKind.NOTHING_CHOSEN: WebAnswer(422, Shown.FORM),
    ErrorKind.CONSENT_MISSING: WebAnswer(422, Shown.FORM),
    ErrorKind.READ_FIRST: WebAnswer(409, Shown.FORM),
    ErrorKind.COPY_LINK_SPENT: WebAnswer(410, Shown.PROBLEM),
    ErrorKind.PUBLICATION_NOT_FOUND: WebAnswer(404, Shown.PROBLEM),
    ErrorKind.JOINING_INCOMPLETE: WebAnswer(422, Shown.FORM),
    ErrorKind.NOT_FOUND: WebAnswer(404, Shown.PROBLEM),
    ErrorKind.DOCUMENT_NOT_FOUND: WebAnswer(404, Shown.PROBLEM),
    ErrorKind.BATCH_NOT_FOUND: WebAnswer(404, Shown.PROBLEM),
    ErrorKind.FEEDBACK_NOT_FOUND: WebAnswer(404, Shown.PROBLEM),
    ErrorKind.RECIPIENT_NOT_FOUND: WebAnswer(404, Shown.PROBLEM),
    ErrorKind.ISSUER_UNKNOWN: WebAnswer(404, Shown.PROBLEM),
    ErrorKind.EXPORT_NOT_FOUND: WebAnswer(404, Shown.PROBLEM),
    ErrorKind.NOT_YET_THERE: WebAnswer(409, Shown.PROBLEM),
    ErrorKind.PURGED: WebAnswer(410, Shown.PROBLEM),
    ErrorKind.DRAFT_NOT_FOUND: WebAnswer(404, Shown.PROBLEM),
    ErrorKind.DRAFT_CHANGED: WebAnswer(409, Shown.PROBLEM),
    ErrorKind.SENDER_KEY_MISSING: WebAnswer(503, Shown.PROBLEM),
    ErrorKind.TOO_LARGE: WebAnswer(413, Shown.PROBLEM),
    ErrorKind.MEDIA_TYPE_REFUSED: WebAnswer(415, Shown.PROBLEM),
    ErrorKind.SIGN_IN_REFUSED: WebAnswer(403, Shown.FORM),
    ErrorKind.PASSWORD_REFUSED: WebAnswer(422, Shown.FORM),
    ErrorKind.APPROVAL_MISSING: WebAnswer(409, Shown.PROBLEM),
    ErrorKind.APPROVAL_REFUSED: WebAnswer(409, Shown.PROBLEM),
    ErrorKind.PROVIDER_REFUSED: WebAnswer(403, Shown.PROBLEM),
    ErrorKind.NOT_FRESH: WebAnswer(403, Shown.PROBLEM),
    ErrorKind.TEMPORARILY_UNAVAILABLE: WebAnswer(503, Shown.PROBLEM),
}


def answer_to(kind: ErrorKind) -> WebAnswer:
    """The row of the table; a refusal that no web page foresees is told by whose fault it is."""
    fallback = WebAnswer(400 if kind.blame is Blame.SENDER else 500, Shown.PROBLEM)
    return _TABLE.get(kind, fallback)

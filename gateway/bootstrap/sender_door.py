"""The web sender's pages: its use cases behind the gate that all rooms of staff and senders share."""

from typing import TYPE_CHECKING

from gateway.adapters.telemetry import logs
from gateway.bootstrap import accounts
from gateway.bootstrap.sender import Sender
from gateway.entrypoints.web.accounts.use_cases import AccountUseCases
from gateway.entrypoints.web.sender.app import sender_app
from gateway.entrypoints.web.sender.desk import SenderUseCases
from gateway.settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


def door(
    settings: Settings, sender: Sender, people: AccountUseCases, session_key: bytes
) -> "WSGIApplication":
    """The pages under /send."""
    gate = accounts.gate(settings, people, session_key)
    use_cases = SenderUseCases(
        drafts=sender.drafts,
        send=sender.send,
        tracking=sender.tracking,
        templates=sender.templates,
        alerts=sender.alerts,
        largest=settings.limits.document_size,
        session=gate.token,
    )
    return sender_app(
        use_cases,
        gate,
        key=session_key,
        secure=settings.http.secure_cookies,
        new_id=logs.REQUEST_ID.get,
        settle=gate.settle,
    )

"""What the portal may ask of the gateway: callables that the composition root binds to use cases.

Every refusal arrives as GatewayError; nothing else is expected to be raised.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gateway.domain.recipient_signature import ToBeSigned
from gateway.domain.strokes import Drawing
from gateway.domain.viewing import Unseen
from gateway.usecases.access_url import Redeemed, TicketView
from gateway.usecases.brands import Looks
from gateway.usecases.call_program import Call
from gateway.usecases.commands import Arrival, Session
from gateway.usecases.copies.open import OpenCopy
from gateway.usecases.fill import Fill
from gateway.usecases.ports.viewing import Picture
from gateway.usecases.results import (
    CodeStatus,
    ConditionsView,
    DocumentFile,
    LinkView,
    OwnOutcome,
    PageView,
    PortalView,
)
from gateway.usecases.sign_on_pad import Bound


@dataclass(frozen=True, slots=True)
class PortalUseCases:
    """`open_link`, `view` and `code_status` only read; a robot that follows the link
    reaches `open_link` alone.

    `identify` takes link token, identifier and whence it comes; `keep_session` says whether a session lives,
    on the device that identified itself.

    `captcha` and `report_stranger` take token and address; `captcha_file` challenge and format besides.

    `frame_origins` takes the link's token; `return_status` GUID and position: a signed word for the issuer.

    `own_outcome` tells what this session decided a moment ago, or None; it is asked when a decision comes
    too late, because it may be the same one, sent twice.

    `sign`, `sign_on_pad`, `finish_reading`, `reject` and `withdraw` answer the issuer's return URL, or "".

    `looks` tells how the issuer of a link appears, and gives its logo; it refuses nothing.
    """

    open_link: Callable[[str], LinkView]
    identify: Callable[[str, str, Arrival], Session]
    keep_session: Callable[[Session], bool]
    captcha: Callable[[str, str], str]
    captcha_file: Callable[[str, str, str, str], tuple[bytes, str]]
    report_stranger: Callable[[str, str], bool]
    look_at_ticket: Callable[[str], TicketView]
    redeem_ticket: Callable[[str], Redeemed]
    frame_origins: Callable[[str], Sequence[str]]
    return_status: Callable[[str, int], str]
    view: Callable[[Session], PortalView]
    accept_conditions: Callable[[Session, str], None]
    conditions_shown: Callable[[Session], ConditionsView]
    conditions_pdf: Callable[[Session], bytes]
    request_code: Callable[[Session], None]
    request_call: Callable[[Session], None]
    begin_signing: Callable[[Session], None]
    code_status: Callable[[Session], CodeStatus]
    unlock: Callable[[Session, str], None]
    show_documents: Callable[[Session], None]
    read_document: Callable[[Session, int], DocumentFile]
    page: Callable[[Session, int, int, int], PageView]
    page_picture: Callable[[Session, int, int, int, Picture], bytes]
    page_text: Callable[[Session, int, int], PageView]
    pages_missing: Callable[[Session], tuple[Unseen, ...]]
    fill: Fill
    sign: Callable[[Session, str], str]
    finish_reading: Callable[[Session], str]
    reject: Callable[[Session, str], str]
    withdraw: Callable[[Session], str]
    choose_documents: Callable[[Session, Sequence[str]], None]
    tick_consents: Callable[[Session, Sequence[str]], None]
    confirm_reading: Callable[[Session], str]
    to_sign: Callable[[Session], tuple[ToBeSigned, ...]]
    take_signed: Callable[[Session, int, bytes], bool]
    finish_signed: Callable[[Session], str]
    call_program: Callable[[Session, int], None]
    calls: Callable[[Session], tuple[Call, ...]]
    take_delivered: Callable[[Session], bool]
    largest_signed: int
    pad: Callable[[Session], Bound]
    sign_on_pad: Callable[[Session, Drawing, str], str]
    own_outcome: Callable[[Session], OwnOutcome | None]
    ask_copy: Callable[[str, str, str], None]
    copies: OpenCopy
    looks: Looks

"""The recipient's decision: sign, reject with a reason, or cancel because the phone is not theirs."""

import json
from collections.abc import Callable

from werkzeug.wrappers import Response

from gateway.domain.catalogue import Act
from gateway.domain.contact import masked_phone
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.results import RecipientState
from gateway.entrypoints.web.moments import readable_moment
from gateway.entrypoints.web.portal.choosing import choose
from gateway.entrypoints.web.portal.code_states import unbroken
from gateway.entrypoints.web.portal.codes import code_page, refused, typed_code
from gateway.entrypoints.web.portal.cookies import PortalSession
from gateway.entrypoints.web.portal.entry import next_step
from gateway.entrypoints.web.portal.pages import safe_return_url, with_status
from gateway.entrypoints.web.portal.receipts import DoneReceipt
from gateway.entrypoints.web.portal.visit import Visit
from gateway.usecases.decide import MAX_REASON
from gateway.usecases.results import OwnOutcome, Stage

# A cookie holds 4 KB; a longer address, as it is written there, is left out of the last page, not cut.
_LONGEST_RETURN_URL = 2000
# Of all that is said in words there; beyond it documents are counted, not named.
_LONGEST_WORDS = 2300


# How the pages call what a recipient decided.
OWN_WORDS = {
    RecipientState.SIGNED: ("signed",),
    RecipientState.ACCEPTED: ("signed", "accepted", "read"),
    RecipientState.REJECTED: ("rejected",),
    RecipientState.WITHDRAWN: ("withdrawn",),
}


def sign(visit: Visit, session: PortalSession) -> Response:
    """GET: the page of the signing code. POST: sign with it."""
    if visit.request.method != "POST":
        if visit.use_cases.view(session.who).stage is not Stage.SIGN:
            return next_step(visit, session)
        return code_page(visit, session)
    visit.check_form()
    try:
        code = typed_code(visit)
        return decide(visit, session, "signed", lambda: visit.use_cases.sign(session.who, code))
    except GatewayError as error:
        return refused(visit, session, error, field="code")


def begin(visit: Visit, session: PortalSession) -> Response:
    """POST only: the signature without a code begins, with the recipient's certificate or on the pad."""
    visit.check_form()
    try:
        choose(visit, session)
    except GatewayError as error:
        return refused(visit, session, error, field="")
    visit.use_cases.begin_signing(session.who)
    return next_step(visit, session)


def consents(visit: Visit, session: PortalSession) -> Response:
    """POST only: the boxes are ticked otherwise while a code is on its way already."""
    visit.check_form()
    try:
        choose(visit, session)
    except GatewayError as error:
        return refused(visit, session, error, field="")
    return next_step(visit, session)


def reject(visit: Visit, session: PortalSession) -> Response:
    """GET: ask why. POST: reject for good, with the reason."""
    if visit.request.method != "POST":
        return _confirm(visit, session, "reject", limit=MAX_REASON)
    visit.check_form()
    reason = _reason(visit, session)
    if not reason or len(reason) > MAX_REASON:
        problem = visit.words("reject.long" if reason else "reject.empty", limit=MAX_REASON)
        return visit.retry("reject", problem, 422, "reason")
    return decide(visit, session, "rejected", lambda: visit.use_cases.reject(session.who, reason))


def _reason(visit: Visit, session: PortalSession) -> str:
    """One of the issuer's list, words of their own, or one with the other."""
    offered = visit.use_cases.view(session.who).record.asked.flow.reject_reasons
    listed, own = visit.field("listed"), visit.field("reason")
    return ": ".join(each for each in (listed if listed in offered else "", own) if each)


def withdraw(visit: Visit, session: PortalSession) -> Response:
    """GET: ask whether they are sure. POST: "not my phone", the process is cancelled."""
    if visit.request.method != "POST":
        return _confirm(visit, session, "withdraw")
    visit.check_form()
    return decide(visit, session, "withdrawn", lambda: visit.use_cases.withdraw(session.who))


def done(visit: Visit) -> Response:
    """Thanks, drawn from the receipt alone: the process itself answers nobody any more.

    Raises CLOSED without a receipt, or ten minutes after the decision.
    """
    if visit.receipt is None:
        raise GatewayError(ErrorKind.CLOSED)
    back = _way_back(visit, visit.receipt)
    return visit.page(
        "done.html",
        receipt=visit.receipt,
        decided=visit.receipt.at and readable_moment(visit.receipt.at, visit.words.language),
        names=visit.receipt.documents.splitlines(),
        return_url=back,
        copy_url=visit.plain("copy_ask"),
        help_url="",
        here=visit.url("done"),
    )


def _way_back(visit: Visit, receipt: DoneReceipt) -> str:
    """The issuer's address with what its page is told, signed anew at each look."""
    if not receipt.return_url:
        return ""
    status = visit.use_cases.return_status(receipt.guid, receipt.position)
    return with_status(receipt.return_url, status)


def _confirm(visit: Visit, session: PortalSession, act: str, **facts: object) -> Response:
    view = visit.use_cases.view(session.who)
    if view.stage in {Stage.CONDITIONS, Stage.READ}:
        return next_step(visit, session)
    phone = unbroken(masked_phone(view.recipient.asked.phone))
    return visit.page(
        f"{act}.html", view=view, guid=view.record.guid, here=visit.url(act), phone=phone, **facts
    )


def decide(visit: Visit, session: PortalSession, outcome: str, act: Callable[[], str]) -> Response:
    """Do it, and lead to the last page; "signed" is any positive act, by any method.

    A second click finds the process closed by the first one, whose answer the browser may have thrown away
    with its receipt: then the same decision is answered once more. Any other finds the last page CLOSED.
    """
    try:
        profile = visit.use_cases.view(session.who).record.profile
        act()
        if outcome == "signed" and profile.act is Act.ACKNOWLEDGE:
            # Acknowledged, and nothing is over: now it is read.
            return next_step(visit, session)
    except GatewayError as error:
        if error.kind is not ErrorKind.CLOSED:
            raise
    own = visit.use_cases.own_outcome(session.who)
    if own is None or outcome not in OWN_WORDS.get(own.state, ()):
        visit.ended = True
        return visit.go("done")
    accepted = outcome == "signed" and own.state is RecipientState.ACCEPTED
    return _thanks(visit, session, "accepted" if accepted else outcome, own)


def _thanks(visit: Visit, session: PortalSession, outcome: str, own: OwnOutcome) -> Response:
    return_url = safe_return_url(visit.embedding or own.return_url)
    if len(json.dumps(return_url)) > _LONGEST_RETURN_URL:
        return_url = ""
    names = "\n".join(" ".join(name.split()) for name in own.documents)
    if len(json.dumps([return_url, own.issuer_name, names])) > _LONGEST_WORDS:
        names = ""
    receipt = DoneReceipt(
        outcome,
        own.guid,
        own.issuer_name,
        return_url,
        session.language,
        at=own.decided_at,
        documents=names,
        count=len(own.documents),
        copied=own.copied,
    )
    response = visit.go("done")
    visit.portal.cookies.finish(response, session, receipt, visit.now)
    visit.ended = True
    return response

"""The WSGI door in front of Spyne: it settles HTTP, the envelope and the signature before any operation.

Spyne is called from here only, with an envelope of the door's own making that carries a handle; what the
client sent reaches an operation as the verified request and in no other way.
"""

import logging
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from gateway.domain.errors import Blame, ErrorKind, GatewayError
from gateway.domain.guid import Guid
from gateway.entrypoints.soap.arriving import arriving
from gateway.entrypoints.soap.attachments import Attachments, named
from gateway.entrypoints.soap.authenticate import Authentication
from gateway.entrypoints.soap.body import Environ, Limits, MediaType, media_type
from gateway.entrypoints.soap.contract import Contract
from gateway.entrypoints.soap.dispatch import Dispatcher
from gateway.entrypoints.soap.faults import Answer, clean, refusal
from gateway.entrypoints.soap.multipart_type import is_related
from gateway.entrypoints.soap.names import GATEWAY, TRANSACTION, SoapVersion
from gateway.entrypoints.soap.ports import Checks, Operations
from gateway.entrypoints.soap.request import VerifiedRequest
from gateway.usecases.commands import RecordRejection
from gateway.usecases.ports import Spool

log = logging.getLogger(__name__)
EXTERNAL_ID_LIMIT = 128


@dataclass(frozen=True, slots=True)
class Door:
    """A WSGI application. `new_id` names each call; the name is told to the caller and logged.

    `concerns` is told the GUID that an authenticated call names, for what is logged of it afterwards.
    """

    checks: Checks
    operations: Operations
    dispatcher: Dispatcher
    contract: Contract
    spool: Spool
    limits: Limits = field(default_factory=Limits)
    new_id: Callable[[], str] = lambda: uuid.uuid4().hex
    concerns: Callable[[str], object] = lambda _guid: None

    def __call__(self, environ: Environ, start_response: Callable[..., object]) -> Iterable[bytes]:
        request_id = self.new_id()
        answer = self._guarded(environ, request_id)
        headers = [
            ("Content-Type", answer.content_type),
            ("Content-Length", str(len(answer.body))),
            ("X-Request-Id", request_id),
            *answer.headers,
        ]
        start_response(answer.status, headers)
        return [answer.body]

    def _guarded(self, environ: Environ, request_id: str) -> Answer:
        media = MediaType(_likely_version(environ), "")
        try:
            if environ["REQUEST_METHOD"] != "POST":
                return self._contract(environ)
            media = media_type(environ)
            with Attachments(self.spool, self.limits.octets) as attachments:
                return self._post(environ, media, request_id, attachments)
        except Exception as error:
            return _refused(error, media.version, request_id)

    def _contract(self, environ: Environ) -> Answer:
        query = environ.get("QUERY_STRING", "") if environ["REQUEST_METHOD"] == "GET" else ""
        answer = self.contract.answer(query)
        if answer is None:
            raise GatewayError(ErrorKind.METHOD_NOT_ALLOWED)
        return answer

    def _post(self, environ: Environ, media: MediaType, request_id: str, attachments: Attachments) -> Answer:
        came = arriving(environ, media, self.limits, self.checks.parse)
        request = Authentication(self.checks).verified(came.raw, came.media, request_id, attachments)
        if guid := _guid(request):
            self.concerns(guid)
        log.info("%s: %s by issuer %d", request_id, request.name, request.issuer.number)
        try:
            self.checks.validate(request.operation)
            # Only now, when it is known who sends and what is signed, are attachments read and kept.
            attachments.receive(came.rest, named(request.operation))
            return self.dispatcher.answer(request)
        except GatewayError as error:
            self._keep(request, error)
            raise

    def _keep(self, request: VerifiedRequest, error: GatewayError) -> None:
        """Only a Submit leaves a trace, and only when the refusal is the gateway's last word on it."""
        # What broke on its way will come again.
        unfinished = error.kind.blame is Blame.RECEIVER or error.kind is ErrorKind.BODY_INCOMPLETE
        if not request.is_submit or unfinished:
            return
        self.operations.reject(
            RecordRejection(
                issuer=request.issuer,
                raw=request.raw,
                request_id=request.request_id,
                signer_sha256=request.certificate_sha256.hex(),
                kind=error.kind,
                detail=clean(error.detail),
                external_id=_external_id(request),
            )
        )


def _guid(request: VerifiedRequest) -> str:
    """The one transaction that the call names; empty when it names none, several, or what is no GUID."""
    named_in = [each.text or "" for each in request.operation.findall(f"{{{GATEWAY}}}guid")]
    try:
        return str(Guid.parse(named_in[0])) if len(named_in) == 1 else ""
    except ValueError:
        return ""


def _external_id(request: VerifiedRequest) -> str:
    found = request.operation.findtext(f"{{{TRANSACTION}}}transaction/{{{TRANSACTION}}}external_id")
    return clean(found or "").strip()[:EXTERNAL_ID_LIMIT]


def _likely_version(environ: Environ) -> SoapVersion:
    """Which language a fault is told in before Content-Type was found good."""
    given = environ.get("CONTENT_TYPE", "").lower()
    is_12 = SoapVersion.V12.media_type in (given if is_related(given) else given.partition(";")[0])
    return SoapVersion.V12 if is_12 else SoapVersion.V11


def _refused(error: Exception, version: SoapVersion, request_id: str) -> Answer:
    if not isinstance(error, GatewayError):
        log.error("%s: unexpected", request_id, exc_info=error)
        error = GatewayError(ErrorKind.INTERNAL)
    elif error.kind.blame is Blame.RECEIVER:
        log.error("%s: %s", request_id, error, exc_info=error)
        # What failed inside is told to the log, not to the caller.
        error = GatewayError(error.kind)
    else:
        log.info("%s: %s %s: %.500r", request_id, error.kind.code, error.kind.name, error.detail)
    return refusal(error, version, request_id)

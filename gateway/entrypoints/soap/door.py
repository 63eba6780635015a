"""The WSGI door in front of Spyne: it settles HTTP, the envelope and the signature before any operation.

Spyne is called from here only, with an envelope of the door's own making that carries a handle; what the
client sent reaches an operation as the verified request and in no other way.
"""

import logging
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from gateway.domain.errors import Blame, ErrorKind, GatewayError
from gateway.entrypoints.soap.authenticate import Authentication
from gateway.entrypoints.soap.body import Environ, Limits, MediaType, media_type, read
from gateway.entrypoints.soap.contract import Contract
from gateway.entrypoints.soap.dispatch import Dispatcher
from gateway.entrypoints.soap.faults import Answer, clean, refusal
from gateway.entrypoints.soap.names import TRANSACTION, SoapVersion
from gateway.entrypoints.soap.ports import Checks, Operations
from gateway.entrypoints.soap.request import VerifiedRequest
from gateway.usecases.commands import RecordRejection

log = logging.getLogger(__name__)
EXTERNAL_ID_LIMIT = 128


@dataclass(frozen=True, slots=True)
class Door:
    """A WSGI application. `new_id` names each call; the name is told to the caller and logged."""

    checks: Checks
    operations: Operations
    dispatcher: Dispatcher
    contract: Contract
    limits: Limits = field(default_factory=Limits)
    new_id: Callable[[], str] = lambda: uuid.uuid4().hex

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
            return self._post(read(environ, self.limits), media, request_id)
        except Exception as error:
            return _refused(error, media.version, request_id)

    def _contract(self, environ: Environ) -> Answer:
        query = environ.get("QUERY_STRING", "") if environ["REQUEST_METHOD"] == "GET" else ""
        answer = self.contract.answer(query)
        if answer is None:
            raise GatewayError(ErrorKind.METHOD_NOT_ALLOWED)
        return answer

    def _post(self, raw: bytes, media: MediaType, request_id: str) -> Answer:
        request = Authentication(self.checks).verified(raw, media, request_id)
        log.info("%s: %s by issuer %d", request_id, request.name, request.issuer.number)
        try:
            self.checks.validate(request.operation)
            return self.dispatcher.answer(request)
        except GatewayError as error:
            self._keep(request, error)
            raise

    def _keep(self, request: VerifiedRequest, error: GatewayError) -> None:
        """Only a Submit leaves a trace, and only when the refusal is the gateway's last word on it."""
        if not request.is_submit or error.kind.blame is Blame.RECEIVER:
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


def _external_id(request: VerifiedRequest) -> str:
    found = request.operation.findtext(f"{{{TRANSACTION}}}transaction/{{{TRANSACTION}}}external_id")
    return clean(found or "").strip()[:EXTERNAL_ID_LIMIT]


def _likely_version(environ: Environ) -> SoapVersion:
    """Which language a fault is told in before Content-Type was found good."""
    is_12 = environ.get("CONTENT_TYPE", "").lower().startswith(SoapVersion.V12.media_type)
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

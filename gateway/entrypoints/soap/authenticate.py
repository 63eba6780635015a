"""From octets to a verified request: shape, signature, issuer, trust, replay, schema, in this order.

Nothing that was not signed goes on; nothing is looked up for whoever is not known yet.
"""

from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.entrypoints.soap.attachments import Attachments
from gateway.entrypoints.soap.body import MediaType
from gateway.entrypoints.soap.envelope import check_action, check_shape
from gateway.entrypoints.soap.ports import Checks, SignedContent
from gateway.entrypoints.soap.request import VerifiedRequest


@dataclass(frozen=True, slots=True)
class Authentication:
    """The checks of the door, in order."""

    checks: Checks

    def verified(
        self, raw: bytes, media: MediaType, request_id: str, attachments: Attachments
    ) -> VerifiedRequest:
        """Who asks for what. Raises GatewayError for everything that cannot be attributed to an issuer."""
        now = self.checks.now()
        envelope = self.checks.parse(raw)
        check_action(check_shape(envelope, media.version), media.action)
        signed = self.checks.verify(envelope, now)
        issuer = self.checks.issuer_of(signed.certificate_sha256)
        if issuer is None or not issuer.active:
            raise GatewayError(ErrorKind.CERTIFICATE_REFUSED, "it is registered for no active issuer")
        self.checks.trust(signed.certificate, now)
        request = VerifiedRequest(
            request_id=request_id,
            issuer=issuer,
            operation=_child(signed.body),
            raw=raw,
            certificate_sha256=signed.certificate_sha256,
            received_at=now,
            version=media.version,
            attachments=attachments,
        )
        self._refuse_replay(request, signed, now)
        return request

    def _refuse_replay(self, request: VerifiedRequest, signed: SignedContent, now: datetime) -> None:
        if not request.repeatable and not self.checks.claim(signed.digest, now, signed.expires):
            raise GatewayError(ErrorKind.REPLAYED)


def _child(body: etree._Element) -> etree._Element:
    return next(body.iterchildren("*"))

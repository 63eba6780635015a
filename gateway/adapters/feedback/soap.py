"""The issuer's own service (`wsdl/feedback.wsdl`): zeep makes and reads messages, we sign and carry them.

Zeep never touches the network, and reads an answer only after our own parser did. What does not acknowledge
this very notification acknowledges nothing.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import requests
import zeep
from lxml import etree
from zeep.exceptions import Error, Fault
from zeep.transports import Transport

from gateway import resources
from gateway.adapters.crypto import wsse_sign
from gateway.adapters.crypto.signer import Signer
from gateway.adapters.crypto.wsse_names import SOAP_11
from gateway.adapters.feedback.wire import Reply, Trust, Untold, Wire
from gateway.adapters.xml import parser, schemas
from gateway.adapters.xml.names import qualified
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.feedback import Answer, Notification, SealedSecret, Subscription, Telling

NAMESPACE = "urn:fehaciente:feedback:1.0"
BINDING = f"{{{NAMESPACE}}}FeedbackPortSoap11"
OPERATION = "Notify"
HEADERS = {
    "Content-Type": "text/xml; charset=utf-8",
    "SOAPAction": f'"{NAMESPACE}:{OPERATION}"',
    "User-Agent": "Fehaciente",
}
OK, FAULT, GONE = 200, 500, 410


class Contract:
    """`wsdl/feedback.wsdl` as zeep reads it, at its first use. Safe across threads, one at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._client: Any = None

    def request(self, notification: Notification, now: datetime) -> etree._Element:
        """An unsigned envelope."""
        with self._lock:
            client = self._loaded()
            envelope: etree._Element = client.create_message(
                client.service, OPERATION, notification=_fields(notification, now)
            )
            return envelope

    def acknowledged(self, reply: Reply, limit: int) -> str:
        """The id that the answer names. Raises zeep's Fault, its Errors, and GatewayError."""
        root = parser.parse(reply.content, limit=limit)
        _check_shape(root, reply.status)
        octets = parser.serialize(root)
        with self._lock:
            client = self._loaded()
            binding = client.wsdl.bindings[BINDING]
            answer = _Response(reply.status, {"Content-Type": "text/xml"}, octets)
            return str(binding.process_reply(client, binding.get(OPERATION), answer))

    def _loaded(self) -> Any:
        if self._client is None:
            settings = zeep.Settings(strict=True, forbid_dtd=True, forbid_entities=True, forbid_external=True)
            session = requests.Session()
            # Nothing is fetched and nobody is called by zeep: it knows no way to either.
            session.adapters.clear()
            file = str(resources.folder("wsdl") / "feedback.wsdl")
            transport = Transport(session=session)  # type: ignore[no-untyped-call]
            self._client = zeep.Client(file, transport=transport, settings=settings)  # type: ignore[no-untyped-call]
        return self._client


@dataclass(frozen=True, slots=True)
class _Response:
    """What zeep reads of a response."""

    status_code: int
    headers: dict[str, str]
    content: bytes
    encoding: str = "utf-8"


@dataclass(frozen=True, slots=True)
class SoapCaller:
    """The port `Caller`. `signer` is the gateway's own: the issuer verifies by its certificate."""

    wire: Wire
    signer: Signer
    contract: Contract = field(default_factory=Contract)

    def tell(
        self,
        subscription: Subscription,
        _secrets: Sequence[SealedSecret],
        notification: Notification,
        now: datetime,
    ) -> Answer:
        try:
            envelope = self.contract.request(notification, now)
            wsse_sign.sign(envelope, self.signer, now)
        except GatewayError as error:
            # No key may sign at the moment; the issuer has no part in it.
            return Answer(Telling.NOT_SENT, detail=error.kind.code)
        trust = Trust(subscription.pins, subscription.ca)
        body = parser.serialize(envelope)
        try:
            reply = self.wire.post(subscription.address, trust, HEADERS, body, read=True)
        except Untold as lost:
            return lost.answer
        return self._read(reply, notification.id)

    def _read(self, reply: Reply, expected: str) -> Answer:
        if reply.status == GONE:
            return Answer(Telling.GONE, reply.status)
        if 300 <= reply.status < 400:
            return Answer(Telling.BAD_ANSWER, reply.status, "redirect")
        if not _is_soap(reply):
            telling = Telling.BAD_ANSWER if reply.status < 300 else Telling.REFUSED
            return Answer(telling, reply.status, "no SOAP answer")
        try:
            named = self.contract.acknowledged(reply, self.wire.limit)
        except Fault as fault:
            return _fault(fault, reply.status)
        except (Error, GatewayError) as error:
            return Answer(Telling.BAD_ANSWER, reply.status, type(error).__name__)
        if reply.status != OK or named != expected:
            return Answer(Telling.BAD_ANSWER, reply.status, "another id")
        return Answer(Telling.ACKNOWLEDGED, reply.status)


def _check_shape(root: etree._Element, status: int) -> None:
    """One Body with one child: the valid answer under 200, or a Fault. Zeep would take less for more.

    Raises GatewayError ENVELOPE_INVALID or SCHEMA_INVALID.
    """
    children = root.findall(qualified(SOAP_11, "Body") + "/*")
    if root.tag != qualified(SOAP_11, "Envelope") or len(children) != 1:
        raise GatewayError(ErrorKind.ENVELOPE_INVALID)
    if children[0].tag != qualified(SOAP_11, "Fault"):
        if status != OK:
            raise GatewayError(ErrorKind.ENVELOPE_INVALID)
        schemas.validate(children[0], "feedback")


def _is_soap(reply: Reply) -> bool:
    """One XML document of SOAP 1.1 in clear: no multipart, nothing compressed."""
    headers = {name.lower(): value for name, value in reply.headers.items()}
    media = headers.get("content-type", "").partition(";")[0].strip().lower()
    coding = headers.get("content-encoding", "identity").strip().lower()
    return media == "text/xml" and coding == "identity" and reply.status in (OK, FAULT)


def _fault(fault: Fault, status: int) -> Answer:
    """The contract's own fault means "later"; any other is a service in trouble."""
    detail = fault.detail if isinstance(fault.detail, etree._Element) else None
    declared = detail is not None and detail.find(f"{{{NAMESPACE}}}FeedbackFault") is not None
    return Answer(Telling.FAULT, status) if declared else Answer(Telling.REFUSED, status, "another fault")


def _fields(notification: Notification, now: datetime) -> dict[str, Any]:
    event: dict[str, Any] = {
        "sequence": notification.sequence,
        "id": notification.event_id,
        "kind": notification.kind,
        "state": {"number": int(notification.state), "name": notification.state.name},
        "event_time": _time(notification.at),
        "reception_time": _time(notification.recorded_at),
    }
    if notification.position is not None:
        event["recipient"] = notification.position + 1
    return {
        "id": notification.id,
        "sent_at": _time(now),
        "guid": notification.guid,
        "external_id": notification.external_id,
        "event": event,
        "result": {"number": int(notification.result), "name": notification.result.name},
    } | ({"sandbox": True} if notification.sandbox else {})


def _time(moment: datetime) -> datetime:
    return moment.astimezone(UTC)

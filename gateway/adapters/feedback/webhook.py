"""Webhooks: a JSON document, an HMAC-SHA256 over its moment and octets, and any 2xx as the answer.

The document and its headers are public: docs/integration/webhooks.md. Fields are added, never changed.
"""

import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from gateway.adapters.feedback.secret_box import SealedSecrets
from gateway.adapters.feedback.wire import Reply, Trust, Untold, Wire
from gateway.domain.errors import GatewayError
from gateway.domain.feedback import Answer, Notification, SealedSecret, Subscription, Telling

VERSION = "1.0"
GONE = 410


@dataclass(frozen=True, slots=True)
class WebhookCaller:
    """The port `Caller`."""

    wire: Wire
    box: SealedSecrets

    def tell(
        self,
        subscription: Subscription,
        secrets: Sequence[SealedSecret],
        notification: Notification,
        now: datetime,
    ) -> Answer:
        body = document(notification, now)
        try:
            headers = self._headers(subscription, secrets, notification, now, body)
            trust = Trust(subscription.pins, subscription.ca)
            # Its status is the whole answer: of what comes after it nothing is read.
            return read(self.wire.post(subscription.address, trust, headers, body, read=False))
        except Untold as lost:
            return lost.answer
        except GatewayError as error:
            return Answer(Telling.NOT_SENT, detail=error.kind.code)

    def _headers(
        self,
        subscription: Subscription,
        secrets: Sequence[SealedSecret],
        notification: Notification,
        now: datetime,
        body: bytes,
    ) -> dict[str, str]:
        stamp = str(int(now.timestamp()))
        opened = {each.key_id: self.box.open(subscription.id, each.key_id, each.sealed) for each in secrets}
        signed = [f"{key_id}={signature(secret, stamp, body)}" for key_id, secret in opened.items()]
        return {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Fehaciente",
            "Fehaciente-Id": notification.id,
            "Fehaciente-Timestamp": stamp,
            "Fehaciente-Signature": ", ".join(signed),
        }


def signature(secret: bytes, stamp: str, body: bytes) -> str:
    """HMAC-SHA256 (RFC 2104) over the moment in seconds, a full stop, and the body; in hexadecimal."""
    return hmac.digest(secret, stamp.encode("ascii") + b"." + body, "sha256").hex()


def read(reply: Reply) -> Answer:
    if 200 <= reply.status < 300:
        return Answer(Telling.ACKNOWLEDGED, reply.status)
    if reply.status == GONE:
        return Answer(Telling.GONE, reply.status)
    if 300 <= reply.status < 400:
        return Answer(Telling.BAD_ANSWER, reply.status, "redirect")
    return Answer(Telling.REFUSED, reply.status)


def document(notification: Notification, now: datetime) -> bytes:
    """UTF-8 JSON. Recipients are counted from 1, as in every message of the gateway."""
    position = notification.position
    told: dict[str, Any] = {
        "version": VERSION,
        "id": notification.id,
        "sent_at": _time(now),
        "guid": notification.guid,
        "external_id": notification.external_id,
        "sandbox": notification.sandbox,
        "event": {
            "sequence": notification.sequence,
            "id": notification.event_id,
            "kind": notification.kind,
            "state": {"number": int(notification.state), "name": notification.state.name},
            "event_time": _time(notification.at),
            "reception_time": _time(notification.recorded_at),
            "recipient": None if position is None else position + 1,
        },
        "result": {"number": int(notification.result), "name": notification.result.name},
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")

"""What the issuer's page is told when a recipient comes back to it, signed so that nobody else can say it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from gateway.usecases.ports import Clock, Database
from gateway.usecases.visit import find

LIFE = timedelta(minutes=10)
Sign = Callable[[Mapping[str, str | int]], str]
"""Claims in, compact JWS (RFC 7515) out."""


@dataclass(frozen=True, slots=True)
class ReturnStatus:
    database: Database
    sign: Sign
    clock: Clock
    base_url: str

    def __call__(self, guid: str, position: int) -> str:
        """The state of this recipient as it is now. It tells what happened and proves nothing else: the
        evidence does. "" for what does not exist."""
        with self.database.read() as uow:
            record = uow.transactions.get(guid)
            if record is None:
                return ""
            recipient = find(uow.recipients.of(guid), position)
        now = self.clock.now()
        claims: dict[str, str | int] = {
            "iss": self.base_url,
            "guid": guid,
            "external_id": record.external_id,
            "recipient": position + 1,
            "state": recipient.state.value,
            "result": int(recipient.result),
            "result_name": recipient.result.name,
            "iat": int(now.timestamp()),
            "exp": int((now + LIFE).timestamp()),
        }
        return self.sign(claims)

"""What is seen of a message after it left: its picture was fetched, a link of it was followed.

One event for each message, kind and link, through the one door of reports. A picture or link that names no
message of ours leaves no trace. Nobody gets in by any of this, and nothing is signed or accepted.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.domain.delivery import Channel, Effect
from gateway.domain.openings import LONGEST, MOMENT, Reader, Request, reader_of
from gateway.domain.reports import Report, ReportKind
from gateway.domain.wording import keepable
from gateway.usecases.ports import Clock, Database, MessageMark
from gateway.usecases.reports.receive import ReceiveReport

RAW_TYPE = "message/http"


def token_of(mark: MessageMark, message: str) -> str:
    """What pictures and links name a message by: nothing of its return path can be told from it."""
    return mark(f"tracker/{message}")


def proof_of(mark: MessageMark, token: str, target: str) -> str:
    """Without it a link leads nowhere: nobody makes us lead people to places that no issuer wrote."""
    return mark(f"link/{token}/{target}")


@dataclass(frozen=True, slots=True)
class Track:
    database: Database
    receive: ReceiveReport
    clock: Clock
    mark: MessageMark

    def opened(self, token: str, request: Request) -> bool:
        """Whether it is a message's. Raises GatewayError(TEMPORARILY_UNAVAILABLE) when it was not kept."""
        return self._seen(token, request, ReportKind.OPENED, "picture")

    def leads(self, token: str, proof: str, target: str) -> bool:
        """Whether the link is ours and leads there, also when its message is gone."""
        return hmac.compare_digest(proof_of(self.mark, token, target).encode(), proof.encode())

    def followed(self, token: str, proof: str, target: str, request: Request) -> bool:
        """As `opened`, of a link that leads there."""
        return self._seen(token, request, ReportKind.CLICKED, proof, target)

    def _seen(self, token: str, request: Request, kind: ReportKind, what: str, target: str = "") -> bool:
        effect = self._message(token)
        if effect is None:
            return False
        now = self.clock.now()
        since = now - effect.finished_at if effect.finished_at else timedelta()
        reader = reader_of(request, since)
        if reader.person and target and self._several(effect, what, now):
            reader = Reader("several at once")
        details = (
            ("what", "link" if target else what),
            ("target", keepable(target, LONGEST)),
            ("user_agent", keepable(request.user_agent, LONGEST)),
            ("machine", reader.why),
        )
        self.receive(
            Report(
                channel=Channel.EMAIL,
                kind=kind if reader.person else ReportKind.FETCHED,
                at=now,
                raw=request.raw,
                media_type=RAW_TYPE,
                reference=token,
                details=tuple(pair for pair in details if pair[1]),
                key=what,
            )
        )
        return True

    def _several(self, effect: Effect, what: str, now: datetime) -> bool:
        """Whether another link of the message was followed a moment ago: nobody reads so fast."""
        with self.database.read() as uow:
            return any(
                row.report.effect == effect.id
                and dict(row.report.details).get("what") == "link"
                and row.report.key != what
                and now - row.received_at < MOMENT
                for row in uow.reports.of(effect.guid)
            )

    def _message(self, token: str) -> Effect | None:
        """None for what was never ours, and for what is purged."""
        with self.database.read() as uow:
            part = uow.message_parts.find(Channel.EMAIL, token)
            effect = uow.effects.get(part.effect) if part else None
            return effect if effect and uow.keys.find(effect.guid) is not None else None

"""Operation codes as keyed hashes with their audit, never the codes."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, bindparam, insert, select

from gateway.adapters.storage.comparison import replacement, seen, to
from gateway.adapters.storage.session import Session
from gateway.adapters.storage.tables import challenges
from gateway.domain.delivery import Channel
from gateway.domain.signing import Challenge, ChallengeState, CodedAct, SignMethod
from gateway.domain.voice import Call, CallState

T = challenges.c
ADD = insert(challenges)
GET = select(challenges).where(T.id == bindparam("challenge"))
OF = (
    select(challenges)
    .where(and_(T.guid == bindparam("guid"), T.position == bindparam("place")))
    .order_by(T.requested_at, T.ordinal)
)
KEPT = tuple(column.name for column in T if column.name != "ordinal")
REPLACE = replacement(challenges, compared=KEPT, changed=KEPT)


class ChallengeStore:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, challenge: Challenge) -> None:
        self._session.add(ADD, [_row(challenge)])

    def get(self, challenge_id: str) -> Challenge | None:
        row = self._session.first(GET, {"challenge": challenge_id})
        return None if row is None else _challenge(row)

    def of(self, guid: str, position: int) -> Sequence[Challenge]:
        rows = self._session.rows(OF, {"guid": guid, "place": position})
        return [_challenge(row) for row in rows]

    def replace(self, before: Challenge, after: Challenge) -> bool:
        return self._session.changed(REPLACE, seen(_row(before)) | to(_row(after))) == 1


def _row(challenge: Challenge) -> dict[str, Any]:
    return {
        "id": challenge.id,
        "guid": challenge.guid,
        "position": challenge.position,
        "act": challenge.act.value,
        "method": challenge.method.value,
        "state": challenge.state.value,
        "requested_at": challenge.requested_at,
        "expires_at": challenge.expires_at,
        "key_id": challenge.key_id,
        "digest": challenge.digest,
        "attempts": challenge.attempts,
        "handed_over_at": challenge.handed_over_at,
        "bound_sha256": challenge.bound_sha256 or None,
        # Codes from before there were calls bear no channel either.
        "channel": None if challenge.channel is Channel.SMS else challenge.channel.value,
    } | _call_row(challenge.call)


def _call_row(call: Call | None) -> dict[str, Any]:
    return {
        "call_state": call and call.state.value,
        "call_answered_at": call and call.answered_at,
        "call_ended_at": call and call.ended_at,
        "call_seconds": call and call.seconds,
        "recording": (call and call.recording) or None,
        "speech_sha256": (call and call.speech_sha256) or None,
    }


def _challenge(row: Any) -> Challenge:
    return Challenge(
        id=row.id,
        guid=row.guid,
        position=row.position,
        act=CodedAct(row.act),
        method=SignMethod(row.method),
        state=ChallengeState(row.state),
        requested_at=row.requested_at,
        expires_at=row.expires_at,
        key_id=row.key_id,
        digest=row.digest or b"",
        attempts=row.attempts,
        handed_over_at=row.handed_over_at,
        channel=Channel(row.channel) if row.channel else Channel.SMS,
        call=_call(row) if row.call_state else None,
        bound_sha256=row.bound_sha256 or b"",
    )


def _call(row: Any) -> Call:
    return Call(
        state=CallState(row.call_state),
        answered_at=row.call_answered_at,
        ended_at=row.call_ended_at,
        seconds=row.call_seconds or 0,
        recording=row.recording or "",
        speech_sha256=row.speech_sha256 or b"",
    )

"""What is kept of sandbox transactions only. Deadlines are moved here and nowhere else; no clock ever is."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import and_, bindparam, insert, select, true, update

from gateway.adapters.storage.personal import Personal
from gateway.adapters.storage.prepared import InsertOnce
from gateway.adapters.storage.session import Session
from gateway.adapters.storage.tables import challenges, sandbox_messages, sandbox_scripts, transactions
from gateway.domain.delivery import Channel
from gateway.domain.sandbox import Directive, SandboxMessage, Script

M, S, T, C = sandbox_messages.c, sandbox_scripts.c, transactions.c, challenges.c
HOLDS = select(T.sandbox).where(T.guid == bindparam("whose"))
KEEP = InsertOnce(sandbox_messages, ("id",))
OF = select(sandbox_messages).where(M.guid == bindparam("whose")).order_by(M.ordinal)
ADD = insert(sandbox_scripts)
PLACE = and_(S.guid == bindparam("whose"), S.position == bindparam("place"))
CHANGE = update(sandbox_scripts).where(PLACE).values(script=bindparam("its_script"))
SCRIPT = select(S.script).where(PLACE)
TIMES = select(T.start_at, T.close_at).where(and_(T.guid == bindparam("whose"), T.sandbox == true()))
MOVE = (
    update(transactions)
    .where(and_(T.guid == bindparam("whose"), T.sandbox == true(), T.close_at == bindparam("closed")))
    .values(start_at=bindparam("starts"), close_at=bindparam("closes"))
)
CODES = select(C.id, C.expires_at).where(C.guid == bindparam("whose"))
CODE = update(challenges).where(C.id == bindparam("whose")).values(expires_at=bindparam("ends"))


class SandboxStore:
    def __init__(self, session: Session, personal: Personal) -> None:
        self._session = session
        self._personal = personal

    def holds(self, guid: str) -> bool:
        row = self._session.first(HOLDS, {"whose": guid})
        return row is not None and bool(row.sandbox)

    def keep(self, message: SandboxMessage) -> bool:
        told = {"address": message.address, "subject": message.subject, "text": message.text}
        row = {
            "id": message.id,
            "guid": message.guid,
            "position": message.position,
            "channel": message.channel.value,
            "kept_at": message.at,
            "personal": self._personal.key(message.guid).seal(told, _context(message.id)),
        }
        return self._session.add_once(KEEP, row)

    def messages(self, guid: str) -> Sequence[SandboxMessage]:
        found = []
        for row in self._session.rows(OF, {"whose": guid}):
            told = self._personal.key(guid).open(row.personal, _context(row.id))
            channel = Channel(row.channel)
            found.append(SandboxMessage(row.id, guid, row.position, channel, at=row.kept_at, **told))
        return found

    def direct(self, directive: Directive) -> None:
        place = {"whose": directive.guid, "place": directive.position}
        if not self._session.changed(CHANGE, place | {"its_script": directive.script.value}):
            row = {"guid": directive.guid, "position": directive.position, "script": directive.script.value}
            self._session.add(ADD, [row])

    def directive(self, guid: str, position: int) -> Script | None:
        row = self._session.first(SCRIPT, {"whose": guid, "place": position})
        return None if row is None else Script(row.script)

    def bring_forward(self, guid: str, by: timedelta) -> bool:
        row = self._session.first(TIMES, {"whose": guid})
        if row is None:
            return False
        times = {"starts": row.start_at - by, "closes": row.close_at - by, "closed": row.close_at}
        if self._session.changed(MOVE, times | {"whose": guid}) != 1:
            return False
        for code in self._session.rows(CODES, {"whose": guid}):
            self._session.changed(CODE, {"whose": code.id, "ends": code.expires_at - by})
        return True


def _context(message_id: str) -> str:
    return f"sandbox_messages/{message_id}"

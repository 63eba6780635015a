"""Deposits, their files and leaves, and how they were sent; each step forward is one compare-and-set."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, insert, or_, select, update

from gateway.adapters.storage.prepared import InsertOnce
from gateway.adapters.storage.session import Session
from gateway.adapters.storage.tables import deposit_files, deposit_leaves, deposit_sendings, deposits
from gateway.domain.delivery import Outcome, Receipt
from gateway.domain.deposit import Deposit, Leaf, Phase, Sending

D, F, L, S = deposits.c, deposit_files.c, deposit_leaves.c, deposit_sendings.c
NUMBER = D.deposit == bindparam("number")
ADD = InsertOnce(deposits, ("deposit",))
GET = select(deposits).where(NUMBER)
NEWEST = select(deposits).order_by(D.deposit.desc()).limit(1)
ALL = select(deposits).order_by(D.deposit)
CLAIM = (
    update(deposits)
    .where(
        and_(
            NUMBER,
            D.phase != Phase.SEALED.value,
            or_(D.lease_until.is_(None), D.lease_until <= bindparam("moment")),
        )
    )
    .values(lease_until=bindparam("leased_until"))
)
RELEASE = update(deposits).where(NUMBER).values(lease_until=None)
ROOTED = (
    update(deposits)
    .where(and_(NUMBER, D.phase == Phase.CLOSED.value))
    .values(phase=Phase.ROOTED.value, root=bindparam("its_root"), leaves=bindparam("its_leaves"))
)
SEALED = (
    update(deposits)
    .where(and_(NUMBER, D.phase == Phase.ROOTED.value))
    .values(
        phase=Phase.SEALED.value,
        lease_until=None,
        xml_sha256=bindparam("sealed"),
        sealed_at=bindparam("moment"),
    )
)
RECEIVED = (
    update(deposits)
    .where(and_(NUMBER, D.phase == Phase.SEALED.value, D.receipt_at.is_(None)))
    .values(
        protocol=bindparam("given"), receipt_sha256=bindparam("its_sha256"), receipt_at=bindparam("moment")
    )
)
ADD_FILE = insert(deposit_files)
FILE = select(F.octets).where(and_(F.deposit == bindparam("number"), F.name == bindparam("file")))
ADD_LEAF = InsertOnce(deposit_leaves, ("deposit", "owner"))
DIGESTS = (
    select(L.leaf_sha256, L.owner).where(L.deposit == bindparam("number")).order_by(L.leaf_sha256, L.owner)
)
LEAF = select(deposit_leaves).where(and_(L.deposit == bindparam("number"), L.owner == bindparam("whose")))
LEAVES_OF = select(deposit_leaves).where(L.owner == bindparam("whose")).order_by(L.deposit)
INTEND = InsertOnce(deposit_sendings, ("deposit", "way", "attempt"))
FINISH = (
    update(deposit_sendings)
    .where(
        and_(
            S.deposit == bindparam("number"),
            S.way == bindparam("how"),
            S.attempt == bindparam("which"),
            S.outcome.is_(None),
        )
    )
    .values(
        outcome=bindparam("came"),
        finished_at=bindparam("came_at"),
        reference=bindparam("its_reference"),
        detail=bindparam("its_detail"),
    )
)
SENDINGS = (
    select(deposit_sendings).where(S.deposit == bindparam("number")).order_by(S.intended_at, S.way, S.attempt)
)


class DepositStore:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, deposit: Deposit) -> bool:
        row = {
            "deposit": deposit.number,
            "phase": deposit.phase.value,
            "period_from": deposit.period_from,
            "period_to": deposit.period_to,
            "header": deposit.header,
            "lease_until": None,
            "leaves": deposit.leaves,
            "root": deposit.root,
            "xml_sha256": deposit.xml_sha256,
            "sealed_at": deposit.sealed_at,
            "protocol": deposit.protocol,
            "receipt_sha256": deposit.receipt_sha256,
            "receipt_at": deposit.receipt_at,
        }
        return self._session.add_once(ADD, row)

    def get(self, number: int) -> Deposit | None:
        row = self._session.first(GET, {"number": number})
        return None if row is None else _deposit(row)

    def newest(self) -> Deposit | None:
        row = self._session.first(NEWEST, {})
        return None if row is None else _deposit(row)

    def all(self) -> Sequence[Deposit]:
        return [_deposit(row) for row in self._session.rows(ALL)]

    def claim(self, number: int, now: datetime, until: datetime) -> bool:
        return self._session.changed(CLAIM, {"number": number, "moment": now, "leased_until": until}) == 1

    def release(self, number: int) -> None:
        self._session.changed(RELEASE, {"number": number})

    def rooted(self, number: int, root: bytes, leaves: int) -> bool:
        change = {"number": number, "its_root": root, "its_leaves": leaves}
        return self._session.changed(ROOTED, change) == 1

    def sealed(self, number: int, xml_sha256: bytes, at: datetime) -> bool:
        return self._session.changed(SEALED, {"number": number, "sealed": xml_sha256, "moment": at}) == 1

    def received(self, number: int, protocol: str, receipt_sha256: bytes | None, at: datetime) -> bool:
        change = {"number": number, "given": protocol, "its_sha256": receipt_sha256, "moment": at}
        return self._session.changed(RECEIVED, change) == 1

    def add_file(self, number: int, name: str, octets: bytes) -> None:
        self._session.add(ADD_FILE, [{"deposit": number, "name": name, "octets": octets}])

    def file(self, number: int, name: str) -> bytes | None:
        row = self._session.first(FILE, {"number": number, "file": name})
        return None if row is None else row.octets


class DepositLeafStore:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, leaf: Leaf) -> bool:
        row = {
            "deposit": leaf.deposit,
            "owner": leaf.owner,
            "leaf_sha256": leaf.sha256,
            "body": leaf.body,
        }
        return self._session.add_once(ADD_LEAF, row)

    def digests(self, deposit: int) -> Sequence[tuple[bytes, str]]:
        return [(row.leaf_sha256, row.owner) for row in self._session.rows(DIGESTS, {"number": deposit})]

    def get(self, deposit: int, owner: str) -> Leaf | None:
        row = self._session.first(LEAF, {"number": deposit, "whose": owner})
        return None if row is None else _leaf(row)

    def of(self, owner: str) -> Sequence[Leaf]:
        return [_leaf(row) for row in self._session.rows(LEAVES_OF, {"whose": owner})]


class DepositSendingStore:
    def __init__(self, session: Session) -> None:
        self._session = session

    def intend(self, sending: Sending) -> bool:
        row = {
            "deposit": sending.deposit,
            "way": sending.way,
            "attempt": sending.attempt,
            "intended_at": sending.intended_at,
            "outcome": sending.outcome and sending.outcome.value,
            "finished_at": sending.finished_at,
            "reference": sending.reference[:400],
            "detail": sending.detail[:1000],
        }
        return self._session.add_once(INTEND, row)

    def finish(self, deposit: int, way: str, attempt: int, receipt: Receipt) -> bool:
        result = {
            "number": deposit,
            "how": way,
            "which": attempt,
            "came": receipt.outcome.value,
            "came_at": receipt.at,
            "its_reference": receipt.reference[:400],
            "its_detail": receipt.detail[:1000],
        }
        return self._session.changed(FINISH, result) == 1

    def of(self, deposit: int) -> Sequence[Sending]:
        return [_sending(row) for row in self._session.rows(SENDINGS, {"number": deposit})]


def _deposit(row: Any) -> Deposit:
    return Deposit(
        number=row.deposit,
        phase=Phase(row.phase),
        period_from=row.period_from,
        period_to=row.period_to,
        header=row.header,
        leaves=row.leaves,
        root=row.root,
        xml_sha256=row.xml_sha256,
        sealed_at=row.sealed_at,
        protocol=row.protocol,
        receipt_sha256=row.receipt_sha256,
        receipt_at=row.receipt_at,
    )


def _leaf(row: Any) -> Leaf:
    return Leaf(row.deposit, row.owner, row.leaf_sha256, row.body)


def _sending(row: Any) -> Sending:
    return Sending(
        deposit=row.deposit,
        way=row.way,
        attempt=row.attempt,
        intended_at=row.intended_at,
        outcome=Outcome(row.outcome) if row.outcome else None,
        finished_at=row.finished_at,
        reference=row.reference,
        detail=row.detail,
    )

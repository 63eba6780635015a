"""Time-stamps of trees, and where whose data stands in them: the parts of evidence records."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, bindparam, exists, not_, or_, select, update

from gateway.adapters.storage.prepared import InsertOnce
from gateway.adapters.storage.session import Session
from gateway.adapters.storage.tables import record_paths, tree_stamps
from gateway.domain.deposit import RecordPath, TreeStamp

P, S = record_paths.c, tree_stamps.c
LATER_PATH, LATER_STAMP, FIRST_STAMP = record_paths.alias(), tree_stamps.alias(), tree_stamps.alias()
ADD_PATH = InsertOnce(record_paths, ("deposit", "owner", "chain"))
PATHS = (
    select(record_paths)
    .where(and_(P.deposit == bindparam("number"), P.owner == bindparam("whose")))
    .order_by(P.chain)
)
ADD_STAMP = InsertOnce(tree_stamps, ("tree", "position"))
STAMPS = select(tree_stamps).where(S.tree == bindparam("which")).order_by(S.position)
SETTLE = (
    update(tree_stamps)
    .where(and_(S.tree == bindparam("which"), S.position == bindparam("place"), S.final.is_(False)))
    .values(evidence=bindparam("kept"), final=True)
)
NEWEST = (
    select(tree_stamps)
    .where(
        and_(
            S.tree > bindparam("after_tree"),
            not_(
                exists().where(and_(LATER_STAMP.c.tree == S.tree, LATER_STAMP.c.position == S.position + 1))
            ),
        )
    )
    .order_by(S.tree)
    .limit(bindparam("most"))
)
BY_DIGEST = (
    select(record_paths)
    .join(FIRST_STAMP, and_(FIRST_STAMP.c.tree == P.tree, FIRST_STAMP.c.position == 0))
    .where(
        and_(
            FIRST_STAMP.c.digest == bindparam("by_name"),
            # Said twice, for the index serves this part only.
            P.deposit >= bindparam("after_deposit"),
            or_(P.deposit > bindparam("after_deposit"), P.owner > bindparam("after_owner")),
            not_(
                exists().where(
                    and_(
                        LATER_PATH.c.deposit == P.deposit,
                        LATER_PATH.c.owner == P.owner,
                        LATER_PATH.c.chain == P.chain + 1,
                    )
                )
            ),
        )
    )
    .order_by(P.deposit, P.owner)
    .limit(bindparam("most"))
)


class RecordStore:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add_path(self, path: RecordPath) -> bool:
        row = {
            "deposit": path.deposit,
            "owner": path.owner,
            "chain": path.chain,
            "tree": path.tree,
            "covers": path.covers,
            "xml_path": path.xml_path,
            "asn1_path": path.asn1_path,
            "members": path.members,
        }
        return self._session.add_once(ADD_PATH, row)

    def paths(self, deposit: int, owner: str) -> Sequence[RecordPath]:
        return [_path(row) for row in self._session.rows(PATHS, {"number": deposit, "whose": owner})]

    def add_stamp(self, stamp: TreeStamp) -> bool:
        row = {
            "tree": stamp.tree,
            "position": stamp.position,
            "digest": stamp.digest,
            "token": stamp.token,
            "gen_time": stamp.gen_time,
            "authority": stamp.authority[:400],
            "evidence": stamp.evidence,
            "final": stamp.final,
            "xml_path": stamp.xml_path,
            "asn1_path": stamp.asn1_path,
        }
        return self._session.add_once(ADD_STAMP, row)

    def stamps(self, tree: str) -> Sequence[TreeStamp]:
        return [_stamp(row) for row in self._session.rows(STAMPS, {"which": tree})]

    def settle(self, tree: str, position: int, evidence: bytes) -> bool:
        return self._session.changed(SETTLE, {"which": tree, "place": position, "kept": evidence}) == 1

    def newest_stamps(self, after_tree: str, limit: int) -> Sequence[TreeStamp]:
        asked = {"after_tree": after_tree, "most": limit}
        return [_stamp(row) for row in self._session.rows(NEWEST, asked)]

    def by_digest(self, digest: str, after: tuple[int, str], limit: int) -> Sequence[RecordPath]:
        asked = {"by_name": digest, "after_deposit": after[0], "after_owner": after[1], "most": limit}
        return [_path(row) for row in self._session.rows(BY_DIGEST, asked)]


def _path(row: Any) -> RecordPath:
    return RecordPath(
        deposit=row.deposit,
        owner=row.owner,
        chain=row.chain,
        tree=row.tree,
        xml_path=row.xml_path or b"",
        asn1_path=row.asn1_path or b"",
        covers=row.covers,
        members=row.members or b"",
    )


def _stamp(row: Any) -> TreeStamp:
    return TreeStamp(
        tree=row.tree,
        position=row.position,
        digest=row.digest,
        token=row.token,
        gen_time=row.gen_time,
        authority=row.authority,
        evidence=row.evidence or b"",
        final=row.final,
        xml_path=row.xml_path or b"",
        asn1_path=row.asn1_path or b"",
    )

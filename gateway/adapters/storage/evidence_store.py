"""Evidence from rendered to sealed: one signature is ever published for each."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, bindparam, insert, select, update

from gateway.adapters.storage.session import Session
from gateway.adapters.storage.tables import evidences
from gateway.domain.evidence import ErdsEvent
from gateway.domain.record import EvidenceStatus, StoredEvidence

T = evidences.c
ADD = insert(evidences)
OF = select(evidences).where(T.owner == bindparam("owner")).order_by(T.event_time, T.ordinal)
GET = select(evidences).where(T.id == bindparam("evidence"))
WAITING = (
    select(T.id)
    .where(and_(T.owner == bindparam("owner"), T.status == EvidenceStatus.RENDERED.value))
    .order_by(T.event_time, T.ordinal)
)
PUBLISH = (
    update(evidences)
    .where(
        and_(
            T.id == bindparam("evidence"),
            T.status == EvidenceStatus.RENDERED.value,
            T.rendered_sha256 == bindparam("rendered"),
        )
    )
    .values(
        status=EvidenceStatus.SEALED.value,
        body=bindparam("octets"),
        sealed_sha256=bindparam("sealed"),
        stamped_at=bindparam("stamped"),
        signer_sha256=bindparam("signer"),
    )
)


class EvidenceStore:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, evidence: StoredEvidence) -> None:
        row = {
            "id": evidence.id,
            "owner": evidence.owner,
            "position": evidence.position,
            "event": evidence.event.value,
            "event_time": evidence.event_time,
            "status": evidence.status.value,
            "rendered_sha256": evidence.rendered_sha256,
            "body": evidence.body,
            "sealed_sha256": evidence.sealed_sha256,
            "stamped_at": evidence.stamped_at,
            "signer_sha256": evidence.signer_sha256,
        }
        self._session.add(ADD, [row])

    def get(self, evidence_id: str) -> StoredEvidence | None:
        row = self._session.first(GET, {"evidence": evidence_id})
        return None if row is None else _evidence(row)

    def of(self, owner: str) -> Sequence[StoredEvidence]:
        return [_evidence(row) for row in self._session.rows(OF, {"owner": owner})]

    def rendered(self, owner: str) -> Sequence[str]:
        return [row.id for row in self._session.rows(WAITING, {"owner": owner})]

    def publish(self, evidence: StoredEvidence) -> bool:
        """`evidence` brings the sealed body. It must seal the very octets that were stored as rendered."""
        sealed = {
            "evidence": evidence.id,
            "rendered": evidence.rendered_sha256,
            "octets": evidence.body,
            "sealed": evidence.sealed_sha256,
            "stamped": evidence.stamped_at,
            "signer": evidence.signer_sha256,
        }
        return self._session.changed(PUBLISH, sealed) == 1


def _evidence(row: Any) -> StoredEvidence:
    return StoredEvidence(
        id=row.id,
        owner=row.owner,
        position=row.position,
        event=ErdsEvent(row.event),
        event_time=row.event_time,
        status=EvidenceStatus(row.status),
        rendered_sha256=row.rendered_sha256,
        body=row.body,
        sealed_sha256=row.sealed_sha256,
        stamped_at=row.stamped_at,
        signer_sha256=row.signer_sha256,
    )

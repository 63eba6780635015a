"""From intent to proof: sign and time-stamp exactly the octets that were stored, verify, publish once.

The task's fence is the one-use token: when a lease ends unsaved, another attempt seals the same octets
again, and one compare-and-set publishes one signature.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.record import DataKey, EvidenceStatus, StoredEvidence, Task
from gateway.usecases.outbox import Postpone
from gateway.usecases.ports import Clock, Database, Sealer, UnitOfWork, Vault


@dataclass(frozen=True, slots=True)
class SealEvidence:
    database: Database
    sealer: Sealer
    vault: Vault
    clock: Clock

    def __call__(self, task: Task) -> bool:
        pending = self.pending(task.guid, task.subject)
        with self.database.write() as uow:
            for evidence in pending:
                publish(uow, evidence, self.clock.now())
            if not uow.tasks.complete(task):
                return False
            uow.commit()
        return True

    def run_many(self, tasks: Sequence[Task]) -> frozenset[str]:
        """All in one reading and one writing unit; what must wait, or is broken, is left to be run alone.

        Raises GatewayError(TEMPORARILY_UNAVAILABLE) when no authority answers, for none of them then.
        """
        with self.database.read() as uow:
            found = [(task, uow.evidences.get(task.subject), uow.keys.get(task.guid)) for task in tasks]
        ready = [(task, sealed) for task, evidence, key in found for sealed in self._ready(key, evidence)]
        done = set()
        with self.database.write() as uow:
            for task, sealed in ready:
                if uow.tasks.complete(task):
                    publish(uow, sealed, self.clock.now())
                    done.add(task.id)
            uow.commit()
        return frozenset(done)

    def _ready(self, key: DataKey, evidence: StoredEvidence | None) -> list[StoredEvidence]:
        """The evidence as it is to be published; nothing where this one needs a call of its own."""
        if evidence is None:
            return []
        if evidence.status is EvidenceStatus.SEALED:
            # Closing sealed it meanwhile; publishing again changes nothing.
            return [evidence]
        try:
            return [self._sealed(key, evidence)]
        except Postpone:
            return []
        except GatewayError as error:
            if error.kind is ErrorKind.TEMPORARILY_UNAVAILABLE:
                raise
            return []

    def pending(self, owner: str, evidence_id: str = "") -> list[StoredEvidence]:
        """Seal what of this owner's evidence is only rendered (all of it, or one); not yet published."""
        with self.database.read() as uow:
            key = uow.keys.get(owner)
            rendered = [
                evidence
                for evidence in uow.evidences.of(owner)
                if evidence.status is EvidenceStatus.RENDERED and evidence_id in ("", evidence.id)
            ]
        return [self._sealed(key, evidence) for evidence in rendered]

    def _sealed(self, key: DataKey, evidence: StoredEvidence) -> StoredEvidence:
        rendered = self.vault.reveal(key, evidence.body, evidence.id)
        if hashlib.sha256(rendered).digest() != evidence.rendered_sha256:
            raise GatewayError(ErrorKind.INTERNAL, "a rendered evidence is not what was stored")
        sealed = self.sealer.seal(rendered)
        if sealed.stamped_at < evidence.event_time:
            # The authority's clock is behind ours, as far as is permitted: a stamp from before the event
            # would deny it, so this one waits until the authority has got there.
            raise Postpone(self.clock.now() + (evidence.event_time - sealed.stamped_at))
        return replace(
            evidence,
            status=EvidenceStatus.SEALED,
            body=self.vault.protect(key, sealed.octets, evidence.id),
            sealed_sha256=hashlib.sha256(sealed.octets).digest(),
            stamped_at=sealed.stamped_at,
            signer_sha256=sealed.signer_sha256,
        )


def publish(uow: UnitOfWork, evidence: StoredEvidence, at: datetime) -> bool:
    """Publish a sealed evidence and queue it for deposit; False when another signature was first."""
    if evidence.sealed_sha256 is None or not uow.evidences.publish(evidence):
        return False
    uow.deposit_queue.add(evidence.owner, f"evidence/{evidence.id}.xml", evidence.sealed_sha256, at)
    return True

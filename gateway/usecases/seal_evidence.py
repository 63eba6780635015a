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
        """Whatever happened to the owner before is sealed first, so that stamps follow the events' order."""
        sealed = self._up_to(task.guid, task.subject)
        with self.database.write() as uow:
            for evidence in sealed:
                if not publish(uow, evidence, self.clock.now()) and evidence.id != task.subject:
                    # Somebody else stamped that one, perhaps after we stamped the next: those anew.
                    uow.commit()
                    raise Postpone(self.clock.now())
            if not uow.tasks.complete(task):
                return False
            uow.commit()
        return True

    def run_many(self, tasks: Sequence[Task]) -> frozenset[str]:
        """All in one reading and one writing unit; what must wait, or is broken, is left to be run alone,
        and so is what has to wait for an earlier evidence of its owner.

        Raises GatewayError(TEMPORARILY_UNAVAILABLE) when no authority answers, for none of them then.
        """
        with self.database.read() as uow:
            found = [(task, uow.evidences.get(task.subject), uow.keys.get(task.guid)) for task in tasks]
            waiting = {task.guid: list(uow.evidences.rendered(task.guid)) for task in tasks}
        ready = []
        for task, evidence, key in found:
            if task.subject in waiting[task.guid][1:]:
                continue
            ready += [(task, sealed) for sealed in self._ready(key, evidence)]
            if ready and ready[-1][0] is task:
                waiting[task.guid] = waiting[task.guid][1:]
        return self._published(ready)

    def _published(self, ready: Sequence[tuple[Task, StoredEvidence]]) -> frozenset[str]:
        done, overtaken = set(), set[str]()
        with self.database.write() as uow:
            for task, sealed in ready:
                if task.guid in overtaken:
                    continue
                ours = uow.tasks.complete(task)
                if ours:
                    done.add(task.id)
                if not (ours and publish(uow, sealed, self.clock.now())):
                    # What was stamped meanwhile by somebody else may be stamped later than what follows it.
                    overtaken.add(task.guid)
            uow.commit()
        return frozenset(done)

    def _up_to(self, owner: str, evidence_id: str) -> list[StoredEvidence]:
        """Seal one evidence and, before it, what is rendered of earlier ones; a broken one keeps no other."""
        with self.database.read() as uow:
            key, waiting = uow.keys.get(owner), uow.evidences.rendered(owner)
            if evidence_id not in waiting:
                return []
            wanted = waiting[: waiting.index(evidence_id) + 1]
            found = [each for each in map(uow.evidences.get, wanted) if each is not None]
        sealed = []
        for evidence in found:
            try:
                sealed.append(self._sealed(key, evidence))
            except GatewayError as error:
                if error.kind is ErrorKind.TEMPORARILY_UNAVAILABLE or evidence.id == evidence_id:
                    raise
        return sealed

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

    def pending(self, owner: str) -> list[StoredEvidence]:
        """Seal what of this owner's evidence is only rendered, in order; not yet published."""
        with self.database.read() as uow:
            key = uow.keys.get(owner)
            rendered = [
                evidence for evidence in uow.evidences.of(owner) if evidence.status is EvidenceStatus.RENDERED
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
    """Publish a sealed evidence and queue it for deposit, unless it is a test: a notary is given none.

    False when another signature was first.
    """
    if evidence.sealed_sha256 is None or not uow.evidences.publish(evidence):
        return False
    if not uow.sandbox.holds(evidence.owner):
        uow.deposit_queue.add(evidence.owner, f"evidence/{evidence.id}.xml", evidence.sealed_sha256, at)
    return True

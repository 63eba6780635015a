"""What is kept of a Submit that was refused after its issuer was known.

The raw octets, a row by request id and a SubmissionRejection evidence; no GUID, and no claim on the
external id.
"""

from dataclasses import dataclass
from uuid import uuid4

from gateway.domain.evidence import ErdsEvent, EvidenceFacts
from gateway.domain.record import Rejection
from gateway.domain.wording import keepable
from gateway.usecases.commands import RecordRejection as Command
from gateway.usecases.facts import issuer_party
from gateway.usecases.journal import Journal
from gateway.usecases.ports import Clock, Database, Vault, Wake

MAX_DETAIL = 1000


@dataclass(frozen=True, slots=True)
class RecordRejection:
    database: Database
    vault: Vault
    journal: Journal
    clock: Clock
    wake: Wake

    def __call__(self, command: Command) -> None:
        """Keep the refusal, synced, before its fault is answered."""
        now = self.clock.now()
        key = self.vault.new_key()
        (raw_sha256,) = self.vault.put(command.request_id, key, [command.raw])
        details = (("code", command.kind.code), ("detail", command.detail), ("raw_sha256", raw_sha256.hex()))
        facts = EvidenceFacts(
            evidence_id=str(uuid4()),
            event=ErdsEvent.SUBMISSION_REJECTION,
            event_time=now,
            guid="",
            external_id=command.external_id,
            service="",
            issuer=issuer_party(command.issuer),
            recipients=(),
            documents=(),
            submitted_at=now,
            details=(("request_id", command.request_id), *details),
        )
        with self.database.write() as uow:
            uow.keys.add(command.request_id, key)
            uow.rejections.add(
                Rejection(
                    request_id=command.request_id,
                    issuer=command.issuer.number,
                    code=command.kind.code,
                    detail=keepable(command.detail, MAX_DETAIL),
                    received_at=now,
                    raw_sha256=raw_sha256,
                    signer_sha256=command.signer_sha256,
                )
            )
            self.journal.intend(uow, facts, command.request_id, key)
            uow.commit()
        self.wake()

"""What is kept of a Submit that was refused after its issuer was known.

The raw octets, a row by request id and a SubmissionRejection evidence; no GUID, and no claim on the
external id.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from gateway.domain.evidence import ErdsEvent, EvidenceFacts
from gateway.domain.record import DataKey, Rejection
from gateway.domain.wording import keepable
from gateway.usecases.commands import RecordRejection as Command
from gateway.usecases.facts import issuer_party
from gateway.usecases.journal import Journal
from gateway.usecases.ports import Clock, Database, UnitOfWork, Vault, Wake

MAX_DETAIL = 1000


@dataclass(frozen=True, slots=True)
class Kept:
    """A refusal whose octets are in the vault; it exists once its rows are committed."""

    command: Command
    key: DataKey
    raw_sha256: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class RecordRejection:
    database: Database
    vault: Vault
    journal: Journal
    clock: Clock
    wake: Wake

    def __call__(self, command: Command) -> None:
        """Keep the refusal, synced, before its fault is answered."""
        kept = self.keep(command)
        with self.database.write() as uow:
            self.store(uow, kept)
            uow.commit()
        self.wake()

    def keep(self, command: Command) -> Kept:
        """Put the octets into the vault: durable, and without a row yet."""
        key = self.vault.new_key()
        (raw_sha256,) = self.vault.put(command.request_id, key, [command.raw])
        return Kept(command, key, raw_sha256, self.clock.now())

    def store(self, uow: UnitOfWork, kept: Kept) -> None:
        command = kept.command
        uow.keys.add(command.request_id, kept.key)
        uow.rejections.add(
            Rejection(
                request_id=command.request_id,
                issuer=command.issuer.number,
                code=command.kind.code,
                detail=keepable(command.detail, MAX_DETAIL),
                received_at=kept.at,
                raw_sha256=kept.raw_sha256,
                signer_sha256=command.signer_sha256,
            )
        )
        self.journal.intend(uow, _facts(kept), command.request_id, kept.key, lane=command.lane)


def _facts(kept: Kept) -> EvidenceFacts:
    command = kept.command
    details = (
        ("request_id", command.request_id),
        ("code", command.kind.code),
        ("detail", command.detail),
        ("raw_sha256", kept.raw_sha256.hex()),
        *command.asked,
    )
    return EvidenceFacts(
        evidence_id=str(uuid4()),
        event=ErdsEvent.SUBMISSION_REJECTION,
        event_time=kept.at,
        guid="",
        external_id=command.external_id,
        service="",
        issuer=issuer_party(command.issuer),
        recipients=(),
        documents=(),
        submitted_at=kept.at,
        details=details,
        sandbox=command.issuer.sandbox,
    )

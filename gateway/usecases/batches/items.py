"""One item judged: taken, met before, or refused; by the same rules as a Submit of its own.

It keeps contents in the vault and changes no row: a slice's rows are written together, by its caller.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from gateway.domain.batch import Batch, BatchItem, BatchStep, ItemStatus
from gateway.domain.errors import Blame, ErrorKind, GatewayError
from gateway.domain.parties import Issuer
from gateway.domain.record import BULK
from gateway.usecases.commands import RecordRejection as Refusal
from gateway.usecases.commands import Submit as Command
from gateway.usecases.ports import Database, OpenBatch, ReadItem
from gateway.usecases.reject_submission import Kept, RecordRejection
from gateway.usecases.submit import Accepted, Submit, check_rules


@dataclass(frozen=True, slots=True)
class Judged:
    """An item and what is to be written of it: `guid` (met before), `accepted`, or `kept` (refused). With a
    `command` alone it was checked; with nothing it is left for later."""

    item: BatchItem
    external_id: str = ""
    command: Command | None = None
    guid: str = ""
    accepted: Accepted | None = None
    kept: Kept | None = None

    def answered(self) -> BatchItem:
        """The item as its row will say."""
        status = ItemStatus.CHECKED
        if self.kept is not None:
            status = ItemStatus.REFUSED
        elif self.guid or self.accepted:
            status = ItemStatus.ACCEPTED
        refusal = self.kept.command if self.kept else None
        return BatchItem(
            self.item.batch,
            self.item.position,
            self.item.start,
            self.item.size,
            self.external_id,
            status,
            self.accepted.record.guid if self.accepted else self.guid,
            refusal.kind.code if refusal else "",
            refusal.detail if refusal else "",
        )


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to become of an item. `keep` puts its contents into the vault, in any thread, and says what is
    to be written; `takes` is the external id of what would be taken."""

    item: BatchItem
    keep: Callable[[], Judged]
    takes: str = ""


@dataclass(frozen=True, slots=True)
class Slice:
    """Items of one batch that one worker has in hand, all of one status."""

    batch: Batch
    issuer: Issuer
    items: Sequence[BatchItem]

    @property
    def checking(self) -> bool:
        """Only to be checked: of an ALL_OR_NOTHING batch nothing is taken before everything is."""
        return self.batch.step is BatchStep.CHECK

    @property
    def status(self) -> ItemStatus:
        return self.items[0].status


@dataclass(frozen=True, slots=True)
class Judge:
    database: Database
    submit: Submit
    reject: RecordRejection

    def __call__(self, work: Slice, opened: OpenBatch, item: BatchItem, now: datetime) -> Verdict:
        """Nothing is kept yet. Raises only what is no fault of the item's."""
        read = opened.read(item)
        try:
            command = self.submit.spelt(self._command(work, item, read))
            with self.database.read() as uow:
                known = self.submit.known(uow, command)
            if known is not None:
                met = Judged(item, read.external_id, command, "" if work.checking else known.guid)
                return Verdict(item, lambda: met)
            if item.status is ItemStatus.WAITING:
                check_rules(command, now)
            checked = self.submit.opened(command)
            good = Judged(item, read.external_id, command)
            if work.checking:
                return Verdict(item, lambda: good)
            return Verdict(
                item,
                lambda: replace(good, accepted=self.submit.keep(command, checked, now)),
                read.external_id,
            )
        except GatewayError as refusal:
            error = refusal
            return Verdict(item, lambda: self.refused(work, item, read, error))

    def refused(self, work: Slice, item: BatchItem, read: ReadItem, error: GatewayError) -> Judged:
        """Its octets kept, for the evidence of its refusal. Raises `error` itself when we are to blame."""
        if error.kind.blame is Blame.RECEIVER:
            raise error
        refusal = Refusal(
            issuer=work.issuer,
            raw=read.octets,
            request_id=refusal_id(item),
            signer_sha256=read.signer_sha256 or work.batch.items_covered or work.batch.signer_sha256,
            kind=error.kind,
            detail=error.detail,
            external_id=read.external_id,
            lane=BULK,
            asked=proof(work.batch, item, read),
        )
        return Judged(item, read.external_id, kept=self.reject.keep(refusal))

    def _command(self, work: Slice, item: BatchItem, read: ReadItem) -> Command:
        """What is to be submitted. Raises the refusal."""
        if read.refusal is not None or read.transaction is None:
            raise read.refusal or GatewayError(ErrorKind.INTERNAL)
        return Command(
            issuer=work.issuer,
            transaction=read.transaction,
            content_digest=read.content_digest,
            raw=read.octets,
            request_id=request_id(item),
            signer_sha256=self._signer(work, read),
            lane=BULK,
            batch=work.batch.id,
            asked=proof(work.batch, item, read),
        )

    def _signer(self, work: Slice, read: ReadItem) -> str:
        """Whose signature covers the item: its own one, the file's, or the request's."""
        if not read.signer_sha256:
            if not work.batch.items_covered:
                raise GatewayError(ErrorKind.ITEM_UNSIGNED)
            return work.batch.items_covered
        with self.database.read() as uow:
            issuer = uow.issuers.by_certificate(bytes.fromhex(read.signer_sha256))
        if issuer is None or issuer.number != work.issuer.number:
            raise GatewayError(ErrorKind.CERTIFICATE_REFUSED, "who signed the item is not the batch's issuer")
        return read.signer_sha256


def request_id(item: BatchItem) -> str:
    return f"{item.batch}-{item.position}"


def refusal_id(item: BatchItem) -> str:
    """It owns the octets that are kept, and a data key. Each worker that refuses the item has one of its own:
    whose lease has ended must not put what only its own key opens over what another has committed."""
    return f"{request_id(item)}-{uuid4().hex}"


def proof(batch: Batch, item: BatchItem, read: ReadItem) -> tuple[tuple[str, str], ...]:
    """What the first events say of where an item came from, and which signature covers its octets."""
    own = ("own signature", read.signer_sha256)
    file = ("signature of the file", batch.file_signer)
    request = ("signature of the request over the file's digest", batch.signer_sha256)
    covered, signer = own if own[1] else file if file[1] else request if batch.covered else ("nothing", "")
    return (
        ("batch", batch.id),
        ("batch_position", str(item.position)),
        ("batch_file_sha256", batch.file_sha256.hex()),
        ("batch_covered_by", covered),
        ("batch_signer_sha256", signer),
    )

"""Sending a draft: from the moment that it is claimed, each of its rows becomes one transaction, once.

The claim and the task that finishes it are one commit; each row is then signed in the issuer's name and
given to Submit, whose external id makes a repetition answer the same GUID. So a crash anywhere, a second
click or a second worker ends in the same transactions.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from gateway.domain.draft import MOST_ROWS, Draft, DraftRow, DraftStatus, RowStatus, unready
from gateway.domain.errors import Blame, ErrorKind, GatewayError, Text
from gateway.domain.parties import Issuer
from gateway.domain.record import BULK, INTERACTIVE, Task
from gateway.usecases.commands import Submit
from gateway.usecases.facts import issuer_of
from gateway.usecases.outbox import Kind, new_task
from gateway.usecases.ports import Clock, Database, OrderSigner, UnitOfWork, Vault, Wake
from gateway.usecases.results import SubmitReceipt
from gateway.usecases.sender.desk import Asking, issuer_for, own_draft
from gateway.usecases.sender.order import order, row_problems

# So many rows are sent within one lease of a worker, whatever the machine.
AT_ONCE = 20
# Whoever pressed the button does it themself; the task comes later, and mostly finds nothing left.
AFTER_THE_PERSON = timedelta(seconds=20)
SHOWN_PROBLEMS = 50


@dataclass(frozen=True, slots=True)
class RowProblem:
    """`number` counts from 1."""

    number: int
    text: Text


@dataclass(frozen=True, slots=True)
class SendDraft:
    """`told` is called with how many rows were sent, for whoever counts; `kept` is how long after its end
    the draft's own row stays, by which a late second asking is answered."""

    database: Database
    vault: Vault
    signer: OrderSigner
    submit: Callable[[Submit], SubmitReceipt]
    clock: Clock
    wake: Wake
    told: Callable[[int], None]
    kept: timedelta

    def problems(self, asking: Asking, draft_id: str) -> tuple[tuple[str, ...], tuple[RowProblem, ...]]:
        """What is missing as a whole (document, subject, people), and the first problems of rows."""
        with self.database.read() as uow:
            draft, issuer = own_draft(uow, asking, draft_id), issuer_for(uow, asking)
            return _problems(uow, draft, issuer)

    def __call__(self, asking: Asking, draft_id: str, version: int) -> Draft:
        """Claim the draft, and send its first rows at once. Asked again, it tells how the first asking went.

        Raises GatewayError: DRAFT_CHANGED (saved again since it was reviewed), DRAFT_INCOMPLETE,
        SENDER_KEY_MISSING, DRAFT_NOT_FOUND, ACCESS_DENIED; nothing is sent then.
        """
        with self.database.read() as uow:
            draft = own_draft(uow, asking, draft_id)
            if draft.status is not DraftStatus.PENDING:
                return draft
            self.signer.ready(issuer_for(uow, asking))
        try:
            self._claim(asking, draft_id, version)
        except GatewayError as error:
            rival = self._now(asking, draft_id)
            if error.kind is not ErrorKind.DRAFT_CHANGED or rival.status is DraftStatus.PENDING:
                raise
            return rival
        self.wake()
        try:
            return self._advance(draft_id)
        except GatewayError as error:
            if error.kind.blame is Blame.SENDER:
                raise
            # Claimed is sent: the task goes on with it, whatever kept us.
            return self._now(asking, draft_id)

    def handle(self, task: Task) -> bool:
        """The next rows; while any is left, another task follows in the same commit."""
        draft = self._advance(task.guid)
        if draft.status is not DraftStatus.SENDING:
            return False
        with self.database.write() as uow:
            if not uow.tasks.complete(task):
                return False
            uow.tasks.add(new_task(Kind.SEND_DRAFT, draft.id, self.clock.now(), lane=_lane(draft)))
            uow.commit()
        return True

    def _claim(self, asking: Asking, draft_id: str, version: int) -> None:
        now = self.clock.now()
        with self.database.write() as uow:
            draft, issuer = own_draft(uow, asking, draft_id), issuer_for(uow, asking)
            if draft.status is not DraftStatus.PENDING:
                return
            if draft.version != version:
                raise GatewayError(ErrorKind.DRAFT_CHANGED)
            if any(_problems(uow, draft, issuer)):
                raise GatewayError(ErrorKind.DRAFT_INCOMPLETE)
            claimed = replace(
                draft,
                status=DraftStatus.SENDING,
                updated_at=now,
                sent_by=asking.person.id,
                session=asking.session,
            )
            if uow.drafts.replace(draft, claimed) is None:
                raise GatewayError(ErrorKind.DRAFT_CHANGED)
            after = now + AFTER_THE_PERSON
            uow.tasks.add(new_task(Kind.SEND_DRAFT, draft.id, after, lane=_lane(draft)))
            uow.audit.append("draft-sent", draft.id, person=asking.person.id, rows=str(draft.total))
            uow.commit()

    def _now(self, asking: Asking, draft_id: str) -> Draft:
        with self.database.read() as uow:
            return own_draft(uow, asking, draft_id)

    def _advance(self, draft_id: str) -> Draft:
        with self.database.read() as uow:
            draft = uow.drafts.get(draft_id)
            if draft is None:
                raise GatewayError(ErrorKind.DRAFT_NOT_FOUND)
            if draft.status is not DraftStatus.SENDING:
                return draft
            issuer, key = issuer_of(uow, draft.issuer), uow.keys.get(draft.owner)
            rows = uow.drafts.rows_as(draft, RowStatus.WAITING, AT_ONCE)
        said = draft.composition
        octets = self.vault.get(draft.owner, key, said.document.sha256) if said.document else None
        for row in rows:
            self._settle(draft, self._sent(draft, issuer, row, octets))
        return self._tallied(draft_id)

    def _sent(self, draft: Draft, issuer: Issuer, row: DraftRow, octets: bytes | None) -> DraftRow:
        """Raises GatewayError for what is ours to cure: the row waits then."""
        try:
            if not issuer.active:
                raise GatewayError(ErrorKind.ACCESS_DENIED)
            signed = self.signer.sign(issuer, order(draft, row, octets))
            receipt = self.submit(
                Submit(
                    issuer=issuer,
                    transaction=signed.transaction,
                    content_digest=signed.content_digest,
                    raw=signed.raw,
                    request_id=f"{draft.id}-{row.position + 1}",
                    signer_sha256=signed.signer_sha256,
                    asked=(("asked_by", draft.sent_by), ("session", draft.session)),
                    lane=_lane(draft),
                )
            )
        except GatewayError as error:
            if error.kind.blame is Blame.RECEIVER:
                raise
            return replace(row, status=RowStatus.REFUSED, code=error.kind.code, detail=error.detail)
        return replace(row, status=RowStatus.SENT, guid=receipt.guid, code="", detail="")

    def _settle(self, draft: Draft, row: DraftRow) -> None:
        with self.database.write() as uow:
            won = uow.drafts.settle(draft, row)
            uow.commit()
        if won and row.status is RowStatus.SENT:
            self.told(1)

    def _tallied(self, draft_id: str) -> Draft:
        """Count what has ended; after the last row, destroy what the draft said, or give it back.

        Not one row sent: it is a draft again, to be corrected. Some refused: what it said stays until it
        expires, so that they can be seen to.
        """
        owner = ""
        with self.database.write() as uow:
            draft = uow.drafts.get(draft_id)
            if draft is None or draft.status is not DraftStatus.SENDING:
                return draft or _missing()
            tally = uow.drafts.tally(draft)
            sent, refused = tally.get(RowStatus.SENT, 0), tally.get(RowStatus.REFUSED, 0)
            after = replace(draft, sent=sent, refused=refused, updated_at=self.clock.now())
            if sent + refused >= draft.total:
                after = replace(after, status=DraftStatus.FINISHED if sent else DraftStatus.PENDING)
                if not refused:
                    owner = draft.owner
                after = replace(after, expires_at=after.updated_at + self.kept)
                if not sent:
                    uow.drafts.reopen(draft)
            saved = uow.drafts.replace(draft, after)
            if saved is None:
                raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE)
            if owner:
                uow.keys.destroy(owner)
            uow.commit()
        if owner:
            self.vault.forget(owner)
        return saved


def _lane(draft: Draft) -> int:
    """A long list is bulk work, behind which nobody else shall wait."""
    return BULK if draft.total > AT_ONCE else INTERACTIVE


def _missing() -> Draft:
    raise GatewayError(ErrorKind.DRAFT_NOT_FOUND)


def _problems(
    uow: UnitOfWork, draft: Draft, issuer: Issuer
) -> tuple[tuple[str, ...], tuple[RowProblem, ...]]:
    whole = tuple(unready(draft.composition, draft.total))
    return whole, tuple(_of_rows(uow, draft, issuer))[:SHOWN_PROBLEMS]


def _of_rows(uow: UnitOfWork, draft: Draft, issuer: Issuer) -> Iterator[RowProblem]:
    said, default = draft.composition, issuer.default_sign_method
    for row in uow.drafts.rows(draft, 0, MOST_ROWS):
        for text in row_problems(said, row.addressee, default):
            yield RowProblem(row.position + 1, text)

"""Drafts: made, looked at, changed, deleted, and forgotten when their time is over.

What a draft says is sealed under a data key of its own, destroyed with it. Whoever saves says which version
they saw: a second window is told, and nothing is lost silently.
"""

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from gateway.domain.documents import PDF, Template
from gateway.domain.draft import (
    MOST_ROWS,
    Addressee,
    Composition,
    Draft,
    DraftDocument,
    DraftRow,
    DraftStatus,
    RowOutcome,
)
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.usecases.ports import Clock, Database, Paper, UnitOfWork, Vault
from gateway.usecases.sender.desk import Asking, issuer_for, open_draft, own_draft
from gateway.usecases.sender.order import shown_data

ID = re.compile(r"[0-9a-f]{32}")
PAGE = 100


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as the browser gave it."""

    name: str
    media_type: str
    octets: bytes


@dataclass(frozen=True, slots=True)
class Drafts:
    """`life` is how long an untouched draft is kept; `most` how many an issuer may have at once."""

    database: Database
    vault: Vault
    paper: Paper
    clock: Clock
    life: timedelta
    most: int

    def create(self, asking: Asking, draft_id: str, said: Composition, upload: Upload | None = None) -> Draft:
        """A new draft; `draft_id` (32 hexadecimal digits) comes with the form, so that a form that is sent
        twice makes one. Raises GatewayError: TOO_MANY_DRAFTS and the DOCUMENT_ kinds."""
        if not ID.fullmatch(draft_id):
            raise GatewayError(ErrorKind.DRAFT_NOT_FOUND)
        if upload is None:
            return self._begun(asking, draft_id, said)
        said = replace(said, document=None, template=None)
        self._inspected(upload)
        # The draft and its key first: its document is sealed under no key but that of the row, whoever else
        # sends the same form, or names another's draft.
        draft = self._begun(asking, draft_id, said)
        if draft.version > 1 or draft.status is not DraftStatus.PENDING:
            return draft
        try:
            return self.save(asking, draft_id, draft.version, said, upload)
        except GatewayError as error:
            if error.kind is not ErrorKind.DRAFT_CHANGED:
                raise
            return self.get(asking, draft_id)

    def _begun(self, asking: Asking, draft_id: str, said: Composition) -> Draft:
        """A new row, or the one that is there already."""
        now = self.clock.now()
        draft = Draft(draft_id, 0, asking.person.id, DraftStatus.PENDING, 1, now, now, now + self.life, said)
        key = self.vault.new_key()
        with self.database.write() as uow:
            issuer = issuer_for(uow, asking)
            if uow.drafts.get(draft_id) is not None:
                return own_draft(uow, asking, draft_id)
            if uow.drafts.count(issuer.number, DraftStatus.PENDING) >= self.most:
                raise GatewayError(ErrorKind.TOO_MANY_DRAFTS)
            draft = replace(draft, issuer=issuer.number)
            uow.keys.add(draft.owner, key)
            if not uow.drafts.add(draft):
                raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE)
            uow.audit.append("draft-made", draft.id, person=asking.person.id)
            uow.commit()
        return draft

    def get(self, asking: Asking, draft_id: str) -> Draft:
        with self.database.read() as uow:
            return own_draft(uow, asking, draft_id)

    def rows(self, asking: Asking, draft_id: str, first: int = 0, limit: int = PAGE) -> Sequence[DraftRow]:
        """Recipients in order; none once what the draft said is destroyed."""
        with self.database.read() as uow:
            draft = own_draft(uow, asking, draft_id)
            return uow.drafts.rows(draft, first, limit) if uow.keys.find(draft.owner) else []

    def outcomes(self, asking: Asking, draft_id: str, limit: int) -> Sequence[RowOutcome]:
        """What became of the rows, also when whom they were about is destroyed."""
        with self.database.read() as uow:
            return uow.drafts.outcomes(own_draft(uow, asking, draft_id), limit)

    def guids(self, asking: Asking, draft_id: str, limit: int = PAGE) -> Sequence[str]:
        """The transactions that it became, in order."""
        with self.database.read() as uow:
            return uow.drafts.guids(own_draft(uow, asking, draft_id), limit)

    def pending(self, asking: Asking, limit: int = PAGE) -> Sequence[Draft]:
        """Newest change first."""
        with self.database.read() as uow:
            return uow.drafts.of(issuer_for(uow, asking).number, DraftStatus.PENDING, limit)

    def sending(self, asking: Asking, limit: int = PAGE) -> Sequence[Draft]:
        with self.database.read() as uow:
            return uow.drafts.of(issuer_for(uow, asking).number, DraftStatus.SENDING, limit)

    def save(
        self, asking: Asking, draft_id: str, version: int, said: Composition, upload: Upload | None = None
    ) -> Draft:
        """Replace what it says; its document stays unless `upload` or a template takes its place.

        Raises GatewayError: DRAFT_CHANGED, DRAFT_NOT_FOUND and the DOCUMENT_ kinds.
        """
        document = None
        if upload is not None:
            with self.database.read() as uow:
                draft = open_draft(uow, asking, draft_id, version)
                key = uow.keys.get(draft.owner)
            document = self._inspected(upload)
            self.vault.put(draft.owner, key, [upload.octets])

        def changed(_uow: UnitOfWork, draft: Draft) -> Draft:
            kept = None if said.template else document or draft.composition.document
            return replace(draft, composition=replace(said, document=kept))

        return self._change(asking, draft_id, version, changed)

    def set_addressees(
        self, asking: Asking, draft_id: str, version: int, addressees: Sequence[Addressee]
    ) -> Draft:
        """Instead of those that are there. Raises GatewayError: LIST_REFUSED above MOST_ROWS."""
        if len(addressees) > MOST_ROWS:
            raise GatewayError(ErrorKind.LIST_REFUSED, f"the limit is {MOST_ROWS}")

        def changed(uow: UnitOfWork, draft: Draft) -> Draft:
            uow.drafts.set_rows(draft, [DraftRow(place, each) for place, each in enumerate(addressees)])
            return replace(draft, total=len(addressees))

        return self._change(asking, draft_id, version, changed)

    def add_addressee(self, asking: Asking, draft_id: str, version: int, addressee: Addressee) -> Draft:
        return self.set_addressees(asking, draft_id, version, [*self._all(asking, draft_id), addressee])

    def drop_addressee(self, asking: Asking, draft_id: str, version: int, position: int) -> Draft:
        rest = [each for place, each in enumerate(self._all(asking, draft_id)) if place != position]
        return self.set_addressees(asking, draft_id, version, rest)

    def delete(self, asking: Asking, draft_id: str, version: int) -> None:
        """With its data key, so that nothing of it can be read again. Raises GatewayError(DRAFT_CHANGED)."""
        with self.database.write() as uow:
            draft = open_draft(uow, asking, draft_id, version)
            self._gone(uow, draft)
            uow.audit.append("draft-deleted", draft.id, person=asking.person.id)
            uow.commit()
        self.vault.forget(draft.owner)

    def forget_expired(self) -> int:
        """Drafts whose time is over, and what is left of sent ones; how many."""
        gone = 0
        with self.database.read() as uow:
            over = uow.drafts.expired(self.clock.now(), PAGE)
        for draft_id in over:
            with self.database.write() as uow:
                draft = uow.drafts.get(draft_id)
                if draft is None or draft.status is DraftStatus.SENDING:
                    continue
                if draft.expires_at >= self.clock.now():
                    continue
                self._gone(uow, draft)
                uow.audit.append("draft-expired", draft.id)
                uow.commit()
            self.vault.forget(draft.owner)
            gone += 1
        return gone

    def document(self, asking: Asking, draft_id: str) -> tuple[DraftDocument, bytes]:
        """The uploaded file, or what the template makes for the first recipient (PDF).

        Raises GatewayError: DOCUMENT_NOT_FOUND, and RULE_BROKEN for a template that cannot be filled in.
        """
        with self.database.read() as uow:
            draft = own_draft(uow, asking, draft_id)
            key = uow.keys.find(draft.owner)
            said, rows = draft.composition, uow.drafts.rows(draft, 0, 1) if key else ()
        if key is not None and said.document is not None:
            return said.document, self.vault.get(draft.owner, key, said.document.sha256)
        if key is None or said.template is None:
            raise GatewayError(ErrorKind.DOCUMENT_NOT_FOUND)
        data = shown_data(said.template, rows[0].addressee if rows else None)
        # Named as the document that is sent, whose name stands in it as its title.
        name = f"{said.template.name}.pdf"
        octets = self.paper.compose(Template(said.template.text, data), name)
        return DraftDocument(name, PDF, len(octets), b""), octets

    def _all(self, asking: Asking, draft_id: str) -> list[Addressee]:
        return [row.addressee for row in self.rows(asking, draft_id, 0, MOST_ROWS)]

    def _change(
        self, asking: Asking, draft_id: str, version: int, change: Callable[[UnitOfWork, Draft], Draft]
    ) -> Draft:
        now = self.clock.now()
        with self.database.write() as uow:
            draft = open_draft(uow, asking, draft_id, version)
            after = replace(change(uow, draft), updated_at=now, expires_at=now + self.life)
            saved = uow.drafts.replace(draft, after)
            if saved is None:
                raise GatewayError(ErrorKind.DRAFT_CHANGED)
            uow.commit()
        return saved

    def _gone(self, uow: UnitOfWork, draft: Draft) -> None:
        if not uow.drafts.remove(draft):
            raise GatewayError(ErrorKind.DRAFT_CHANGED)
        uow.keys.destroy(draft.owner)

    def _inspected(self, upload: Upload) -> DraftDocument:
        """Opened and found good, as Submit will. Raises GatewayError: the DOCUMENT_ kinds."""
        media_type = PDF if _is_pdf(upload) else upload.media_type
        pages, _ = self.paper.inspect(upload.octets, media_type)
        return DraftDocument(
            upload.name, media_type, len(upload.octets), hashlib.sha256(upload.octets).digest(), pages
        )


def _is_pdf(upload: Upload) -> bool:
    """By what it is, or by what its name promises: then it must be one."""
    return b"%PDF-" in upload.octets[:1024] or upload.name.lower().endswith(".pdf")

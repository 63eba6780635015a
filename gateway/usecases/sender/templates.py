"""An issuer's kept templates: name and text with `{{fields}}`, in versions, of which none is ever changed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from gateway.domain.documents import Template
from gateway.domain.draft import KeptTemplate
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.wording import UNKEEPABLE
from gateway.usecases.ports import Clock, Database, Paper
from gateway.usecases.sender.desk import Asking, issuer_for
from gateway.usecases.sender.order import places

ID = re.compile(r"[0-9a-f]{32}")
MOST, LONGEST_NAME, LONGEST_TEXT, MOST_FIELDS = 500, 200, 100_000, 100


@dataclass(frozen=True, slots=True)
class Templates:
    database: Database
    paper: Paper
    clock: Clock

    def all(self, asking: Asking) -> Sequence[KeptTemplate]:
        """The newest version of each, by name."""
        with self.database.read() as uow:
            return uow.sender.templates(issuer_for(uow, asking).number, MOST)

    def get(self, asking: Asking, template_id: str) -> KeptTemplate:
        """The newest version. Raises GatewayError(DOCUMENT_NOT_FOUND), also for another issuer's."""
        with self.database.read() as uow:
            found = uow.sender.versions(issuer_for(uow, asking).number, template_id)
        if not found:
            raise GatewayError(ErrorKind.DOCUMENT_NOT_FOUND)
        return found[0]

    def save(self, asking: Asking, template_id: str, seen: int, name: str, text: str) -> KeptTemplate:
        """The version after `seen` (0: the first). Raises GatewayError: DRAFT_CHANGED when somebody saved
        another one meanwhile, RULE_BROKEN for a text of which no document can be made."""
        name, text = " ".join(name.split()), text.replace("\r\n", "\n").strip()
        self._check(name, text)
        with self.database.write() as uow:
            issuer = issuer_for(uow, asking)
            known = uow.sender.versions(issuer.number, template_id)
            if not ID.fullmatch(template_id) or (known[0].version if known else 0) != seen:
                raise GatewayError(ErrorKind.DRAFT_CHANGED)
            if not known and len(uow.sender.templates(issuer.number, MOST)) >= MOST:
                raise GatewayError(ErrorKind.TOO_MANY_DRAFTS)
            kept = KeptTemplate(
                template_id, seen + 1, issuer.number, name, text, asking.person.id, self.clock.now()
            )
            if not uow.sender.add_template(kept):
                raise GatewayError(ErrorKind.DRAFT_CHANGED)
            uow.audit.append("template-kept", template_id, person=asking.person.id, version=str(seen + 1))
            uow.commit()
        return kept

    def retire(self, asking: Asking, template_id: str) -> None:
        """It is offered no more; drafts that chose it keep their text."""
        with self.database.write() as uow:
            if not uow.sender.retire_template(issuer_for(uow, asking).number, template_id, self.clock.now()):
                raise GatewayError(ErrorKind.DOCUMENT_NOT_FOUND)
            uow.audit.append("template-retired", template_id, person=asking.person.id)
            uow.commit()

    def must_send(self, asking: Asking) -> None:
        """Raises GatewayError(ACCESS_DENIED) for those who send for no issuer."""
        with self.database.read() as uow:
            issuer_for(uow, asking)

    def preview(self, asking: Asking, name: str, text: str) -> bytes:
        """As PDF, each field showing its own name. Raises GatewayError: ACCESS_DENIED, RULE_BROKEN."""
        self.must_send(asking)
        return self._composed(name, text)

    def _composed(self, name: str, text: str) -> bytes:
        return self.paper.compose(Template(text, {each: f"[{each}]" for each in places(text)}), name)

    def _check(self, name: str, text: str) -> None:
        if not 0 < len(name) <= LONGEST_NAME or not 0 < len(text) <= LONGEST_TEXT:
            raise GatewayError(ErrorKind.RULE_BROKEN, "a template has a name and a text")
        if UNKEEPABLE.search(name + text) or len(places(text)) > MOST_FIELDS:
            raise GatewayError(ErrorKind.RULE_BROKEN, "the template has too many fields, or odd characters")
        # Whatever cannot be composed is told now, not when it is sent.
        self._composed(name, text)

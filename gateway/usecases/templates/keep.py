"""The operator's commands on an issuer's templates. What cannot be composed is told now, not at Submit."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from gateway.domain.documents import PDF
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.templates import (
    IssuerTemplate,
    TemplateKind,
    checked_name,
    declared,
    digest_of,
    fitting,
    sample,
)
from gateway.domain.transaction import Transaction
from gateway.usecases.ports import Clock, Database, Paper, TemplateComposer, UnitOfWork


@dataclass(frozen=True, slots=True)
class KeepTemplates:
    """`most` octets of one template; `read` reads a transaction's XML."""

    database: Database
    composer: TemplateComposer
    paper: Paper
    clock: Clock
    most: int
    read: Callable[[bytes], Transaction]

    def add(
        self, issuer: int, name: str, kind: TemplateKind, octets: bytes, fields: Sequence[str]
    ) -> IssuerTemplate:
        """The next version; or the newest one, where that is the same and in use.

        Raises GatewayError: ISSUER_UNKNOWN, TEMPLATE_REFUSED, TEMPLATE_NOT_COMPOSED, and the DOCUMENT_ kinds
        for what a trial makes of it.
        """
        checked_name(name)
        if not 0 < len(octets) <= self.most:
            raise GatewayError(ErrorKind.TEMPLATE_REFUSED, f"a template has {self.most} octets at most")
        told = declared(self.composer.fields(kind, octets), fields)
        if kind is TemplateKind.HTML:
            # What a form's places hold is short, and of a kind that only its author knows.
            self._trial(kind, octets, fitting(told, sample(told)))
        digest = digest_of(kind, told, octets)
        with self.database.write() as uow:
            _must_be(uow, issuer)
            known = uow.issuer_templates.versions(issuer, name)
            if known and known[0].sha256 == digest and known[0].retired_at is None:
                return known[0]
            version = known[0].version + 1 if known else 1
            template = IssuerTemplate(issuer, name, version, kind, told, octets, digest, self.clock.now())
            if not uow.issuer_templates.add(template):
                raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE)
            uow.audit.append("template-added", digest.hex(), issuer=f"{issuer:04d}", version=str(version))
            uow.commit()
        return template

    def all(self, issuer: int) -> Sequence[IssuerTemplate]:
        """Every version, without octets."""
        with self.database.read() as uow:
            _must_be(uow, issuer)
            return uow.issuer_templates.all(issuer)

    def get(self, issuer: int, name: str, version: int = 0) -> IssuerTemplate:
        """That version, also a retired one; 0: the newest in use. Raises TEMPLATE_UNKNOWN."""
        with self.database.read() as uow:
            return chosen(uow, issuer, name, version, retired=True)

    def preview(self, issuer: int, name: str, version: int, data: Mapping[str, str] | None) -> bytes:
        """As Submit would compose it; without data each text shows its own name, and a form stays empty where
        it would not fit."""
        template = self.get(issuer, name, version)
        given = sample(template.fields) if data is None else data
        if data is None and template.kind is TemplateKind.FORM:
            given = {each.name: "" for each in template.fields}
            return self.composer.compose(template.kind, template.octets, given)
        return self.composer.compose(template.kind, template.octets, fitting(template.fields, given))

    def data_of(self, transaction: bytes, name: str) -> Mapping[str, str]:
        """What a transaction gives for this template. Raises GatewayError(TEMPLATE_DATA) when none of its
        documents is made of it, and what reading raises."""
        for document in self.read(transaction).documents:
            if document.template is not None and document.template.name == name:
                return document.template.data
        raise GatewayError(ErrorKind.TEMPLATE_DATA, f"no document of the transaction is made of {name}")

    def retire(self, issuer: int, name: str, version: int) -> None:
        """One version, or all of them (0). Raises TEMPLATE_UNKNOWN."""
        with self.database.write() as uow:
            _must_be(uow, issuer)
            every = uow.issuer_templates.versions(issuer, name)
            found = [each for each in every if version in {0, each.version}]
            now = self.clock.now()
            retired = [each for each in found if uow.issuer_templates.retire(issuer, name, each.version, now)]
            if not retired:
                raise GatewayError(ErrorKind.TEMPLATE_UNKNOWN, name)
            for each in retired:
                uow.audit.append(
                    "template-retired", each.sha256.hex(), issuer=f"{issuer:04d}", version=str(each.version)
                )
            uow.commit()

    def _trial(self, kind: TemplateKind, octets: bytes, values: Mapping[str, object]) -> None:
        try:
            self.paper.inspect(self.composer.compose(kind, octets, values), PDF)
        except GatewayError as error:
            if error.kind is ErrorKind.TEMPLATE_DATA:
                raise GatewayError(ErrorKind.TEMPLATE_REFUSED, error.detail) from None
            raise


def chosen(uow: UnitOfWork, issuer: int, name: str, version: int, *, retired: bool = False) -> IssuerTemplate:
    """That version, or the newest in use (0). Raises GatewayError(TEMPLATE_UNKNOWN)."""
    for each in uow.issuer_templates.versions(issuer, name):
        in_use = each.retired_at is None or (retired and version > 0)
        if in_use and version in {0, each.version}:
            return each
    raise GatewayError(ErrorKind.TEMPLATE_UNKNOWN, f"{name} {version or ''}".strip())


def _must_be(uow: UnitOfWork, issuer: int) -> None:
    if uow.issuers.get(issuer) is None:
        raise GatewayError(ErrorKind.ISSUER_UNKNOWN)

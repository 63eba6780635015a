"""The versions of issuers' kept templates."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, select, update

from gateway.adapters.storage.prepared import InsertOnce
from gateway.adapters.storage.session import Session
from gateway.adapters.storage.tables import issuer_templates
from gateway.domain.templates import IssuerTemplate, TemplateKind, field_of

T = issuer_templates.c
ADD = InsertOnce(issuer_templates, ("issuer", "name", "version"))
NAMED = and_(T.issuer == bindparam("whose"), T.name == bindparam("which"))
VERSIONS = select(issuer_templates).where(NAMED).order_by(T.version.desc())
ALL = (
    select(T.issuer, T.name, T.version, T.kind, T.fields, T.sha256, T.created_at, T.retired_at)
    .where(T.issuer == bindparam("whose"))
    .order_by(T.name, T.version.desc())
)
RETIRE = (
    update(issuer_templates)
    .where(and_(NAMED, T.version == bindparam("number"), T.retired_at.is_(None)))
    .values(retired_at=bindparam("at"))
)


class IssuerTemplateStore:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, template: IssuerTemplate) -> bool:
        row = {
            "issuer": template.issuer,
            "name": template.name,
            "version": template.version,
            "kind": template.kind.value,
            "fields": "\n".join(each.told for each in template.fields) or None,
            "body": template.octets,
            "sha256": template.sha256,
            "created_at": template.created_at,
            "retired_at": None,
        }
        return self._session.add_once(ADD, row)

    def versions(self, issuer: int, name: str) -> Sequence[IssuerTemplate]:
        rows = self._session.rows(VERSIONS, {"whose": issuer, "which": name})
        return [_template(row, bytes(row.body)) for row in rows]

    def all(self, issuer: int) -> Sequence[IssuerTemplate]:
        return [_template(row, b"") for row in self._session.rows(ALL, {"whose": issuer})]

    def retire(self, issuer: int, name: str, version: int, at: datetime) -> bool:
        change = {"whose": issuer, "which": name, "number": version, "at": at}
        return self._session.changed(RETIRE, change) == 1


def _template(row: Any, octets: bytes) -> IssuerTemplate:
    fields = tuple(map(field_of, (row.fields or "").splitlines()))
    kind = TemplateKind(row.kind)
    return IssuerTemplate(
        row.issuer,
        row.name,
        row.version,
        kind,
        fields,
        octets,
        bytes(row.sha256),
        row.created_at,
        row.retired_at,
    )

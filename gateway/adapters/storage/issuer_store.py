"""Issuers and the certificates that they sign their requests with."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, select, update

from gateway.adapters.storage.prepared import InsertOnce
from gateway.adapters.storage.session import Session
from gateway.adapters.storage.tables import issuer_brands, issuer_certificates, issuers
from gateway.domain.brand import Look
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.parties import Issuer
from gateway.domain.signing import SignMethod

ADD = InsertOnce(issuers, ("issuer",))
ADD_CERTIFICATE = InsertOnce(issuer_certificates, ("sha256", "issuer"))
# Its look comes along: whoever shows an issuer shows it by that.
KNOWN = select(
    issuers,
    issuer_brands.c.sender_name,
    issuer_brands.c.colour,
    issuer_brands.c.logo_sha256,
    issuer_brands.c.logo_wide,
    issuer_brands.c.logo_high,
).select_from(issuers.outerjoin(issuer_brands, issuer_brands.c.issuer == issuers.c.issuer))
GET = KNOWN.where(issuers.c.issuer == bindparam("number"))
ALL = KNOWN.order_by(issuers.c.issuer)
SET_ACTIVE = (
    update(issuers).where(issuers.c.issuer == bindparam("number")).values(active=bindparam("now_active"))
)
SET_PROFILE = (
    update(issuers)
    .where(issuers.c.issuer == bindparam("number"))
    .values(
        default_sign_method=bindparam("method"),
        sandbox=bindparam("tests"),
        integrated=bindparam("integrates"),
        daily_limit=bindparam("most"),
        priority=bindparam("place"),
    )
)
BY_CERTIFICATE = KNOWN.join(issuer_certificates, issuer_certificates.c.issuer == issuers.c.issuer).where(
    and_(
        issuer_certificates.c.sha256 == bindparam("sha256"),
        issuer_certificates.c.retired_at.is_(None),
        issuers.c.active,
    )
)
RETIRE = (
    update(issuer_certificates)
    .where(
        and_(
            issuer_certificates.c.sha256 == bindparam("which"),
            issuer_certificates.c.issuer == bindparam("number"),
            issuer_certificates.c.retired_at.is_(None),
        )
    )
    .values(retired_at=bindparam("at"))
)


class IssuerStore:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, issuer: Issuer) -> None:
        """Raises GatewayError(CONFIGURATION) when the number is taken."""
        row = {
            "issuer": issuer.number,
            "name": issuer.name,
            "identifier": issuer.identifier,
            "contact": issuer.contact,
            "active": issuer.active,
            "default_sign_method": issuer.default_sign_method.value,
            "sandbox": issuer.sandbox,
            "integrated": issuer.integrated,
            "daily_limit": issuer.daily_limit,
            "priority": issuer.priority,
        }
        if not self._session.add_once(ADD, row):
            raise GatewayError(ErrorKind.CONFIGURATION, f"issuer {issuer.number} exists already")

    def get(self, number: int) -> Issuer | None:
        row = self._session.first(GET, {"number": number})
        return None if row is None else _issuer(row)

    def all(self) -> Sequence[Issuer]:
        return [_issuer(row) for row in self._session.rows(ALL)]

    def set_active(self, number: int, active: bool) -> bool:
        """Whether there is such an issuer."""
        return self._session.changed(SET_ACTIVE, {"number": number, "now_active": active}) == 1

    def set_profile(self, issuer: Issuer) -> bool:
        """Everything of it that is not its identity. Whether there is such an issuer."""
        row = {
            "number": issuer.number,
            "method": issuer.default_sign_method.value,
            "tests": issuer.sandbox,
            "integrates": issuer.integrated,
            "most": issuer.daily_limit,
            "place": issuer.priority,
        }
        return self._session.changed(SET_PROFILE, row) == 1

    def add_certificate(self, number: int, sha256: bytes, der: bytes, at: datetime) -> None:
        """Adding the same one again changes nothing."""
        row = {"sha256": sha256, "issuer": number, "der": der, "added_at": at, "retired_at": None}
        self._session.add_once(ADD_CERTIFICATE, row)

    def retire_certificate(self, number: int, sha256: bytes, at: datetime) -> bool:
        """Whether it was in use until now: nothing that it signs is accepted any more. The row stays."""
        change = {"which": sha256, "number": number, "at": at}
        return self._session.changed(RETIRE, change) == 1

    def by_certificate(self, sha256: bytes) -> Issuer | None:
        rows = self._session.rows(BY_CERTIFICATE, {"sha256": sha256})
        # A certificate that two active issuers share names neither of them.
        return _issuer(rows[0]) if len(rows) == 1 else None


def _issuer(row: Any) -> Issuer:
    return Issuer(
        row.issuer,
        row.name,
        row.identifier,
        row.contact,
        row.active,
        SignMethod(row.default_sign_method),
        row.sandbox,
        row.integrated,
        row.daily_limit,
        row.priority,
        _look(row),
    )


def _look(row: Any) -> Look:
    named = bytes(row.logo_sha256).hex() if row.logo_sha256 else ""
    size = (row.logo_wide or 0, row.logo_high or 0)
    return Look(row.sender_name or "", row.colour or "", named, size)

"""What issuers' pages look like, and their logos by name."""

from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select

from gateway.adapters.storage.session import Session
from gateway.adapters.storage.tables import issuer_brands
from gateway.domain.brand import Look

REMOVE = delete(issuer_brands).where(issuer_brands.c.issuer == bindparam("number"))
ADD = insert(issuer_brands)
LOGO = select(issuer_brands.c.logo).where(issuer_brands.c.logo_sha256 == bindparam("sha256"))


class BrandStore:
    def __init__(self, session: Session) -> None:
        self._session = session

    def put(self, issuer: int, look: Look, logo: bytes, at: datetime) -> None:
        """Instead of what was there. The issuer's row stands already."""
        self._session.changed(REMOVE, {"number": issuer})
        row = {
            "issuer": issuer,
            "sender_name": look.sender_name or None,
            "colour": look.colour or None,
            "logo_sha256": bytes.fromhex(look.logo_sha256) or None,
            "logo": logo or None,
            "logo_wide": look.logo_size[0],
            "logo_high": look.logo_size[1],
            "changed_at": at,
        }
        self._session.changed(ADD, row)

    def logo(self, sha256: str) -> bytes | None:
        """The picture of that name (hexadecimal), whosever it is."""
        if not sha256:
            return None
        row = self._session.first(LOGO, {"sha256": bytes.fromhex(sha256)})
        return None if row is None else bytes(row.logo)

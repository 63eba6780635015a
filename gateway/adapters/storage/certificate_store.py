"""Content certificates, one a transaction, as ciphertext."""

from sqlalchemy import bindparam, select

from gateway.adapters.storage.prepared import InsertOnce
from gateway.adapters.storage.session import Session
from gateway.adapters.storage.tables import certificates
from gateway.domain.record import CertificateRecord

GET = select(certificates).where(certificates.c.guid == bindparam("guid"))
ADD = InsertOnce(certificates, ("guid",))


class CertificateStore:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, certificate: CertificateRecord) -> bool:
        row = {
            "guid": certificate.guid,
            "xml": certificate.xml,
            "xml_sha256": certificate.xml_sha256,
            "pdf": certificate.pdf,
            "pdf_sha256": certificate.pdf_sha256,
            "created_at": certificate.created_at,
        }
        return self._session.add_once(ADD, row)

    def get(self, guid: str) -> CertificateRecord | None:
        row = self._session.first(GET, {"guid": guid})
        return (
            None
            if row is None
            else CertificateRecord(row.guid, row.xml, row.xml_sha256, row.pdf, row.pdf_sha256, row.created_at)
        )

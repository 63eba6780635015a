"""The files of an owner that a leaf document lists, read again and compared with what was deposited."""

import hashlib
from dataclasses import dataclass

from gateway.domain.deposit import Item
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.record import DataKey
from gateway.usecases.ports import Database, Vault

EVIDENCE = "evidence/"
CERTIFICATES = ("certificate.xml", "certificate.pdf")


@dataclass(frozen=True, slots=True)
class DepositedFiles:
    """Evidence and certificates are rows; everything else is a blob under its digest."""

    database: Database
    vault: Vault

    def read(self, owner: str, key: DataKey, item: Item) -> bytes:
        """The octets. Raises GatewayError(INTERNAL) when they are lost, or not what was deposited."""
        octets = self._octets(owner, key, item)
        if hashlib.sha256(octets).digest() != item.sha256:
            raise GatewayError(ErrorKind.INTERNAL, "a deposited file is not what was deposited")
        return octets

    def _octets(self, owner: str, key: DataKey, item: Item) -> bytes:
        if item.name.startswith(EVIDENCE):
            evidence_id = item.name.removeprefix(EVIDENCE).removesuffix(".xml")
            with self.database.read() as uow:
                evidence = uow.evidences.get(evidence_id)
            if evidence is None:
                raise GatewayError(ErrorKind.INTERNAL, "a deposited evidence is lost")
            return self.vault.reveal(key, evidence.body, evidence.id)
        if item.name in CERTIFICATES:
            with self.database.read() as uow:
                certificate = uow.certificates.get(owner)
            if certificate is None:
                raise GatewayError(ErrorKind.INTERNAL, "a deposited certificate is lost")
            body = certificate.xml if item.name == CERTIFICATES[0] else certificate.pdf
            return self.vault.reveal(key, body, item.name)
        return self.vault.get(owner, key, item.sha256)

"""Keys that the gateway holds for issuers without integration: taken in, rotated, retired.

Several may be valid at once; the newest signs. A certificate is registered like any other of the issuer's,
and a retired one signs nothing more, wherever its key may be.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.usecases.ports import Clock, Database, HeldKey, KeyFolder, UnitOfWork


@dataclass(frozen=True, slots=True)
class HeldKeys:
    """`approve` raises unless two persons have approved an issuer's certificate (DER)."""

    database: Database
    folder: KeyFolder
    clock: Clock
    approve: Callable[[UnitOfWork, int, bytes], None] = lambda _uow, _issuer, _der: None

    def held(self, issuer: int) -> Sequence[HeldKey]:
        """Oldest first."""
        return self.folder.held(issuer, self.clock.now())

    def add(self, issuer: int, key_pem: bytes, chain_pem: bytes) -> Sequence[HeldKey]:
        """Keep key and chain (leaf first), and register the leaf: from now on it signs.

        Raises GatewayError: RULE_BROKEN (no such issuer, or another has that certificate), CONFIGURATION,
        APPROVAL_MISSING where two persons have to approve the certificate first.
        """
        with self.database.read() as uow:
            if uow.issuers.get(issuer) is None:
                raise GatewayError(ErrorKind.RULE_BROKEN, f"there is no issuer {issuer}")
        now = self.clock.now()
        der = self.folder.add(issuer, key_pem, chain_pem, now)
        sha256 = hashlib.sha256(der).digest()
        # Until it is registered it signs nothing: a crash here leaves a key to be added again.
        with self.database.write() as uow:
            owner = uow.issuers.by_certificate(sha256)
            if owner is not None and owner.number != issuer:
                raise GatewayError(ErrorKind.RULE_BROKEN, f"issuer {owner.number} has that certificate")
            self.approve(uow, issuer, der)
            uow.issuers.add_certificate(issuer, sha256, der, now)
            uow.audit.append("issuer-key-held", f"{issuer:04d}:{sha256.hex()}")
            uow.commit()
        return self.held(issuer)

    def retire(self, issuer: int, certificate_sha256: str) -> bool:
        """The certificate first, so that nothing is signed between; whether there was anything to retire."""
        try:
            digest = bytes.fromhex(certificate_sha256)
        except ValueError:
            return False
        with self.database.write() as uow:
            known = uow.issuers.retire_certificate(issuer, digest, self.clock.now())
            if known:
                uow.audit.append("issuer-certificate-retired", f"{issuer:04d}:{digest.hex()}")
            uow.commit()
        return self.folder.retire(issuer, digest.hex()) or known

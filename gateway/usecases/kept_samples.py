"""The locked biometric samples of a transaction, for whoever brings them to the depositary."""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.domain.biometrics import SealedSample
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.usecases.ports import Database, Vault


@dataclass(frozen=True, slots=True)
class KeptSamples:
    database: Database
    vault: Vault

    def __call__(self, guid: str) -> Sequence[tuple[SealedSample, bytes]]:
        """Each with its CMS, still locked. Raises GatewayError(NOT_FOUND), also once it was purged."""
        with self.database.read() as uow:
            if uow.transactions.get(guid) is None:
                raise GatewayError(ErrorKind.NOT_FOUND)
            key, samples = uow.keys.get(guid), uow.samples.of(guid)
        return [(sample, self.vault.get(guid, key, sample.cms_sha256)) for sample in samples]

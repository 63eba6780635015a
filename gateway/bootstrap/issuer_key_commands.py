"""What `fehaciente issuer key` does, with everything it needs built for it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gateway.adapters.crypto import devpki
from gateway.adapters.crypto.issuer_keys import IssuerKeys
from gateway.bootstrap import approved
from gateway.bootstrap.configured import load
from gateway.bootstrap.technology import SystemClock, open_database
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.settings import Settings
from gateway.usecases.ports import HeldKey
from gateway.usecases.sender.held_keys import HeldKeys


@dataclass(frozen=True, slots=True)
class IssuerKeyCommands:
    """The command line's `IssuerKeyDesk`."""

    settings: Settings
    keys: HeldKeys

    def held(self, issuer: int) -> Sequence[HeldKey]:
        return self.keys.held(issuer)

    def add(self, issuer: int, key_pem: bytes, chain_pem: bytes) -> Sequence[HeldKey]:
        return self.keys.add(issuer, key_pem, chain_pem)

    def issue(self, issuer: int) -> Sequence[HeldKey]:
        with self.keys.database.read() as uow:
            known = uow.issuers.get(issuer)
        if known is None:
            raise GatewayError(ErrorKind.RULE_BROKEN, f"there is no issuer {issuer}")
        folder, now = self.settings.pki.anchors.parent, self.keys.clock.now()
        chain, key = devpki.issue_issuer(folder, known.name, key="p256", now=now)
        return self.keys.add(issuer, key, chain)

    def retire(self, issuer: int, certificate_sha256: str) -> bool:
        return self.keys.retire(issuer, certificate_sha256)


@contextmanager
def opened(config: Path | None) -> Iterator[IssuerKeyCommands]:
    """Rows and the folder of keys are enough for it."""
    settings, clock = load(config), SystemClock()
    database = open_database(settings, clock)
    try:
        approve = approved.registering(settings, database, clock)
        held = HeldKeys(database, IssuerKeys(settings.sender.keys), clock, approve)
        yield IssuerKeyCommands(settings, held)
    finally:
        database.close()

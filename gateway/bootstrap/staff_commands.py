"""What `fehaciente staff` does, with everything it needs built for it."""

from collections.abc import Iterator
from contextlib import contextmanager

from gateway.adapters.crypto.passwords import Argon2Passwords
from gateway.adapters.vault.keyring import Keyring
from gateway.adapters.vault.search_key import ColumnKeys, search_key
from gateway.bootstrap.technology import SystemClock, open_database
from gateway.settings import Settings
from gateway.usecases.accounts.people import People


@contextmanager
def people(settings: Settings) -> Iterator[People]:
    """Rows and the keys of their personal columns are enough for it: no sealing key is read."""
    clock, keyring = SystemClock(), Keyring(settings.vault.keys)
    database = open_database(settings, clock, ColumnKeys(keyring, search_key(settings.vault.search_key)))
    try:
        yield People(database, keyring, Argon2Passwords(), clock, settings.oidc.issuer)
    finally:
        database.close()

"""The personal part of a row: one JSON value, sealed under its owner's data key (AES-256-GCM).

The context names table, owner and place, so that no row opens as another's. Keys are opened once in each unit
of work and live no longer. Which columns are personal is the stores' knowledge.
"""

import hmac
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Column, Select, Table, bindparam, select

from gateway.adapters.storage.session import Session
from gateway.adapters.storage.tables import data_keys
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.record import DataKey

NONCE_BYTES = 12
# What stands in the columns that held clear text before revision 0004 and may not be NULL.
NO_OBJECT, NO_LIST = "{}", "[]"
FIND = select(data_keys.c.kek_id, data_keys.c.wrapped).where(data_keys.c.owner == bindparam("owner"))
# One spelling for one value, because values are compared by it.
spelt = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode
# What the database would have refused in a text column, a lone surrogate, is kept as Python keeps it.
LENIENT = "surrogatepass"


class Cipher(Protocol):
    """What storage asks of those who keep the keys."""

    def unwrap(self, key: DataKey) -> bytes:
        """The octets of a data key. Raises GatewayError KEY_DESTROYED or INTERNAL."""

    def mark(self, kind: str, text: str) -> str:
        """A keyed hash by which equal texts are found, in 40 characters."""


class NoKeys:
    """For commands that never look into rows: what is personal can be neither written nor read."""

    def unwrap(self, _key: DataKey) -> bytes:
        raise GatewayError(ErrorKind.CONFIGURATION, "the database was opened without its keys")

    def mark(self, _kind: str, _text: str) -> str:
        raise GatewayError(ErrorKind.CONFIGURATION, "the database was opened without its keys")


class OwnerKey:
    """An opened data key: seals and opens, and digests for comparisons within its owner."""

    __slots__ = ("_cipher", "_octets")

    def __init__(self, octets: bytes) -> None:
        self._cipher = AESGCM(octets)
        self._octets = octets

    def seal(self, value: Any, context: str) -> bytes:
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, _octets(value), context.encode())

    def open(self, sealed: bytes, context: str) -> Any:
        """Raises GatewayError(INTERNAL) for another row's octets, or changed ones."""
        try:
            octets = self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], context.encode())
        except (InvalidTag, ValueError):
            raise GatewayError(ErrorKind.INTERNAL) from None
        return json.loads(octets.decode(errors=LENIENT))

    def digest(self, value: Any, context: str) -> bytes:
        """The same for the same value and context: ciphertexts, whose nonces are random, do not compare."""
        key = hmac.digest(self._octets, b"digest of a row", "sha256")
        return hmac.digest(key, context.encode() + b"\0" + _octets(value), "sha256")


class Personal:
    """The data keys of one unit of work, each opened once."""

    def __init__(self, session: Session, cipher: Cipher) -> None:
        self._session = session
        self._cipher = cipher
        self._wrapped: dict[str, DataKey] = {}
        self._opened: dict[str, OwnerKey] = {}

    def learn(self, owner: str, key: DataKey) -> None:
        """Spare a look at the table for a key that has just been stored or read."""
        self._wrapped[owner] = key

    def forget(self, owner: str) -> None:
        self._wrapped.pop(owner, None)
        self._opened.pop(owner, None)

    def key(self, owner: str, row: Any = None) -> OwnerKey:
        """The owner's key, from `row` if that was selected by `keyed`.

        Raises GatewayError(KEY_DESTROYED) when there is none (any more).
        """
        opened = self._opened.get(owner)
        if opened is None:
            wrapped = self.wrapped(owner, row)
            if wrapped is None:
                raise GatewayError(ErrorKind.KEY_DESTROYED)
            opened = self._opened[owner] = OwnerKey(self._cipher.unwrap(wrapped))
        return opened

    def wrapped(self, owner: str, row: Any = None) -> DataKey | None:
        """The owner's data key as this unit of work knows it, or else as `row` or the table tells."""
        known = self._wrapped.get(owner)
        if known is None:
            found = self._session.first(FIND, {"owner": owner}) if row is None else row
            if found is None or found.kek_id is None:
                return None
            known = self._wrapped[owner] = DataKey(found.kek_id, found.wrapped)
        return known

    def mark(self, kind: str, text: str) -> str:
        """Nothing is found by an empty text."""
        return self._cipher.mark(kind, text) if text else ""


@dataclass(frozen=True, slots=True)
class PersonalPart:
    """Which columns of a table it replaces: `emptied` is what stands in them once it is sealed; `clear` tells
    it from a row of before revision 0004, where they are the only ones that hold it."""

    table: Table
    owner: str
    place: str
    emptied: Mapping[str, str]
    clear: Callable[[Any], Any]

    def context(self, row: Any) -> str:
        """Of a row, or of the record that it is made of."""
        return f"{self.table.name}/{getattr(row, self.owner)}/{getattr(row, self.place)}"

    def sealed(self, personal: "Personal", row: Any, value: Any) -> dict[str, Any]:
        """Column values that keep the part of this row or record."""
        sealed = personal.key(getattr(row, self.owner)).seal(value, self.context(row))
        return {**self.emptied, "personal": sealed}

    def told(self, personal: "Personal", row: Any, *, keyed: bool = False) -> Any:
        """The part; `keyed` rows bring the wrapped data key with them."""
        if row.personal is None:
            if any(getattr(row, name) == NO_OBJECT for name in self.emptied):
                raise GatewayError(ErrorKind.INTERNAL)
            return self.clear(row)
        key = personal.key(getattr(row, self.owner), row if keyed else None)
        return key.open(row.personal, self.context(row))


def _octets(value: Any) -> bytes:
    return spelt(value).encode(errors=LENIENT)


def keyed(table: Table, owner: Column[Any]) -> Select[Any]:
    """The table's rows, each with its owner's wrapped data key (NULL when destroyed)."""
    joined = table.outerjoin(data_keys, data_keys.c.owner == owner)
    return select(table, data_keys.c.kek_id, data_keys.c.wrapped).select_from(joined)

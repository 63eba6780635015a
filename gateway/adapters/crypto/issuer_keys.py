"""Keys that the gateway holds for issuers without a system of their own: one folder, 0600, newest signs.

A file is NNNN-TIME.key with its chain NNNN-TIME.pem beside it (issuer's number, UTC instant of making). A
retired one is overwritten and removed; its certificate stays. Registration is the database's knowledge.
"""

import os
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from cryptography import x509

from gateway.adapters.crypto import keys
from gateway.adapters.crypto.key_signer import KeySigner
from gateway.adapters.crypto.trust import der
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.usecases.ports import HeldKey

NAME = re.compile(r"(\d{4})-(\d{8}T\d{12}Z)", re.ASCII)


class IssuerKeys:
    """Reads the folder again whenever it changed, so that a rotation needs no restart."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._signers: dict[str, KeySigner] = {}

    def signer(self, issuer: int, at: datetime) -> KeySigner:
        """The newest key whose certificate is valid at `at`. Raises GatewayError(SENDER_KEY_MISSING)."""
        for name in reversed(self._names(issuer)):
            signer = self._loaded(name)
            certificate = signer.chain[0]
            if certificate.not_valid_before_utc <= at < certificate.not_valid_after_utc:
                return signer
        raise GatewayError(ErrorKind.SENDER_KEY_MISSING)

    def add(self, issuer: int, key_pem: bytes, chain_pem: bytes, now: datetime) -> bytes:
        """Keep a key with its chain (leaf first), both synced; gives the leaf's DER.

        Raises GatewayError(CONFIGURATION) when they do not belong together.
        """
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        stamp = now.astimezone(UTC).strftime("%Y%m%dT%H%M%S%fZ")
        name = f"{issuer:04d}-{stamp}"
        chain, key = self._folder / f"{name}.pem", self._folder / f"{name}.key"
        _write(chain, chain_pem, 0o644)
        draft = self._folder / f".{name}.key"
        _write(draft, key_pem, 0o600)
        try:
            leaf = keys.load(draft, chain).certificate
        except GatewayError:
            draft.unlink()
            chain.unlink()
            raise
        draft.replace(key)
        _sync(self._folder)
        return der(leaf)

    def held(self, issuer: int, at: datetime) -> Sequence[HeldKey]:
        """Oldest first, retired ones without a key left out."""
        try:
            signing = self.signer(issuer, at)
        except GatewayError:
            signing = None
        return [self._held(name, signing) for name in self._names(issuer)]

    def retire(self, issuer: int, certificate_sha256: str) -> bool:
        """Destroy the key; whether there was one with that certificate."""
        for name in self._names(issuer):
            if self._sha256(self._loaded(name)) == certificate_sha256.lower():
                file = self._folder / f"{name}.key"
                with file.open("r+b") as stream:
                    stream.write(bytes(file.stat().st_size))
                    stream.flush()
                    os.fsync(stream.fileno())
                file.unlink()
                _sync(self._folder)
                self._signers.pop(name, None)
                return True
        return False

    def _names(self, issuer: int) -> list[str]:
        found = (NAME.fullmatch(path.stem) for path in self._folder.glob(f"{issuer:04d}-*.key"))
        return sorted(match[0] for match in found if match)

    def _loaded(self, name: str) -> KeySigner:
        file = self._folder / f"{name}.key"
        if file.stat().st_mode & 0o077:
            raise GatewayError(ErrorKind.CONFIGURATION, f"{file.name} must be readable by its owner only")
        if name not in self._signers:
            self._signers[name] = KeySigner(keys.load(file, self._folder / f"{name}.pem"))
        return self._signers[name]

    def _held(self, name: str, signing: KeySigner | None) -> HeldKey:
        signer = self._loaded(name)
        leaf: x509.Certificate = signer.chain[0]
        subject, ends = leaf.subject.rfc4514_string(), leaf.not_valid_after_utc
        return HeldKey(name, self._sha256(signer), subject, ends, signer is signing)

    def _sha256(self, signer: KeySigner) -> str:
        return sha256(der(signer.chain[0])).hexdigest()


def _write(file: Path, octets: bytes, mode: int) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(octets)
        stream.flush()
        os.fsync(stream.fileno())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

"""From settings to the sealing keys, wherever they lie, and to what their signatures say."""

from collections.abc import Callable
from pathlib import Path

from gateway.adapters.crypto import key_files
from gateway.adapters.crypto.key_files import Password, WatchedKey
from gateway.adapters.crypto.signature_properties import (
    Commitment,
    ImpliedPolicy,
    Place,
    SignaturePolicy,
    SignatureProperties,
)
from gateway.adapters.crypto.signer import Signer
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.settings import Settings, read_secret
from gateway.settings.seal_keys import SealKeyPlace

Allowed = Callable[[], None]


def nothing() -> None:
    """Nobody objects."""


def sealing_keys(settings: Settings, allowed: Allowed = nothing) -> list[WatchedKey]:
    """The keys of [seal], or the one of [pki] when none is named there; nothing is loaded yet.

    `allowed` raises GatewayError while files that change may not be loaded.
    """
    data, pki = settings.gateway.data, settings.pki
    if settings.seal.keys:
        return [_watched(place, data, allowed) for place in settings.seal.keys]
    key, chain, secret = pki.seal_key, pki.seal_chain, pki.seal_password_file
    files = [file for file in (key, chain, secret) if file is not None]
    return [WatchedKey(key.name, files, _of_pem(key, chain, secret, pss=False), allowed=allowed)]


def signature_properties(settings: Settings) -> SignatureProperties:
    """What every signature says of itself."""
    seal = settings.seal
    policy: SignaturePolicy | ImpliedPolicy | None = None
    if settings.seal.policy == "implied":
        policy = ImpliedPolicy()
    elif settings.seal.policy:
        policy = SignaturePolicy(seal.policy, bytes.fromhex(seal.policy_sha256), seal.policy_uri)
    place = Place(seal.city, seal.street, seal.province, seal.postal_code, seal.country)
    named = seal.commitment
    commitment = None if named == "none" else Commitment[f"PROOF_OF_{named.upper()}"]
    return SignatureProperties(policy, seal.roles, place, commitment)


def _watched(place: SealKeyPlace, data: Path, allowed: Allowed) -> WatchedKey:
    file, chain, secret = (data / each if each else None for each in (place.file, place.chain, place.secret))
    if file is None or (place.kind == "pem" and chain is None):
        raise GatewayError(ErrorKind.CONFIGURATION, f"{place.written}: a file is missing")
    load: Callable[[], Signer]
    if place.kind == "pkcs11":
        load = _in_token(place, file, chain, secret)
    elif place.kind == "p12":
        load = _of_p12(file, secret, pss=place.pss)
    else:
        load = _of_pem(file, chain or file, secret, pss=place.pss)
    return WatchedKey(place.written, [each for each in (file, chain, secret) if each], load, allowed=allowed)


def _of_pem(file: Path, chain: Path, secret: Path | None, *, pss: bool) -> Callable[[], Signer]:
    return lambda: key_files.pem(file, chain, _password(secret), pss=pss)


def _of_p12(file: Path, secret: Path | None, *, pss: bool) -> Callable[[], Signer]:
    return lambda: key_files.p12(file, _password(secret), pss=pss)


def _in_token(
    place: SealKeyPlace, library: Path, chain: Path | None, secret: Path | None
) -> Callable[[], Signer]:
    """The library of tokens is an extra, so it is only looked for where a key needs it."""
    try:
        from gateway.adapters.crypto.pkcs11_signer import Pkcs11Signer, TokenKey
    except ImportError:
        detail = "keys in tokens need the extra `pkcs11` (pip install fehaciente[pkcs11])"
        raise GatewayError(ErrorKind.CONFIGURATION, detail) from None
    where = TokenKey(library, place.token, place.label, place.identifier)

    def pin() -> str:
        return read_secret(secret) if secret else ""

    def load() -> Signer:
        certificates = key_files.chain(chain) if chain else ()
        return Pkcs11Signer(where, pin, certificates, pss=place.pss)

    return load


def _password(secret: Path | None) -> Password:
    return lambda: read_secret(secret).encode() if secret else None

"""What two persons approve, as it lies on this machine's disk: digests of files, and of single acts.

No private key enters a digest: a key is known by its certificate.
"""

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path

from gateway.adapters.crypto.algorithm_policy import DEFAULT
from gateway.adapters.storage.unit_of_work import SqlDatabase
from gateway.adapters.vault import kek_files
from gateway.domain.approval import Change
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.settings import Settings
from gateway.usecases.approvals import Approvals, Content
from gateway.usecases.ports import Clock, UnitOfWork

Registering = Callable[[UnitOfWork, int, bytes], None]


def approvals(settings: Settings, database: SqlDatabase, clock: Clock) -> Approvals:
    return Approvals(database, clock, settings.approvals.required, settings.approvals.life)


def contents(settings: Settings) -> dict[Change, Content]:
    """Everything that is loaded from files. Raises GatewayError(CONFIGURATION): one cannot be read."""
    pki = settings.pki
    return {
        Change.ANCHORS: _content([pki.anchors]),
        Change.ISSUER_ANCHORS: _content([pki.issuer_anchors, *pki.issuer_intermediates]),
        Change.ALGORITHM_POLICY: _content([pki.algorithm_policy or DEFAULT]),
        Change.SEAL_KEYS: seal_keys(settings),
    }


def seal_keys(settings: Settings) -> Content:
    """Which keys seal and time-stamp, in which order: places and certificates."""
    data, pki, places = settings.gateway.data, settings.pki, settings.seal.keys
    said = [place.written for place in places] + list(settings.tsa.authorities)
    files = [data / (place.file if place.kind == "p12" else place.chain or place.file) for place in places]
    files = files or [pki.seal_chain]
    if "embedded" in settings.tsa.authorities:
        files.append(pki.tsa_chain)
    return _content(files, said)


def registering(settings: Settings, database: SqlDatabase, clock: Clock) -> Registering:
    """Uses the approval of an issuer's certificate up, in the unit of work that registers it."""
    of = approvals(settings, database, clock)

    def use(uow: UnitOfWork, issuer: int, der: bytes) -> None:
        of.use(uow, Change.ISSUER_CERTIFICATE, issuer_certificate(issuer, der).digest)

    return use


def reloading(settings: Settings, database: SqlDatabase, clock: Clock) -> Callable[[], None]:
    """Raises GatewayError(APPROVAL_MISSING) while the keys on the disk are not what was approved."""
    of = approvals(settings, database, clock)

    def allowed() -> None:
        if of.required:
            of.enforce({Change.SEAL_KEYS: seal_keys(settings)})

    return allowed


def enforce(settings: Settings, database: SqlDatabase, clock: Clock, loaded: dict[Change, Content]) -> None:
    """Raises GatewayError APPROVAL_MISSING, or CONFIGURATION when a file changed while it was `loaded`."""
    if contents(settings) != loaded:
        raise GatewayError(ErrorKind.CONFIGURATION, "a file of trust changed while it was loaded")
    approvals(settings, database, clock).enforce(loaded)


def issuer_certificate(issuer: int, der: bytes) -> Content:
    fingerprint = hashlib.sha256(der).hexdigest()
    return Content(_digest([b"issuer certificate", b"%04d" % issuer, der]), f"{issuer:04d}:{fingerprint}")


def kek_rotation(folder: Path) -> Content:
    """The key-encryption key that follows the newest of now."""
    newest = max(kek_files.living(folder), default="none")
    return Content(_digest([b"key-encryption key after", newest.encode()]), f"after {newest}")


def kek_shredding(kek_ids: Iterable[str]) -> Content:
    chosen = sorted(set(kek_ids))
    parts = [b"key-encryption keys destroyed", *(each.encode() for each in chosen)]
    return Content(_digest(parts), ", ".join(chosen))


def _content(files: list[Path], said: Iterable[str] = ()) -> Content:
    try:
        parts = [each.encode() for each in said] + [file.read_bytes() for file in files]
    except OSError as error:
        detail = f"{Path(error.filename or '').name}: {error.strerror}"
        raise GatewayError(ErrorKind.CONFIGURATION, detail) from None
    return Content(_digest(parts), ", ".join(file.name for file in files))


def _digest(parts: Iterable[bytes]) -> bytes:
    """Of the parts' own digests, so that nothing moves from one to the next unseen."""
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).digest()

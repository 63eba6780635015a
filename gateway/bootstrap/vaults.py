"""The vault that the settings name, and what sweeps it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from gateway.adapters.vault.files import FileVault
from gateway.adapters.vault.keyring import Keyring
from gateway.adapters.vault.sweep import sweep
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.settings import Settings, read_secret
from gateway.usecases.ports import Clock, Database

if TYPE_CHECKING:
    # boto3 is an extra: without it everything else works.
    from gateway.adapters.vault.s3 import S3Vault


def vault(settings: Settings, keyring: Keyring) -> "FileVault | S3Vault":
    if settings.vault.store == "files":
        return FileVault(settings.vault.folder, keyring)
    try:
        from gateway.adapters.vault.bucket import Bucket, BucketAddress
        from gateway.adapters.vault.s3 import S3Vault
    except ImportError:
        raise GatewayError(ErrorKind.CONFIGURATION, "store = s3: install fehaciente[s3]") from None
    s3 = settings.s3
    address = BucketAddress(
        bucket=s3.bucket,
        endpoint=s3.endpoint,
        region=s3.region,
        access_key=s3.access_key,
        secret=read_secret(s3.secret_file) if s3.secret_file else "",
        path_style=s3.path_style,
        timeout=s3.timeout.total_seconds(),
        attempts=s3.attempts,
        connections=settings.http.threads + settings.worker.threads + 4,
        ca_file=s3.ca_file,
    )
    return S3Vault(Bucket(address), s3.prefix, keyring)


def sweeper(
    settings: Settings, here: "FileVault | S3Vault", database: Database, clock: Clock
) -> Callable[[], int]:
    """Removes the blobs that no row knows, wherever they are."""
    if isinstance(here, FileVault):
        return lambda: sweep(settings.vault.folder, database, clock.now())
    return lambda: here.sweep(database, clock.now())

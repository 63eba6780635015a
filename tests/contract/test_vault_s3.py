"""The vault on S3, against a service that we did not write: nothing half, overwritten, or left behind."""

import base64
import hashlib
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from gateway.adapters.storage.engine import build_engine
from gateway.adapters.storage.unit_of_work import SqlDatabase
from gateway.adapters.vault import kek_files
from gateway.adapters.vault.bucket import PAGE, Bucket, BucketAddress
from gateway.adapters.vault.files import FileVault, owner_folder
from gateway.adapters.vault.keyring import Keyring
from gateway.adapters.vault.s3 import S3Vault
from gateway.domain.errors import ErrorKind, GatewayError
from tests.buckets import admin, new_bucket
from tests.storage_samples import NOW, guid

HOURS = timedelta(hours=2)


@pytest.fixture
def keyring(tmp_path: Path) -> Keyring:
    kek_files.create(tmp_path / "keys", NOW)
    return Keyring(tmp_path / "keys")


@pytest.fixture
def address() -> BucketAddress:
    return new_bucket()


@pytest.fixture
def vault(address: BucketAddress, keyring: Keyring) -> S3Vault:
    return S3Vault(Bucket(address), "", keyring)


@dataclass
class Sick:
    """A service that answers with `status` (0: late), whatever it is asked; `puts` are headers and bodies."""

    port: int = 0
    status: int = 503
    puts: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@pytest.fixture
def sick() -> Iterator[Sick]:
    service = Sick()

    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            service.puts.append(({name.lower(): value for name, value in self.headers.items()}, body))
            if service.status == 0:
                time.sleep(3)
            self.answer(service.status or 500, b"")

        def do_GET(self) -> None:
            asked = "versioning" in self.path
            self.answer(200 if asked else service.status, b"<VersioningConfiguration/>" if asked else b"")

        def answer(self, status: int, body: bytes) -> None:
            with suppress(OSError):
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service.port = server.server_port
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield service
    server.shutdown()
    server.server_close()


def refused(kind: ErrorKind, action: object, *arguments: object) -> GatewayError:
    with pytest.raises(GatewayError) as caught:
        action(*arguments)  # type: ignore[operator]
    assert caught.value.kind is kind
    return caught.value


def test_an_object_bears_its_digest(sick: Sick, address: BucketAddress, keyring: Keyring) -> None:
    """The service is given the SHA-256 of the ciphertext, and told to overwrite nothing."""
    sick.status = 200
    vault = S3Vault(Bucket(replace(address, endpoint=f"http://127.0.0.1:{sick.port}")), "", keyring)
    vault.put(guid(1), vault.new_key(), [b"octets"])
    [(headers, body)] = sick.puts
    assert headers["x-amz-checksum-sha256"] == base64.b64encode(hashlib.sha256(body).digest()).decode()
    assert (headers["if-none-match"], b"octets" in body) == ("*", False)


def test_what_opens_is_never_overwritten(vault: S3Vault, address: BucketAddress) -> None:
    """Putting the same blob again leaves the very object that is there."""
    key = vault.new_key()
    vault.put(guid(1), key, [b"1", b"2", b"3"])
    before = {
        each["Key"]: each["ETag"] for each in admin().list_objects_v2(Bucket=address.bucket)["Contents"]
    }
    assert vault.put(guid(1), key, [b"3", b"1", b"2", b"1"])[1] == hashlib.sha256(b"1").digest()
    after = {each["Key"]: each["ETag"] for each in admin().list_objects_v2(Bucket=address.bucket)["Contents"]}
    assert before == after


def test_blobs_move_between_disk_and_bucket(vault: S3Vault, address: BucketAddress, tmp_path: Path) -> None:
    """A copy of the folder into the bucket, as a migration makes, opens without a change."""
    files = FileVault(tmp_path / "vault", Keyring(tmp_path / "keys"))
    key = files.new_key()
    [digest] = files.put(guid(1), key, [b"moved"])
    for path in (tmp_path / "vault").rglob("*"):
        if path.is_file():
            name = path.relative_to(tmp_path / "vault").as_posix()
            admin().put_object(Bucket=address.bucket, Key=name, Body=path.read_bytes())
    assert vault.get(guid(1), key, digest) == b"moved"


def test_more_than_a_page_is_listed_and_forgotten(vault: S3Vault, address: BucketAddress) -> None:
    """An owner of more objects than a listing holds is seen and removed whole."""
    folder = owner_folder(Path(), guid(1)).as_posix()
    client = admin()
    for number in range(PAGE + 5):
        client.put_object(Bucket=address.bucket, Key=f"{folder}/{number:064x}", Body=b"")
    client.put_object(Bucket=address.bucket, Key=f"{folder}/.unfinished-1", Body=b"")
    assert len(vault.held(guid(1))) == PAGE + 5
    vault.forget(guid(1))
    assert admin().list_objects_v2(Bucket=address.bucket)["KeyCount"] == 0


def test_a_bucket_with_versions_is_refused(address: BucketAddress) -> None:
    """Purging there would destroy nothing, so the gateway does not start on it."""
    for status in ("Enabled", "Suspended"):
        configuration = {"Status": status}
        admin().put_bucket_versioning(Bucket=address.bucket, VersioningConfiguration=configuration)
        assert "versions" in refused(ErrorKind.CONFIGURATION, Bucket, address).detail


def test_no_bucket_is_a_configuration_error(address: BucketAddress) -> None:
    """A name that is nobody's stops the start."""
    refused(ErrorKind.CONFIGURATION, Bucket, replace(address, bucket="nobody-has-it"))


def test_a_dead_service_is_temporary(address: BucketAddress, caplog: pytest.LogCaptureFixture) -> None:
    """Neither log nor error tells a secret, an address or an owner."""
    with caplog.at_level(logging.WARNING):
        dead = replace(address, endpoint="http://127.0.0.1:1")
        error = refused(ErrorKind.TEMPORARILY_UNAVAILABLE, Bucket, dead)
    assert "127.0.0.1" not in str(error) + caplog.text
    assert address.secret not in repr(address) + caplog.text


@pytest.mark.parametrize("status", [500, 503, 403])
def test_a_service_that_refuses_is_temporary_and_tries_are_few(
    sick: Sick, address: BucketAddress, keyring: Keyring, status: int
) -> None:
    """Nothing is acknowledged that was not taken."""
    vault = S3Vault(Bucket(replace(address, endpoint=f"http://127.0.0.1:{sick.port}")), "", keyring)
    sick.status = status
    key = vault.new_key()
    refused(ErrorKind.TEMPORARILY_UNAVAILABLE, vault.put, guid(1), key, [b"1", b"2"])
    refused(ErrorKind.TEMPORARILY_UNAVAILABLE, vault.get, guid(1), key, b"\0" * 32)
    refused(ErrorKind.TEMPORARILY_UNAVAILABLE, vault.held, guid(1))
    assert len(sick.puts) <= 2 * address.attempts


def test_a_service_that_never_answers_is_given_up(
    sick: Sick, address: BucketAddress, keyring: Keyring
) -> None:
    """The wait is bounded by timeout and tries."""
    quick = replace(address, endpoint=f"http://127.0.0.1:{sick.port}", timeout=0.3, attempts=1)
    vault = S3Vault(Bucket(quick), "", keyring)
    sick.status = 0
    began = time.monotonic()
    refused(ErrorKind.TEMPORARILY_UNAVAILABLE, vault.put, guid(1), vault.new_key(), [b"1"])
    assert time.monotonic() - began < 2.5


def test_the_sweep_removes_old_orphans_only(vault: S3Vault, database: SqlDatabase) -> None:
    """What has its key row stays, whatever its age, and what is young may still get one."""
    key = vault.new_key()
    [digest] = vault.put(guid(1), key, [b"owned"])
    vault.put(guid(2), key, [b"orphan", b"of two"])
    with database.write() as unit:
        unit.keys.add(guid(1), key)
        unit.commit()
    now = datetime.now(UTC)
    assert vault.sweep(database, now + timedelta(minutes=59)) == 0
    assert vault.sweep(database, now + HOURS) == 1
    assert (vault.held(guid(1)), vault.held(guid(2))) == ([digest], [])
    assert vault.sweep(database, now + HOURS) == 0


def test_a_silent_database_sweeps_nothing(vault: S3Vault) -> None:
    """When the database cannot tell what is known, everything stays."""
    [digest] = vault.put(guid(1), vault.new_key(), [b"orphan?"])
    nowhere = SqlDatabase(build_engine("postgresql://x@127.0.0.1:1/x"))
    with pytest.raises(GatewayError):
        vault.sweep(nowhere, datetime.now(UTC) + HOURS)
    assert vault.held(guid(1)) == [digest]


def test_pings_tell_a_missing_bucket(vault: S3Vault, address: BucketAddress) -> None:
    """What /health asks fails as soon as the bucket is away."""
    vault.ping()
    admin().delete_bucket(Bucket=address.bucket)
    refused(ErrorKind.TEMPORARILY_UNAVAILABLE, vault.ping)
    with pytest.raises(ClientError):
        admin().head_bucket(Bucket=address.bucket)

"""The vault: what is put comes back or an error does; nothing is readable without the right key."""

import errno
import hashlib
import os
from pathlib import Path

import pytest

from gateway.adapters.vault import keyring, synced
from gateway.adapters.vault.bucket import Bucket, BucketAddress
from gateway.adapters.vault.files import FileVault, owner_folder
from gateway.adapters.vault.keyring import Keyring
from gateway.adapters.vault.s3 import S3Vault
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.record import DataKey
from gateway.usecases.ports import Vault
from tests.buckets import admin, new_bucket
from tests.storage_samples import NOW, guid

BLOBS = [b"", b"%PDF-1.7 " * 9000, b"<signed/>"]


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    keyring.create(tmp_path / "keys", NOW)
    return tmp_path / "keys"


@pytest.fixture
def vault(tmp_path: Path, keys: Path) -> FileVault:
    return FileVault(tmp_path / "vault", Keyring(keys))


class Disk:
    """What is under a file vault, seen from outside."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def read(self, owner: str, digest: bytes) -> bytes:
        return (owner_folder(self.root, owner) / digest.hex()).read_bytes()

    def write(self, owner: str, digest: bytes, octets: bytes) -> None:
        folder = owner_folder(self.root, owner)
        folder.mkdir(exist_ok=True)
        (folder / digest.hex()).write_bytes(octets)

    def remove(self, owner: str, digest: bytes) -> None:
        (owner_folder(self.root, owner) / digest.hex()).unlink()

    def everything(self) -> list[bytes]:
        return [path.read_bytes() for path in self.root.rglob("*") if path.is_file()]


class Cloud:
    """What is in an S3 vault's bucket, seen by another client."""

    def __init__(self, address: BucketAddress) -> None:
        self.address, self.client = address, admin()

    def read(self, owner: str, digest: bytes) -> bytes:
        found: bytes = self.client.get_object(Bucket=self.address.bucket, Key=self._key(owner, digest))[
            "Body"
        ].read()
        return found

    def write(self, owner: str, digest: bytes, octets: bytes) -> None:
        self.client.put_object(Bucket=self.address.bucket, Key=self._key(owner, digest), Body=octets)

    def remove(self, owner: str, digest: bytes) -> None:
        self.client.delete_object(Bucket=self.address.bucket, Key=self._key(owner, digest))

    def everything(self) -> list[bytes]:
        keys = self.client.list_objects_v2(Bucket=self.address.bucket).get("Contents", ())
        return [
            self.client.get_object(Bucket=self.address.bucket, Key=each["Key"])["Body"].read()
            for each in keys
        ]

    def _key(self, owner: str, digest: bytes) -> str:
        return f"kept/{owner_folder(Path(), owner).as_posix()}/{digest.hex()}"


@pytest.fixture(params=["files", "s3"])
def both(request: pytest.FixtureRequest, tmp_path: Path, keys: Path) -> tuple[Vault, "Disk | Cloud"]:
    """Each vault, and its store as a stranger sees it."""
    if request.param == "files":
        return FileVault(tmp_path / "vault", Keyring(keys)), Disk(tmp_path / "vault")
    address = new_bucket()
    return S3Vault(Bucket(address), "kept", Keyring(keys)), Cloud(address)


def _file(tmp_path: Path, owner: str, digest: bytes) -> Path:
    return owner_folder(tmp_path / "vault", owner) / digest.hex()


def _refused(kind: ErrorKind, action: object, *arguments: object) -> None:
    with pytest.raises(GatewayError) as caught:
        action(*arguments)  # type: ignore[operator]
    assert caught.value.kind is kind


def test_blobs_round_trip_under_their_digests(both: tuple[Vault, Disk | Cloud]) -> None:
    """Every blob comes back by its SHA-256, in the order given; putting it again changes nothing."""
    port = both[0]
    key = port.new_key()
    digests = port.put(guid(1), key, iter(BLOBS))
    assert digests == [hashlib.sha256(blob).digest() for blob in BLOBS]
    assert port.put(guid(1), key, BLOBS[1:]) == digests[1:]
    assert [port.get(guid(1), key, digest) for digest in digests] == BLOBS
    assert port.held(guid(1)) == sorted(digests)
    assert (port.put(guid(2), key, []), port.held(guid(2))) == ([], [])


def test_disk_holds_ciphertext_for_its_owner_only(vault: FileVault, tmp_path: Path) -> None:
    """No clear octets on disk, files 0600, folders 0700, and no draft is left."""
    digests = vault.put(guid(1), vault.new_key(), BLOBS)
    folder = owner_folder(tmp_path / "vault", guid(1))
    assert sorted(path.name for path in folder.iterdir()) == sorted(digest.hex() for digest in digests)
    assert all(b"PDF" not in path.read_bytes() for path in folder.iterdir())
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    assert {path.stat().st_mode & 0o777 for path in (folder, folder.parent, folder.parent.parent)} == {0o700}


def test_stores_hold_ciphertext_only(both: tuple[Vault, Disk | Cloud]) -> None:
    """Whoever reads the store finds no clear octets, and as many objects as blobs."""
    vault, store = both
    vault.put(guid(1), vault.new_key(), BLOBS)
    found = store.everything()
    assert len(found) == len(BLOBS)
    assert not any(b"PDF" in octets or b"signed" in octets for octets in found)


def test_same_blob_never_has_the_same_ciphertext(both: tuple[Vault, Disk | Cloud]) -> None:
    """Nonces are random: equal documents of two transactions cannot be told to be equal."""
    vault, store = both
    sealed = set()
    for number in (1, 2):
        [digest] = vault.put(guid(number), vault.new_key(), [b"same"])
        sealed.add(store.read(guid(number), digest))
    assert len(sealed) == 2


@pytest.mark.parametrize("change", ["flip", "cut", "empty", "gone", "other"])
def test_changed_files_are_never_given_out(both: tuple[Vault, Disk | Cloud], change: str) -> None:
    """A flipped bit, a short object, a missing one or another blob's is an error, not content."""
    vault, store = both
    key = vault.new_key()
    first, second = vault.put(guid(1), key, [b"first", b"second"])
    octets = store.read(guid(1), first)
    match change:
        case "flip":
            store.write(guid(1), first, octets[:-1] + bytes([octets[-1] ^ 1]))
        case "cut":
            store.write(guid(1), first, octets[:20])
        case "empty":
            store.write(guid(1), first, b"")
        case "gone":
            store.remove(guid(1), first)
        case "other":
            store.write(guid(1), first, store.read(guid(1), second))
    _refused(ErrorKind.INTERNAL, vault.get, guid(1), key, first)
    assert vault.get(guid(1), key, second) == b"second"


def test_another_owner_or_key_opens_nothing(both: tuple[Vault, Disk | Cloud]) -> None:
    """A blob moved to another owner, or asked for with another data key, does not open."""
    vault, store = both
    key = vault.new_key()
    [digest] = vault.put(guid(1), key, [b"octets"])
    vault.put(guid(2), key, [b"mine"])
    store.write(guid(2), digest, store.read(guid(1), digest))
    _refused(ErrorKind.INTERNAL, vault.get, guid(2), key, digest)
    _refused(ErrorKind.INTERNAL, vault.get, guid(1), vault.new_key(), digest)


def test_what_nobody_can_read_is_replaced(both: tuple[Vault, Disk | Cloud]) -> None:
    """After a crash before the row of its key, the same owner's blob is put again under a new key."""
    vault, _ = both
    vault.put(guid(1), vault.new_key(), [b"octets"])
    key = vault.new_key()
    [digest] = vault.put(guid(1), key, [b"octets"])
    assert vault.get(guid(1), key, digest) == b"octets"


def test_forgotten_owners_leave_nothing(both: tuple[Vault, Disk | Cloud]) -> None:
    """All blobs of the owner go, nobody else's, and forgetting again is no error."""
    vault, store = both
    key = vault.new_key()
    digests = vault.put(guid(1), key, BLOBS)
    [kept] = vault.put(guid(11), key, [b"kept"])
    for _ in range(2):
        vault.forget(guid(1))
        assert (vault.held(guid(1)), len(store.everything())) == ([], 1)
    _refused(ErrorKind.INTERNAL, vault.get, guid(1), key, digests[0])
    assert vault.get(guid(11), key, kept) == b"kept"
    _refused(ErrorKind.INTERNAL, vault.forget, "../x")


@pytest.mark.parametrize("owner", ["", ".", "..", "../x", "a/b", ".hidden", "a\0b", "a" * 101, "ñ"])
def test_owners_cannot_leave_the_vault(both: tuple[Vault, Disk | Cloud], owner: str) -> None:
    """An owner that is no plain name is refused before any path is made of it."""
    vault, _ = both
    _refused(ErrorKind.INTERNAL, vault.put, owner, vault.new_key(), [b"x"])
    _refused(ErrorKind.INTERNAL, vault.get, owner, vault.new_key(), b"\0" * 32)


def test_columns_open_in_their_context_only(both: tuple[Vault, Disk | Cloud]) -> None:
    """A column's ciphertext copied to another row, key or to a blob's place does not open."""
    vault, _ = both
    key = vault.new_key()
    hidden = vault.protect(key, b"<Evidence/>", "evidence-1")
    assert b"Evidence" not in hidden
    assert vault.reveal(key, hidden, "evidence-1") == b"<Evidence/>"
    _refused(ErrorKind.INTERNAL, vault.reveal, key, hidden, "evidence-2")
    _refused(ErrorKind.INTERNAL, vault.reveal, vault.new_key(), hidden, "evidence-1")
    _refused(ErrorKind.INTERNAL, vault.reveal, key, hidden[:5], "evidence-1")


def test_put_syncs_every_file_then_its_folder(
    vault: FileVault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before `put` returns, each file was synced under its draft name, and then the folders once."""
    synced_inodes: list[int] = []
    real = os.fsync

    def spy(handle: int) -> None:
        synced_inodes.append(os.fstat(handle).st_ino)
        real(handle)

    monkeypatch.setattr(os, "fsync", spy)
    digests = vault.put(guid(1), vault.new_key(), [b"1", b"2"])
    folder = owner_folder(tmp_path / "vault", guid(1))
    files = [(folder / digest.hex()).stat().st_ino for digest in digests]
    assert synced_inodes == [folder.parent.stat().st_ino, *files, folder.stat().st_ino]


@pytest.mark.parametrize("failing", ["fsync", "rename"])
def test_refusing_disk_leaves_no_draft(
    vault: FileVault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    """When a disk is full nothing is acknowledged and no draft stays behind."""
    vault.put(guid(1), vault.new_key(), [])

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(*((os, "fsync") if failing == "fsync" else (Path, "rename")), full)
    _refused(ErrorKind.TEMPORARILY_UNAVAILABLE, vault.put, guid(1), vault.new_key(), [b"1", b"2"])
    assert list(owner_folder(tmp_path / "vault", guid(1)).iterdir()) == []


def test_forgotten_owners_leave_no_file(vault: FileVault, tmp_path: Path) -> None:
    """All blobs and drafts of the owner go, nobody else's, and forgetting again is no error."""
    key = vault.new_key()
    digests = vault.put(guid(1), key, BLOBS)
    [kept] = vault.put(guid(2), key, [b"kept"])
    (owner_folder(tmp_path / "vault", guid(1)) / f"{synced.UNFINISHED}x").write_bytes(b"")
    for _ in range(2):
        vault.forget(guid(1))
        assert not owner_folder(tmp_path / "vault", guid(1)).exists()
    _refused(ErrorKind.INTERNAL, vault.get, guid(1), key, digests[0])
    assert vault.get(guid(2), key, kept) == b"kept"
    _refused(ErrorKind.INTERNAL, vault.forget, "../x")


def test_forgetting_syncs_the_folder_that_lost_an_entry(
    vault: FileVault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A power cut after `forget` does not bring the blobs back."""
    vault.put(guid(1), vault.new_key(), BLOBS)
    synced_inodes: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda handle: synced_inodes.append(os.fstat(handle).st_ino))
    vault.forget(guid(1))
    assert synced_inodes == [owner_folder(tmp_path / "vault", guid(1)).parent.stat().st_ino]


def test_disk_that_removes_nothing_is_temporary(vault: FileVault, monkeypatch: pytest.MonkeyPatch) -> None:
    """Blobs that could not be removed are reported, so that somebody tries again."""
    vault.put(guid(1), vault.new_key(), BLOBS)

    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, "read-only")

    monkeypatch.setattr(os, "unlink", refuse)
    _refused(ErrorKind.TEMPORARILY_UNAVAILABLE, vault.forget, guid(1))


def test_unreadable_disk_is_temporary(vault: FileVault, tmp_path: Path) -> None:
    """An input/output error is told apart from content that is wrong."""
    _file(tmp_path, guid(1), b"\1" * 32).mkdir(parents=True)
    _refused(ErrorKind.TEMPORARILY_UNAVAILABLE, vault.get, guid(1), vault.new_key(), b"\1" * 32)


def test_vault_that_cannot_be_written_is_a_configuration_error(tmp_path: Path, keys: Path) -> None:
    """The gateway does not start on a vault that it cannot write."""
    (tmp_path / "file").write_bytes(b"")
    _refused(ErrorKind.CONFIGURATION, FileVault, tmp_path / "file", Keyring(keys))


def test_newest_key_wraps_and_all_unwrap(tmp_path: Path, keys: Path) -> None:
    """A key added while the gateway runs wraps from then on; what older keys wrapped still opens."""
    vault = FileVault(tmp_path / "vault", Keyring(keys))
    old = vault.new_key()
    hidden = vault.protect(old, b"octets", "c")
    newest = keyring.create(keys, NOW.replace(year=2027))
    assert vault.new_key().kek_id == newest != old.kek_id
    assert vault.reveal(old, hidden, "c") == b"octets"
    # A key with an older time, brought from elsewhere, does not wrap.
    keyring.create(keys, NOW.replace(year=2020))
    assert vault.new_key().kek_id == newest


def test_keyring_learns_of_keys_made_elsewhere(keys: Path) -> None:
    """A data key wrapped by another process under a newer key opens without a restart."""
    ours = Keyring(keys)
    keyring.create(keys, NOW.replace(year=2027))
    theirs = Keyring(keys).new_key()
    assert ours.open(theirs)


def test_lost_or_forged_wrapping_opens_nothing(keys: Path) -> None:
    """An unknown key-encryption key, another's id or changed octets are errors."""
    ring = Keyring(keys)
    key = ring.new_key()
    other = keyring.create(keys, NOW.replace(year=2027))
    for forged in (
        DataKey("20000101T000000Z-00000000", key.wrapped),
        DataKey(other, key.wrapped),
        DataKey(key.kek_id, key.wrapped[:-1] + b"\0"),
        DataKey(key.kek_id, b""),
    ):
        _refused(ErrorKind.INTERNAL, ring.open, forged)


@pytest.mark.parametrize("content", [b"", b"zz" * 32, b"00" * 31, b"\xff" * 64])
def test_bad_key_files_are_configuration_errors(keys: Path, content: bytes) -> None:
    """A key file of another length or alphabet stops the start, without showing what is in it."""
    bad = keys / "kek-20270101T000000Z-00000000.key"
    bad.write_bytes(content)
    bad.chmod(0o600)
    _refused(ErrorKind.CONFIGURATION, Keyring, keys)


def test_key_files_that_others_may_read_are_refused(keys: Path) -> None:
    """New key files are 0600 in a folder of 0700; one that a group may read stops the start."""
    [file] = keys.iterdir()
    assert (file.stat().st_mode & 0o777, keys.stat().st_mode & 0o777) == (0o600, 0o700)
    file.chmod(0o640)
    _refused(ErrorKind.CONFIGURATION, Keyring, keys)


def test_no_key_at_all_is_a_configuration_error(tmp_path: Path) -> None:
    """Neither a missing nor an empty folder of keys is started on."""
    _refused(ErrorKind.CONFIGURATION, Keyring, tmp_path / "missing")
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / f"{synced.UNFINISHED}x").write_bytes(b"")
    _refused(ErrorKind.CONFIGURATION, Keyring, tmp_path / "empty")


def test_one_blob_can_be_discarded(both: tuple[Vault, Disk | Cloud]) -> None:
    """That one goes, the owner's others stay, and discarding again is no error."""
    vault, _ = both
    key = vault.new_key()
    first, second = vault.put(guid(1), key, [b"one", b"two"])
    for _ in range(2):
        vault.discard(guid(1), first)
    assert vault.held(guid(1)) == [second]
    assert vault.get(guid(1), key, second) == b"two"

"""The vault: what is put comes back or an error does; nothing is readable without the right key."""

import errno
import hashlib
import os
from pathlib import Path

import pytest

from gateway.adapters.vault import keyring, synced
from gateway.adapters.vault.files import FileVault, owner_folder
from gateway.adapters.vault.keyring import Keyring
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.record import DataKey
from gateway.usecases.ports import Vault
from tests.storage_samples import NOW, guid

BLOBS = [b"", b"%PDF-1.7 " * 9000, b"<signed/>"]


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    keyring.create(tmp_path / "keys", NOW)
    return tmp_path / "keys"


@pytest.fixture
def vault(tmp_path: Path, keys: Path) -> FileVault:
    return FileVault(tmp_path / "vault", Keyring(keys))


def _file(tmp_path: Path, owner: str, digest: bytes) -> Path:
    return owner_folder(tmp_path / "vault", owner) / digest.hex()


def _refused(kind: ErrorKind, action: object, *arguments: object) -> None:
    with pytest.raises(GatewayError) as caught:
        action(*arguments)  # type: ignore[operator]
    assert caught.value.kind is kind


def test_blobs_round_trip_under_their_digests(vault: FileVault) -> None:
    """Every blob comes back by its SHA-256, in the order given; putting it again changes nothing."""
    port: Vault = vault
    key = port.new_key()
    digests = port.put(guid(1), key, iter(BLOBS))
    assert digests == [hashlib.sha256(blob).digest() for blob in BLOBS]
    assert port.put(guid(1), key, BLOBS[1:]) == digests[1:]
    assert [port.get(guid(1), key, digest) for digest in digests] == BLOBS


def test_disk_holds_ciphertext_for_its_owner_only(vault: FileVault, tmp_path: Path) -> None:
    """No clear octets on disk, files 0600, folders 0700, and no draft is left."""
    digests = vault.put(guid(1), vault.new_key(), BLOBS)
    folder = owner_folder(tmp_path / "vault", guid(1))
    assert sorted(path.name for path in folder.iterdir()) == sorted(digest.hex() for digest in digests)
    assert all(b"PDF" not in path.read_bytes() for path in folder.iterdir())
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    assert {path.stat().st_mode & 0o777 for path in (folder, folder.parent, folder.parent.parent)} == {0o700}


def test_same_blob_never_has_the_same_ciphertext(vault: FileVault, tmp_path: Path) -> None:
    """Nonces are random: equal documents of two transactions cannot be told to be equal."""
    sealed = set()
    for number in (1, 2):
        [digest] = vault.put(guid(number), vault.new_key(), [b"same"])
        sealed.add(_file(tmp_path, guid(number), digest).read_bytes())
    assert len(sealed) == 2


@pytest.mark.parametrize("change", ["flip", "cut", "empty", "gone", "other"])
def test_changed_files_are_never_given_out(vault: FileVault, tmp_path: Path, change: str) -> None:
    """A flipped bit, a short file, a missing one or another blob's file is an error, not content."""
    key = vault.new_key()
    first, second = vault.put(guid(1), key, [b"first", b"second"])
    file = _file(tmp_path, guid(1), first)
    octets = file.read_bytes()
    match change:
        case "flip":
            file.write_bytes(octets[:-1] + bytes([octets[-1] ^ 1]))
        case "cut":
            file.write_bytes(octets[:20])
        case "empty":
            file.write_bytes(b"")
        case "gone":
            file.unlink()
        case "other":
            file.write_bytes(_file(tmp_path, guid(1), second).read_bytes())
    _refused(ErrorKind.INTERNAL, vault.get, guid(1), key, first)
    assert vault.get(guid(1), key, second) == b"second"


def test_another_owner_or_key_opens_nothing(vault: FileVault, tmp_path: Path) -> None:
    """A file moved to another owner, or asked for with another data key, does not open."""
    key = vault.new_key()
    [digest] = vault.put(guid(1), key, [b"octets"])
    vault.put(guid(2), key, [b"mine"])
    _file(tmp_path, guid(2), digest).write_bytes(_file(tmp_path, guid(1), digest).read_bytes())
    _refused(ErrorKind.INTERNAL, vault.get, guid(2), key, digest)
    _refused(ErrorKind.INTERNAL, vault.get, guid(1), vault.new_key(), digest)


@pytest.mark.parametrize("owner", ["", ".", "..", "../x", "a/b", ".hidden", "a\0b", "a" * 101, "ñ"])
def test_owners_cannot_leave_the_vault(vault: FileVault, owner: str) -> None:
    """An owner that is no plain name is refused before any path is made of it."""
    _refused(ErrorKind.INTERNAL, vault.put, owner, vault.new_key(), [b"x"])
    _refused(ErrorKind.INTERNAL, vault.get, owner, vault.new_key(), b"\0" * 32)


def test_columns_open_in_their_context_only(vault: FileVault) -> None:
    """A column's ciphertext copied to another row, key or to a blob's place does not open."""
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

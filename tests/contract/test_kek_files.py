"""Key-encryption keys as files: one a cohort, whoever makes it, and destroyed ones never come back."""

import json
import multiprocessing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway.adapters.vault import kek_files
from gateway.adapters.vault.keyring import Keyring
from gateway.domain.errors import ErrorKind, GatewayError

MAY = datetime(2026, 5, 31, 23, 59, 59, tzinfo=UTC)
JUNE = MAY + timedelta(seconds=1)


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    kek_files.create(tmp_path / "keys", MAY)
    return tmp_path / "keys"


def _files(keys: Path, suffix: str) -> list[str]:
    return sorted(path.name for path in keys.glob(f"kek-*.{suffix}"))


@pytest.mark.parametrize(
    ("cohort", "later", "made"),
    [
        ("month", timedelta(0), False),
        ("month", timedelta(seconds=1), True),
        ("year", timedelta(days=200), False),
        ("year", timedelta(days=215), True),
        ("week", timedelta(seconds=1), True),
        ("day", timedelta(hours=12), True),
        ("month", timedelta(days=-40), False),
        ("never", timedelta(days=4000), False),
    ],
)
def test_one_key_a_cohort(keys: Path, cohort: str, later: timedelta, made: bool) -> None:
    """A new key comes with the first moment of a new cohort, once; a clock that went back makes none."""
    ring = Keyring(keys)
    first = ring.newest()
    kek_id = kek_files.rotate(keys, MAY + later, cohort)
    assert (kek_id is not None) is made
    assert ring.new_key().kek_id == (kek_id or first)
    assert kek_files.rotate(keys, MAY + later, cohort) is None


def _rotate(keys: str) -> bool:
    return kek_files.rotate(Path(keys), JUNE, "month") is not None


def test_racing_processes_make_one_key(keys: Path) -> None:
    """Of eight processes whose clocks ring at once, one makes the cohort's key."""
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        assert sum(pool.map(_rotate, [str(keys)] * 8, chunksize=1)) == 1
    assert len(_files(keys, "key")) == 2


def test_destroyed_keys_open_nothing_and_say_so(keys: Path) -> None:
    """The file is gone, a tombstone tells which and when, and its data keys answer KEY_DESTROYED."""
    ring, other = Keyring(keys), Keyring(keys)
    old = ring.new_key()
    kek_files.rotate(keys, JUNE, "month")
    ring.destroy(old.kek_id, JUNE)
    assert _files(keys, "key") == [f"kek-{ring.newest()}.key"]
    told = json.loads((keys / f"kek-{old.kek_id}.destroyed").read_text())
    assert told == {"kek_id": old.kek_id, "destroyed_at": JUNE.isoformat()}
    assert ring.is_destroyed(old.kek_id)
    for each in (ring, Keyring(keys), other):
        each.new_key()
        with pytest.raises(GatewayError) as caught:
            each.open(old)
        assert caught.value.kind is ErrorKind.KEY_DESTROYED
        assert not each.opens(old)
        with pytest.raises(GatewayError):
            each.rewrap(old)


def test_a_destroyed_key_that_comes_back_is_no_key(keys: Path) -> None:
    """Restoring its file does not undo its tombstone, and destroying it again removes the file."""
    ring = Keyring(keys)
    old = ring.new_key()
    file = keys / f"kek-{old.kek_id}.key"
    octets = file.read_bytes()
    kek_files.rotate(keys, JUNE, "month")
    ring.destroy(old.kek_id, JUNE)
    file.write_bytes(octets)
    file.chmod(0o600)
    assert not Keyring(keys).opens(old)
    ring.destroy(old.kek_id, JUNE + timedelta(days=1))
    assert not file.exists()
    assert JUNE.isoformat() in (keys / f"kek-{old.kek_id}.destroyed").read_text()


def test_the_key_is_overwritten_before_it_is_unlinked(keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the disk's blocks held is noise when the name goes, and its tombstone stands by then."""
    [name] = _files(keys, "key")
    file, before, seen = keys / name, (keys / name).read_bytes(), []
    real = Path.unlink

    def spy(path: Path, missing_ok: bool = False) -> None:
        seen.append(
            (path.read_bytes() == before, path.stat().st_size == len(before), _files(keys, "destroyed"))
        )
        real(path, missing_ok)

    monkeypatch.setattr(Path, "unlink", spy)
    kek_files.destroy(keys, name[4:-4], JUNE)
    assert seen == [(False, True, [f"{name[:-4]}.destroyed"])]
    assert not file.exists()


def test_a_key_that_is_being_destroyed_does_not_stop_others(keys: Path) -> None:
    """Whoever reads the folder between overwriting and unlinking goes on with the keys that live."""
    ring = Keyring(keys)
    old = ring.new_key().kek_id
    kek_files.rotate(keys, JUNE, "month")
    paths = kek_files.living(keys)
    (keys / f"kek-{old}.destroyed").write_text("{}")
    paths[old].write_bytes(b"\xff" * 65)
    assert Keyring(keys).newest() > old


def test_rewrapping_keeps_the_data_key(keys: Path) -> None:
    """What was encrypted before opens with the new wrapping, which names the newest key."""
    ring = Keyring(keys)
    old = ring.new_key()
    sealed = ring.open(old).encrypt(b"\0" * 12, b"octets", None)
    newest = kek_files.rotate(keys, JUNE, "month")
    again = ring.rewrap(old)
    assert again.kek_id == newest
    assert ring.open(again).decrypt(b"\0" * 12, sealed, None) == b"octets"
    assert ring.open(old).decrypt(b"\0" * 12, sealed, None) == b"octets"


def test_ids_without_a_time_are_configuration_errors(keys: Path) -> None:
    """A key whose age cannot be told must not decide what is the newest."""
    with pytest.raises(GatewayError) as caught:
        kek_files.made_at("first-00000000")
    assert caught.value.kind is ErrorKind.CONFIGURATION


def test_a_folder_that_cannot_be_locked_is_a_configuration_error(tmp_path: Path) -> None:
    """Nothing is rotated where nobody can be kept out."""
    with pytest.raises(GatewayError) as caught:
        kek_files.rotate(tmp_path / "missing", JUNE, "month")
    assert caught.value.kind is ErrorKind.CONFIGURATION

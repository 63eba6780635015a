"""Operation codes and tokens: drawn from the whole range, kept as keyed hashes, keys private."""

import hashlib
import hmac
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.adapters.crypto.codes import KeyedCodes, new_key
from gateway.domain.errors import ErrorKind, GatewayError

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
GUID = "001001-0001-000000000000017.par"
LATER = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def test_codes_are_six_digits_over_the_whole_range() -> None:
    """Codes keep their leading zeros and every first digit turns up."""
    codes = KeyedCodes({"a": bytes(32)})
    drawn = [codes.draw() for _ in range(2000)]
    assert all(len(code) == 6 and code.isascii() and code.isdigit() for code in drawn)
    assert {code[0] for code in drawn} == set("0123456789")
    assert len(set(drawn)) > 1900


def test_the_digest_is_an_hmac_bound_to_its_challenge() -> None:
    """Anybody with the key recomputes it; another challenge, code or key gives another digest."""
    codes = KeyedCodes({"a": bytes(32), "b": b"\x01" * 32})
    expected = hmac.new(bytes(32), b"2:c1:123456", hashlib.sha256).digest()
    assert codes.digest("a", "c1", "123456") == expected
    others = {
        codes.digest("a", "c2", "123456"),
        codes.digest("a", "c1", "123457"),
        codes.digest("b", "c1", "123456"),
    }
    assert len(others | {expected}) == 4
    assert codes.digest("a", "c", "1:23456") != codes.digest("a", "c:1", "23456")


def test_the_newest_key_is_used_and_older_ones_stay_valid(tmp_path: Path) -> None:
    """Rotation voids nothing: the id kept beside a digest still finds its key."""
    old = new_key(tmp_path / "codes", NOW)
    before = KeyedCodes.from_folder(tmp_path / "codes")
    digest = before.digest(before.key_id(), "c", "000000")
    new = new_key(tmp_path / "codes", LATER)
    after = KeyedCodes.from_folder(tmp_path / "codes")
    assert (before.key_id(), after.key_id()) == (old.stem, new.stem)
    assert after.digest(old.stem, "c", "000000") == digest
    assert (old.stat().st_mode & 0o777, (tmp_path / "codes").stat().st_mode & 0o777) == (0o600, 0o700)


def test_a_lost_key_is_an_internal_fault() -> None:
    """A digest whose key is gone can never match by accident."""
    with pytest.raises(GatewayError) as caught:
        KeyedCodes({"a": bytes(32)}).digest("gone", "c", "123456")
    assert caught.value.kind is ErrorKind.INTERNAL


@pytest.mark.parametrize("flaw", ["missing", "empty", "short", "readable"])
def test_bad_keys_are_refused_by_name(tmp_path: Path, flaw: str) -> None:
    """Codes never start with keys that are absent, short or readable by others."""
    folder = tmp_path / "codes"
    if flaw != "missing":
        folder.mkdir()
    if flaw in {"short", "readable"}:
        file = folder / "k.key"
        file.write_bytes(bytes(31 if flaw == "short" else 32))
        file.chmod(0o600 if flaw == "short" else 0o640)
    with pytest.raises(GatewayError) as caught:
        KeyedCodes.from_folder(folder)
    assert caught.value.kind is ErrorKind.CONFIGURATION
    assert ("k.key" if flaw == "readable" else "") in caught.value.detail


def test_link_tokens_are_stable_and_unguessable() -> None:
    """A recipient's link is the same in every notice, also after a rotation; nobody else's is like it."""
    codes, rotated = KeyedCodes({"a": bytes(32)}), KeyedCodes({"a": bytes(32), "b": b"\x01" * 32})
    other = KeyedCodes({"a": b"\x02" * 32})
    token = codes.link_token(GUID, 0)
    assert len(token) == 43
    assert token.replace("-", "").replace("_", "").isalnum()
    assert rotated.link_token(GUID, 0) == token
    near = {codes.link_token(GUID, 1), codes.link_token(GUID[:-5] + "8.par", 0), other.link_token(GUID, 0)}
    assert len(near | {token}) == 4
    assert codes.token_digest(token) == hashlib.sha256(token.encode()).digest()

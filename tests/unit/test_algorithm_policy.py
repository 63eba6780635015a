"""The algorithm policy: the packaged figures, an operator's own file, and files that are none."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.adapters.crypto.algorithm_policy import NO_END_KNOWN, AlgorithmPolicy
from gateway.domain.errors import ErrorKind, GatewayError


def test_the_packaged_policy() -> None:
    """Every algorithm that we make has no known end; SHA-1 has one in the past; MD5 never counts."""
    policy = AlgorithmPolicy.load()
    for scheme, bits, digest in (
        ("ecdsa", 256, "sha256"),
        ("ecdsa", 384, "sha384"),
        ("ecdsa", 521, "sha512"),
        ("rsa", 3072, "sha256"),
        ("rsa-pss", 4096, "sha512"),
    ):
        assert policy.until(scheme, bits, digest) == NO_END_KNOWN
    assert policy.digest_until("sha1") == datetime(2012, 8, 1, tzinfo=UTC)
    assert policy.digest_until("md5") is None
    assert policy.signature_until("rsa", 512) is None
    assert policy.signature_until("dsa", 3072) is None
    assert policy.until("rsa", 512, "sha256") is None


def test_the_largest_row_that_fits_counts() -> None:
    """RSA-2048 ends on a day on which RSA-3072 does not; the earlier of key and digest counts."""
    policy = AlgorithmPolicy.load()
    assert policy.signature_until("rsa", 2048) == datetime(2029, 1, 1, tzinfo=UTC)
    assert policy.signature_until("rsa", 2999) == datetime(2029, 1, 1, tzinfo=UTC)
    assert policy.until("rsa", 2048, "sha1") == datetime(2012, 8, 1, tzinfo=UTC)


def test_an_operator_replaces_it(tmp_path: Path) -> None:
    """Another file counts alone: what it does not name is not accepted. The day it names is a good one."""
    file = tmp_path / "policy.json"
    file.write_text('{"digests": {"sha512": "2030-06-30"}, "signatures": {"ecdsa": {"384": null}}}')
    policy = AlgorithmPolicy.load(file)
    assert policy.digest_until("sha512") == datetime(2030, 7, 1, tzinfo=UTC)
    assert policy.digest_until("sha256") is None
    assert policy.signature_until("ecdsa", 256) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"digests": {}}',
        '{"digests": {"sha256": "soon"}, "signatures": {}}',
        '{"digests": {"sha256": 1}, "signatures": {}}',
        '{"digests": {}, "signatures": {"rsa": {"big": null}}}',
        '{"digests": {}, "signatures": {"dsa": {}}}',
        '{"digests": {}, "signatures": {}, "more": 1}',
    ],
)
def test_what_is_no_policy_is_named(tmp_path: Path, text: str) -> None:
    """A broken file stops the start and is named."""
    file = tmp_path / "policy.json"
    file.write_text(text)
    with pytest.raises(GatewayError, match=r"policy\.json") as caught:
        AlgorithmPolicy.load(file)
    assert caught.value.kind is ErrorKind.CONFIGURATION


def test_a_missing_policy_is_named(tmp_path: Path) -> None:
    """So is one that is not there."""
    with pytest.raises(GatewayError, match=r"none\.json: No such file"):
        AlgorithmPolicy.load(tmp_path / "none.json")

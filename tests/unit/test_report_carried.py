"""Reports that travel through a browser come back as they were."""

import pytest

from gateway.adapters.reports import carried
from tests.report_samples import FAILED, PACK, PASSED, UNDECIDED, UNSIGNED

ALL = (PASSED, FAILED, UNSIGNED, UNDECIDED, PACK)


def test_there_and_back() -> None:
    """Every value of every type is the same again: times, digests, optional facts, nested reports."""
    assert carried.load(carried.dump(ALL)) == ALL


def test_they_are_small() -> None:
    """A pack of a hundred evidences fits a form's field with ease."""
    assert len(carried.dump([PASSED] * 100)) < 100_000


@pytest.mark.parametrize("octets", [b"", b"AAAA", carried.dump(ALL)[:-8]])
def test_anything_else_is_refused(octets: bytes) -> None:
    """What was not written by `dump` raises and gives no report."""
    with pytest.raises((ValueError, KeyError, TypeError, carried.zlib.error)):
        carried.load(octets)

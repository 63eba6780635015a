"""The benchmark of validation measures what passes, and still runs."""

from pathlib import Path

from benchmarks.verification import candidates, rates


def test_every_candidate_runs(tmp_path: Path) -> None:
    """Each candidate verifies what it is given; a failing one would be fast and worth nothing."""
    measured = rates(candidates(tmp_path / "pki"), 0.05)
    assert len(measured) >= 7
    assert all(rate > 0 for rate in measured.values())

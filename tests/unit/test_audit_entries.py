"""Entries of the audit log: opaque words only, and a digest that covers all of them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gateway.domain.audit import NOTHING, AuditHead, check, digest_of, following

NOW = datetime(2026, 11, 22, 9, 30, 5, tzinfo=UTC)
START = AuditHead("node1", 0, NOTHING)


@pytest.mark.parametrize("value", ["María Núñez", "maria@example.com", "a b", "", "x" * 129, "a\nb"])
def test_entries_hold_opaque_words_only(value: str) -> None:
    """Names, addresses and free text never enter the chain, so that purging never has to."""
    for action, subject, details in (
        (value, "s", {}),
        ("a", value + "y" * 80 if len(value) > 128 else value, {}),
        ("a", "s", {"detail": value}),
        ("a", "s", {value: "v"}),
    ):
        with pytest.raises(ValueError, match="opaque"):
            following(START, NOW, action, subject, details)


def test_details_are_bounded() -> None:
    """Sixteen at most."""
    following(START, NOW, "a", "s", {f"k{number}": "v" for number in range(16)})
    with pytest.raises(ValueError, match="16 details"):
        following(START, NOW, "a", "s", {f"k{number}": "v" for number in range(17)})


def test_the_digest_covers_every_field() -> None:
    """No field can be changed without another digest."""
    entry = following(START, NOW, "a", "s", {"k": "v"})
    for changed in (
        replace(entry, node="node2"),
        replace(entry, sequence=2),
        replace(entry, at=NOW + timedelta(microseconds=1)),
        replace(entry, action="b"),
        replace(entry, subject="t"),
        replace(entry, details='{"k":"w"}'),
        replace(entry, previous=bytes([1] * 32)),
    ):
        assert digest_of(changed) != entry.digest
    assert digest_of(entry) == entry.digest


def test_an_empty_chain_holds() -> None:
    """A node that never audited has nothing wrong with it."""
    report = check("node1", [], [], None)
    assert (report.head, report.fault, report.unanchored) == (START, None, 0)


def test_an_entry_that_is_there_twice_is_named() -> None:
    """The walk itself sees what the database's key would have refused."""
    first = following(START, NOW, "a", "s", {})
    report = check("node1", [first, first], [], first.head)
    assert report.fault is not None
    assert "twice" in report.fault.what

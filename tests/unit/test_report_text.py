"""Reports as text: complete, in both languages, and nothing that a file says can dress them up."""

from dataclasses import replace

import pytest

from gateway.adapters.reports import text
from gateway.domain.validation import Coverage, Indication, StampKind, SubIndication
from gateway.domain.validation_words import COVERAGES, MEANINGS, REASONS, STAMPS
from tests.report_samples import FAILED, PACK, PASSED, STAMPED, UNDECIDED, UNSIGNED
from tests.seal_samples import facts


def lines(*reports: object, language: str = "en") -> list[str]:
    return text.render(reports, language).decode().splitlines()  # type: ignore[arg-type]


def test_every_word_of_the_standard_is_explained_in_both_languages() -> None:
    """No status, sub-status, coverage or kind of time-stamp lacks its explanation, nor a translation."""
    for words, of in (
        (MEANINGS, Indication),
        (REASONS, SubIndication),
        (COVERAGES, Coverage),
        (STAMPS, StampKind),
    ):
        assert set(words) == set(of)
        assert all(each.en and each.es and each.en != each.es for each in words.values())


def test_a_passed_evidence_tells_who_when_and_what() -> None:
    """The first line is the verdict; then coverage, signer, path, times, the time-stamp and the facts."""
    told = lines(PASSED)
    assert told[0] == "TOTAL-PASSED: evidence.xml"
    for expected in (
        "    The signature covers: the whole document",
        "    Level: B-T",
        "    Signed by: CN=Seal",
        f"    Certificate SHA-256: {'ab' * 32}",
        "    Trusted through: CN=Sealing CA",
        "    Trusted through: CN=Root",
        f"    Proven to exist since: {STAMPED.isoformat()}",
        "    Time-stamp (over the signature): TOTAL-PASSED",
        "      Time-stamping authority: CN=TSA",
        "    GUID: 001001-0001-000000000123456.par",
        "    Recipient: María Núñez NIF 00000000T",
        f"    SHA-256 original: {(b'o' * 32).hex()}",
        "    sign_method: SMS",
    ):
        assert expected in told


def test_spanish() -> None:
    """The same in Spanish; the standard's identifiers stay as they are."""
    told = lines(PASSED, UNSIGNED, language="es-ES")
    assert told[0] == "TOTAL-PASSED: evidence.xml"
    assert "    La firma cubre: el documento completo" in told
    assert "TOTAL-FAILED: plain.xml (FORMAT_FAILURE)" in told


def test_what_an_altered_file_states_is_not_repeated() -> None:
    """Facts of a failed file are nobody's word: the report keeps them to itself."""
    told = "\n".join(lines(FAILED))
    assert "TOTAL-FAILED: altered.xml (HASH_FAILURE)" in told
    assert "what was signed has been altered" in told
    assert "Núñez" not in told


def test_an_undecided_file_says_why_and_what_its_stamps_were() -> None:
    """INDETERMINATE bears its sub-indication, a partial coverage and each time-stamp's own verdict."""
    told = lines(UNDECIDED)
    assert told[0] == "INDETERMINATE: old.xml (NO_POE)"
    assert "    The signature covers: only a part of the document" in told
    assert "    Time-stamp (archive time-stamp): TOTAL-FAILED" in told
    assert "    Guid: g-1" in told
    assert "      Found: unreadable" in told


def test_enclosed_files_are_counted_and_told() -> None:
    """A container tells how many of its files passed, and each of them below it."""
    told = lines(PACK)
    assert "    TOTAL-PASSED: 1" in told
    assert "    TOTAL-FAILED: 1" in told
    assert "    plain.xml: TOTAL-FAILED" in told
    assert sum(line.startswith(("TOTAL-", "INDETERMINATE")) for line in told) == 1


@pytest.mark.parametrize("mark", ["\n", "\r", "\x1b", "\u202e", "\u2028", "\x00"])
def test_a_hostile_file_cannot_forge_a_line(mark: str) -> None:
    """Line breaks, escapes and bidirectional marks in names, details and facts lose their power."""
    forged = f"x{mark}TOTAL-PASSED: other.xml"
    hostile = replace(
        PASSED,
        name=forged,
        detail=forged,
        facts=facts(details=((forged, forged),), external_id=forged),
        signatures=(replace(PASSED.signatures[0], signer=forged, covered=(forged,), detail=forged),),
    )
    told = lines(hostile)
    assert sum(line.startswith("TOTAL-PASSED") for line in told) == 1
    assert mark not in "".join(told)

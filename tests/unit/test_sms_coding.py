"""Texts as SMS bear them, and what comes back: whole, within the limits, and nothing that breaks a reader."""

from contextlib import suppress
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.adapters.channels.gsm7 import ALPHABET, BASIC, ESCAPE, EXTENSION, septets
from gateway.adapters.channels.sms import pdus
from gateway.adapters.channels.sms.coding import ALONE, GSM7, JOINED, UCS2, TooLong, coded
from gateway.adapters.channels.sms.receipts import IDS, NoReceipt, Operator, is_receipt, report
from gateway.domain.reports import Failure, ReportKind
from gateway.domain.sms import failure_of, instant, kind_of

NOW = datetime(2026, 11, 25, 18, 0, tzinfo=UTC)
MADRID = ZoneInfo("Europe/Madrid")
OPERATOR = Operator("operator", MADRID)
BACK = {octet: letter for letter, octet in EXTENSION.items()}
WRITABLE = st.text(st.characters(exclude_categories=["Cs"]), max_size=900)


def decoded(data_coding: int, octets: bytes) -> str:
    if data_coding == UCS2:
        return octets.decode("utf-16-be")
    text, places = "", iter(octets)
    for place in places:
        text += BACK[next(places)] if place == ESCAPE else BASIC[place]
    return text


@given(
    WRITABLE | st.text(sorted({*ALPHABET, *EXTENSION}), max_size=900),
    st.integers(0, 65535),
    st.sampled_from([8, 16]),
)
def test_parts_joined_are_the_text(text: str, reference: int, bits: int) -> None:
    """Each part within its limit, headed when there are several, and readable alone: no letter is torn."""
    found = coded(text, reference, bits)
    head = (6 if bits == 8 else 7) if found.headed else 0
    assert "".join(decoded(found.data_coding, part[head:]) for part in found.parts) == text
    room = JOINED[found.data_coding, bits] if found.headed else ALONE[found.data_coding]
    assert all(len(part) - head <= room for part in found.parts)
    assert [part[head - 1] for part in found.parts if head] == [*range(1, len(found.parts) + 1)][
        : len(found.parts) if head else 0
    ]
    assert found.data_coding == (GSM7 if septets(text) is not None else UCS2)


def test_limits() -> None:
    """160 septets or 70 letters of UCS-2 alone; an escaped letter takes two."""
    for alone in ("a" * 160, "€" * 80, "ж" * 70):
        assert len(coded(alone, 1, 8).parts) == 1
        assert len(coded(alone + alone[0], 1, 8).parts) == 2
    with pytest.raises(TooLong):
        coded("a" * 153 * 256, 1, 8)


@given(st.sampled_from([4, 5, 9, 21, 0x102, 0x103, 0x80000004, 0x80000000, 77]), st.binary(max_size=300))
def test_no_octets_break_the_reader(command: int, body: bytes) -> None:
    """Whatever an SMSC sends is a unit; what is none of SMPP's, or torn, is said to be."""
    octets = (16 + len(body)).to_bytes(4) + command.to_bytes(4) + bytes(8) + body
    [whole] = pdus.cut(octets)
    unit = pdus.read(whole)
    with suppress(NoReceipt):
        if is_receipt(unit):
            report(unit, OPERATOR, NOW)


@given(
    st.binary(max_size=200),
    st.dictionaries(st.sampled_from(["receipted_message_id"]), st.text("0a", min_size=1, max_size=9)),
)
def test_no_text_of_a_receipt_breaks_the_reader(text: bytes, more: dict[str, str]) -> None:
    unit = pdus.Unit(
        "deliver_sm",
        0,
        1,
        {"esm_class": 4, "short_message": text} | {k: v.encode() for k, v in more.items()},
        text,
    )
    with suppress(NoReceipt):
        assert report(unit, OPERATOR, NOW).reference


@given(st.text(max_size=40))
def test_ids_of_any_form_stay_one(written: str) -> None:
    """Reading an answer twice gives the same name."""
    for ids in IDS.values():
        assert ids.answered(ids.answered(written)) == ids.answered(written)
        assert isinstance(ids.told(written), str)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2611251230", "2026-11-25T11:30:00+00:00"),
        ("260725123059", "2026-07-25T10:30:59+00:00"),
        ("2026-11-25T12:30:00", "2026-11-25T11:30:00+00:00"),
        ("2026-11-25T12:30:00Z", "2026-11-25T12:30:00+00:00"),
        ("1764073800", "2025-11-25T12:30:00+00:00"),
        ("1764073800123", "2025-11-25T12:30:00+00:00"),
    ],
)
def test_instants(text: str, moment: str) -> None:
    """The operator's own forms; without offset in its zone, summer and winter."""
    assert instant(text, MADRID) == datetime.fromisoformat(moment)


@given(st.text(max_size=30) | st.from_regex(r"\A[0-9]{9,13}\Z"))
def test_whatever_is_written_is_an_instant_or_none(text: str) -> None:
    found = instant(text, MADRID)
    assert found is None or found.utcoffset() is not None


def test_words_and_codes() -> None:
    """Case and leading zeros do not matter; what nobody knows is no state, and another reason."""
    assert kind_of("delivrd", {}) is ReportKind.DELIVERED
    assert kind_of("arrived", {"ARRIVED": ReportKind.DELIVERED}) is ReportKind.DELIVERED
    assert kind_of("perhaps", {}) is None
    assert failure_of("0027", {"27": Failure.PHONE_OFF}) is Failure.PHONE_OFF
    assert failure_of("EC7", {"ec7": Failure.BARRED}) is Failure.BARRED
    assert failure_of("", {"27": Failure.PHONE_OFF}) is Failure.OTHER

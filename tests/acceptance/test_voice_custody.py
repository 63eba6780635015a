"""VOICE_CUSTODY: recordings with the data of their calls, time-stamped, closed at once, and told in proof."""

from pathlib import Path

import pytest

from gateway.domain.errors import ErrorKind
from tests import judges
from tests.house import House, refused
from tests.orders import Paper, order
from tests.recording_samples import mp3, ogg, wav

CALL = (
    ("caller", "+34910000001"),
    ("called", "+34600000123"),
    ("started", "2026-11-20T10:00:00+01:00"),
    ("ended", "2026-11-20T10:04:30+01:00"),
    ("direction", "OUTBOUND"),
    ("agent", "AGENTE-77"),
)
CALLS = (
    Paper(wav(2.5), "llamada.wav", "audio/wav", call=CALL),
    Paper(mp3(), "llamada.mp3", "audio/mpeg"),
    Paper(ogg(), "llamada.ogg", "audio/ogg", call=(("started", "2026-11-20T11:00:00Z"),)),
)


def test_from_submit_to_closed(small_house: House, tmp_path: Path) -> None:
    """Recordings come back octet by octet; evidence and certificate tell lengths and calls."""
    house = small_house
    guid = house.submit(order(service="VOICE_CUSTODY", papers=CALLS)).guid
    house.drain()
    assert house.state(guid) == (12, 7)
    assert house.documents(guid, "ORIGINAL") == [paper.octets for paper in CALLS]
    assert judges.proven(house, guid, tmp_path / "proof") == ["SubmissionAcceptance", "TakenIntoCustody"]
    facts = house.verified(house.evidence(guid)[-1].octets).facts
    assert facts is not None
    told = dict(facts.details)
    assert [told[f"recording_{n}_milliseconds"] for n in (1, 2, 3)] == ["2500", "3600", "3000"]
    assert {name: told[f"call_1_{name}"] for name, _ in CALL} == dict(CALL) | {
        "started": "2026-11-20T09:00:00+00:00",
        "ended": "2026-11-20T09:04:30+00:00",
    }
    assert told["call_3_started"] == "2026-11-20T11:00:00+00:00"
    text = judges.printed(house, guid, tmp_path)
    for words in ("CustodiaElectrónicaCertificadaVoz", "2.500s", "+34910000001", "AGENTE-77", "OUTBOUND"):
        assert words in text


@pytest.mark.parametrize(
    ("service", "paper", "kind"),
    [
        ("VOICE_CUSTODY", Paper(b"text", "x.txt", "text/plain"), ErrorKind.RULE_BROKEN),
        ("VOICE_CUSTODY", Paper(mp3(), "x.wav", "audio/wav"), ErrorKind.RECORDING_BROKEN),
        ("VOICE_CUSTODY", Paper(wav()[:-1], "x.wav", "audio/wav"), ErrorKind.RECORDING_BROKEN),
        (
            "VOICE_CUSTODY",
            Paper(wav(), "x.wav", "audio/wav", call=(CALL[2], ("ended", "2026-11-20T09:59:59+01:00"))),
            ErrorKind.RULE_BROKEN,
        ),
        ("CUSTODY", Paper(wav(), "x.wav", "audio/wav", call=CALL), ErrorKind.RULE_BROKEN),
    ],
)
def test_what_is_no_whole_recording_is_refused(
    small_house: House, service: str, paper: Paper, kind: ErrorKind
) -> None:
    """Before any GUID is given."""
    refused(kind, small_house.submit, order(service=service, papers=[paper]))

"""Recordings are what they say, whole, and as long as their own octets tell; everything else is refused."""

import shutil
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.adapters.documents.recording import milliseconds
from gateway.domain.errors import ErrorKind, GatewayError
from tests.fakes import without_service
from tests.recording_samples import mp3, ogg, wav

WHOLE = {"audio/wav": wav(), "audio/mpeg": mp3(), "audio/ogg": ogg()}


@pytest.mark.parametrize(
    ("octets", "media_type", "length"),
    [
        (wav(2.5), "audio/wav", 2500),
        (wav(1, 44100), "audio/x-wav; codec=1", 1000),
        (mp3(100), "audio/mpeg", 3600),
        (mp3(10, tag=False) + b"TAG" + bytes(125), "audio/mp3", 360),
        (ogg(3), "audio/ogg", 3000),
    ],
)
def test_their_length_is_their_own(octets: bytes, media_type: str, length: int) -> None:
    assert milliseconds(octets, media_type) == length


def test_what_a_foreign_program_recorded(tmp_path: Path) -> None:
    """espeak-ng's WAV is taken, and lasts as long as what it says."""
    if shutil.which("espeak-ng") is None:
        without_service("espeak-ng is not there")
    file = tmp_path / "said.wav"
    subprocess.run(["espeak-ng", "-w", file, "Acepto las condiciones"], check=True)
    assert 500 < milliseconds(file.read_bytes(), "audio/wav") < 5000


def refused(octets: bytes, media_type: str) -> None:
    with pytest.raises(GatewayError) as caught:
        milliseconds(octets, media_type)
    assert caught.value.kind is ErrorKind.RECORDING_BROKEN


@pytest.mark.parametrize("media_type", WHOLE)
def test_other_content_than_declared_is_refused(media_type: str) -> None:
    """By content and never by name: another's octets, text, nothing, and a wrong media type."""
    for other, octets in WHOLE.items():
        if other != media_type:
            refused(octets, media_type)
    refused(b"no sound at all" * 10, media_type)
    refused(b"", media_type)
    refused(WHOLE[media_type], "video/mp4")


@given(st.sampled_from(sorted(WHOLE)), st.floats(0.001, 0.999))
def test_what_was_cut_off_is_refused(media_type: str, part: float) -> None:
    """Wherever it is cut: a recording without its end is no proof of a call. MP3 knows no end of its own, so
    that only a cut inside a frame shows."""
    octets = WHOLE[media_type]
    cut = min(round(len(octets) * part), len(octets) - 1)
    if media_type == "audio/mpeg" and (cut - 20) % 288 == 0:
        cut -= 100
    refused(octets[:cut], media_type)


@given(st.integers(0, len(WHOLE["audio/ogg"]) - 1), st.integers(1, 255))
def test_an_altered_octet_of_an_ogg_page_shows(place: int, change: int) -> None:
    """Each page carries a checksum over all of itself."""
    octets = bytearray(WHOLE["audio/ogg"])
    octets[place] ^= change
    refused(bytes(octets), "audio/ogg")


@given(st.sampled_from(sorted(WHOLE)), st.binary(max_size=400))
def test_anything_is_answered_or_refused(media_type: str, octets: bytes) -> None:
    """No octets whatever raise anything but a refusal."""
    start = {"audio/wav": b"RIFF\x10\0\0\0WAVE", "audio/mpeg": b"\xff\xfb", "audio/ogg": b"OggS\0"}
    with suppress(GatewayError):
        assert milliseconds(start[media_type] + octets, media_type) > 0

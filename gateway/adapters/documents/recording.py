"""Whether a recording is what its media type says, whole, and how long it lasts: WAV, MP3 and OGG.

Structure and times are read; no sound is decoded, and no octet is changed.
"""

from collections.abc import Callable, Mapping

from gateway.adapters.documents import mp3, ogg, wav
from gateway.adapters.documents.broken_recording import BrokenRecording
from gateway.domain.errors import ErrorKind, GatewayError

Reader = Callable[[bytes], int]
_WAV, _MP3 = wav.milliseconds, mp3.milliseconds
READERS: Mapping[str, Reader] = {
    "audio/wav": _WAV,
    "audio/x-wav": _WAV,
    "audio/wave": _WAV,
    "audio/vnd.wave": _WAV,
    "audio/mpeg": _MP3,
    "audio/mp3": _MP3,
    "audio/ogg": ogg.milliseconds,
}


def milliseconds(octets: bytes, media_type: str) -> int:
    """How long it lasts. Raises GatewayError(RECORDING_BROKEN), also for any other media type."""
    reader = READERS.get(media_type.partition(";")[0].strip().lower())
    if reader is None:
        raise GatewayError(ErrorKind.RECORDING_BROKEN, f"{media_type} is no recording that can be checked")
    try:
        length = reader(octets)
    except BrokenRecording as error:
        raise GatewayError(ErrorKind.RECORDING_BROKEN, str(error)) from None
    if length <= 0:
        raise GatewayError(ErrorKind.RECORDING_BROKEN, "nothing is recorded")
    return length

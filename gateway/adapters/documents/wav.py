"""WAV (RIFF, Microsoft and IBM 1991): the chunks that every recorder writes, and what their sizes say."""

import struct

from gateway.adapters.documents.broken_recording import BrokenRecording

HEADER, CHUNK = 12, 8
# Format tag, channels, samples a second, octets a second, octets a block.
FORMAT = struct.Struct("<HHIIH")


def milliseconds(octets: bytes) -> int:
    """From the data's size and the octets a second, which hold for PCM and for telephony's codecs alike.

    Raises BrokenRecording for what is no WAV, was cut off, or bears no sound.
    """
    if octets[:4] != b"RIFF" or octets[8:HEADER] != b"WAVE":
        raise BrokenRecording("it is no WAV file")
    if int.from_bytes(octets[4:8], "little") + CHUNK > len(octets):
        raise BrokenRecording("its end is missing")
    rate, at = 0, HEADER
    while at + CHUNK <= len(octets):
        name, size = octets[at : at + 4], int.from_bytes(octets[at + 4 : at + CHUNK], "little")
        start = at + CHUNK
        if start + size > len(octets):
            raise BrokenRecording("its end is missing")
        if name == b"fmt ":
            rate = _rate(octets[start : start + size])
        elif name == b"data":
            if not rate:
                raise BrokenRecording("its format is missing")
            return size * 1000 // rate
        # Chunks begin at even places (RIFF, 2).
        at = start + size + size % 2
    raise BrokenRecording("its data is missing")


def _rate(chunk: bytes) -> int:
    """Octets a second."""
    if len(chunk) < FORMAT.size:
        raise BrokenRecording("its format is broken")
    _, channels, samples, rate, block = FORMAT.unpack_from(chunk)
    if not (channels and samples and rate and block):
        raise BrokenRecording("its format is broken")
    return int(rate)

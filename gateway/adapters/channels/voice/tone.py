"""A short tone as WAV: it stands in for a voice where nobody speaks, in the sandbox and without espeak-ng."""

import math
import struct

from gateway.adapters.channels.voice.speech import RATE, wav

SECONDS = 1
HERTZ, LOUDNESS = 440, 8000


def tone(seconds: int = SECONDS) -> bytes:
    """The same octets every time."""
    samples = (int(LOUDNESS * math.sin(2 * math.pi * HERTZ * n / RATE)) for n in range(RATE * seconds))
    return wav(b"".join(struct.pack("<h", sample) for sample in samples))

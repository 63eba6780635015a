"""Text to sound: what a call says, spoken by espeak-ng where the machine has it, as one WAV in memory.

Texts reach the program on its standard input: operation codes are in no list of processes.
"""

import io
import shutil
import subprocess
import wave
from collections.abc import Sequence
from dataclasses import dataclass

PROGRAM = "espeak-ng"
RATE, WIDTH = 22050, 2
PAUSE = b"\0" * (RATE * WIDTH * 7 // 10)
VOICES = {"es": "es", "en": "en-gb", "ca": "ca", "gl": "es", "eu": "eu"}
SECONDS = 30
HEADER = 44


@dataclass(frozen=True, slots=True)
class Pace:
    """Words a minute, and the gap after each in hundredths of a second."""

    words: int = 150
    gap: int = 0


PLAIN, DICTATED = Pace(), Pace(110, 12)


def available() -> bool:
    return shutil.which(PROGRAM) is not None


def spoken(language: str, parts: Sequence[tuple[str, Pace]]) -> bytes:
    """The parts one after the other with a pause between them: WAV, one channel, 16 bits, 22,050 Hz.

    Raises ConnectionError when the program fails or is missing.
    """
    voice = VOICES.get(language.lower().split("-")[0], "en-gb")
    return wav(PAUSE.join(_samples(voice, text, pace) for text, pace in parts))


def wav(samples: bytes, channels: int = 1) -> bytes:
    """A WAV file around samples."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(channels)
        sound.setsampwidth(WIDTH)
        sound.setframerate(RATE)
        sound.writeframes(samples)
    return file.getvalue()


def stereo(parts: Sequence[tuple[bool, bool, bytes]]) -> bytes:
    """WAVs of `spoken` one after the other, each heard on the left, the right, or both: two channels."""
    frames = b"".join(_two(*part) + PAUSE + PAUSE for part in parts)
    return wav(frames, channels=2)


def _two(left: bool, right: bool, octets: bytes) -> bytes:
    """The samples for both channels, silence where it is not heard."""
    samples = octets[HEADER:]
    silence = bytes(WIDTH)
    pairs = (samples[place : place + WIDTH] for place in range(0, len(samples), WIDTH))
    return b"".join((each if left else silence) + (each if right else silence) for each in pairs)


def seconds_of(octets: bytes) -> float:
    """How long a WAV sounds. Raises ValueError for anything else."""
    try:
        with wave.open(io.BytesIO(octets)) as sound:
            return float(sound.getnframes() / sound.getframerate())
    except (wave.Error, EOFError, ZeroDivisionError) as error:
        raise ValueError("no WAV file") from error


def _samples(voice: str, text: str, pace: Pace) -> bytes:
    words = [PROGRAM, "-v", voice, "-s", str(pace.words), "-g", str(pace.gap), "--stdin", "--stdout"]
    try:
        done = subprocess.run(  # noqa: S603 (no word of it is anybody's but ours)
            words, input=text.encode(), stdout=subprocess.PIPE, check=True, timeout=SECONDS
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise ConnectionError(f"{PROGRAM}: {type(error).__name__}") from None
    # A stream's header cannot know the length, so it is made anew.
    return done.stdout[HEADER:]

"""MP3 (ISO/IEC 11172-3 and 13818-3, layer III): one frame after the other to the last octet."""

from gateway.adapters.documents.broken_recording import BrokenRecording

HEAD, TAG_V1 = 4, 128
# Kilobits a second by the index in the header, of MPEG 1 and of its half-rate followers.
FIRST = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
LATER = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
SAMPLES_A_SECOND = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
MPEG_1, LAYER_III = 3, 1
FEWEST_FRAMES = 2


def milliseconds(octets: bytes) -> int:
    """The frames' samples at their rate. Raises BrokenRecording for what is none, or was cut off."""
    at, end, nanoseconds, frames = _after_tag(octets), len(octets), 0, 0
    while at < end and not _is_tail(octets, at):
        length, samples, rate = _frame(octets, at)
        if at + length > end:
            raise BrokenRecording("its end is missing")
        at, nanoseconds, frames = at + length, nanoseconds + samples * 10**9 // rate, frames + 1
    if frames < FEWEST_FRAMES:
        raise BrokenRecording("it is no MP3 file")
    return nanoseconds // 10**6


def _after_tag(octets: bytes) -> int:
    """Where the first frame stands: an ID3v2 tag may come before, whose size is in four times seven bits."""
    if octets[:3] != b"ID3" or len(octets) < 10:
        return 0
    size = 0
    for octet in octets[6:10]:
        size = size << 7 | octet & 0x7F
    footer = 10 if octets[5] & 0x10 else 0
    at = 10 + size + footer
    # Some writers fill up between tag and sound.
    while octets[at : at + 1] == b"\0":
        at += 1
    return at


def _is_tail(octets: bytes, at: int) -> bool:
    """What may follow the last frame: an ID3v1 or APE tag, or filling to the end."""
    if octets[at : at + 3] == b"TAG":
        return len(octets) - at == TAG_V1
    return octets.startswith(b"APETAGEX", at) or not octets[at:].strip(b"\0")


def _frame(octets: bytes, at: int) -> tuple[int, int, int]:
    """Length in octets, samples, and samples a second of the frame that stands there."""
    head = int.from_bytes(octets[at : at + HEAD].ljust(HEAD, b"\0"), "big")
    version, layer = head >> 19 & 3, head >> 17 & 3
    rate, kind, padding = head >> 12 & 15, head >> 10 & 3, head >> 9 & 1
    if head >> 21 != 0x7FF or version == 1 or layer != LAYER_III or kind == 3 or rate in {0, 15}:
        raise BrokenRecording("it is no MP3 file" if not at else "a frame of it is broken")
    samples_a_second = SAMPLES_A_SECOND[version][kind]
    first = version == MPEG_1
    kilobits, samples = (FIRST[rate], 1152) if first else (LATER[rate], 576)
    return samples // 8 * kilobits * 1000 // samples_a_second + padding, samples, samples_a_second

"""Recordings made here: WAV by Python's own writer, MP3 and OGG frame by frame, of as long as one wants.

The OGG checksum is computed bit by bit as RFC 3533 has it, so that it judges the quicker way of the product.
"""

import io
import struct
import wave


def wav(seconds: float = 2.0, rate: int = 8000) -> bytes:
    """Silence on one channel, 16 bits, as telephony records it."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(bytes(round(2 * rate * seconds)))
    return file.getvalue()


def mp3(frames: int = 100, tag: bool = True) -> bytes:
    """MPEG 1, layer III, 64 kbit/s, 32 kHz: 288 octets and 36 ms a frame, behind an ID3v2 tag."""
    head = b"\xff\xfb\x58\xc0"
    before = b"ID3\x03\x00\x00\x00\x00\x00\x0a" + bytes(10) if tag else b""
    return before + (head + bytes(284)) * frames


def ogg(seconds: int = 3) -> bytes:
    """Opus: a header, its comment, and one page of a frame a second."""
    opus = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 312, 16000, 0, 0)
    pages = [_page(2, 0, 0, opus), _page(0, 0, 1, b"OpusTags" + bytes(8))]
    for second in range(1, seconds + 1):
        flags = 4 if second == seconds else 0
        pages.append(_page(flags, second * 48_000 + 312, second + 1, b"\x08" + bytes(40)))
    return b"".join(pages)


def _page(flags: int, granule: int, sequence: int, packet: bytes) -> bytes:
    head = struct.pack("<4sBBqIIIBB", b"OggS", 0, flags, granule, 7, sequence, 0, 1, len(packet))
    page = head + packet
    return page[:22] + struct.pack("<I", _checksum(page)) + page[26:]


def _checksum(page: bytes) -> int:
    value = 0
    for octet in page:
        value ^= octet << 24
        for _ in range(8):
            value = (value << 1 ^ (0x04C11DB7 if value & 0x80000000 else 0)) & 0xFFFFFFFF
    return value

"""A biometric sample of a recipient, locked for the depositary: what is known of it without opening it."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

# What a locked sample is to whoever receives it: RFC 5751 clause 3.2.
CMS_MEDIA_TYPE = "application/pkcs7-mime; smime-type=enveloped-data"


class SampleKind(Enum):
    """What a sample was taken from. Stored: never rename one."""

    STROKE = "STROKE"
    SPEECH = "SPEECH"


@dataclass(frozen=True, slots=True)
class SealedSample:
    """One sample of the recipient at `position`, taken at `at`.

    `media_type` is that of what is inside. `cms_sha256` (32 bytes) names the blob: CMS EnvelopedData of
    `size` octets for the certificate whose SHA-256 is `depositary_sha256` (hexadecimal). `bound_sha256` is
    the digest of what the sample was given for, as `bound_digest` makes it.
    """

    guid: str
    position: int
    kind: SampleKind
    media_type: str
    cms_sha256: bytes
    size: int
    bound_sha256: bytes
    depositary_sha256: str
    at: datetime


def binding(guid: str, digests: Iterable[bytes]) -> str:
    """What a sample is given for, one line each, each ended by a line feed: the GUID, then the SHA-256 of
    every stamped document in their order, lowercase hexadecimal."""
    return "".join(f"{line}\n" for line in (guid, *(digest.hex() for digest in digests)))


def bound_digest(guid: str, digests: Iterable[bytes]) -> bytes:
    """SHA-256 of the binding: the one value that stands for GUID and documents together."""
    return hashlib.sha256(binding(guid, digests).encode("ascii")).digest()

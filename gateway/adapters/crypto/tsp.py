"""The words of RFC 3161 that authority, client and verifier share: identifiers, status, GeneralizedTime.

Structures are built in tsa_authority and read in tsa_token.
"""

import re
from datetime import UTC, datetime
from enum import IntEnum
from functools import lru_cache

from gateway.adapters.crypto import der

SIGNED_DATA = der.oid("1.2.840.113549.1.7.2")
TST_INFO = der.oid("1.2.840.113549.1.9.16.1.4")
CONTENT_TYPE = der.oid("1.2.840.113549.1.9.3")
MESSAGE_DIGEST = der.oid("1.2.840.113549.1.9.4")
SIGNING_CERTIFICATE_V2 = der.oid("1.2.840.113549.1.9.16.2.47")

# Digest algorithms by OID: name in hashlib, and size in octets.
DIGESTS = {
    "2.16.840.1.101.3.4.2.1": ("sha256", 32),
    "2.16.840.1.101.3.4.2.2": ("sha384", 48),
    "2.16.840.1.101.3.4.2.3": ("sha512", 64),
}
SHA256 = "2.16.840.1.101.3.4.2.1"
# RFC 5754 clause 2: written without parameters, read with or without NULL.
SHA256_IDENTIFIER = der.tlv(der.SEQUENCE, der.oid(SHA256))
NULL = der.tlv(der.NULL)

GENERALIZED = re.compile(rb"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d*[1-9]))?Z", re.ASCII)


class Status(IntEnum):
    """PKIStatus."""

    GRANTED = 0
    GRANTED_WITH_MODS = 1
    REJECTION = 2
    WAITING = 3
    REVOCATION_WARNING = 4
    REVOCATION_NOTIFICATION = 5


class Failure(IntEnum):
    """PKIFailureInfo: the number of the bit."""

    BAD_ALG = 0
    BAD_REQUEST = 2
    BAD_DATA_FORMAT = 5
    TIME_NOT_AVAILABLE = 14
    UNACCEPTED_POLICY = 15
    UNACCEPTED_EXTENSION = 16
    ADD_INFO_NOT_AVAILABLE = 17
    SYSTEM_FAILURE = 25


def algorithm_oid(node: der.Node) -> str:
    """The OID of an AlgorithmIdentifier whose parameters are absent or NULL; raises DerError."""
    return _algorithm_oid(node.encoded)


@lru_cache(maxsize=64)
def _algorithm_oid(encoded: bytes) -> str:
    """Remembered, because a token names few algorithms, always the same, and several times."""
    parts = der.children(der.whole(encoded, der.SEQUENCE))
    if not parts or len(parts) > 2 or (len(parts) == 2 and parts[1].encoded != NULL):
        raise der.DerError("an algorithm with parameters")
    return der.to_oid(parts[0])


def generalized_time(moment: datetime) -> bytes:
    """UTC with the fraction that is needed and no more (RFC 3161 clause 2.4.2)."""
    text = moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds")
    text = text.replace("-", "").replace("T", "").replace(":", "")
    fraction = f"{moment.microsecond:06d}".rstrip("0")
    return der.tlv(der.GENERALIZED_TIME, (f"{text}.{fraction}Z" if fraction else f"{text}Z").encode())


def to_moment(node: der.Node) -> datetime:
    """Aware UTC, cut to microseconds; raises DerError."""
    match = GENERALIZED.fullmatch(der.expect(node, der.GENERALIZED_TIME).body)
    if not match:
        raise der.DerError("a GeneralizedTime that is not DER")
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    try:
        return datetime(year, month, day, hour, minute, second, _microseconds(match[7]), UTC)
    except ValueError:
        raise der.DerError("a GeneralizedTime that does not exist") from None


def _microseconds(fraction: bytes | None) -> int:
    return int((fraction or b"0").ljust(6, b"0")[:6])

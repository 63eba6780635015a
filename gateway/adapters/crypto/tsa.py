"""The RFC 3161 client: asks several authorities in order and believes none of their replies unchecked.

An authority in this process is asked through the same octets that one behind HTTP would get.
"""

import logging
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from gateway.adapters.crypto import der, tsp
from gateway.adapters.crypto.clock import Clock
from gateway.adapters.crypto.trust import Anchors
from gateway.adapters.crypto.tsa_token import Token, TokenVerifier
from gateway.domain.errors import ErrorKind, GatewayError

log = logging.getLogger(__name__)

# TimeStampReq octets in, TimeStampResp octets out; raises GatewayError(TEMPORARILY_UNAVAILABLE).
Transport = Callable[[bytes], bytes]

NONCE_BITS = 64
# AlgorithmIdentifiers of the digests that are stamped, by their size in octets.
IDENTIFIERS = {size: der.tlv(der.SEQUENCE, der.oid(oid)) for oid, (_, size) in tsp.DIGESTS.items()}
WANT_CERTIFICATES = der.tlv(der.BOOLEAN, b"\xff")
DEFAULT_OFFSET = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class TsaSource:
    """One authority: its name for logs, how to reach it, and the policy asked of it (any if None)."""

    name: str
    transport: Transport
    policy: str | None = None


class TimestampClient:
    """Gets verified tokens; `max_offset` is how far genTime may be from our own clock.

    `anchors` are what the authorities' paths end at.
    """

    def __init__(
        self,
        sources: Sequence[TsaSource],
        anchors: Anchors,
        clock: Clock,
        max_offset: timedelta = DEFAULT_OFFSET,
    ) -> None:
        if not sources:
            raise GatewayError(ErrorKind.CONFIGURATION, "there is no time-stamping authority")
        self.anchors = anchors
        self._sources = tuple(sources)
        self._verifier = TokenVerifier(anchors)
        self._clock = clock
        self._max_offset = max_offset

    def timestamp(self, digest: bytes) -> Token:
        """Stamp a digest (SHA-256, 384 or 512, told by its size) by the first authority whose reply holds.

        Raises GatewayError(TEMPORARILY_UNAVAILABLE) when none does; the log says why.
        """
        if len(digest) not in IDENTIFIERS:
            raise ValueError("not a digest of SHA-256, SHA-384 or SHA-512")
        for source in self._sources:
            try:
                return self._ask(source, digest)
            except GatewayError as error:
                log.warning("time-stamping authority %s: %s", source.name, error)
        raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE, "no time-stamping authority answered")

    def _ask(self, source: TsaSource, digest: bytes) -> Token:
        nonce = secrets.randbits(NONCE_BITS)
        before = self._clock.now()
        reply = source.transport(request(digest, nonce, source.policy))
        token = self._verifier.verify(granted(reply), digest)
        after = self._clock.now()
        if token.nonce != nonce:
            raise _refused("the nonce is another")
        if source.policy is not None and token.policy != source.policy:
            raise _refused("the policy is another")
        if not before - self._max_offset <= token.gen_time <= after + self._max_offset:
            raise _refused("genTime is too far from our clock")
        return token


def request(digest: bytes, nonce: int, policy: str | None) -> bytes:
    """A TimeStampReq for a digest, with nonce and certificates (RFC 3161 clause 2.4.1)."""
    imprint = der.tlv(der.SEQUENCE, IDENTIFIERS[len(digest)], der.tlv(der.OCTET_STRING, digest))
    return der.tlv(
        der.SEQUENCE,
        der.integer(1),
        imprint,
        b"" if policy is None else der.oid(policy),
        der.integer(nonce),
        WANT_CERTIFICATES,
    )


def granted(reply: bytes) -> bytes:
    """The token of a TimeStampResp whose status is granted; raises GatewayError(SIGNATURE_INVALID)."""
    try:
        parts = der.children(der.whole(reply, der.SEQUENCE))
        status = der.to_int(der.children(der.expect(parts[0], der.SEQUENCE))[0])
    except (der.DerError, IndexError):
        raise _refused("the reply is not a TimeStampResp") from None
    if status not in (tsp.Status.GRANTED, tsp.Status.GRANTED_WITH_MODS):
        raise _refused(f"the status is {status}")
    if len(parts) != 2:
        raise _refused("granted without a token")
    return parts[1].encoded


def _refused(why: str) -> GatewayError:
    return GatewayError(ErrorKind.SIGNATURE_INVALID, f"time-stamp: {why}")

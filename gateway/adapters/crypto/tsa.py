"""The RFC 3161 client: asks authorities in order of preference and believes none of their replies unchecked.

An authority in this process is asked through the same octets that one behind HTTP would get. Who is asked at
all is tsa_health's to say, and whether our own clock may be believed tsa_clock's.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.adapters.crypto import der, tsp
from gateway.adapters.crypto.clock import Clock
from gateway.adapters.crypto.trust import Anchors
from gateway.adapters.crypto.tsa_clock import ClockWatch, Offset, measured
from gateway.adapters.crypto.tsa_health import Rest, TsaHealth, TsaState
from gateway.adapters.crypto.tsa_token import Token, TokenVerifier
from gateway.adapters.crypto.validation_data import Revocation
from gateway.domain.errors import ErrorKind, GatewayError, UnavailableUntil

# TimeStampReq octets in, TimeStampResp octets out; raises GatewayError(TEMPORARILY_UNAVAILABLE).
Transport = Callable[[bytes], bytes]

NONCE_BITS = 64
# AlgorithmIdentifiers of the digests that are stamped, by their size in octets.
IDENTIFIERS = {size: der.tlv(der.SEQUENCE, der.oid(oid)) for oid, (_, size) in tsp.DIGESTS.items()}
WANT_CERTIFICATES = der.tlv(der.BOOLEAN, b"\xff")
DEFAULT_OFFSET = timedelta(seconds=30)
DEFAULT_REST = Rest()


@dataclass(frozen=True, slots=True)
class TsaSource:
    """One authority: its name for logs, how to reach it, and the policy asked of it (any if None).

    One with our own clock (`own_clock`) says nothing about that clock.
    """

    name: str
    transport: Transport
    policy: str | None = None
    own_clock: bool = False


@dataclass(frozen=True, slots=True)
class TsaStatus:
    """What is known of an authority: `offset` is of its last answer, believed or not."""

    name: str
    state: TsaState
    offset: Offset | None


Told = Callable[[TsaStatus], None]


class Authority:
    """One source with its health and what its last answer said of the time."""

    def __init__(self, source: TsaSource, clock: Clock, rest: Rest) -> None:
        self.source = source
        self.health = TsaHealth(source.name, clock, rest)
        self.offset: Offset | None = None

    @property
    def status(self) -> TsaStatus:
        return TsaStatus(self.source.name, self.health.state, self.offset)


def nobody(_: TsaStatus) -> None:
    """Nobody is told."""


class TimestampClient:
    """Gets verified tokens; `max_offset` is how far genTime may be from our own clock.

    `anchors` are what the authorities' paths end at; `told` hears of every answer and failure. With
    `revocation`, an authority that is revoked, or of whom that cannot be told, has failed: the next is asked.
    Safe across threads.
    """

    def __init__(
        self,
        sources: Sequence[TsaSource],
        anchors: Anchors,
        clock: Clock,
        max_offset: timedelta = DEFAULT_OFFSET,
        rest: Rest = DEFAULT_REST,
        told: Told = nobody,
        revocation: Revocation | None = None,
    ) -> None:
        if not sources:
            raise GatewayError(ErrorKind.CONFIGURATION, "there is no time-stamping authority")
        self.anchors = anchors
        self.watch = ClockWatch(clock, max_offset)
        self._authorities = tuple(Authority(source, clock, rest) for source in sources)
        self._verifier = TokenVerifier(anchors)
        self._clock = clock
        self._rest = rest
        self._told = told
        self._revocation = revocation

    def timestamp(self, digest: bytes) -> Token:
        """Stamp a digest (SHA-256, 384 or 512, told by its size) by the first authority whose reply holds.

        Raises UnavailableUntil when none does, or when several agree that our clock is wrong; the log says
        why.
        """
        if len(digest) not in IDENTIFIERS:
            raise ValueError("not a digest of SHA-256, SHA-384 or SHA-512")
        self.watch.check_newest()
        for authority in self._authorities:
            token = self._tried(authority, digest)
            # The same answer may be the one that convicts our own clock.
            self.watch.check()
            if token is not None:
                return token
        raise UnavailableUntil("no time-stamping authority answered", self._opens_at())

    def measure(self, older_than: timedelta = timedelta()) -> Sequence[TsaStatus]:
        """Ask each authority that does not rest and has not answered for so long, for its time alone."""
        for authority in self._authorities:
            last = authority.health.answered_at
            if last is None or abs(self._clock.now() - last) >= older_than:
                self._tried(authority, secrets.token_bytes(32))
        return self.states()

    def ping(self, recently: timedelta) -> None:
        """Raises UnavailableUntil unless an authority answered recently, or answers now."""
        now = self._clock.now()
        for authority in self._authorities:
            last = authority.health.answered_at
            if authority.health.state is TsaState.WELL and last and abs(now - last) < recently:
                return
        self.timestamp(secrets.token_bytes(32))

    def states(self) -> Sequence[TsaStatus]:
        """In order of preference; nobody is asked."""
        return [authority.status for authority in self._authorities]

    def _tried(self, authority: Authority, digest: bytes) -> Token | None:
        with authority.health.turn() as allowed:
            if not allowed:
                return None
            try:
                token = self._ask(authority, digest)
            except GatewayError as error:
                authority.health.failed(str(error))
                token = None
            else:
                authority.health.succeeded()
        self._told(authority.status)
        return token

    def _ask(self, authority: Authority, digest: bytes) -> Token:
        source, nonce = authority.source, secrets.randbits(NONCE_BITS)
        before = self._clock.now()
        reply = source.transport(request(digest, nonce, source.policy))
        after = self._clock.now()
        token = self._verifier.verify(granted(reply), digest)
        if token.nonce != nonce:
            raise _refused("the nonce is another")
        if source.policy is not None and token.policy != source.policy:
            raise _refused("the policy is another")
        authority.offset = measured(before, after, token.gen_time)
        if not source.own_clock:
            self.watch.note(source.name, authority.offset)
        if self.watch.far(authority.offset):
            raise _refused("genTime is too far from our clock")
        if self._revocation is not None:
            self._revocation.gather(token.path, token.gen_time)
        return token

    def _opens_at(self) -> datetime:
        """When the first of them may be asked again."""
        ends = [authority.health.resting_until() for authority in self._authorities]
        now = self._clock.now()
        return min((end or now for end in ends), default=now)


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

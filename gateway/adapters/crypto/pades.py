"""Sealing a PDF: PAdES baseline-T, or baseline-LT where revocation can be told (EN 319 142-1 clause 6).

It signs what it is given and appends one revision; it renders nothing and stores nothing. Everything is
checked before it is given out: never a file without its time-stamp.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding

from gateway.adapters.crypto.algorithms import PublicKey
from gateway.adapters.crypto.clock import Clock
from gateway.adapters.crypto.pades_cms import CmsMould
from gateway.adapters.crypto.pades_revision import covered, prepare
from gateway.adapters.crypto.seal_key import SealKey, SealTrust
from gateway.adapters.crypto.signature_level import Level
from gateway.adapters.crypto.signer import SignatureAlgorithm, Signer, pinned
from gateway.adapters.crypto.trust import CertifiedPath
from gateway.adapters.crypto.tsa_token import Token
from gateway.adapters.crypto.validation_data import ValidationData
from gateway.adapters.crypto.xades_levels import Levels
from gateway.domain.errors import ErrorKind, GatewayError

# A token with a chain of two P-256 certificates takes 2 KiB; larger ones are learnt.
TOKEN_ROOM, SPARE = 3072, 256
# The authority may be another than last time, once or twice in a row.
TRIES = 3
NOTHING = ValidationData()


@dataclass(frozen=True, slots=True)
class _Stamper:
    """What the last token showed: how much room its like takes, and the path of whoever issued it."""

    room: int = TOKEN_ROOM
    path: CertifiedPath | None = None

    def after(self, token: Token) -> "_Stamper":
        """Itself unless the token is another authority's or does not fit."""
        fits = len(token.der) <= self.room
        known = self.path is not None and self.path.chain == token.path.chain
        if fits and known:
            return self
        return _Stamper(self.room if fits else len(token.der) + SPARE, token.path)


class _Key:
    """A sealing key and what is the same in each of its signatures."""

    def __init__(self, signer: Signer, trust: SealTrust | None) -> None:
        self.seal = SealKey(signer, trust)
        self.mould = CmsMould(signer)


class PdfSealer:
    """Seals with the key that signs now, up to the level of `levels`; below B-T there is none. Safe across
    threads.

    From B-LT on, what validates both paths, of the seal and of the time-stamp, is embedded. It stands in the
    signed revision, so it must be known beforehand which authority will stamp: the last one is expected, and
    if another has stamped, the signature is made again. B-LTA would add a document time-stamp: deposits and
    evidence records renew what a PDF proves, and it stays B-LT.
    """

    def __init__(self, signer: Signer, levels: Levels, clock: Clock) -> None:
        self._signer = signer
        self._levels = levels
        self._clock = clock
        self._known: _Key | None = None
        self._stamper = _Stamper()

    def seal(self, pdf: bytes) -> bytes:
        """The PDF with one more revision that holds the seal; `pdf` stands unchanged at its beginning.

        Raises GatewayError: TEMPORARILY_UNAVAILABLE (no time-stamp or no revocation data to be had, the
        key's device does not answer), CERTIFICATE_REFUSED or ALGORITHM_REFUSED (the key may not seal now),
        SIGNATURE_INVALID (what came out does not verify).
        """
        for _ in range(TRIES):
            sealed = self._sealed(pdf, self._key(), self._stamper)
            if sealed is not None:
                return sealed
        raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE, "the time-stamping authorities keep changing")

    def _sealed(self, pdf: bytes, key: _Key, expected: _Stamper) -> bytes | None:
        """None when the token is not what was prepared for; the next try knows it."""
        at, mould = self._clock.now(), key.mould
        data = self._validation_data(key, expected, at)
        prepared = prepare(pdf, data, mould.size + expected.room, mould.digest, at)
        attributes = mould.attributes(prepared.digest)
        signature = key.seal.signer.sign(attributes)
        _check_value(key.seal.public, key.seal.signer.algorithm, signature, attributes)
        token = self._levels.timestamper.timestamp(hashlib.sha256(signature).digest())
        self._stamper = met = expected.after(token)
        if met.room != expected.room or (self._long_term and met is not expected):
            return None
        sealed = prepared.filled(mould.assemble(attributes, signature, token.der))
        if not sealed.startswith(pdf) or covered(sealed, prepared, mould.digest) != prepared.digest:
            raise _invalid("the file is not what was signed")
        return sealed

    @property
    def _long_term(self) -> bool:
        return self._levels.level >= Level.B_LT

    def _key(self) -> _Key:
        """The key that signs now, the same object while it stays the same."""
        signer, known = pinned(self._signer), self._known
        if known is None or known.seal.signer is not signer:
            self._known = known = _Key(signer, self._levels.trust)
        return known

    def _validation_data(self, key: _Key, expected: _Stamper, at: datetime) -> ValidationData:
        """Of both paths. That neither is revoked is checked on the way, before anything is signed."""
        data, trust, path = key.seal.check(at), self._levels.trust, expected.path
        if data is None or trust is None:
            return NOTHING
        if path is not None and path.covers(at):
            try:
                data |= trust.revocation.gather(path, at)
            except GatewayError:
                # Whoever stamps next may be another, of whom more can be said.
                self._stamper = _Stamper(expected.room)
                raise
        return data if self._long_term else NOTHING


def _check_value(key: PublicKey, algorithm: SignatureAlgorithm, signature: bytes, data: bytes) -> None:
    """The value that the signer gave is by its own key."""
    digest = hashes.SHA384() if algorithm.digest == "sha384" else hashes.SHA256()
    try:
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, data, ec.ECDSA(digest))
        elif algorithm is SignatureAlgorithm.RSA_PSS_SHA256:
            key.verify(signature, data, padding.PSS(padding.MGF1(digest), digest.digest_size), digest)
        else:
            key.verify(signature, data, padding.PKCS1v15(), digest)
    except InvalidSignature:
        raise _invalid("the key gave a signature that does not verify") from None


def _invalid(why: str) -> GatewayError:
    return GatewayError(ErrorKind.SIGNATURE_INVALID, f"the seal: {why}")

"""Sealing a PDF: PAdES baseline-T, or baseline-LT where revocation can be told (EN 319 142-1 clause 6).

It signs what it is given and appends one revision; it renders nothing and stores nothing. Everything is
checked before it is given out: never a file without its time-stamp.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding

from gateway.adapters.crypto.algorithms import PublicKey, accepted_key
from gateway.adapters.crypto.clock import Clock
from gateway.adapters.crypto.pades_cms import CmsMould
from gateway.adapters.crypto.pades_revision import covered, prepare
from gateway.adapters.crypto.signer import SignatureAlgorithm, Signer
from gateway.adapters.crypto.trust import CertifiedPath
from gateway.adapters.crypto.tsa import TimestampClient
from gateway.adapters.crypto.tsa_token import Token
from gateway.adapters.crypto.validation_data import Revocation, ValidationData
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


@dataclass(slots=True)
class PdfSealer:
    """Seals with one signer, time-stamps by `timestamper`. Safe across threads.

    With `revocation`, what validates both paths, of the seal and of the time-stamp, is embedded (B-LT).
    The store stands in the signed revision, so it must be known beforehand which authority will stamp:
    the last one is expected, and if another has stamped, the signature is made again.
    """

    signer: Signer
    timestamper: TimestampClient
    revocation: Revocation | None
    clock: Clock
    _mould: CmsMould = field(init=False)
    _key: PublicKey = field(init=False)
    _path: CertifiedPath | None = field(init=False, default=None)
    _stamper: _Stamper = field(init=False, default_factory=_Stamper)

    def __post_init__(self) -> None:
        self._mould = CmsMould(self.signer)
        self._key = accepted_key(self.signer.chain[0].public_key())

    def seal(self, pdf: bytes) -> bytes:
        """The PDF with one more revision that holds the seal; `pdf` stands unchanged at its beginning.

        Raises GatewayError: TEMPORARILY_UNAVAILABLE (no time-stamp or no revocation data to be had, the
        key's device does not answer), CERTIFICATE_REFUSED (the seal's own is revoked or expired),
        SIGNATURE_INVALID (what came out does not verify).
        """
        for _ in range(TRIES):
            sealed = self._sealed(pdf, self._stamper)
            if sealed is not None:
                return sealed
        raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE, "the time-stamping authorities keep changing")

    def _sealed(self, pdf: bytes, expected: _Stamper) -> bytes | None:
        """None when the token is not what was prepared for; the next try knows it."""
        at, room = self.clock.now(), self._mould.size + expected.room
        prepared = prepare(pdf, self._validation_data(expected, at), room, self._mould.digest, at)
        attributes = self._mould.attributes(prepared.digest)
        signature = self.signer.sign(attributes)
        _check_value(self._key, self.signer.algorithm, signature, attributes)
        token = self.timestamper.timestamp(hashlib.sha256(signature).digest())
        self._stamper = met = expected.after(token)
        if met.room != expected.room or (self.revocation is not None and met is not expected):
            return None
        sealed = prepared.filled(self._mould.assemble(attributes, signature, token.der))
        if not sealed.startswith(pdf) or covered(sealed, prepared, self._mould.digest) != prepared.digest:
            raise _invalid("the file is not what was signed")
        return sealed

    def _validation_data(self, expected: _Stamper, at: datetime) -> ValidationData:
        """Of both paths; that the seal's own certificate holds is checked on the way, before signing."""
        leaf, *others = self.signer.chain
        path = self._path
        if path is None or not path.covers(at):
            self._path = path = self.timestamper.anchors.path(leaf, others, at)
        if self.revocation is None:
            return NOTHING
        data = self.revocation.gather(path, at)
        return data if expected.path is None else data | self.revocation.gather(expected.path, at)


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

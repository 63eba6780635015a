"""Validation of a time-stamp token (clause 5.4) in terms of proofs of existence.

Whoever has the token says what it ought to be over, and since when it is known to exist itself.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from hmac import compare_digest

from gateway.adapters.crypto.validation_data import ValidationData
from gateway.adapters.validation import algorithms, purposes, token_read
from gateway.adapters.validation.algorithms import digest, digest_until, method_until
from gateway.adapters.validation.certificates import Certificate
from gateway.adapters.validation.context import Context
from gateway.adapters.validation.control_time import Judged, Material, judge
from gateway.adapters.validation.proofs_of_existence import Proofs
from gateway.adapters.validation.token_read import TokenParts
from gateway.adapters.validation.verdict import UNREADABLE, Refusal, unreadable
from gateway.domain.validation import Indication, StampKind, StampReport, SubIndication

# The octets' digest by the algorithm's name in the policy.
Imprint = Callable[[str], bytes]


@dataclass(frozen=True, slots=True)
class Stamped:
    """What came of one token. `parts` are there when it could be read, `judged` when it holds."""

    report: StampReport
    parts: TokenParts | None = None
    judged: Judged | None = None

    @property
    def holds(self) -> bool:
        return self.report.indication is Indication.PASSED

    @property
    def accuracy(self) -> timedelta:
        return self.parts.accuracy if self.parts else timedelta()


def over(data: bytes) -> Imprint:
    """The imprint of these octets, by whatever digest the token uses."""
    return lambda name: digest(name, data)


def validate_token(
    token: bytes,
    imprint: Imprint,
    context: Context,
    *,
    kind: StampKind = StampKind.CONTENT,
    proofs: Proofs | None = None,
    data: ValidationData = ValidationData(),  # noqa: B008 (a frozen value)
) -> Stamped:
    """Validate a bare RFC 3161 TimeStampToken over what `imprint` digests; never raises for the token.

    `proofs` say since when the token and what it needs exist (a later time-stamp over it proves that);
    `data` are certificates and revocation data beside those inside it. A token that holds proves that what it
    covers existed at its `gen_time`: add that to the proofs of the objects it covers.
    """
    pool = context.memory.certificates.readable(data.certificates)
    material = Material(pool, (*data.crls, *data.ocsps))
    found = opened(token, context)
    if isinstance(found, TokenParts):
        material = gathered(material, [found], context)
    return stamped(found, imprint, kind, material, proofs or Proofs(context.at), context)


def opened(token: bytes, context: Context) -> TokenParts | Refusal:
    """The token's parts, or why they cannot be read."""
    try:
        return token_read.read(token, context.limits.token_octets)
    except Refusal as refusal:
        return refusal


def stamped(
    found: TokenParts | Refusal,
    imprint: Imprint,
    kind: StampKind,
    material: Material,
    proofs: Proofs,
    context: Context,
) -> Stamped:
    """As `validate_token`, for an opened token; `material` is everything that the file brought along."""
    if isinstance(found, Refusal):
        return _refused(found, kind, None, None)
    signer: Certificate | None = None
    try:
        signer = _signer(found, material)
        judged = _judged(found, signer, imprint, material, proofs, context)
    except UNREADABLE as error:
        return _refused(unreadable(error, "the time-stamp"), kind, found, signer)
    except Refusal as refusal:
        return _refused(refusal, kind, found, signer)
    return Stamped(StampReport(kind, Indication.PASSED, found.gen_time, signer.title), found, judged)


def gathered(material: Material, tokens: Iterable[TokenParts], context: Context) -> Material:
    """With what the tokens carry themselves."""
    parts = list(tokens)
    own = context.memory.certificates.readable(octets for each in parts for octets in each.certificates)
    answers = (octets for each in parts for octets in each.answers)
    return Material(
        tuple(dict.fromkeys((*material.certificates, *own))),
        tuple(dict.fromkeys((*material.answers, *answers))),
    )


def _judged(
    parts: TokenParts,
    signer: Certificate,
    imprint: Imprint,
    material: Material,
    proofs: Proofs,
    context: Context,
) -> Judged:
    existed = proofs.time_of(parts.der)
    _check_imprint(parts, imprint)
    if not compare_digest(digest(parts.content_digest, parts.content), parts.message_digest):
        raise Refusal(SubIndication.HASH_FAILURE, "the time-stamp's content was changed")
    key = signer.parsed.public_key()
    algorithms.verify(key, parts.method, parts.signature, parts.signed_octets, raw_ecdsa=False)
    purposes.check_authority(signer)
    if not signer.parsed.not_valid_before_utc <= parts.gen_time <= signer.parsed.not_valid_after_utc:
        raise Refusal(SubIndication.CHAIN_CONSTRAINTS_FAILURE, "stamped outside its certificate's validity")
    if parts.gen_time > context.at + context.clock_offset:
        raise Refusal(SubIndication.TIMESTAMP_ORDER_FAILURE, "the time-stamp is from the future")
    ends = [digest_until(context.algorithms, name) for name in (parts.imprint_digest, parts.content_digest)]
    if existed >= min(*ends, method_until(context.algorithms, parts.method, key)):
        raise Refusal(
            SubIndication.CRYPTO_CONSTRAINTS_FAILURE_NO_POE, "an algorithm of the time-stamp has ended"
        )
    return judge(signer, existed, material, proofs, context, demanding=False, claimed=parts.gen_time)


def _check_imprint(parts: TokenParts, imprint: Imprint) -> None:
    if not compare_digest(imprint(parts.imprint_digest), parts.imprint):
        raise Refusal(SubIndication.HASH_FAILURE, "the time-stamp is over something else")


def _signer(parts: TokenParts, material: Material) -> Certificate:
    for certificate in material.certificates:
        if parts.fits(certificate):
            return certificate
    raise Refusal(SubIndication.NO_SIGNING_CERTIFICATE_FOUND, "the authority's certificate is not there")


def _refused(
    refusal: Refusal, kind: StampKind, parts: TokenParts | None, signer: Certificate | None
) -> Stamped:
    report = StampReport(
        kind,
        refusal.indication,
        parts.gen_time if parts else None,
        signer.title if signer else "",
        refusal.sub_indication,
        refusal.detail,
    )
    return Stamped(report, parts)

"""Whether a certificate could be relied upon when something it signed is known to have existed.

Control-time sliding (clause 5.6.2.2) from the anchor down to the leaf: each certificate's end, revocation and
algorithms set the moment after which nothing below it is believed without an earlier proof of existence.
Decision 0014 says where this goes beyond the standard's letter.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import pairwise

from cryptography import x509

from gateway.adapters.crypto.trust import CertifiedPath
from gateway.adapters.validation.algorithms import certificate_method, method_until
from gateway.adapters.validation.certificates import Certificate
from gateway.adapters.validation.context import Context
from gateway.adapters.validation.paths import paths
from gateway.adapters.validation.proofs_of_existence import Proofs
from gateway.adapters.validation.revocations import Status, status
from gateway.adapters.validation.verdict import Refusal
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.validation import SubIndication

VALIDITY_ASSURED = x509.ObjectIdentifier("0.4.0.194121.2.1")
NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Material:
    """Everything in the file that may speak of certificates: themselves, and CRLs or OCSP answers (DER)."""

    certificates: tuple[Certificate, ...]
    answers: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Limit:
    """Until when something may be relied upon, and what is to be said of it afterwards."""

    moment: datetime
    sub_indication: SubIndication
    detail: str


@dataclass(slots=True)
class Slide:
    """The control time on its way down one path. `stale` limits what is judged, not what is below."""

    control: Limit
    stale: list[Limit] = field(default_factory=list)
    complete: bool = True

    def until(self, moment: datetime, sub_indication: SubIndication, detail: str) -> None:
        """Slide back to `moment`, if that is earlier."""
        if moment < self.control.moment:
            self.control = Limit(moment, sub_indication, detail)


@dataclass(frozen=True, slots=True)
class View:
    """From where one path is judged."""

    material: Material
    proofs: Proofs
    context: Context
    demanding: bool
    existed: datetime
    claimed: datetime


@dataclass(frozen=True, slots=True)
class Judged:
    """A certificate that could be relied upon; `complete`: the file itself showed it was not revoked."""

    path: CertifiedPath
    complete: bool


def judge(
    leaf: Certificate,
    existed: datetime,
    material: Material,
    proofs: Proofs,
    context: Context,
    *,
    demanding: bool,
    claimed: datetime | None = None,
) -> Judged:
    """Judge `leaf` for something that it signed and that is proven to exist at `existed`.

    `demanding` false lets a path that is in force now do without news of revocation. That news must be fresh
    at `claimed` (default: `existed`), when a time-stamping authority says that it signed. Raises Refusal with
    the standard's sub-indication.
    """
    candidates = paths(leaf, material.certificates, context.anchors, context.memory)
    if not candidates:
        raise Refusal(
            SubIndication.NO_CERTIFICATE_CHAIN_FOUND, f"no path from {leaf.title} to a trusted root"
        )
    refusals: list[Refusal] = []
    view = View(material, proofs, context, demanding, existed, min(existed, claimed or existed))
    for path in candidates:
        try:
            return _judge(path, view)
        except Refusal as refusal:
            refusals.append(refusal)
    raise refusals[0]


def _judge(path: CertifiedPath, view: View) -> Judged:
    chain = [view.context.memory.certificates.of(each) for each in path.chain]
    _check_begun(chain, view.existed)
    slide = Slide(_start(chain[-1], view.proofs.present))
    given = view.material
    if view.context.lists:
        view = replace(view, material=replace(given, answers=(*given.answers, *view.context.lists)))
    if view.demanding and view.context.revocation is not None:
        view = replace(view, material=_asked(path, chain, view.material, view.context))
    for above in range(len(chain) - 1, 0, -1):
        _slide(slide, chain[above - 1], chain[above], view, leaf=above == 1)
    if view.existed > slide.control.moment:
        raise Refusal(slide.control.sub_indication, slide.control.detail, slide.control.moment)
    for limit in slide.stale:
        if view.claimed > limit.moment:
            raise Refusal(limit.sub_indication, limit.detail)
    return Judged(path, slide.complete and not _silent(chain, given, view.context))


def _check_begun(chain: Sequence[Certificate], existed: datetime) -> None:
    if existed < chain[0].parsed.not_valid_before_utc:
        raise Refusal(SubIndication.NOT_YET_VALID, f"{chain[0].title} was not valid yet")
    if existed < max(each.parsed.not_valid_before_utc for each in chain):
        raise Refusal(
            SubIndication.CERTIFICATE_CHAIN_GENERAL_FAILURE, "an authority's certificate was not valid yet"
        )


def _start(anchor: Certificate, present: datetime) -> Limit:
    end = anchor.parsed.not_valid_after_utc
    if end < present:
        return Limit(end, SubIndication.OUT_OF_BOUNDS_NO_POE, f"{anchor.title} has expired")
    return Limit(present, SubIndication.TRY_LATER, "")


def _slide(slide: Slide, certificate: Certificate, issuer: Certificate, view: View, *, leaf: bool) -> None:
    """One certificate: its proof, its revocation, its algorithms, its end."""
    limit, present = slide.control, view.proofs.present
    if limit.moment < present and view.proofs.time_of(certificate.der) > limit.moment:
        raise Refusal(limit.sub_indication, limit.detail)
    end = certificate.parsed.not_valid_after_utc
    found = _statuses(certificate, issuer, view, limit.moment)
    revoked = [each.revoked_at for each in found if each.revoked_at is not None]
    if revoked:
        sub = SubIndication.REVOKED_NO_POE if leaf else SubIndication.REVOKED_CA_NO_POE
        slide.until(min(revoked), sub, f"{certificate.title} was revoked at {min(revoked).isoformat()}")
    else:
        _weigh(slide, certificate, found, view)
    until = method_until(
        view.context.algorithms, certificate_method(certificate.parsed), issuer.parsed.public_key()
    )
    ended = f"the algorithm that signs {certificate.title} has ended"
    slide.until(until, SubIndication.CRYPTO_CONSTRAINTS_FAILURE_NO_POE, ended)
    known = any(each.revoked_at is None and each.fresh_until >= end for each in found)
    sub = SubIndication.OUT_OF_BOUNDS_NOT_REVOKED if known else SubIndication.OUT_OF_BOUNDS_NO_POE
    slide.until(end, sub, f"{certificate.title} has expired")


def _weigh(slide: Slide, certificate: Certificate, found: Sequence[Status], view: View) -> None:
    """What it means that no answer, or only good ones, are there."""
    if _is_assured(certificate):
        return
    past = min(certificate.parsed.not_valid_after_utc, slide.control.moment) < view.proofs.present
    sub = SubIndication.NO_POE if past else SubIndication.TRY_LATER
    if not found:
        slide.complete = False
    if not (view.demanding or past):
        return
    if not found:
        slide.stale.append(Limit(NEVER, sub, f"nothing shows that {certificate.title} was not revoked"))
        return
    moment = max(each.fresh_until for each in found)
    if moment < view.proofs.present:
        older = f"what is known of the revocation of {certificate.title} is older"
        slide.stale.append(Limit(moment, sub, older))


def _is_assured(certificate: Certificate) -> bool:
    """Short-lived, and never revoked (ETSI EN 319 412-1 clause 5.2)."""
    return any(each.oid == VALIDITY_ASSURED for each in certificate.parsed.extensions)


def _statuses(certificate: Certificate, issuer: Certificate, view: View, by: datetime) -> list[Status]:
    """What may be relied upon at the control time `by`: signed while its algorithm was good."""
    found = (status(each, certificate, issuer, view.context.memory) for each in view.material.answers)
    return [each for each in found if each is not None and _reliable(each, certificate, view, by)]


def _reliable(answer: Status, certificate: Certificate, view: View, by: datetime) -> bool:
    if answer.this_update > view.proofs.present + view.context.clock_offset:
        return False
    existed = view.proofs.time_of(answer.der)
    try:
        until = method_until(view.context.algorithms, answer.method, answer.key)
    except Refusal:
        return False
    if answer.revoked_at is not None:
        return existed < until
    too_late = answer.this_update > certificate.parsed.not_valid_after_utc and not answer.remembers_expired
    return existed <= by and existed < until and not too_late


def _asked(
    path: CertifiedPath, chain: Sequence[Certificate], material: Material, context: Context
) -> Material:
    """With what the online source says, when the file says nothing about one of the chain."""
    source = context.revocation
    if source is None or not _silent(chain, material, context) or path.not_after < context.at:
        return material
    try:
        data = source.gather(path, context.at)
    except GatewayError as error:
        refused = error.kind is ErrorKind.CERTIFICATE_REFUSED
        sub = SubIndication.REVOKED_NO_POE if refused else SubIndication.TRY_LATER
        raise Refusal(sub, "the online source says that a certificate is revoked, or nothing") from None
    return Material(material.certificates, (*material.answers, *data.crls, *data.ocsps))


def _silent(chain: Sequence[Certificate], material: Material, context: Context) -> bool:
    """Whether nothing speaks of one of the chain, that could be revoked."""
    return any(
        all(status(answer, low, high, context.memory) is None for answer in material.answers)
        for low, high in pairwise(chain)
        if not _is_assured(low)
    )

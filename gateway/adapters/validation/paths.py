"""Prospective paths from a certificate to a trusted root, at no particular time (clause 5.6.2.1).

Candidates are found by name; each is validated by cryptography (RFC 5280) at a time when all of it is in
force. Which time counts, and revocation, are judged elsewhere.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime

from cryptography import x509
from cryptography.x509 import verification

from gateway.adapters.crypto.trust import Anchors, CertifiedPath
from gateway.adapters.validation.certificates import Certificate
from gateway.adapters.validation.memory import Memory
from gateway.adapters.validation.verdict import UNREADABLE

MOST_LONG = 8
MOST_CANDIDATES = 8
MOST_STEPS = 1000


def paths(
    leaf: Certificate, pool: Sequence[Certificate], anchors: Anchors, memory: Memory
) -> tuple[CertifiedPath, ...]:
    """Every valid path of `leaf` to an anchor, by intermediates of `pool`; those in force longest first.

    An anchor itself has the path that consists of it.
    """
    members = frozenset(each.sha256 for each in pool)
    key = ("paths", id(anchors), leaf.sha256, members)
    # The anchors are kept with the result, so that their identity cannot pass to others.
    return memory.recall(key, lambda: (_paths(leaf, pool, anchors, memory), anchors))[0]


def _paths(
    leaf: Certificate, pool: Sequence[Certificate], anchors: Anchors, memory: Memory
) -> tuple[CertifiedPath, ...]:
    roots = [memory.certificates.of(each) for each in anchors.roots]
    issuers: dict[bytes, list[Certificate]] = {}
    for each in dict.fromkeys((*roots, *pool)):
        issuers.setdefault(each.subject, []).append(each)
    found: list[CertifiedPath] = []
    for chain in _limited(_candidates([leaf], issuers, set(roots))):
        start = max(each.parsed.not_valid_before_utc for each in chain)
        end = min(each.parsed.not_valid_after_utc for each in chain)
        if start <= end and _holds(chain, end):
            found.append(CertifiedPath(tuple(each.parsed for each in chain), start, end))
    return tuple(sorted(found, key=lambda path: path.not_after, reverse=True))


def _limited(candidates: Iterator[list[Certificate] | None]) -> Iterator[list[Certificate]]:
    """At most so many candidates, and so many steps to find them."""
    given = 0
    for _, candidate in zip(range(MOST_STEPS), candidates, strict=False):
        if candidate is not None and given < MOST_CANDIDATES:
            given += 1
            yield candidate


def _candidates(
    chain: list[Certificate], issuers: Mapping[bytes, Sequence[Certificate]], roots: Collection[Certificate]
) -> Iterator[list[Certificate] | None]:
    """Chains by name, depth first; None for each step, so that steps can be counted."""
    last = chain[-1]
    yield None
    if last in roots:
        yield chain
        return
    if len(chain) >= MOST_LONG:
        return
    for issuer in issuers.get(last.issuer, ()):
        if issuer not in chain and last.may_be_issued_by(issuer):
            yield from _candidates([*chain, issuer], issuers, roots)


def _holds(chain: Sequence[Certificate], at: datetime) -> bool:
    if len(chain) == 1:
        return True
    try:
        verifier = (
            verification.PolicyBuilder()
            .store(verification.Store([chain[-1].parsed]))
            .time(at)
            .max_chain_depth(MOST_LONG)
            .extension_policies(ca_policy=_authorities(), ee_policy=verification.ExtensionPolicy.permit_all())
            .build_client_verifier()
        )
        verifier.verify(chain[0].parsed, [each.parsed for each in chain[1:-1]])
    except (verification.VerificationError, *UNREADABLE):
        return False
    return True


def _authorities() -> verification.ExtensionPolicy:
    """What every issuer must be; others' authorities need no more than RFC 5280 asks of them."""
    return (
        verification.ExtensionPolicy.permit_all()
        .require_present(x509.BasicConstraints, verification.Criticality.AGNOSTIC, _is_authority)
        .may_be_present(x509.KeyUsage, verification.Criticality.AGNOSTIC, _may_certify)
    )


def _is_authority(_policy: object, _certificate: object, constraints: x509.BasicConstraints) -> None:
    if not constraints.ca:
        raise ValueError("not an authority")


def _may_certify(_policy: object, _certificate: object, usage: x509.KeyUsage | None) -> None:
    if usage is not None and not usage.key_cert_sign:
        raise ValueError("not for signing certificates")

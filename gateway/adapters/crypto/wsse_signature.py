"""ds:Signature in the subset that WS-Security needs: same-document references and exclusive C14N.

SignedInfo is read from its own canonical octets, so that nothing is believed that was not signed.
"""

import hmac
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from cryptography import x509
from lxml import etree

from gateway.adapters.crypto import wsse_names as n
from gateway.adapters.crypto.wsse_algorithms import check_signature, digest
from gateway.adapters.crypto.wsse_ids import target
from gateway.adapters.crypto.wsse_policy import Policy
from gateway.adapters.crypto.wsse_token import invalid, octets_of, only
from gateway.adapters.xml.parser import parse
from gateway.domain.errors import ErrorKind, GatewayError

# Two digests of RSA-8192 in Base64 with line breaks still fit.
VALUE_LIMIT = 4096
SIGNED_INFO_LIMIT = 64 * 1024
PREFIX_LIMIT = 32


@dataclass(frozen=True, slots=True)
class Part:
    """One signed element and the canonical octets that were digested."""

    element: etree._Element
    octets: bytes


@dataclass(frozen=True, slots=True)
class SignedParts:
    """Every part whose digest holds, and SignedInfo's canonical octets."""

    parts: tuple[Part, ...]
    signed_info: bytes


def canonical(element: etree._Element, method: etree._Element | None = None) -> bytes:
    """Exclusive C14N without comments; `method` may hold ec:InclusiveNamespaces.

    Raises GatewayError: SECURITY_INVALID (relative namespace names have no canonical form),
    ALGORITHM_REFUSED.
    """
    prefixes = _prefixes(method)
    try:
        return etree.tostring(
            element,
            method="c14n",
            exclusive=True,
            with_comments=False,
            inclusive_ns_prefixes=prefixes,
        )
    except etree.C14NError:
        raise invalid("a signed part has no canonical form; is a namespace name relative?") from None


def verify_signature(
    signature: etree._Element,
    certificate: x509.Certificate,
    elements: Mapping[str, etree._Element],
    signable: Collection[etree._Element],
    policy: Policy,
) -> SignedParts:
    """Check SignatureValue, then that each reference names one of `signable`, once, then the digests.

    Raises GatewayError: SECURITY_INVALID (shape), ALGORITHM_REFUSED, SIGNATURE_INVALID.
    """
    if [child.tag for child in signature] != [n.SIGNED_INFO, n.SIGNATURE_VALUE, n.KEY_INFO]:
        raise invalid("ds:Signature holds SignedInfo, SignatureValue and KeyInfo, and nothing else")
    came, value, _ = signature
    method = only(came, n.C14N_METHOD)
    _expect(method.get("Algorithm"), n.C14N, "CanonicalizationMethod")
    octets = canonical(came, method)
    signed_info = parse(octets, limit=SIGNED_INFO_LIMIT)
    algorithm = only(signed_info, n.SIGNATURE_METHOD).get("Algorithm", "")
    references = signed_info.findall(n.REFERENCE)
    if not 0 < len(references) <= policy.references:
        raise invalid(f"SignedInfo holds 1 to {policy.references} references")
    check_signature(certificate, algorithm, octets_of(value, VALUE_LIMIT), octets)
    targets = _targets(references, elements, signable)
    return SignedParts(tuple(map(_part, references, targets)), octets)


def _targets(
    references: Collection[etree._Element],
    elements: Mapping[str, etree._Element],
    signable: Collection[etree._Element],
) -> list[etree._Element]:
    """Whom the references name; refused before anything is digested, so that repeats cost nothing."""
    targets = [target(reference.get("URI"), elements) for reference in references]
    if not all(element in signable for element in targets):
        raise invalid("a Reference names something that is not Body, Timestamp, token or header block")
    if len(set(targets)) != len(targets):
        raise invalid("two References name the same element")
    return targets


def _part(reference: etree._Element, element: etree._Element) -> Part:
    octets = canonical(element, _last_transform(only(reference, n.TRANSFORMS)))
    computed = digest(only(reference, n.DIGEST_METHOD).get("Algorithm", ""), octets)
    if not hmac.compare_digest(computed, octets_of(only(reference, n.DIGEST_VALUE), VALUE_LIMIT)):
        name = etree.QName(element).localname
        raise GatewayError(ErrorKind.SIGNATURE_INVALID, f"the digest of {name} does not match")
    return Part(element, octets)


def _last_transform(transforms: etree._Element) -> etree._Element:
    """The exclusive C14N transform, which must be the only one that does anything."""
    steps = list(transforms)
    # The npm package `soap` puts the enveloped-signature transform before C14N. It removes the signature
    # that holds it from the signed element; ours stands in the header, outside of everything that may be
    # referenced, so that there is nothing to remove.
    if len(steps) > 1 and steps[0].get("Algorithm") == n.ENVELOPED:
        steps = steps[1:]
    if len(steps) != 1 or steps[0].tag != n.TRANSFORM:
        raise GatewayError(ErrorKind.ALGORITHM_REFUSED, "the only Transform allowed is xml-exc-c14n#")
    _expect(steps[0].get("Algorithm"), n.C14N, "Transform")
    return steps[0]


def _prefixes(method: etree._Element | None) -> list[str] | None:
    lists = [] if method is None else list(method)
    if not lists:
        return None
    if len(lists) > 1 or lists[0].tag != n.INCLUSIVE_NAMESPACES:
        raise invalid("a C14N method may only hold one InclusiveNamespaces")
    prefixes = (lists[0].get("PrefixList") or "").split()
    if len(prefixes) > PREFIX_LIMIT:
        raise invalid("InclusiveNamespaces names too many prefixes")
    if "#default" in prefixes:
        # lxml 6 passes on only prefixes that occur as names, so that it would silently digest other octets.
        raise GatewayError(ErrorKind.ALGORITHM_REFUSED, "#default in InclusiveNamespaces is not accepted")
    return prefixes or None


def _expect(given: str | None, wanted: str, what: str) -> None:
    if given != wanted:
        shown = (given or "none").rpartition("/")[2][:64]
        raise GatewayError(ErrorKind.ALGORITHM_REFUSED, f"{what} {shown}; allowed: xml-exc-c14n#")

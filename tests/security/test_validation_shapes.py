"""Signatures of another shape, each in one respect: what is refused, and as what."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from lxml import etree

from gateway.adapters.crypto import certificates
from gateway.adapters.validation.context import Limits
from gateway.adapters.validation.xml import validate_xml
from gateway.domain.validation import Indication, SubIndication, ValidationReport
from tests import foreign_signatures as f
from tests.foreign_signatures import DAY, DS, ENVELOPED, EXC, XADES, Draft, Ref
from tests.long_term_world import PASSED, SIGNED, T0, World, failed, found, undecided

Element = etree._Element
PLAIN = b"<contract><party>Ana</party></contract>"
FORMAT = failed("FORMAT_FAILURE")
CONSTRAINTS = undecided("SIG_CONSTRAINTS_FAILURE")


@pytest.fixture(scope="module")
def world() -> World:
    return World.create()


def verdict(world: World, root: Element, **changes: object) -> ValidationReport:
    context = world.context(SIGNED + DAY, revocation_required=False)
    return validate_xml("x.xml", f.octets(root), replace(context, **changes))  # type: ignore[arg-type]


def text_inside(name: str) -> Callable[[Element], None]:
    def change(root: Element) -> None:
        f.child(root, name).text = "text"

    return change


def comment_inside(name: str) -> Callable[[Element], None]:
    def change(root: Element) -> None:
        f.child(root, name).insert(0, etree.Comment("x"))

    return change


def another_child(name: str, namespace: str = DS) -> Callable[[Element], None]:
    def change(root: Element) -> None:
        etree.SubElement(f.child(root, name, namespace), "other")

    return change


def twice(name: str) -> Callable[[Element], None]:
    def change(root: Element) -> None:
        etree.SubElement(f.child(root, "SignedProperties", XADES), f"{{{XADES}}}{name}")

    return change


def missing(name: str) -> Callable[[Element], None]:
    def change(root: Element) -> None:
        gone = f.child(root, name)
        parent = gone.getparent()
        assert parent is not None
        parent.remove(gone)

    return change


def without_id(root: Element) -> None:
    del f.child(root, "Signature").attrib["Id"]


def properties_alone(root: Element) -> None:
    holder = f.child(root, "QualifyingProperties", XADES).getparent()
    assert holder is not None
    etree.SubElement(holder, "other")


def properties_of_another(root: Element) -> None:
    references = list(root.iter(f"{{{DS}}}Reference"))
    references[-1].set("URI", "#sig-value")


def no_properties(root: Element) -> None:
    holder = f.child(root, "Object")
    holder.clear()


SHAPES = {
    "text in Signature": (text_inside("Signature"), FORMAT),
    "text in SignedInfo": (text_inside("SignedInfo"), FORMAT),
    "comment in Signature": (comment_inside("Signature"), FORMAT),
    "comment in SignedInfo": (comment_inside("SignedInfo"), FORMAT),
    "comment in SignatureValue": (comment_inside("SignatureValue"), FORMAT),
    "more in SignedInfo": (another_child("SignedInfo"), FORMAT),
    "more in Reference": (another_child("Reference"), FORMAT),
    "more in Transforms": (another_child("Transforms"), CONSTRAINTS),
    "more in a canonicalisation": (another_child("CanonicalizationMethod"), CONSTRAINTS),
    "more in QualifyingProperties": (another_child("QualifyingProperties", XADES), FORMAT),
    "no SignedInfo": (missing("SignedInfo"), FORMAT),
    "no SignatureValue": (missing("SignatureValue"), FORMAT),
    "no SignatureMethod": (missing("SignatureMethod"), FORMAT),
    "no DigestValue": (missing("DigestValue"), FORMAT),
    "two sets of properties": (twice("SignedSignatureProperties"), FORMAT),
    "no Id": (without_id, FORMAT),
    "properties in company": (properties_alone, FORMAT),
    "properties of another": (properties_of_another, CONSTRAINTS),
    "no XAdES": (no_properties, CONSTRAINTS),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_shapes(world: World, shape: str) -> None:
    """Every part has its place and its neighbours; anything else is refused before it is believed."""
    change, expected = SHAPES[shape]
    root = world.b()
    change(root)
    report = verdict(world, root)
    assert found(report) == expected
    assert report.outline == ()


@pytest.mark.parametrize(
    ("parameter", "expected"),
    [
        (f'<e:InclusiveNamespaces xmlns:e="{EXC}" PrefixList="#default p"/>', PASSED),
        (f'<e:InclusiveNamespaces xmlns:e="{EXC}"/>', PASSED),
        (f'<e:InclusiveNamespaces xmlns:e="{EXC}" PrefixList="{"p " * 100}"/>', CONSTRAINTS),
        (f'<e:InclusiveNamespaces xmlns:e="{EXC}"/>' * 2, CONSTRAINTS),
        ("<other/>", CONSTRAINTS),
    ],
)
def test_inclusive_prefixes(world: World, parameter: str, expected: object) -> None:
    """Exclusive canonicalisation may treat prefixes inclusively, a reasonable number of them."""

    class Prefixed(Ref):
        def text(self) -> str:
            plain = f'<ds:Transform Algorithm="{EXC}"></ds:Transform>'
            given = f'<ds:Transform Algorithm="{EXC}">{parameter}</ds:Transform>'
            return f.c14n_text(super().text().replace(plain, given))

    ref = Prefixed("", PLAIN, (ENVELOPED, EXC))
    assert found(verdict(world, f.enveloped(PLAIN, world.signer, refs=[ref]))) == expected


def test_no_canonical_form(world: World) -> None:
    """Namespaces with relative names have no canonical form."""
    root = f.enveloped(b"<a/>", world.signer, refs=[Ref("", b"<a></a>", (ENVELOPED, EXC))])
    root.append(etree.fromstring('<b xmlns="../relative"/>'))
    assert found(verdict(world, root)) == CONSTRAINTS


def test_a_signature_cannot_leave_itself_out(world: World) -> None:
    """An enveloping signature has nothing left when signatures are left out."""

    class Expressed(Ref):
        def text(self) -> str:
            xpath = "http://www.w3.org/TR/1999/REC-xpath-19991116"
            given = f'Algorithm="{xpath}"><ds:XPath>not(ancestor-or-self::ds:Signature)</ds:XPath>'
            return super().text().replace('Algorithm="urn:x">', given)

    draft = Draft(world.signer, [Expressed("", b"", ("urn:x",))])
    assert found(verdict(world, draft.xml())) == CONSTRAINTS


def test_too_many_time_stamps(world: World) -> None:
    """Time-stamps without end are refused."""
    root = world.t()
    f.add_signature_stamp(root, world.tsa, SIGNED)
    report = verdict(world, root, limits=replace(Limits(), stamps=1))
    assert report.sub_indication is SubIndication.SIG_CONSTRAINTS_FAILURE


def test_an_authority_does_not_sign(world: World) -> None:
    """A certificate of an authority, or for other uses of its key, signs no document."""
    agreement = certificates.end_entity(certificates.TLS, certificates.SERVER)
    bent = [(each, critical) for each, critical in certificates.authority(0)]
    for extensions in (agreement, bent):
        pair = world.root.issue("Wrong", T0, SIGNED + 9 * DAY, extensions)
        report = verdict(world, f.enveloped(PLAIN, pair))
        assert found(report) == undecided("CHAIN_CONSTRAINTS_FAILURE")


def test_policy_with_an_odd_digest(world: World) -> None:
    """A policy's digest without a value is malformed, where it is looked at."""
    text = (
        "<xades:SignaturePolicyIdentifier><xades:SignaturePolicyId><xades:SigPolicyId><xades:Identifier>urn:p"
        "</xades:Identifier></xades:SigPolicyId><xades:SigPolicyHash></xades:SigPolicyHash>"
        "</xades:SignaturePolicyId></xades:SignaturePolicyIdentifier>"
    )
    root = world.b(signed=text)
    assert found(verdict(world, root)) == PASSED
    assert found(verdict(world, root, policies={"urn:p": b"x"})) == FORMAT


def test_before_its_certificate(world: World) -> None:
    """What is proven to be older than its certificate was not made with it."""
    late = world.ca.signer("Late", SIGNED + DAY / 2, SIGNED + 9 * DAY)
    root = f.enveloped(PLAIN, late, claimed="")
    f.add_signature_stamp(root, world.tsa, SIGNED)
    report = verdict(world, root)
    assert found(report) == failed("NOT_YET_VALID")


def test_evidence_of_another_provider(world: World) -> None:
    """An ERDS evidence that is none of ours passes without facts: it is signed, and not ours to tell."""
    foreign = b'<e:Evidence xmlns:e="http://uri.etsi.org/19522/v1#"><e:x>1</e:x></e:Evidence>'
    report = verdict(world, f.enveloped(foreign, world.signer))
    assert report.indication is Indication.PASSED
    assert (report.facts, report.outline) == (None, ())


def test_authorities_with_rsa(world: World) -> None:
    """RSA authorities' certificates are judged by the policy for their keys."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    ca = f.Authority(world.root.issue("RSA CA", T0, SIGNED + 90 * DAY, certificates.authority(0), key))
    root = f.enveloped(PLAIN, ca.signer("Signer", T0, SIGNED + 9 * DAY))
    assert found(verdict(world, root)) == PASSED
    policy = world.context(SIGNED).algorithms
    ended = replace(policy, signatures={**policy.signatures, "rsa": ((2048, SIGNED),)})
    assert found(verdict(world, root, algorithms=ended)) == undecided("CRYPTO_CONSTRAINTS_FAILURE_NO_POE")

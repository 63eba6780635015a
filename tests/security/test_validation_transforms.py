"""Transforms: which are understood, which expressions are recognised, and that no other is ever run."""

import pytest
from lxml import etree

from gateway.adapters.validation.xml import validate_xml
from gateway.domain.validation import Coverage, Indication, SubIndication, ValidationReport
from tests import foreign_signatures as f
from tests.foreign_signatures import ENVELOPED, EXC, Draft, Ref
from tests.long_term_world import SIGNED, World

C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
C14N_11 = "http://www.w3.org/2006/12/xml-c14n11"
XPATH = "http://www.w3.org/TR/1999/REC-xpath-19991116"
FILTER2 = "http://www.w3.org/2002/06/xmldsig-filter2"
PLAIN = b"<contract><party>Ana</party></contract>"


@pytest.fixture(scope="module")
def world() -> World:
    return World.create()


def verdict(world: World, root: etree._Element) -> ValidationReport:
    return validate_xml("x.xml", f.octets(root), world.context(SIGNED, revocation_required=False))


@pytest.mark.parametrize(
    "transforms",
    [
        (ENVELOPED,),
        (ENVELOPED, EXC),
        (ENVELOPED, f"{EXC}WithComments"),
        (ENVELOPED, C14N),
        (ENVELOPED, f"{C14N}#WithComments"),
        (ENVELOPED, C14N_11),
        (ENVELOPED, f"{C14N_11}#WithComments"),
    ],
)
def test_allowed_transforms(world: World, transforms: tuple[str, ...]) -> None:
    """Every canonicalisation is understood, also none at all (inclusive without comments then)."""
    root = f.enveloped(PLAIN, world.signer, refs=[Ref("", PLAIN, transforms)])
    root.insert(0, etree.Comment("comments are not signed by a reference into the same document"))
    report = verdict(world, root)
    assert report.indication is Indication.PASSED
    assert report.signatures[0].coverage is Coverage.FULL
    assert report.outline == (("contract", ""), ("party", "Ana"))


@pytest.mark.parametrize(
    "transform",
    [
        "http://www.w3.org/TR/1999/REC-xslt-19991116",
        "http://www.w3.org/2002/06/xmldsig-filter2",
        XPATH,
        "http://www.w3.org/2000/09/xmldsig#unknown",
        "",
    ],
)
def test_refused_transforms(world: World, transform: str) -> None:
    """A transform that is not on the list is refused before it is run, and said so."""
    root = f.enveloped(PLAIN, world.signer, refs=[Ref("", PLAIN, (ENVELOPED, transform))])
    report = verdict(world, root)
    assert report.sub_indication is SubIndication.SIG_CONSTRAINTS_FAILURE
    assert "transform" in report.detail


def parallel(world: World, algorithm: str, parameter: str) -> etree._Element:
    """Two parallel signatures whose references leave out what the parameter leaves out."""

    class Expressed(Ref):
        def text(self) -> str:
            plain = f'<ds:Transform Algorithm="{algorithm}"></ds:Transform>'
            return (
                super()
                .text()
                .replace(plain, f"{plain.removesuffix('</ds:Transform>')}{parameter}</ds:Transform>")
            )

    root = etree.fromstring(PLAIN)
    for name in ("one", "two"):
        root.append(Draft(world.signer, [Expressed("", PLAIN, (algorithm, EXC))], id=name).xml())
    return root


def xpath(expression: str, more: str = "") -> str:
    return f"<ds:XPath{more}>{expression}</ds:XPath>"


def filter2(expression: str, kind: str = "subtract") -> str:
    return f'<f:XPath xmlns:f="{FILTER2}" Filter="{kind}">{expression}</f:XPath>'


@pytest.mark.parametrize(
    ("algorithm", "parameter"),
    [
        (XPATH, xpath("not(ancestor-or-self::ds:Signature)")),
        (FILTER2, filter2("/descendant::ds:Signature")),
    ],
)
def test_parallel_signatures(world: World, algorithm: str, parameter: str) -> None:
    """Two signatures that leave all signatures out, as the EU's DSS writes them, hold side by side."""
    report = verdict(world, parallel(world, algorithm, parameter))
    assert report.indication is Indication.PASSED
    assert [each.coverage for each in report.signatures] == [Coverage.FULL] * 2
    assert report.outline == (("contract", ""), ("party", "Ana"))


@pytest.mark.parametrize(
    ("algorithm", "parameter"),
    [
        *(
            (XPATH, xpath(each))
            for each in ("self::text()", "not(ancestor-or-self::ds:Object)", "true()", "")
        ),
        (XPATH, xpath("not(ancestor-or-self::ds:Signature)") * 2),
        (XPATH, xpath("not(ancestor-or-self::ds:Signature)", ' Filter="subtract"')),
        (XPATH, xpath("not(ancestor-or-self::x:Signature)", ' xmlns:x="urn:x"')),
        (XPATH, xpath("not(ancestor-or-self::ds:Signature) or not(ancestor-or-self::ds:Signature)")),
        (FILTER2, filter2("/descendant::ds:Signature", "union")),
        (FILTER2, filter2("/descendant::ds:Object")),
        (FILTER2, xpath("/descendant::ds:Signature")),
        (FILTER2, ""),
    ],
)
def test_other_expressions(world: World, algorithm: str, parameter: str) -> None:
    """No other expression is evaluated."""
    report = verdict(world, parallel(world, algorithm, parameter))
    assert report.sub_indication is SubIndication.SIG_CONSTRAINTS_FAILURE

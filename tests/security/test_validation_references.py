"""References: names of detached files, coverage, and what a file may cost."""

import hashlib
from base64 import b64encode
from dataclasses import replace

import pytest
from lxml import etree

from gateway.adapters.validation.context import Limits
from gateway.adapters.validation.uris import file_name
from gateway.adapters.validation.verdict import Refusal
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


def verdict(
    world: World, root: etree._Element, detached: dict[str, bytes] | None = None, limits: Limits | None = None
) -> ValidationReport:
    context = world.context(SIGNED, revocation_required=False, limits=limits or Limits())
    return validate_xml("x.xml", f.octets(root), context, detached or {})


def beside(world: World, *refs: Ref) -> etree._Element:
    """A file of signatures over files beside it, as in ASiC-E."""
    root = etree.Element("{http://uri.etsi.org/02918/v1.2.1#}XAdESSignatures")
    root.append(Draft(world.signer, refs).xml())
    return root


def test_enveloping(world: World) -> None:
    """An enveloping signature covers its file when every object is signed, and a part of it otherwise."""
    text = f'<ds:Object xmlns:ds="{f.DS}" Id="o"><note>hello</note></ds:Object>'
    draft = Draft(world.signer, [Ref("#o", text.encode())], objects=text)
    report = verdict(world, draft.xml())
    assert (report.indication, report.signatures[0].coverage) == (Indication.PASSED, Coverage.FULL)
    root = draft.xml()
    f.child(root, "Object").addnext(etree.fromstring(f'<ds:Object xmlns:ds="{f.DS}">more</ds:Object>'))
    report = verdict(world, root)
    assert (report.indication, report.signatures[0].coverage) == (Indication.PASSED, Coverage.PARTIAL)


def test_base64_transform(world: World) -> None:
    """The base64 transform signs what is encoded."""
    data = b64encode(b"binary").decode()
    text = f'<ds:Object Id="o">{data[:4]}<!-- -->{data[4:]}</ds:Object>'
    draft = Draft(world.signer, [Ref("#o", b"binary", (f"{f.DS}base64",))], objects=text)
    assert verdict(world, draft.xml()).indication is Indication.PASSED
    broken = Draft(
        world.signer, [Ref("#o", b"", (f"{f.DS}base64",))], objects='<ds:Object Id="o">*</ds:Object>'
    )
    assert verdict(world, broken.xml()).sub_indication is SubIndication.SIG_CONSTRAINTS_FAILURE


def test_detached(world: World) -> None:
    """Files beside it are digested as they are; FULL when all that are there are covered."""
    files = {"a.txt": b"A", "docs/informe año 1.pdf": b"B"}
    refs = [Ref("a.txt", b"A", ()), Ref("docs/informe%20a%C3%B1o%201.pdf", b"B", ())]
    report = verdict(world, beside(world, *refs), files)
    assert report.indication is Indication.PASSED
    (found,) = report.signatures
    assert (found.coverage, found.covered) == (Coverage.FULL, tuple(files))
    report = verdict(world, beside(world, refs[0]), files)
    assert report.signatures[0].coverage is Coverage.PARTIAL
    report = verdict(world, beside(world, *refs), files | {"a.txt": b"Z"})
    assert report.sub_indication is SubIndication.HASH_FAILURE


def test_detached_xml(world: World) -> None:
    """A file beside it may be canonicalised; its comments then count where the method keeps them."""
    xml = b"<a><!--x--><b/></a>"
    kept, dropped = b"<a><!--x--><b></b></a>", b"<a><b></b></a>"
    for transform, digested in ((f"{EXC}WithComments", kept), (EXC, dropped), (C14N, dropped)):
        root = beside(world, Ref("a.xml", digested, (transform,)))
        assert verdict(world, root, {"a.xml": xml}).indication is Indication.PASSED
    report = verdict(world, beside(world, Ref("a.xml", b"", (EXC,))), {"a.xml": b"<!DOCTYPE a><a/>"})
    assert report.sub_indication is SubIndication.SIG_CONSTRAINTS_FAILURE


@pytest.mark.parametrize(
    "uri",
    [
        "http://127.0.0.1/a.txt",
        "file:///etc/passwd",
        "/etc/passwd",
        "../a.txt",
        "docs/../a.txt",
        "docs/%2e%2e/a.txt",
        "docs//a.txt",
        "docs%5Ca.txt",
        "a.txt#x",
        "a.txt?x",
        "a%00.txt",
        "a%ZZ.txt",
        "a%FF.txt",
        "b.txt",
        "A.TXT",
        "#xpointer(/)",
        "#a.txt",
        "x" * 2000,
    ],
)
def test_names_that_lead_elsewhere(world: World, uri: str) -> None:
    """Nothing outside what was handed over is ever reached, and no two names mean one file."""
    report = verdict(world, beside(world, Ref(uri, b"A", ())), {"a.txt": b"A"})
    assert report.sub_indication is SubIndication.SIGNED_DATA_NOT_FOUND


def test_names_are_decoded_once() -> None:
    """A name that looks like an escape stays what it is."""
    assert file_name("a%2520b") == "a%20b"
    assert file_name("./a+b") == "a+b"
    with pytest.raises(Refusal):
        file_name("")


@pytest.mark.parametrize(
    ("method", "name", "sub"),
    [
        ("http://www.w3.org/2000/09/xmldsig#sha1", "sha1", SubIndication.CRYPTO_CONSTRAINTS_FAILURE_NO_POE),
        ("http://www.w3.org/2001/04/xmldsig-more#md5", "md5", SubIndication.CRYPTO_CONSTRAINTS_FAILURE),
        ("http://www.w3.org/2007/05/xmldsig-more#sha3-256", "sha3_256", None),
        ("http://www.w3.org/2001/04/xmlenc#sha512", "sha512", None),
    ],
)
def test_digests_of_references(world: World, method: str, name: str, sub: SubIndication | None) -> None:
    """Digests are those of the algorithm policy, each as long as it lasts."""
    ref = Ref(
        "", PLAIN, (ENVELOPED, EXC), method=method, digest=lambda data: hashlib.new(name, data).digest()
    )
    assert verdict(world, f.enveloped(PLAIN, world.signer, refs=[ref])).sub_indication is sub


def test_nothing_signed(world: World) -> None:
    """A signature over nothing but its own properties signs nothing."""
    report = verdict(world, beside(world))
    assert report.sub_indication is SubIndication.SIGNED_DATA_NOT_FOUND


@pytest.mark.parametrize(
    ("limits", "sub"),
    [
        ({"references": 2}, SubIndication.SIG_CONSTRAINTS_FAILURE),
        ({"transforms": 0}, SubIndication.SIG_CONSTRAINTS_FAILURE),
        ({"digested": 20}, SubIndication.SIG_CONSTRAINTS_FAILURE),
        ({"certificates": 1}, SubIndication.SIG_CONSTRAINTS_FAILURE),
        ({"signatures": 0}, SubIndication.FORMAT_FAILURE),
        ({"elements": 5}, SubIndication.FORMAT_FAILURE),
    ],
)
def test_limits(world: World, limits: dict[str, int], sub: SubIndication) -> None:
    """What costs too much is refused."""
    root = beside(world, *(Ref(f"{each}.txt", b"A" * 10, ()) for each in range(3)))
    files = {f"{each}.txt": b"A" * 10 for each in range(3)}
    assert verdict(world, root, files).indication is Indication.PASSED
    report = verdict(world, root, files, replace(Limits(), **limits))
    assert report.sub_indication is sub


@pytest.mark.parametrize("method", [EXC, C14N])
def test_crowds_of_namespaces(world: World, method: str) -> None:
    """Namespaces in such number that canonicalisation would take minutes are refused at once."""
    declared = " ".join(f'xmlns:p{each}="urn:{each}"' for each in range(3000))
    crowd = f"<a {declared}>{'<b/>' * 20_000}</a>".encode()
    root = f.enveloped(b"<a/>", world.signer, refs=[Ref("", b"<a></a>", (ENVELOPED, method))])
    root.append(etree.fromstring(crowd))
    assert verdict(world, root).sub_indication is SubIndication.FORMAT_FAILURE
    report = verdict(world, beside(world, Ref("a.xml", b"", (method,))), {"a.xml": crowd})
    assert report.sub_indication is SubIndication.FORMAT_FAILURE
    few = f.enveloped(b"<a/>", world.signer, refs=[Ref("", b"<a></a>", (ENVELOPED, method))] * 3)
    few.set("x", "1")
    context = world.context(SIGNED, revocation_required=False, limits=replace(Limits(), digested=100))
    report = validate_xml("x.xml", f.octets(few), context)
    assert report.sub_indication is SubIndication.SIG_CONSTRAINTS_FAILURE


def test_inherited_attributes(world: World) -> None:
    """Inclusive canonicalisation takes xml:lang and its like from above, as xmlsec1 does."""
    part = '<part Id="p" xml:lang="es">x</part>'
    for method in (C14N, C14N_11):
        root = etree.fromstring('<file xml:lang="es"><part Id="p">x</part></file>')
        draft = Draft(world.signer, [Ref("#p", part.encode(), (method,))])
        root.append(draft.xml())
        assert verdict(world, root).indication is Indication.PASSED
        assert root[0].attrib == {"Id": "p"}
    root.set("{http://www.w3.org/XML/1998/namespace}base", "http://x/")
    assert verdict(world, root).sub_indication is SubIndication.SIG_CONSTRAINTS_FAILURE


def test_tail_and_neighbours_are_signed(world: World) -> None:
    """Text after an enveloped signature belongs to the document and is signed with it."""
    root = f.enveloped(b"<a>x</a>", world.signer, refs=[Ref("", b"<a>xy</a>", (ENVELOPED, EXC))])
    root[-1].tail = "y"
    assert verdict(world, root).indication is Indication.PASSED
    root[-1].tail = "z"
    assert verdict(world, root).sub_indication is SubIndication.HASH_FAILURE

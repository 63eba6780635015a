"""Genuine pieces of evidence in another arrangement, in another number, or from another evidence."""

from base64 import b64encode
from collections.abc import Callable
from copy import deepcopy

import pytest
from lxml import etree

from gateway.adapters.xml.parser import serialize
from gateway.domain.validation import Indication, SubIndication
from tests.seal_samples import Workshop, rendered
from tests.validated import judged

DS = "{http://www.w3.org/2000/09/xmldsig#}"
XADES = "{http://uri.etsi.org/01903/v1.3.2#}"
Element = etree._Element


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return Workshop.create(tmp_path_factory.mktemp("rearranged") / "pki")


@pytest.fixture(scope="module")
def sealed(workshop: Workshop) -> bytes:
    return workshop.sealer().seal(rendered()).octets


@pytest.fixture(scope="module")
def other(workshop: Workshop) -> bytes:
    return workshop.sealer().seal(rendered(evidence_id="other", result=8)).octets


def find(root: Element, tag: str) -> Element:
    return next(root.iter(tag))


def signature_of(root: Element) -> Element:
    return root[-1]


def two_signatures(root: Element, foreign: Element) -> Element:
    root.append(deepcopy(signature_of(foreign)))
    return root


def nested_signature(root: Element, foreign: Element) -> Element:
    find(root, f"{DS}Object").append(deepcopy(signature_of(foreign)))
    return root


def moved_signature(root: Element, foreign: Element) -> Element:
    root.insert(0, signature_of(root))
    return root


def wrapped(root: Element, foreign: Element) -> Element:
    outer = etree.Element("{http://uri.etsi.org/19522/v1#}Evidence")
    outer.extend(deepcopy(child) for child in list(foreign)[:-1])
    signature = signature_of(root)
    outer.append(signature)
    find(signature, f"{DS}Object").append(root)
    return outer


def under_another_root(root: Element, foreign: Element) -> Element:
    outer = etree.Element("Envelope")
    outer.append(root)
    return outer


def other_body(root: Element, foreign: Element) -> Element:
    foreign.replace(signature_of(foreign), signature_of(root))
    return foreign


def other_token(root: Element, foreign: Element) -> Element:
    tag = f"{XADES}EncapsulatedTimeStamp"
    find(root, tag).text = find(foreign, tag).text
    return root


def two_tokens(root: Element, foreign: Element) -> Element:
    stamp = find(root, f"{XADES}SignatureTimeStamp")
    second = deepcopy(stamp)
    del second.attrib["Id"]
    stamp.addnext(second)
    return root


def two_tokens_in_one(root: Element, foreign: Element) -> Element:
    token = find(root, f"{XADES}EncapsulatedTimeStamp")
    token.addnext(deepcopy(token))
    return root


def no_token(root: Element, foreign: Element) -> Element:
    unsigned = find(root, f"{XADES}UnsignedProperties")
    unsigned.getparent().remove(unsigned)  # type: ignore[union-attr]
    return root


def other_properties(root: Element, foreign: Element) -> Element:
    tag = f"{XADES}SignedProperties"
    theirs = deepcopy(find(foreign, tag))
    find(theirs, f"{XADES}SigningTime").text = "2020-01-01T00:00:00Z"
    mine = find(root, tag)
    mine.getparent().replace(mine, theirs)  # type: ignore[union-attr]
    return root


def one_reference(root: Element, foreign: Element) -> Element:
    reference = find(root, f"{DS}Reference")
    reference.getparent().remove(reference)  # type: ignore[union-attr]
    return root


def many_references(root: Element, foreign: Element) -> Element:
    reference = find(root, f"{DS}Reference")
    for _ in range(400):
        reference.addnext(deepcopy(reference))
    return root


def swapped_certificates(root: Element, foreign: Element) -> Element:
    data = find(root, f"{DS}X509Data")
    data.append(data[0])
    return root


def many_certificates(root: Element, foreign: Element) -> Element:
    data = find(root, f"{DS}X509Data")
    for _ in range(50):
        data.append(deepcopy(data[0]))
    return root


def broken_certificate(root: Element, foreign: Element) -> Element:
    find(root, f"{DS}X509Certificate").text = b64encode(b"nothing").decode()
    return root


def many_elements(root: Element, foreign: Element) -> Element:
    for _ in range(100_001):
        etree.SubElement(root[0], "x")
    return root


@pytest.mark.parametrize(
    ("forge", "sub"),
    [
        (two_signatures, "FORMAT_FAILURE"),
        (nested_signature, "FORMAT_FAILURE"),
        (wrapped, "FORMAT_FAILURE"),
        (under_another_root, "HASH_FAILURE"),
        (other_body, "HASH_FAILURE"),
        (other_token, "SIG_CONSTRAINTS_FAILURE"),
        (two_tokens, "SIG_CONSTRAINTS_FAILURE"),
        (two_tokens_in_one, "SIG_CONSTRAINTS_FAILURE"),
        (other_properties, "HASH_FAILURE"),
        (one_reference, "SIG_CRYPTO_FAILURE"),
        (many_references, "FORMAT_FAILURE"),
        (broken_certificate, "NO_SIGNING_CERTIFICATE_FOUND"),
        (many_elements, "FORMAT_FAILURE"),
    ],
)
def test_rearranged(
    workshop: Workshop, sealed: bytes, other: bytes, forge: Callable[[Element, Element], Element], sub: str
) -> None:
    """Whatever changes what is signed, or vouches for something else, is refused."""
    forged = serialize(forge(etree.fromstring(sealed), etree.fromstring(other)))
    report = judged(forged, workshop.anchors)
    assert report.sub_indication is SubIndication(sub)
    assert report.indication is not Indication.PASSED
    assert report.facts is None


@pytest.mark.parametrize(
    ("forge", "level"),
    [(moved_signature, "B-T"), (no_token, "B-B"), (swapped_certificates, "B-T"), (many_certificates, "B-T")],
)
def test_harmless(
    workshop: Workshop, sealed: bytes, other: bytes, forge: Callable[[Element, Element], Element], level: str
) -> None:
    """What is not signed may be arranged otherwise or taken away; what is told stays the same."""
    report = judged(serialize(forge(etree.fromstring(sealed), etree.fromstring(other))), workshop.anchors)
    assert report.indication is Indication.PASSED
    assert report.signatures[0].level == level
    assert report.facts == judged(sealed, workshop.anchors).facts

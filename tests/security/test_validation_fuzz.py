"""Mutated files: validation never raises, and passes only what still says what was signed."""

from base64 import b64decode, b64encode
from copy import deepcopy

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from gateway.adapters.validation.memory import Memory
from gateway.adapters.validation.tokens import over, validate_token
from gateway.adapters.validation.uris import file_name
from gateway.adapters.validation.verdict import Refusal
from gateway.adapters.validation.xml import validate_xml
from gateway.domain.validation import Coverage, Indication, ValidationReport
from tests import foreign_signatures as f
from tests.foreign_signatures import DAY
from tests.long_term_world import SIGNED, World

AT = SIGNED + 2 * DAY
OUTLINE = (("contract", ""), ("party", "Ana"))
MANY = settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
WORLD = World.create()
MEMORY = Memory()


def genuine() -> etree._Element:
    return WORLD.archived(WORLD.lt(), WORLD.tsa, SIGNED + DAY)


GENUINE = f.octets(genuine())
SAMPLE = validate_xml("x", GENUINE, WORLD.context(AT))
OTHER = f.octets(f.enveloped(b"<contract><party>Eva</party></contract>", WORLD.signer, id="other"))
NAMES = ["Id", "URI", "Target", "Algorithm", "Type", "ID"]
VALUES = ["", "#sig", "#sig-properties", "sig", "doc", "http://x", "#doc", f.EXC, f.ENVELOPED]
ENCODED = [
    "X509Certificate",
    "EncapsulatedTimeStamp",
    "EncapsulatedX509Certificate",
    "EncapsulatedCRLValue",
    "SignatureValue",
]


def judge(octets: bytes) -> ValidationReport:
    """Validate; whatever passes as a whole document must say what was signed, by whom and when."""
    report = validate_xml("x", octets, WORLD.context(AT, revocation_required=False, memory=MEMORY))
    for found in report.signatures:
        if found.indication is Indication.PASSED and found.coverage is Coverage.FULL:
            assert report.outline in ((), OUTLINE)
            assert found.signer_sha256 == SAMPLE.signatures[0].signer_sha256
            assert found.claimed_time == SAMPLE.signatures[0].claimed_time
            genuine_stamps = SAMPLE.signatures[0].stamps
            assert all(
                each in genuine_stamps for each in found.stamps if each.indication is Indication.PASSED
            )
    return report


def test_the_sample_passes() -> None:
    """What is mutated is a B-LTA signature that passes."""
    report = judge(GENUINE)
    assert (report.indication, report.signatures[0].level, report.outline) == (
        Indication.PASSED,
        "B-LTA",
        OUTLINE,
    )


@MANY
@given(
    st.lists(
        st.tuples(st.integers(0, len(GENUINE) - 1), st.integers(0, 3), st.binary(max_size=4)),
        min_size=1,
        max_size=3,
    )
)
def test_octets(changes: list[tuple[int, int, bytes]]) -> None:
    """Octets replaced, put in and taken out anywhere."""
    octets = GENUINE
    for at, gone, new in changes:
        octets = octets[:at] + new + octets[at + gone :]
    judge(octets)


@MANY
@given(st.data())
def test_elements(data: st.DataObject) -> None:
    """Elements removed, doubled, moved, exchanged and renamed, attributes and texts changed."""
    root = etree.fromstring(GENUINE)
    spare = etree.fromstring(OTHER)
    for _ in range(data.draw(st.integers(1, 4))):
        elements = [each for each in root.iter() if each is not root and isinstance(each.tag, str)]
        if not elements:
            break
        mutate(data, spare, data.draw(st.sampled_from(elements)), data.draw(st.sampled_from(elements)))
    judge(etree.tostring(root))


def mutate(
    data: st.DataObject,
    spare: etree._Element,
    one: etree._Element,
    two: etree._Element,
) -> None:
    """One change of one element; `two` is another place."""
    parent = one.getparent()
    assert parent is not None
    kind = data.draw(st.sampled_from(["drop", "double", "wrap", "text", "attribute", "tag", "move", "swap"]))
    if kind == "drop":
        parent.remove(one)
    elif kind == "double":
        two.append(deepcopy(one))
    elif kind == "wrap":
        etree.SubElement(parent, "wrapper").append(one)
    elif kind == "text":
        one.text = data.draw(st.text("ab=+/#0", max_size=8))
    elif kind == "attribute":
        one.set(data.draw(st.sampled_from(NAMES)), data.draw(st.sampled_from(VALUES)))
    elif kind == "tag":
        one.tag = two.tag
    elif one not in (two, *two.iterancestors()):
        displace(kind, spare, one, two)


def displace(kind: str, spare: etree._Element, one: etree._Element, two: etree._Element) -> None:
    """Put it elsewhere, or a foreign one of its kind in its place."""
    theirs = next(spare.iter(str(one.tag)), None)
    parent = one.getparent()
    if kind == "move":
        two.append(one)
    elif theirs is not None and parent is not None:
        parent.replace(one, deepcopy(theirs))


@MANY
@given(st.data())
def test_encoded_values(data: st.DataObject) -> None:
    """Octets inside certificates, lists, tokens and the signature value."""
    root = etree.fromstring(GENUINE)
    name = data.draw(st.sampled_from(ENCODED))
    element = data.draw(st.sampled_from([each for each in root.iter() if each.tag.endswith(f"}}{name}")]))
    octets = b64decode(element.text or "")
    at = data.draw(st.integers(0, len(octets) - 1))
    new = octets[:at] + data.draw(st.binary(max_size=3)) + octets[at + data.draw(st.integers(0, 3)) :]
    element.text = b64encode(new).decode()
    judge(etree.tostring(root))


@MANY
@given(st.binary(max_size=200))
def test_anything_as_token(octets: bytes) -> None:
    """Whatever is given for a time-stamp, it is judged without an exception."""
    assert not validate_token(octets, over(b"x"), WORLD.context(AT)).holds


@MANY
@given(st.binary(max_size=300))
def test_anything_as_file(octets: bytes) -> None:
    """Whatever is given for a file, there is a report."""
    assert judge(octets).indication is not Indication.PASSED


@MANY
@given(st.text(max_size=40))
def test_names_stay_inside(uri: str) -> None:
    """A name that is accepted has no way out of the set, and no second spelling as a path."""
    try:
        name = file_name(uri)
    except Refusal:
        return
    assert name
    assert not name.startswith("/")
    assert "\\" not in name
    assert not {"", ".", ".."} & set(name.split("/"))


@pytest.mark.parametrize("depth", [200, 100_000])
def test_depth(depth: int) -> None:
    """Nesting without end costs no stack."""
    judge(b"<a>" * depth + b"</a>" * depth)

"""Signatures over a part that is named by its identifier, and what wrapping makes of them."""

from collections.abc import Callable
from copy import deepcopy

import pytest
from lxml import etree

from gateway.domain.validation import Coverage, Indication, SubIndication
from tests import foreign_signatures as f
from tests.long_term_world import SIGNED, World

Element = etree._Element
EVIL = "Mallory"


@pytest.fixture(scope="module")
def world() -> World:
    return World.create()


def signature(root: Element) -> Element:
    return f.child(root, "Signature")


def forged(part: Element) -> Element:
    copy = deepcopy(part)
    copy[0].text = EVIL
    return copy


def forged_without_id(part: Element) -> Element:
    copy = forged(part)
    copy.attrib.pop("Id", None)
    return copy


def by_id(world: World) -> Element:
    """A signature beside what it signs, which it names by its identifier."""
    part = etree.fromstring(b'<contract Id="doc"><party>Ana</party></contract>')
    draft = f.Draft(world.signer, [f.Ref("#doc", f.c14n(part))])
    root = etree.Element("file")
    root.append(part)
    root.append(draft.xml())
    return root


def untouched(root: Element) -> Element:
    return root


def moved_and_forged(root: Element) -> Element:
    """The signed part is put away, a forged one without Id stands where it stood."""
    part = root[0]
    part.addprevious(forged_without_id(part))
    etree.SubElement(root, "appendix").append(part)
    return root


def into_an_object(root: Element) -> Element:
    part = root[0]
    part.addprevious(forged_without_id(part))
    etree.SubElement(signature(root), f"{{{f.DS}}}Object").append(part)
    return root


def another_root(root: Element) -> Element:
    outer = etree.Element("contract")
    etree.SubElement(outer, "party").text = EVIL
    outer.append(root)
    return outer


def signature_in_the_forged_part(root: Element) -> Element:
    copy = forged_without_id(root[0])
    copy.append(signature(root))
    root.append(copy)
    return root


def part_as_root(root: Element) -> Element:
    copy = forged_without_id(root[0])
    copy.extend(list(root))
    return copy


def same_id_twice(root: Element) -> Element:
    copy = forged(root[0])
    root[0].addprevious(copy)
    return root


def same_id_otherwise_spelled(root: Element) -> Element:
    copy = forged_without_id(root[0])
    copy.set("{http://www.w3.org/XML/1998/namespace}id", "doc")
    root[0].addprevious(copy)
    return root


def no_such_part(root: Element) -> Element:
    root[0].set("Id", "elsewhere")
    return root


@pytest.mark.parametrize(
    ("forge", "expected"),
    [
        (untouched, None),
        (moved_and_forged, None),
        (into_an_object, None),
        (another_root, None),
        (signature_in_the_forged_part, None),
        (part_as_root, None),
        (same_id_twice, SubIndication.FORMAT_FAILURE),
        (same_id_otherwise_spelled, SubIndication.FORMAT_FAILURE),
        (no_such_part, SubIndication.SIGNED_DATA_NOT_FOUND),
    ],
)
def test_wrapping_of_a_part(
    world: World, forge: Callable[[Element], Element], expected: SubIndication | None
) -> None:
    """A signature over a part may pass, wherever that part stands; it is PARTIAL, and no more is told."""
    report = world.verdict(forge(by_id(world)), SIGNED, revocation_required=False)
    assert report.sub_indication is expected
    assert report.outline == ()
    assert report.facts is None
    if expected is None:
        (found,) = report.signatures
        assert report.indication is Indication.PASSED
        assert (found.coverage, found.covered) == (Coverage.PARTIAL, ("contract #doc",))

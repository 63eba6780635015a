"""Signature wrapping: genuine pieces moved, copied, wrapped, exchanged in every slot of a B-LTA signature.

Each case says what the verdict must be. Whatever it is, content that was not signed is never reported.
"""

from collections.abc import Callable
from copy import deepcopy

import pytest
from lxml import etree

from gateway.domain.validation import Indication, SubIndication
from tests import foreign_signatures as f
from tests.foreign_signatures import DAY, DS, XADES, XADES_141
from tests.long_term_world import SIGNED, World

Element = etree._Element
Forge = Callable[[Element, Element, Element], Element]
EVIL = "Mallory"
OTHER = b"<contract><party>Eva</party></contract>"


@pytest.fixture(scope="module")
def world() -> World:
    return World.create()


@pytest.fixture(scope="module")
def genuine(world: World) -> bytes:
    return f.octets(world.archived(world.lt(), world.tsa, SIGNED + DAY))


@pytest.fixture(scope="module")
def other(world: World) -> bytes:
    """Another genuine signature by the same signer, over another document."""
    root = f.enveloped(OTHER, world.signer, claimed="2026-01-02T00:00:01Z")
    f.add_signature_stamp(root, world.tsa, SIGNED)
    chain = [world.tsa.chain[0], *world.signer.chain, world.root.certificate]
    f.add_values(root, chain, world.crls(SIGNED))
    f.add_archive_stamp(root, world.tsa, SIGNED + DAY, [OTHER])
    return f.octets(root)


SLOTS = {
    "document": "party",
    "properties": f"{{{XADES}}}SignedProperties",
    "key": f"{{{DS}}}X509Data",
    "stamp": f"{{{XADES}}}SignatureTimeStamp",
    "certificates": f"{{{XADES}}}CertificateValues",
    "revocations": f"{{{XADES}}}RevocationValues",
    "archive": f"{{{XADES_141}}}ArchiveTimeStamp",
}


def signature(root: Element) -> Element:
    return f.child(root, "Signature")


def forged(element: Element) -> Element:
    """A copy with other contents: what a forger wants to be read."""
    copy = deepcopy(element)
    leaf = next(each for each in copy.iter() if not len(each))
    leaf.text = EVIL if "party" in str(copy.tag) else "TWFsbG9yeQ=="
    return copy


def replace(slot: Element, by: Element) -> None:
    parent = slot.getparent()
    assert parent is not None
    parent.replace(slot, by)


def forged_without_id(slot: Element) -> Element:
    copy = forged(slot)
    copy.attrib.pop("Id", None)
    return copy


def moved_out(root: Element, slot: Element, theirs: Element) -> Element:
    """The piece stands beside the signature."""
    slot.tail = None
    signature(root).addprevious(slot)
    return root


def copied_beside(root: Element, slot: Element, theirs: Element) -> Element:
    """A second one beside it, with the same Id."""
    slot.addnext(deepcopy(slot))
    return root


def forged_before(root: Element, slot: Element, theirs: Element) -> Element:
    """A forged one before it, without Id."""
    slot.addprevious(forged_without_id(slot))
    return root


def forged_after(root: Element, slot: Element, theirs: Element) -> Element:
    """A forged one after it, without Id."""
    slot.addnext(forged_without_id(slot))
    return root


def replaced_and_hidden(root: Element, slot: Element, theirs: Element) -> Element:
    """A forged one in its place; the genuine one is hidden in another object of the signature."""
    replace(slot, forged_without_id(slot))
    hidden = etree.SubElement(signature(root), f"{{{DS}}}Object")
    hidden.append(slot)
    return root


def wrapped_in_place(root: Element, slot: Element, theirs: Element) -> Element:
    """A foreign element around it."""
    wrapper = etree.Element("{urn:x}Wrapper")
    replace(slot, wrapper)
    wrapper.append(slot)
    return root


def wrapped_root(root: Element, slot: Element, theirs: Element) -> Element:
    """Another root around everything, with a forged piece of its own."""
    outer = etree.Element("contract")
    outer.append(forged_without_id(slot))
    outer.append(root)
    return outer


def signed_inside_unsigned(root: Element, slot: Element, theirs: Element) -> Element:
    """The signed document becomes an object of its own signature, under a root that says something else."""
    outer = etree.Element("contract")
    outer.append(forged_without_id(slot))
    mine = signature(root)
    outer.append(mine)
    etree.SubElement(mine, f"{{{DS}}}Object").append(root)
    return outer


def other_target(root: Element, slot: Element, theirs: Element) -> Element:
    """A second QualifyingProperties, of another Target, holds a copy."""
    holder = etree.SubElement(signature(root), f"{{{DS}}}Object")
    copy = etree.SubElement(holder, f"{{{XADES}}}QualifyingProperties", Target="#another")
    copy.append(forged_without_id(slot))
    return root


def foreign_piece(root: Element, slot: Element, theirs: Element) -> Element:
    """The same piece of another genuine signature in its place."""
    replace(slot, theirs)
    return root


def foreign_beside(root: Element, slot: Element, theirs: Element) -> Element:
    """The same piece of another genuine signature beside it."""
    copy = deepcopy(theirs)
    copy.attrib.pop("Id", None)
    slot.addnext(copy)
    return root


def inside_signature(root: Element, slot: Element, theirs: Element) -> Element:
    """A forged one as a child of ds:Signature."""
    signature(root).append(forged_without_id(slot))
    return root


def two_signatures(root: Element, slot: Element, theirs: Element) -> Element:
    """The other genuine signature is added whole."""
    extra = deepcopy(next(theirs.getroottree().getroot().iter(f"{{{DS}}}Signature")))
    for element in extra.iter():
        if element.get("Id"):
            element.set("Id", f"x{element.get('Id')}")
    root.append(extra)
    return root


def empty_signature(root: Element, slot: Element, theirs: Element) -> Element:
    """A hollow ds:Signature is added."""
    etree.SubElement(root, f"{{{DS}}}Signature", Id="hollow").append(forged_without_id(slot))
    return root


# What each forgery must come to, slot by slot. HASH, FORMAT: TOTAL-FAILED; CONSTRAINTS: INDETERMINATE;
# a level: the piece no longer counts, what is left passes at that level, and says the same as before.
HASH, FORMAT, CONSTRAINTS = "HASH_FAILURE", "FORMAT_FAILURE", "SIG_CONSTRAINTS_FAILURE"
ORDER = list(SLOTS)
EXPECTED: dict[Forge, tuple[str, ...]] = {
    #                    document  properties key        stamp      certificates revocations archive
    moved_out: ("B-LTA", FORMAT, HASH, HASH, HASH, HASH, HASH),
    copied_beside: (HASH, FORMAT, *[CONSTRAINTS] * 5),
    forged_before: (HASH, FORMAT, *[CONSTRAINTS] * 5),
    forged_after: (HASH, FORMAT, *[CONSTRAINTS] * 5),
    replaced_and_hidden: (HASH, FORMAT, *[CONSTRAINTS] * 5),
    wrapped_in_place: (HASH, FORMAT, *[CONSTRAINTS] * 4, "B-LT"),
    wrapped_root: (HASH,) * 7,
    signed_inside_unsigned: (HASH,) * 7,
    other_target: (FORMAT,) * 7,
    foreign_piece: (HASH, HASH, "B-LTA", *[CONSTRAINTS] * 4),
    foreign_beside: (HASH, FORMAT, *[CONSTRAINTS] * 5),
    inside_signature: (FORMAT,) * 7,
    two_signatures: (HASH,) * 7,
    empty_signature: (HASH,) * 7,
}


@pytest.mark.parametrize("slot", SLOTS)
@pytest.mark.parametrize("forge", EXPECTED, ids=lambda each: each.__name__)
def test_wrapping(world: World, genuine: bytes, other: bytes, slot: str, forge: Forge) -> None:
    """A piece in another place, in another number or from elsewhere never vouches for what it is not over."""
    root, theirs = etree.fromstring(genuine), etree.fromstring(other)
    tag = SLOTS[slot]
    forged_root = forge(root, next(root.iter(tag)), next(theirs.iter(tag)))
    report = world.verdict(forged_root, SIGNED + 2 * DAY)
    expected = EXPECTED[forge][ORDER.index(slot)]
    if expected.startswith("B-"):
        assert report.indication is Indication.PASSED
        assert report.signatures[0].level == expected
    else:
        final = expected != CONSTRAINTS
        assert report.indication is (Indication.FAILED if final else Indication.INDETERMINATE)
        assert report.sub_indication is SubIndication(expected)
    assert EVIL not in str(report)
    assert "Eva" not in str(report)

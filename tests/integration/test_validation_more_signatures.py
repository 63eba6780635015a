"""Several signatures in one file: counter-signatures, signed files inside signed files, short-lived ones."""

from dataclasses import replace
from datetime import datetime

import pytest
from cryptography import x509
from lxml import etree

from gateway.adapters.crypto import certificates
from gateway.adapters.validation.certificates import MOST_OCTETS, Certificates
from gateway.adapters.validation.memory import MOST, Memory
from gateway.domain.validation import Coverage, Indication
from tests import foreign_signatures as f
from tests.foreign_signatures import DAY
from tests.long_term_world import DOCUMENT, PASSED, SIGNED, T0, World, failed, found, undecided

COUNTERSIGNED = "http://uri.etsi.org/01903#CountersignedSignature"


@pytest.fixture(scope="module")
def world() -> World:
    return World.create()


def countersigned(world: World, root: etree._Element) -> etree._Element:
    """A counter-signature over the signature value, as an unsigned property of the signature."""
    value = f.child(root, "SignatureValue")
    draft = f.Draft(world.ca.signer("Notary", T0, T0 + 90 * DAY), [], id="counter")
    draft.refs = [f.Ref("#sig-value", f.c14n(value), type=COUNTERSIGNED)]
    holder = f.append_property(root, "<xades:CounterSignature/>")
    holder.append(draft.xml())
    return root


def test_counter_signature(world: World) -> None:
    """A counter-signature is judged like any other; it covers the value of the one that it is for."""
    report = world.verdict(countersigned(world, world.b()), SIGNED + DAY, revocation_required=False)
    assert found(report) == PASSED
    outer, inner = report.signatures
    assert (outer.coverage, inner.coverage) == (Coverage.FULL, Coverage.PARTIAL)
    assert inner.covered == ("SignatureValue #sig-value",)
    assert inner.signer.startswith("CN=Notary")


def test_counter_signature_of_another(world: World) -> None:
    """A counter-signature over another value spoils the file."""
    root = countersigned(world, world.b())
    other = world.b(claimed="2026-01-02T00:00:01Z")
    other_property = f.append_property(other, "<xades:CounterSignature/>")
    other_property.append(f.child(root, "CounterSignature", f.XADES)[0])
    report = world.verdict(other, SIGNED + DAY, revocation_required=False)
    assert found(report) == failed("HASH_FAILURE")
    assert [each.indication for each in report.signatures] == [Indication.PASSED, Indication.FAILED]


def test_time_stamps_of_a_counter_signature_are_its_own(world: World) -> None:
    """What is inside a counter-signature proves nothing about the signature that it is for."""
    root = countersigned(world, world.b())
    inner = f.child(root, "CounterSignature", f.XADES)[0]
    token = f.token(world.tsa, f.c14n(f.child(inner, "SignatureValue")), SIGNED)
    f.append_property(inner, f.stamp_text("xades:SignatureTimeStamp", token))
    report = world.verdict(root, SIGNED + DAY, revocation_required=False)
    assert found(report) == PASSED
    assert [each.level for each in report.signatures] == ["B-B", "B-T"]


def test_signed_file_inside_a_signed_file(world: World) -> None:
    """A signed document that is signed again as an object: the inner one no longer covers its document."""
    inner = etree.tostring(world.b()).decode().replace('"sig', '"in').replace('"#sig', '"#in')
    text = f'<ds:Object xmlns:ds="{f.DS}" Id="o">{inner}</ds:Object>'
    canonical = f.c14n(etree.fromstring(text))
    draft = f.Draft(world.signer, [f.Ref("#o", canonical)], id="outer", objects=text)
    report = world.verdict(draft.xml(), SIGNED + DAY, revocation_required=False)
    assert [each.indication for each in report.signatures] == [Indication.PASSED, Indication.FAILED]
    assert report.indication is Indication.FAILED


def test_short_lived_signer(world: World) -> None:
    """A certificate that says that it is too short-lived to be revoked needs no news of revocation."""
    assured = x509.UnrecognizedExtension(x509.ObjectIdentifier("0.4.0.194121.2.1"), b"\x05\x00")
    extensions = [*certificates.end_entity(certificates.SIGNING, None), (assured, False)]
    pair = world.ca.issue("Short", T0, SIGNED + DAY, extensions)
    root = f.enveloped(DOCUMENT, pair)
    f.add_values(root, pair.chain, [world.root.crl(SIGNED, SIGNED + 9 * DAY)])
    assert found(world.verdict(root, SIGNED + DAY / 2)) == PASSED
    assert found(world.verdict(root, SIGNED + 2 * DAY)) == undecided("OUT_OF_BOUNDS_NO_POE")


def test_naive_present(world: World) -> None:
    """A present without a zone is a mistake of the caller's."""
    with pytest.raises(ValueError, match="zone"):
        replace(world.context(SIGNED), at=datetime(2026, 1, 1))  # noqa: DTZ001


def test_memory_is_bounded() -> None:
    """What is remembered does not grow without end, and huge certificates are not read at all."""
    memory, store = Memory(), Certificates()
    for number in range(MOST + 5):
        assert memory.recall(("n", number), lambda number=number: number) == number  # type: ignore[misc]
        assert store.get(str(number).encode()) is None
    assert len(memory._values) <= MOST
    assert len(store._known) <= MOST
    assert store.get(b"0" * (MOST_OCTETS + 1)) is None

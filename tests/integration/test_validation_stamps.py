"""Time-stamps in a signature: over the content, over the signature, over everything; copied, doubled."""

from datetime import datetime

import pytest
from lxml import etree

from gateway.adapters.validation.xml import validate_xml
from gateway.domain.validation import Indication, StampKind, SubIndication, ValidationReport
from tests import foreign_signatures as f
from tests.foreign_signatures import DAY, DS, ENVELOPED, EXC, XADES
from tests.long_term_world import DOCUMENT, PASSED, SIGNED, T0, World, failed, found, undecided

ALL_DATA, SOME_DATA = "xades:AllDataObjectsTimeStamp", "xades:IndividualDataObjectsTimeStamp"


@pytest.fixture(scope="module")
def world() -> World:
    return World.create()


def verdict(world: World, root: etree._Element, at: int = 1) -> ValidationReport:
    return world.verdict(root, SIGNED + at * DAY, revocation_required=False)


def content_stamp(world: World, tag: str, data: bytes, include: str = "", at: datetime = T0 + DAY / 2) -> str:
    token = f.token(world.tsa, data, at)
    return (
        f'<{tag}>{include}<ds:CanonicalizationMethod xmlns:ds="{DS}" Algorithm="{EXC}">'
        f"</ds:CanonicalizationMethod><xades:EncapsulatedTimeStamp>{f.b64(token)}"
        f"</xades:EncapsulatedTimeStamp></{tag}>"
    )


def include(uri: str, referenced: str = ' referencedData="true"') -> str:
    return f'<xades:Include URI="{uri}"{referenced}></xades:Include>'


@pytest.mark.parametrize(
    ("tag", "data", "included", "indication"),
    [
        (ALL_DATA, DOCUMENT, "", Indication.PASSED),
        (ALL_DATA, b"other", "", Indication.FAILED),
        (ALL_DATA, DOCUMENT, include("#doc"), Indication.INDETERMINATE),
        (SOME_DATA, DOCUMENT, include("#doc"), Indication.PASSED),
        (SOME_DATA, b"other", include("#doc"), Indication.FAILED),
        (SOME_DATA, DOCUMENT, include("#nothing"), Indication.INDETERMINATE),
        (SOME_DATA, DOCUMENT, include("#doc", ""), Indication.INDETERMINATE),
    ],
)
def test_content_time_stamps(
    world: World, tag: str, data: bytes, included: str, indication: Indication
) -> None:
    """Time-stamps over the content are checked against what the references yield."""
    refs = [f.Ref("", DOCUMENT, (ENVELOPED, EXC), id="doc")]
    report = verdict(world, world.b(refs=refs, signed_data=content_stamp(world, tag, data, included)))
    (stamp,) = report.signatures[0].stamps
    assert (stamp.kind, stamp.indication) == (StampKind.CONTENT, indication)
    assert (report.indication is Indication.PASSED) is (indication is not Indication.FAILED)
    assert report.signatures[0].level == "B-B"


def test_content_stamped_after_revocation(world: World) -> None:
    """Content that was time-stamped after the revocation was certainly signed after it: REVOKED."""
    serial_number = world.signer.certificate.serial_number
    for revoked_at, expected in (
        (T0 + DAY / 4, failed("REVOKED")),
        (T0 + 3 * DAY / 4, undecided("REVOKED_NO_POE")),
    ):
        root = world.b(claimed="", signed_data=content_stamp(world, ALL_DATA, DOCUMENT))
        f.add_values(root, world.signer.chain, world.crls(SIGNED, {serial_number: revoked_at}))
        assert found(verdict(world, root, 3)) == expected


def test_content_stamped_after_the_end(world: World) -> None:
    """Content that was time-stamped after the certificate's end was certainly signed after it: EXPIRED."""
    end = world.signer.certificate.not_valid_after_utc
    for stamped_at, expected in (
        (end + DAY, failed("EXPIRED")),
        (end - DAY, undecided("OUT_OF_BOUNDS_NO_POE")),
    ):
        text = content_stamp(world, ALL_DATA, DOCUMENT, at=stamped_at)
        report = world.verdict(world.b(signed_data=text), end + 2 * DAY, revocation_required=False)
        assert found(report) == expected


def test_copied_time_stamp(world: World) -> None:
    """A time-stamp of another signature is over something else; the whole is not passed with it."""
    other = world.t()
    mine = world.b(claimed="2026-01-02T00:00:01Z")
    token = f.child(other, "EncapsulatedTimeStamp", XADES).text or ""
    f.append_property(
        mine,
        f'<xades:SignatureTimeStamp><ds:CanonicalizationMethod Algorithm="{EXC}"/>'
        f"<xades:EncapsulatedTimeStamp>{token}</xades:EncapsulatedTimeStamp></xades:SignatureTimeStamp>",
    )
    report = verdict(world, mine)
    assert found(report) == undecided("SIG_CONSTRAINTS_FAILURE")
    assert report.signatures[0].stamps[0].sub_indication is SubIndication.HASH_FAILURE


def test_several_time_stamps(world: World) -> None:
    """Two authorities over one signature are both told; the earlier counts. One of them twice is refused."""
    root = world.t(SIGNED + DAY)
    f.add_signature_stamp(root, world.ca.stamper("Third", T0, T0 + 100 * DAY), SIGNED)
    report = verdict(world, root, 3)
    assert found(report) == PASSED
    assert [each.gen_time for each in report.signatures[0].stamps] == [SIGNED + DAY, SIGNED]
    assert report.signatures[0].best_time == SIGNED
    stamps = f.child(root, "UnsignedSignatureProperties", XADES)
    stamps.append(etree.fromstring(etree.tostring(stamps[0])))
    assert found(verdict(world, root, 3)) == undecided("SIG_CONSTRAINTS_FAILURE")


def test_time_stamp_of_a_stranger(world: World) -> None:
    """A time-stamp by somebody unknown proves nothing, and breaks nothing."""
    root = world.b()
    stranger = f.Authority.root("Stranger", T0, T0 + 9 * DAY).stamper("TSA", T0, T0 + 9 * DAY)
    f.add_signature_stamp(root, stranger, SIGNED)
    report = verdict(world, root)
    assert found(report) == PASSED
    assert report.signatures[0].level == "B-B"
    assert report.signatures[0].stamps[0].sub_indication is SubIndication.NO_CERTIFICATE_CHAIN_FOUND


@pytest.mark.parametrize(
    "content",
    ["", "<xades:XMLTimeStamp/>", "<xades:EncapsulatedTimeStamp>*</xades:EncapsulatedTimeStamp>"],
)
def test_odd_time_stamp_properties(world: World, content: str) -> None:
    """A time-stamp property of another shape is a FORMAT_FAILURE."""
    root = world.b()
    f.append_property(root, f"<xades:SignatureTimeStamp>{content}</xades:SignatureTimeStamp>")
    assert found(verdict(world, root)) == failed("FORMAT_FAILURE")


def test_archive_time_stamp_over_other_objects(world: World) -> None:
    """An archive time-stamp covers the signature's other objects, as the standard orders them."""
    text = f'<ds:Object xmlns:ds="{DS}" Id="o"><note>hello</note></ds:Object>'
    root = f.Draft(world.signer, [f.Ref("#o", text.encode())], objects=text).xml()
    f.add_signature_stamp(root, world.tsa, SIGNED)
    f.add_archive_stamp(root, world.tsa, SIGNED + DAY, [text.encode()])
    report = validate_xml("x", f.octets(root), world.context(SIGNED + 2 * DAY, revocation_required=False))
    assert found(report) == PASSED
    assert [each.indication for each in report.signatures[0].stamps] == [Indication.PASSED] * 2

"""Forged, altered and rearranged evidence: every one of them must be refused, whatever part was touched."""

from base64 import b64decode, b64encode
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from lxml import etree

from gateway.adapters.crypto import devpki, keys
from gateway.adapters.crypto.key_signer import KeySigner
from gateway.adapters.crypto.trust import Anchors
from gateway.adapters.crypto.xades import Sealer
from gateway.adapters.crypto.xades_levels import Levels
from gateway.adapters.xml.parser import serialize
from gateway.domain.validation import Indication, SubIndication, ValidationReport
from tests.seal_samples import Workshop, rendered
from tests.validated import judged

DS = "{http://www.w3.org/2000/09/xmldsig#}"
XADES = "{http://uri.etsi.org/01903/v1.3.2#}"
FORMAT, HASH, SIGNATURE = (SubIndication(f"{name}_FAILURE") for name in ("FORMAT", "HASH", "SIG_CRYPTO"))
CONSTRAINTS = SubIndication.SIG_CONSTRAINTS_FAILURE
ALGORITHM = SubIndication.CRYPTO_CONSTRAINTS_FAILURE
NO_CERTIFICATE = SubIndication.NO_SIGNING_CERTIFICATE_FOUND


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return Workshop.create(tmp_path_factory.mktemp("tampering") / "pki")


@pytest.fixture(scope="module")
def sealed(workshop: Workshop) -> bytes:
    return workshop.sealer().seal(rendered()).octets


@pytest.fixture(scope="module")
def other(workshop: Workshop) -> bytes:
    return workshop.sealer().seal(rendered(evidence_id="other", result=8)).octets


def refusal(octets: bytes, anchors: Anchors, at: datetime | None = None) -> SubIndication | None:
    report = judged(octets, anchors, at)
    assert report.indication is not Indication.PASSED
    assert report.facts is None
    return report.sub_indication


def find(root: etree._Element, tag: str) -> etree._Element:
    return next(root.iter(tag))


def signature_of(root: etree._Element) -> etree._Element:
    return root[-1]


@pytest.mark.parametrize(
    ("old", "new", "sub"),
    [
        (b"<ev:Result>7<", b"<ev:Result>8<", HASH),
        (b"Banco Ejemplo", b"Banco Ejempla", HASH),
        (b"conforme</ev:Detail>", b"conforme</ev:Detail><ev:Detail name='x'>y</ev:Detail>", HASH),
        (b"conforme</ev:Detail>", b"con<?x y?>forme</ev:Detail>", FORMAT),
        (b"<xades:SigningTime>2", b"<xades:SigningTime>1", HASH),
        (b"<xades:MimeType>text/xml<", b"<xades:MimeType>text/foo<", HASH),
        (b"</ds:Signature>", b"</ds:Signature>tail", HASH),
        (b"</ds:Signature>", b"</ds:Signature><x/>", HASH),
        (b'URI=""', b'URI="#x"', SubIndication.SIGNED_DATA_NOT_FOUND),
        (b'URI=""', b"", SubIndication.SIGNED_DATA_NOT_FOUND),
        (b'Target="#', b'Target="#x', FORMAT),
        (b'ObjectReference="#', b'ObjectReference="#x', HASH),
        (b'Type="http://uri.etsi.org/01903#SignedProperties"', b"", CONSTRAINTS),
        (b"<ds:KeyInfo>", b"<ds:Other/><ds:KeyInfo>", FORMAT),
        (b"<ds:SignatureValue>", b"<ds:SignatureValue>AAAA", SIGNATURE),
        (b"<ds:SignatureValue>", b"<ds:SignatureValue>*", FORMAT),
    ],
)
def test_altered_text(workshop: Workshop, sealed: bytes, old: bytes, new: bytes, sub: SubIndication) -> None:
    """Body, signed properties, references, and everything around them: any change is refused."""
    assert old in sealed
    assert refusal(sealed.replace(old, new, 1), workshop.anchors) is sub


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"conforme</ev:Detail>", b"con<!-- -->forme</ev:Detail>"),
        (b"</ds:Signature>", b"</ds:Signature><!-- -->"),
        (b"<ds:X509Data>", b"<ds:KeyName>x</ds:KeyName><ds:X509Data>"),
        (b"<xades:UnsignedSignatureProperties>", b"<xades:UnsignedSignatureProperties><xades:X/>"),
    ],
)
def test_what_nobody_signed(workshop: Workshop, sealed: bytes, old: bytes, new: bytes) -> None:
    """Comments and unknown unsigned parts may be added by anybody; what is told stays the same."""
    genuine = judged(sealed, workshop.anchors)
    assert old in sealed
    report = judged(sealed.replace(old, new, 1), workshop.anchors)
    assert report.indication is Indication.PASSED
    assert (report.facts, report.outline) == (genuine.facts, genuine.outline)


@pytest.mark.parametrize(
    ("old", "new", "sub"),
    [
        (b"xmldsig-more#ecdsa-sha256", b"xmldsig-more#ecdsa-sha1", SIGNATURE),
        (b"2001/04/xmldsig-more#ecdsa-sha256", b"2000/09/xmldsig#rsa-sha1", SIGNATURE),
        (b"2001/04/xmldsig-more#ecdsa-sha256", b"2000/09/xmldsig#hmac-sha1", ALGORITHM),
        (b"xmldsig-more#ecdsa-sha256", b"xmldsig-more#rsa-sha256", SIGNATURE),
        (b"xmldsig#enveloped-signature", b"xmldsig#base64", CONSTRAINTS),
        (
            b"http://www.w3.org/2001/10/xml-exc-c14n#",
            b"http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
            SIGNATURE,
        ),
        (
            b"http://www.w3.org/2001/10/xml-exc-c14n#",
            b"http://www.w3.org/TR/1999/REC-xslt-19991116",
            CONSTRAINTS,
        ),
        (b"</ds:Transforms>", b'<ds:Transform Algorithm="http://x"/></ds:Transforms>', CONSTRAINTS),
        (b"<ds:Transforms>", b'<ds:Transforms><ds:Transform Algorithm="x"><y/></ds:Transform>', CONSTRAINTS),
    ],
)
def test_other_algorithms(
    workshop: Workshop, sealed: bytes, old: bytes, new: bytes, sub: SubIndication
) -> None:
    """Weak or unexpected algorithms and transforms are refused, or do not verify."""
    start, end = sealed.index(b"<ds:Signature "), sealed.index(b"</ds:SignedInfo>")
    changed = sealed[:start] + sealed[start:end].replace(old, new) + sealed[end:]
    assert changed != sealed
    assert refusal(changed, workshop.anchors) is sub


def test_no_signature(workshop: Workshop) -> None:
    """An unsigned evidence is refused."""
    assert refusal(rendered(), workshop.anchors) is FORMAT


@pytest.mark.parametrize(
    "spelling", ["Id", "ID", "id", "{http://www.w3.org/XML/1998/namespace}id", "{urn:x}iD"]
)
def test_duplicate_identifiers(workshop: Workshop, sealed: bytes, spelling: str) -> None:
    """An identifier of the signature repeated elsewhere, in any spelling, is refused."""
    root = etree.fromstring(sealed)
    properties = find(root, f"{XADES}SignedProperties")
    signature_of(root).find(f"{DS}KeyInfo").set(spelling, properties.get("Id", ""))  # type: ignore[union-attr]
    assert refusal(serialize(root), workshop.anchors) is FORMAT


def told(report: ValidationReport) -> tuple[object, ...]:
    """What somebody would take from a report."""
    (found,) = report.signatures
    return report.facts, report.outline, found.signer_sha256, found.claimed_time, found.coverage


def test_every_octet_of_the_signature_counts(workshop: Workshop, sealed: bytes) -> None:
    """Flipping a bit anywhere never yields other facts, another signer or another time."""
    genuine = judged(sealed, workshop.anchors)
    for at in range(5, len(sealed), 23):
        flipped = sealed[:at] + bytes((sealed[at] ^ 1,)) + sealed[at + 1 :]
        report = judged(flipped, workshop.anchors)
        if report.indication is Indication.PASSED:
            # Only what is not signed can change and still pass: spare certificates, white space.
            assert told(report) == told(genuine)
            held = [each for each in report.signatures[0].stamps if each.indication is Indication.PASSED]
            assert held in ([], list(genuine.signatures[0].stamps))


def test_every_octet_of_the_token_counts(workshop: Workshop, sealed: bytes) -> None:
    """Flipping a bit of the time-stamp's own octets never yields another time or authority."""
    genuine = judged(sealed, workshop.anchors).signatures[0]
    root = etree.fromstring(sealed)
    element = find(root, f"{XADES}EncapsulatedTimeStamp")
    token = b64decode(element.text or "")
    for at in range(0, len(token), 7):
        flipped = token[:at] + bytes((token[at] ^ 4,)) + token[at + 1 :]
        element.text = b64encode(flipped).decode()
        found = judged(serialize(root), workshop.anchors).signatures[0]
        if found.indication is Indication.PASSED and found.level == "B-T":
            assert (found.best_time, found.stamps) == (genuine.best_time, genuine.stamps)


def test_unrelated_authority(workshop: Workshop, tmp_path: Path) -> None:
    """A genuine evidence of another installation is refused under our root."""
    stranger = Workshop.create(tmp_path / "pki")
    sub = refusal(stranger.sealer().seal(rendered()).octets, workshop.anchors)
    assert sub is SubIndication.NO_CERTIFICATE_CHAIN_FOUND


def test_time_stamp_of_an_unrelated_authority(workshop: Workshop, tmp_path: Path) -> None:
    """Our seal with a time-stamp by a stranger's authority is as good as without one: B-B."""
    stranger = Workshop.create(tmp_path / "pki")
    sealer = Sealer(KeySigner(workshop.pair("seal")), Levels(stranger.client()), workshop.clock)
    report = judged(sealer.seal(rendered()).octets, workshop.anchors)
    assert report.signatures[0].level == "B-B"
    (stamp,) = report.signatures[0].stamps
    assert stamp.sub_indication is SubIndication.NO_CERTIFICATE_CHAIN_FOUND


@pytest.mark.parametrize("name", ["tls", "tsa", "issuer"])
def test_certificates_for_other_uses_do_not_seal(workshop: Workshop, name: str, tmp_path: Path) -> None:
    """TLS, time-stamping and issuers' certificates, all under the same root, cannot make evidence."""
    if name == "issuer":
        chain, key = devpki.issue_issuer(workshop.folder, "Banco", key="p256", now=datetime.now(UTC))
        (tmp_path / "i.pem").write_bytes(chain)
        (tmp_path / "i.key").write_bytes(key)
        pair = keys.load(tmp_path / "i.key", tmp_path / "i.pem")
    else:
        pair = workshop.pair(name)
    octets = Sealer(KeySigner(pair), Levels(workshop.client()), workshop.clock).seal(rendered()).octets
    assert refusal(octets, workshop.anchors) is SubIndication.CHAIN_CONSTRAINTS_FAILURE


def test_certificate_expired_when_stamped(tmp_path: Path) -> None:
    """A seal stamped after its certificate's end is refused, even if the authority's was still valid."""
    start = datetime.now(UTC) - timedelta(days=6 * 365)
    old = Workshop.create(tmp_path / "old", now=start)
    new = Workshop.create(tmp_path / "new")
    both = Anchors([*old.anchors.roots, *new.anchors.roots])
    octets = Sealer(KeySigner(old.pair("seal")), Levels(new.client()), new.clock).seal(rendered()).octets
    assert refusal(octets, both) is SubIndication.OUT_OF_BOUNDS_NO_POE


def test_contradicting_times(tmp_path: Path) -> None:
    """A time-stamp of the future, a SigningTime after it, and an event after it are refused."""
    now = datetime.now(UTC)
    workshop = Workshop.create(tmp_path / "pki", now=now - timedelta(days=30))
    genuine = workshop.sealer().seal(rendered()).octets
    sub = refusal(genuine, workshop.anchors, at=now - timedelta(hours=1))
    assert sub is SubIndication.TIMESTAMP_ORDER_FAILURE
    late = workshop.sealer().seal(rendered(event_time=now + timedelta(hours=1))).octets
    assert refusal(late, workshop.anchors) is CONSTRAINTS
    client = workshop.client()
    fast = type(workshop.clock)(now + timedelta(days=3))
    octets = Sealer(KeySigner(workshop.pair("seal")), Levels(client), fast).seal(rendered()).octets
    assert refusal(octets, workshop.anchors) is CONSTRAINTS

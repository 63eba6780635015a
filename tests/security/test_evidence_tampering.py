"""Forged, altered and rearranged evidence: every one of them must be refused, whatever part was touched."""

from base64 import b64decode, b64encode
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from lxml import etree

from gateway.adapters.crypto import devpki, keys
from gateway.adapters.crypto.key_signer import KeySigner
from gateway.adapters.crypto.trust import Anchors
from gateway.adapters.crypto.verifier import verify
from gateway.adapters.crypto.xades import Sealer
from gateway.adapters.crypto.xades_levels import Levels
from gateway.adapters.crypto.xades_template import SlotText
from gateway.adapters.xml.parser import serialize
from gateway.domain.errors import ErrorKind, GatewayError
from tests.seal_samples import Workshop, rendered

DS = "{http://www.w3.org/2000/09/xmldsig#}"
XADES = "{http://uri.etsi.org/01903/v1.3.2#}"
ALGORITHM = ErrorKind.ALGORITHM_REFUSED
INVALID = ErrorKind.SIGNATURE_INVALID


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return Workshop.create(tmp_path_factory.mktemp("tampering") / "pki")


@pytest.fixture(scope="module")
def sealed(workshop: Workshop) -> bytes:
    return workshop.sealer().seal(rendered()).octets


@pytest.fixture(scope="module")
def other(workshop: Workshop) -> bytes:
    return workshop.sealer().seal(rendered(evidence_id="other", result=8)).octets


def refusal(octets: bytes, anchors: Anchors, at: datetime | None = None) -> ErrorKind:
    with pytest.raises(GatewayError) as caught:
        verify(octets, anchors, at=at)
    return caught.value.kind


def find(root: etree._Element, tag: str) -> etree._Element:
    return next(root.iter(tag))


def signature_of(root: etree._Element) -> etree._Element:
    return root[-1]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<ev:Result>7<", b"<ev:Result>8<"),
        (b"Banco Ejemplo", b"Banco Ejempla"),
        (b"conforme</ev:Detail>", b"conforme</ev:Detail><ev:Detail name='x'>y</ev:Detail>"),
        (b"conforme</ev:Detail>", b"con<!-- -->forme</ev:Detail>"),
        (b"conforme</ev:Detail>", b"con<?x y?>forme</ev:Detail>"),
        (b"<xades:SigningTime>2", b"<xades:SigningTime>1"),
        (b"<xades:MimeType>text/xml<", b"<xades:MimeType>text/foo<"),
        (b"</ds:Signature>", b"</ds:Signature>tail"),
        (b"</ds:Signature>", b"</ds:Signature><!-- -->"),
        (b"</ds:Signature>", b"</ds:Signature><x/>"),
        (b'URI=""', b'URI="#x"'),
        (b'URI=""', b""),
        (b'Target="#', b'Target="#x'),
        (b'ObjectReference="#', b'ObjectReference="#x'),
        (b'Type="http://uri.etsi.org/01903#SignedProperties"', b""),
        (b"<ds:X509Data>", b"<ds:KeyName>x</ds:KeyName><ds:X509Data>"),
        (b"<xades:UnsignedSignatureProperties>", b"<xades:UnsignedSignatureProperties><xades:X/>"),
        (b"<ds:SignatureValue>", b"<ds:SignatureValue>AAAA"),
        (b"<ds:SignatureValue>", b"<ds:SignatureValue>*"),
    ],
)
def test_altered_text(workshop: Workshop, sealed: bytes, old: bytes, new: bytes) -> None:
    """Body, signed properties, references, and everything around them: any change is refused."""
    assert old in sealed
    kind = refusal(sealed.replace(old, new, 1), workshop.anchors)
    assert kind in (INVALID, ErrorKind.XML_MALFORMED)


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        (b"xmldsig-more#ecdsa-sha256", b"xmldsig-more#ecdsa-sha1", ALGORITHM),
        (b"2001/04/xmldsig-more#ecdsa-sha256", b"2000/09/xmldsig#rsa-sha1", ALGORITHM),
        (b"2001/04/xmldsig-more#ecdsa-sha256", b"2000/09/xmldsig#hmac-sha1", ALGORITHM),
        (b"xmldsig-more#ecdsa-sha256", b"xmldsig-more#rsa-sha256", ALGORITHM),
        (b"xmldsig#enveloped-signature", b"xmldsig#base64", ALGORITHM),
        (
            b"http://www.w3.org/2001/10/xml-exc-c14n#",
            b"http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
            ALGORITHM,
        ),
        (
            b"http://www.w3.org/2001/10/xml-exc-c14n#",
            b"http://www.w3.org/TR/1999/REC-xslt-19991116",
            ALGORITHM,
        ),
        (b"</ds:Transforms>", b'<ds:Transform Algorithm="http://x"/></ds:Transforms>', ALGORITHM),
        (b"<ds:Transforms>", b'<ds:Transforms><ds:Transform Algorithm="x"><y/></ds:Transform>', ALGORITHM),
    ],
)
def test_other_algorithms(workshop: Workshop, sealed: bytes, old: bytes, new: bytes, kind: ErrorKind) -> None:
    """Weak or unexpected algorithms and transforms are refused before anything is computed with them."""
    start, end = sealed.index(b"<ds:Signature "), sealed.index(b"</ds:SignedInfo>")
    changed = sealed[:start] + sealed[start:end].replace(old, new) + sealed[end:]
    assert changed != sealed
    assert refusal(changed, workshop.anchors) is kind


@pytest.mark.parametrize("part", ["signed_info", "signed_properties"])
def test_weak_digest(workshop: Workshop, part: str) -> None:
    """SHA-1 in a reference or in SigningCertificateV2 is refused, even when our own key signed it so."""
    sealer = workshop.sealer()
    sealer.seal(rendered())
    ((key, mould),) = sealer._templates.items()
    sha1 = getattr(mould, part).text.replace("2001/04/xmlenc#sha256", "2000/09/xmldsig#sha1")
    weak = {part: SlotText(sha1)}
    start, end = {"signed_info": ("<ds:SignedInfo>", "</ds:SignedInfo>")}.get(
        part, ("<xades:SignedP", "{unsigned}")
    )
    whole = mould.signature.text
    inside = whole[whole.index(start) : whole.index(end)]
    signature = whole.replace(inside, inside.replace("2001/04/xmlenc#sha256", "2000/09/xmldsig#sha1"))
    sealer._templates[key] = replace(mould, signature=SlotText(signature), **weak)
    assert refusal(sealer.seal(rendered()).octets, workshop.anchors) is ALGORITHM


def test_no_signature(workshop: Workshop) -> None:
    """An unsigned evidence is refused."""
    assert refusal(rendered(), workshop.anchors) is INVALID


@pytest.mark.parametrize(
    "spelling", ["Id", "ID", "id", "{http://www.w3.org/XML/1998/namespace}id", "{urn:x}iD"]
)
def test_duplicate_identifiers(workshop: Workshop, sealed: bytes, spelling: str) -> None:
    """An identifier of the signature repeated elsewhere, in any spelling, is refused."""
    root = etree.fromstring(sealed)
    properties = find(root, f"{XADES}SignedProperties")
    signature_of(root).find(f"{DS}KeyInfo").set(spelling, properties.get("Id", ""))  # type: ignore[union-attr]
    assert refusal(serialize(root), workshop.anchors) is INVALID


def two_signatures(root: etree._Element, foreign: etree._Element) -> etree._Element:
    root.append(deepcopy(signature_of(foreign)))
    return root


def nested_signature(root: etree._Element, foreign: etree._Element) -> etree._Element:
    find(root, f"{DS}Object").append(deepcopy(signature_of(foreign)))
    return root


def moved_signature(root: etree._Element, foreign: etree._Element) -> etree._Element:
    root.insert(0, signature_of(root))
    return root


def wrapped(root: etree._Element, foreign: etree._Element) -> etree._Element:
    outer = etree.Element("{http://uri.etsi.org/19522/v1#}Evidence")
    outer.extend(deepcopy(child) for child in list(foreign)[:-1])
    signature = signature_of(root)
    outer.append(signature)
    find(signature, f"{DS}Object").append(root)
    return outer


def under_another_root(root: etree._Element, foreign: etree._Element) -> etree._Element:
    outer = etree.Element("Envelope")
    outer.append(root)
    return outer


def other_body(root: etree._Element, foreign: etree._Element) -> etree._Element:
    foreign.replace(signature_of(foreign), signature_of(root))
    return foreign


def other_token(root: etree._Element, foreign: etree._Element) -> etree._Element:
    tag = f"{XADES}EncapsulatedTimeStamp"
    find(root, tag).text = find(foreign, tag).text
    return root


def two_tokens(root: etree._Element, foreign: etree._Element) -> etree._Element:
    stamp = find(root, f"{XADES}SignatureTimeStamp")
    second = deepcopy(stamp)
    del second.attrib["Id"]
    stamp.addnext(second)
    return root


def two_tokens_in_one(root: etree._Element, foreign: etree._Element) -> etree._Element:
    token = find(root, f"{XADES}EncapsulatedTimeStamp")
    token.addnext(deepcopy(token))
    return root


def no_token(root: etree._Element, foreign: etree._Element) -> etree._Element:
    unsigned = find(root, f"{XADES}UnsignedProperties")
    unsigned.getparent().remove(unsigned)  # type: ignore[union-attr]
    return root


def other_properties(root: etree._Element, foreign: etree._Element) -> etree._Element:
    tag = f"{XADES}SignedProperties"
    theirs = deepcopy(find(foreign, tag))
    find(theirs, f"{XADES}SigningTime").text = "2020-01-01T00:00:00Z"
    mine = find(root, tag)
    mine.getparent().replace(mine, theirs)  # type: ignore[union-attr]
    return root


def one_reference(root: etree._Element, foreign: etree._Element) -> etree._Element:
    reference = find(root, f"{DS}Reference")
    reference.getparent().remove(reference)  # type: ignore[union-attr]
    return root


def many_references(root: etree._Element, foreign: etree._Element) -> etree._Element:
    reference = find(root, f"{DS}Reference")
    for _ in range(400):
        reference.addnext(deepcopy(reference))
    return root


def swapped_certificates(root: etree._Element, foreign: etree._Element) -> etree._Element:
    data = find(root, f"{DS}X509Data")
    data.append(data[0])
    return root


def many_certificates(root: etree._Element, foreign: etree._Element) -> etree._Element:
    data = find(root, f"{DS}X509Data")
    for _ in range(50):
        data.append(deepcopy(data[0]))
    return root


def broken_certificate(root: etree._Element, foreign: etree._Element) -> etree._Element:
    find(root, f"{DS}X509Certificate").text = b64encode(b"nothing").decode()
    return root


def many_elements(root: etree._Element, foreign: etree._Element) -> etree._Element:
    for _ in range(100_001):
        etree.SubElement(root[0], "x")
    return root


@pytest.mark.parametrize(
    "forge",
    [
        two_signatures,
        nested_signature,
        moved_signature,
        wrapped,
        under_another_root,
        other_body,
        other_token,
        two_tokens,
        two_tokens_in_one,
        no_token,
        other_properties,
        one_reference,
        many_references,
        swapped_certificates,
        many_certificates,
        broken_certificate,
        many_elements,
    ],
)
def test_rearranged(
    workshop: Workshop,
    sealed: bytes,
    other: bytes,
    forge: Callable[[etree._Element, etree._Element], etree._Element],
) -> None:
    """Genuine pieces in another arrangement, or from another evidence, are refused."""
    forged = serialize(forge(etree.fromstring(sealed), etree.fromstring(other)))
    assert refusal(forged, workshop.anchors) in (INVALID, ALGORITHM)


def test_every_octet_of_the_signature_counts(workshop: Workshop, sealed: bytes) -> None:
    """Flipping a bit anywhere never yields other facts, another signer or another time."""
    genuine = verify(sealed, workshop.anchors)
    for at in range(5, len(sealed), 23):
        flipped = sealed[:at] + bytes((sealed[at] ^ 1,)) + sealed[at + 1 :]
        try:
            found = verify(flipped, workshop.anchors)
        except GatewayError:
            continue
        # Only what is not signed can change and still verify: spare certificates, white space.
        assert found.content == genuine.content
        assert found.signer == genuine.signer
        assert found.stamped_at == genuine.stamped_at


def test_every_octet_of_the_token_counts(workshop: Workshop, sealed: bytes) -> None:
    """Flipping a bit of the time-stamp's own octets never yields another time or authority."""
    genuine = verify(sealed, workshop.anchors)
    root = etree.fromstring(sealed)
    element = find(root, f"{XADES}EncapsulatedTimeStamp")
    token = b64decode(element.text or "")
    for at in range(0, len(token), 7):
        flipped = token[:at] + bytes((token[at] ^ 4,)) + token[at + 1 :]
        element.text = b64encode(flipped).decode()
        try:
            found = verify(serialize(root), workshop.anchors)
        except GatewayError:
            continue
        assert found.stamped_at == genuine.stamped_at
        assert found.stamped_by == genuine.stamped_by


def test_unrelated_authority(workshop: Workshop, sealed: bytes, tmp_path: Path) -> None:
    """A genuine evidence of another installation is refused under our root."""
    stranger = Workshop.create(tmp_path / "pki")
    assert (
        refusal(stranger.sealer().seal(rendered()).octets, workshop.anchors) is ErrorKind.CERTIFICATE_REFUSED
    )


def test_time_stamp_of_an_unrelated_authority(workshop: Workshop, tmp_path: Path) -> None:
    """Our seal with a time-stamp by a stranger's authority is refused."""
    stranger = Workshop.create(tmp_path / "pki")
    sealer = Sealer(KeySigner(workshop.pair("seal")), Levels(stranger.client()), workshop.clock)
    assert refusal(sealer.seal(rendered()).octets, workshop.anchors) is ErrorKind.CERTIFICATE_REFUSED


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
    assert refusal(octets, workshop.anchors) is ErrorKind.CERTIFICATE_REFUSED


def test_certificate_expired_when_stamped(tmp_path: Path) -> None:
    """A seal stamped after its certificate's end is refused, even if the authority's was still valid."""
    start = datetime.now(UTC) - timedelta(days=6 * 365)
    old = Workshop.create(tmp_path / "old", now=start)
    new = Workshop.create(tmp_path / "new")
    both = Anchors([*old.anchors.roots, *new.anchors.roots])
    octets = Sealer(KeySigner(old.pair("seal")), Levels(new.client()), new.clock).seal(rendered()).octets
    assert refusal(octets, both) is ErrorKind.CERTIFICATE_REFUSED


def test_contradicting_times(tmp_path: Path) -> None:
    """A time-stamp of the future, a SigningTime far from it, and an event after it are refused."""
    now = datetime.now(UTC)
    workshop = Workshop.create(tmp_path / "pki", now=now - timedelta(days=30))
    genuine = workshop.sealer().seal(rendered()).octets
    assert refusal(genuine, workshop.anchors, at=now - timedelta(hours=1)) is INVALID
    late = workshop.sealer().seal(rendered(event_time=now + timedelta(hours=1))).octets
    assert refusal(late, workshop.anchors) is INVALID
    client = workshop.client()
    stale = type(workshop.clock)(now - timedelta(days=3))
    octets = Sealer(KeySigner(workshop.pair("seal")), Levels(client), stale).seal(rendered()).octets
    assert refusal(octets, workshop.anchors) is INVALID

"""WS-Security: every way of signing something else, or of having somebody else's words believed."""

import base64
import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from gateway.adapters.crypto import certificates, wsse
from gateway.adapters.crypto import wsse_names as n
from gateway.adapters.crypto.wsse_policy import Policy, Verified
from gateway.adapters.xml.parser import parse
from gateway.client.signature import Signer
from gateway.domain.errors import ErrorKind, GatewayError
from tests import fakes
from tests.fakes import SOAP_11, SOAP_12

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
MORE = "http://www.w3.org/2001/04/xmldsig-more#"
WSU_ID = f"{{{n.WSU}}}Id"
XML_ID = "{http://www.w3.org/XML/1998/namespace}id"
Tree = etree._Element


def signed(soap: str = SOAP_11, by: Signer | None = None) -> Tree:
    return parse(fakes.signed(fakes.get_state(), soap, by, NOW), limit=10**6)


def verify(root: Tree, now: datetime = NOW, policy: Policy | None = None) -> Verified:
    """As the door does: what is verified has gone over the wire."""
    return wsse.verify(parse(etree.tostring(root), limit=10**6), now=now, policy=policy or Policy())


def refused(root: Tree, now: datetime = NOW, policy: Policy | None = None) -> GatewayError:
    with pytest.raises(GatewayError) as caught:
        verify(root, now, policy)
    return caught.value


def find(root: Tree, tag: str) -> Tree:
    found = next(root.iter(tag))
    assert isinstance(found, etree._Element)
    return found


def c14n(element: Tree) -> bytes:
    return etree.tostring(element, method="c14n", exclusive=True)


def resign(root: Tree, by: Signer | None = None, digests: bool = True) -> None:
    """Sign anew after SignedInfo or a part was changed: what a dishonest but registered issuer can do."""
    by = by or fakes.signer()
    for reference in root.iter(n.REFERENCE):
        target = root.xpath(
            "//*[@w:Id=$i or @Id=$i]", i=reference.get("URI", "#")[1:], namespaces={"w": n.WSU}
        )
        if digests and target:
            find(reference, n.DIGEST_VALUE).text = base64.b64encode(
                hashlib.sha256(c14n(target[0])).digest()
            ).decode()
    octets = c14n(find(root, n.SIGNED_INFO))
    assert isinstance(by.key, rsa.RSAPrivateKey)
    value = by.key.sign(octets, padding.PKCS1v15(), hashes.SHA256())
    find(root, n.SIGNATURE_VALUE).text = base64.b64encode(value).decode()


@pytest.mark.parametrize("soap", [SOAP_11, SOAP_12])
@pytest.mark.parametrize("kind", ["rsa", "p256"])
def test_accepts_an_honest_message(soap: str, kind: str) -> None:
    """RSA and P-256 signatures over Body and Timestamp verify, and only the signed content comes back."""
    by = fakes.signer(kind)  # type: ignore[arg-type]
    verified = verify(signed(soap, by))
    assert verified.certificate == by.certificate
    assert verified.certificate_sha256 == by.certificate.fingerprint(hashes.SHA256())
    assert verified.covered == ("Body", "Timestamp")
    assert (verified.created, verified.expires) == (NOW, NOW + timedelta(minutes=6))
    assert [child.tag for child in verified.body] == [f"{{{fakes.G}}}GetState"]
    assert verified.body.getparent() is None


def _other_body_first(root: Tree) -> None:
    """Classic wrapping: the signed Body moves into the header, another one takes its place."""
    body = find(root, f"{{{SOAP_11}}}Body")
    find(root, f"{{{SOAP_11}}}Header").append(body)
    root.append(fakes.envelope(fakes.get_state("001001-0001-000000000000666.par"))[0])


def _body_inside_unknown_block(root: Tree) -> None:
    """The signed Body hides inside an unknown header block."""
    body = find(root, f"{{{SOAP_11}}}Body")
    etree.SubElement(find(root, f"{{{SOAP_11}}}Header"), "{urn:x}Wrapper").append(body)
    root.append(fakes.envelope(fakes.get_state("001001-0001-000000000000666.par"))[0])


def _body_inside_object(root: Tree) -> None:
    """The signed Body hides in a ds:Object."""
    body = find(root, f"{{{SOAP_11}}}Body")
    etree.SubElement(find(root, n.SIGNATURE), f"{{{n.DS}}}Object").append(body)
    root.append(fakes.envelope(fakes.get_state("001001-0001-000000000000666.par"))[0])


def _body_inside_body(root: Tree) -> None:
    """The signed Body becomes a child of the new one."""
    body = find(root, f"{{{SOAP_11}}}Body")
    other = fakes.envelope(fakes.get_state("001001-0001-000000000000666.par"))[0]
    root.append(other)
    other.append(body)


def _body_after_envelope_sibling(root: Tree) -> None:
    """A second Body beside the signed one."""
    root.append(fakes.envelope(fakes.get_state())[0])


def _body_in_other_namespace(root: Tree) -> None:
    """The signed Body stays, and a Body of the other SOAP version is believed."""
    find(root, f"{{{SOAP_11}}}Body").tag = "{urn:x}Body"
    root.append(fakes.envelope(fakes.get_state())[0])


def _timestamp_wrapped(root: Tree) -> None:
    """The signed Timestamp moves away, a fresh one is put in its place."""
    old = find(root, n.TIMESTAMP)
    new = etree.fromstring(etree.tostring(old))
    new.set(WSU_ID, "other")
    old.getparent().replace(old, new)  # type: ignore[union-attr]
    etree.SubElement(find(root, f"{{{SOAP_11}}}Header"), "{urn:x}Wrapper").append(old)


@pytest.mark.parametrize(
    "wrap",
    [
        _other_body_first,
        _body_inside_unknown_block,
        _body_inside_object,
        _body_inside_body,
        _body_after_envelope_sibling,
        _body_in_other_namespace,
        _timestamp_wrapped,
    ],
)
def test_refuses_wrapping(wrap: Callable[[Tree], None]) -> None:
    """A signed element elsewhere never vouches for the one that would be processed."""
    root = signed()
    wrap(root)
    assert refused(root).kind in {
        ErrorKind.SECURITY_INVALID,
        ErrorKind.COVERAGE_MISSING,
        ErrorKind.SIGNATURE_INVALID,
    }


@pytest.mark.parametrize("spelling", [WSU_ID, "Id", "ID", XML_ID, "id"])
def test_refuses_duplicate_ids(spelling: str) -> None:
    """An identifier used twice, in whatever spelling, is refused before anything is digested."""
    root = signed()
    body = find(root, f"{{{SOAP_11}}}Body")
    block = etree.SubElement(find(root, f"{{{SOAP_11}}}Header"), "{urn:x}Block")
    block.set(spelling, body.get(WSU_ID, ""))
    error = refused(root)
    assert (error.kind, error.detail) == (ErrorKind.SECURITY_INVALID, "an identifier is used twice")


def test_lower_case_ids_of_documents_may_repeat() -> None:
    """A plain `id` inside the payload is no identifier of a signature, so that two may be equal."""
    operation = f'<g:GetState xmlns:g="{fakes.G}"><a id="x"/><b id="x"/></g:GetState>'.encode()
    root = parse(fakes.signed(operation, at=NOW), limit=10**6)
    assert len(verify(root).body[0]) == 2


@pytest.mark.parametrize("missing", ["Body", "Timestamp"])
def test_refuses_missing_coverage(missing: str) -> None:
    """A signature that leaves out Body or Timestamp is refused, however well it verifies."""
    root = signed()
    target = find(root, n.TIMESTAMP if missing == "Timestamp" else f"{{{SOAP_11}}}Body")
    for reference in list(root.iter(n.REFERENCE)):
        if reference.get("URI") == f"#{target.get(WSU_ID)}":
            reference.getparent().remove(reference)  # type: ignore[union-attr]
    resign(root)
    assert refused(root).kind is ErrorKind.COVERAGE_MISSING


@pytest.mark.parametrize("uri", ["", "#", "#nobody", "http://x/y", "#xpointer(/)", "cid:part"])
def test_refuses_foreign_references(uri: str) -> None:
    """Only `#id` of an element that is there may be referenced: no whole document, no URL, no XPointer."""
    root = signed()
    find(root, n.REFERENCE).set("URI", uri)
    resign(root)
    assert refused(root).kind is ErrorKind.SECURITY_INVALID


def test_refuses_references_into_the_body() -> None:
    """A reference to something inside the Body is not the Body."""
    root = signed()
    inner = find(root, f"{{{fakes.G}}}GetState")
    inner.set(WSU_ID, "inner")
    find(root, n.REFERENCE).set("URI", "#inner")
    resign(root)
    assert refused(root).kind is ErrorKind.SECURITY_INVALID


def test_refuses_too_many_and_repeated_references() -> None:
    """References are few and each names another element, so that their cost is bounded."""
    root = signed()
    info = find(root, n.SIGNED_INFO)
    info.append(etree.fromstring(etree.tostring(find(root, n.REFERENCE))))
    resign(root)
    assert refused(root).detail == "two References name the same element"
    for _ in range(8):
        info.append(etree.fromstring(etree.tostring(find(root, n.REFERENCE))))
    resign(root)
    assert refused(root).detail == "SignedInfo holds 1 to 8 references"


def test_accepts_token_and_header_blocks_as_signed_parts() -> None:
    """Clients may also sign their token and other header blocks."""
    root = signed()
    block = etree.SubElement(find(root, f"{{{SOAP_11}}}Header"), "{urn:x}Trace")
    block.set(WSU_ID, "trace")
    info = find(root, n.SIGNED_INFO)
    for target in ("trace", find(root, n.TOKEN).get(WSU_ID)):
        reference = etree.fromstring(etree.tostring(find(root, n.REFERENCE)))
        reference.set("URI", f"#{target}")
        info.append(reference)
    resign(root)
    assert verify(root).covered == ("Body", "Timestamp", "Trace", "BinarySecurityToken")


@pytest.mark.parametrize(
    ("where", "uri"),
    [
        (n.SIGNATURE_METHOD, "http://www.w3.org/2000/09/xmldsig#rsa-sha1"),
        (n.SIGNATURE_METHOD, "http://www.w3.org/2000/09/xmldsig#hmac-sha1"),
        (n.SIGNATURE_METHOD, MORE + "hmac-sha256"),
        (n.SIGNATURE_METHOD, MORE + "ecdsa-sha1"),
        (n.DIGEST_METHOD, "http://www.w3.org/2000/09/xmldsig#sha1"),
        (n.DIGEST_METHOD, MORE + "md5"),
    ],
)
def test_refuses_weak_algorithms_and_names_the_allowed(where: str, uri: str) -> None:
    """SHA-1, MD5 and HMAC are refused, and the detail says which algorithms would be accepted."""
    root = signed()
    find(root, where).set("Algorithm", uri)
    resign(root)
    error = refused(root)
    assert error.kind is ErrorKind.ALGORITHM_REFUSED
    assert "sha256" in error.detail
    assert uri.rpartition("#")[2] in error.detail


@pytest.mark.parametrize(
    ("where", "uri"),
    [
        (n.C14N_METHOD, "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"),
        (n.C14N_METHOD, n.C14N + "WithComments"),
        (n.TRANSFORM, "http://www.w3.org/TR/1999/REC-xslt-19991116"),
        (n.TRANSFORM, "http://www.w3.org/TR/1999/REC-xpath-19991116"),
        (n.TRANSFORM, n.ENVELOPED),
        (n.TRANSFORM, "http://www.w3.org/2000/09/xmldsig#base64"),
    ],
)
def test_refuses_other_transforms(where: str, uri: str) -> None:
    """Nothing but exclusive C14N without comments turns a part into octets."""
    root = signed()
    find(root, where).set("Algorithm", uri)
    resign(root)
    assert refused(root).kind is ErrorKind.ALGORITHM_REFUSED


def test_refuses_two_transforms() -> None:
    """A second transform after C14N is refused."""
    root = signed()
    transforms = find(root, n.TRANSFORMS)
    etree.SubElement(transforms, n.TRANSFORM, Algorithm=n.C14N)
    resign(root)
    assert refused(root).kind is ErrorKind.ALGORITHM_REFUSED


def _self_signed(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> Signer:
    subject = certificates.subject("weak")
    span = (NOW - timedelta(days=1), NOW + timedelta(days=1))
    usage = certificates.end_entity(certificates.SIGNING, None)
    return Signer(key, certificates.build(subject, key.public_key(), subject, key, span, usage))


def test_refuses_small_rsa() -> None:
    """RSA below 2048 bits is refused though its signature verifies."""
    weak = _self_signed(rsa.generate_private_key(65537, 1024))
    error = refused(signed(by=weak))
    assert error.kind is ErrorKind.ALGORITHM_REFUSED
    assert "2048" in error.detail


def test_refuses_other_curves() -> None:
    """P-521 and secp256k1 are not on the list."""
    for curve in (ec.SECP521R1(), ec.SECP256K1()):
        error = refused(signed(by=_self_signed(ec.generate_private_key(curve))))
        assert error.kind is ErrorKind.ALGORITHM_REFUSED


def test_accepts_p384() -> None:
    """P-384 with SHA-384 is on the list."""
    by = _self_signed(ec.generate_private_key(ec.SECP384R1()))
    assert verify(signed(by=by)).certificate == by.certificate


def test_accepts_rsa_pss() -> None:
    """RSA-PSS as RFC 9231 names it verifies."""
    root = signed()
    find(root, n.SIGNATURE_METHOD).set("Algorithm", "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1")
    key = fakes.signer().key
    assert isinstance(key, rsa.RSAPrivateKey)
    scheme = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
    value = key.sign(c14n(find(root, n.SIGNED_INFO)), scheme, hashes.SHA256())
    find(root, n.SIGNATURE_VALUE).text = base64.b64encode(value).decode()
    assert verify(root).covered == ("Body", "Timestamp")


def test_an_altered_ecdsa_value_is_the_same_message() -> None:
    """(r, n - s) verifies as well as (r, s), so the message's digest must not depend on it."""
    by = fakes.signer("p256")
    root = signed(by=by)
    first = verify(root).digest
    value = find(root, n.SIGNATURE_VALUE)
    octets = base64.b64decode(value.text or "")
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    s = order - int.from_bytes(octets[32:], "big")
    value.text = base64.b64encode(octets[:32] + s.to_bytes(32, "big")).decode()
    assert decode_dss_signature(encode_dss_signature(1, s))[1] == s
    assert verify(root).digest == first


def test_refuses_changed_content() -> None:
    """One changed character in the Body, or another key's token, breaks the signature."""
    root = signed()
    guid = find(root, f"{{{fakes.G}}}guid")
    guid.text = (guid.text or "").replace("1.par", "2.par")
    assert refused(root).kind is ErrorKind.SIGNATURE_INVALID
    root = signed()
    other = fakes.signer(name="Otro").certificate.public_bytes(Encoding.DER)
    find(root, n.TOKEN).text = base64.b64encode(other).decode()
    assert refused(root).kind is ErrorKind.SIGNATURE_INVALID


def test_comments_are_never_part_of_what_is_believed() -> None:
    """A comment is not signed: it neither breaks the signature nor splits the text that is read."""
    octets = fakes.signed(fakes.get_state(), at=NOW).replace(b"-0001-", b"-00<!-- x -->01-")
    verified = wsse.verify(parse(octets, limit=10**6), now=NOW, policy=Policy())
    assert verified.body.findtext(f".//{{{fakes.G}}}guid") == fakes.GUID
    digest = fakes.signed(fakes.get_state(), at=NOW).replace(
        b"<ds:DigestValue>", b"<ds:DigestValue>AAAA<!---->"
    )
    with pytest.raises(GatewayError):
        wsse.verify(parse(digest, limit=10**6), now=NOW, policy=Policy())


def test_unsigned_namespace_declarations_do_not_reach_the_body() -> None:
    """A prefix that is only used in content means nothing after verification, as nobody signed it."""
    octets = fakes.signed(fakes.get_state(), at=NOW).replace(
        b"<s:Envelope ", b'<s:Envelope xmlns:evil="urn:e" '
    )
    verified = wsse.verify(parse(octets, limit=10**6), now=NOW, policy=Policy())
    assert "evil" not in verified.body[0].nsmap


def _second_security(root: Tree) -> None:
    header = find(root, f"{{{SOAP_11}}}Header")
    etree.SubElement(header, n.SECURITY)


def _second_signature(root: Tree) -> None:
    find(root, n.SECURITY).append(etree.fromstring(etree.tostring(find(root, n.SIGNATURE))))


def _second_token(root: Tree) -> None:
    token = etree.fromstring(etree.tostring(find(root, n.TOKEN)))
    token.set(WSU_ID, "second")
    find(root, n.SECURITY).append(token)


def _second_timestamp(root: Tree) -> None:
    stamp = etree.fromstring(etree.tostring(find(root, n.TIMESTAMP)))
    stamp.set(WSU_ID, "second")
    find(root, n.SECURITY).append(stamp)


def _foreign_actor(root: Tree) -> None:
    find(root, n.SECURITY).set(f"{{{SOAP_11}}}actor", "urn:somebody")


def _key_elsewhere(root: Tree) -> None:
    find(root, n.REFERENCE_TO_TOKEN).set("URI", f"#{find(root, n.TIMESTAMP).get(WSU_ID)}")


def _no_certificate(root: Tree) -> None:
    find(root, n.TOKEN).text = base64.b64encode(b"no certificate").decode()


def _no_base64(root: Tree) -> None:
    find(root, n.TOKEN).text = "ñ!"


def _pkipath(root: Tree) -> None:
    find(root, n.TOKEN).set("ValueType", n.X509_V3.replace("X509v3", "X509PKIPathv1"))


def _object_in_signature(root: Tree) -> None:
    etree.SubElement(find(root, n.SIGNATURE), f"{{{n.DS}}}Object")


@pytest.mark.parametrize(
    "break_it",
    [
        _second_security,
        _second_signature,
        _second_token,
        _second_timestamp,
        _foreign_actor,
        _key_elsewhere,
        _no_certificate,
        _no_base64,
        _pkipath,
        _object_in_signature,
    ],
)
def test_refuses_ambiguous_headers(break_it: Callable[[Tree], None]) -> None:
    """Each part of the Security header stands there exactly once and says exactly one thing."""
    root = signed()
    break_it(root)
    assert refused(root).kind is ErrorKind.SECURITY_INVALID


def test_refuses_unsigned_messages() -> None:
    """No header, no Security or no Signature: the fault says that a signature is missing."""
    assert refused(fakes.envelope(fakes.get_state())).kind is ErrorKind.SECURITY_MISSING
    for tag in (n.SECURITY, n.SIGNATURE):
        root = signed()
        element = find(root, tag)
        element.getparent().remove(element)  # type: ignore[union-attr]
        assert refused(root).kind is ErrorKind.SECURITY_MISSING


def test_refuses_a_message_without_timestamp() -> None:
    """Without a Timestamp nothing bounds the life of a message."""
    root = signed()
    stamp = find(root, n.TIMESTAMP)
    stamp.getparent().remove(stamp)  # type: ignore[union-attr]
    assert refused(root).kind is ErrorKind.COVERAGE_MISSING


@pytest.mark.parametrize(
    ("age", "accepted"),
    [
        (timedelta(minutes=-2), False),
        (timedelta(seconds=-59), True),
        (timedelta(0), True),
        (timedelta(minutes=5, seconds=59), True),
        (timedelta(minutes=6), False),
        (timedelta(days=9000), False),
    ],
)
def test_timestamp_window(age: timedelta, accepted: bool) -> None:
    """A message is accepted from its creation to five minutes later, give or take the skew."""
    root = signed()
    if accepted:
        assert verify(root, NOW + age).created == NOW
    else:
        error = refused(root, NOW + age)
        assert error.kind is ErrorKind.TIMESTAMP_OUT_OF_WINDOW
        assert "the server's time is" in error.detail


def _restamped(created: str, expires: str | None) -> Tree:
    root = signed()
    find(root, n.CREATED).text = created
    end = find(root, n.EXPIRES)
    if expires is None:
        end.getparent().remove(end)  # type: ignore[union-attr]
    else:
        end.text = expires
    resign(root)
    return root


def test_expires_only_shortens_the_life() -> None:
    """Expires is respected when it comes early; a late one, or none, does not lengthen a message's life."""
    soon = _restamped("2026-05-04T12:00:00Z", "2026-05-04T12:01:00Z")
    assert verify(soon).expires == NOW + timedelta(minutes=2)
    for expires in ("2026-05-04T12:10:00Z", "2036-05-04T12:10:00Z", None):
        late = _restamped("2026-05-04T12:00:00Z", expires)
        assert verify(late).expires == NOW + timedelta(minutes=6)


@pytest.mark.parametrize(
    ("created", "expires", "kind"),
    [
        ("2001-01-01T00:00:00Z", "2001-01-01T00:05:00Z", ErrorKind.TIMESTAMP_OUT_OF_WINDOW),
        ("2026-05-04T12:00:00Z", "2026-05-04T11:59:00Z", ErrorKind.TIMESTAMP_OUT_OF_WINDOW),
        ("2026-05-04T12:00:00", "2026-05-04T12:05:00Z", ErrorKind.SECURITY_INVALID),
        ("2026-05-04T12:00:00Z", "soon", ErrorKind.SECURITY_INVALID),
        ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z", ErrorKind.SECURITY_INVALID),
        ("0001-01-01T00:00:00+14:00", "2026-05-04T12:05:00Z", ErrorKind.SECURITY_INVALID),
        ("2026-02-30T12:00:00Z", "2026-05-04T12:05:00Z", ErrorKind.SECURITY_INVALID),
        ("٢٠٢٦-05-04T12:00:00Z", "2026-05-04T12:05:00Z", ErrorKind.SECURITY_INVALID),
    ],
)
def test_refuses_other_instants(created: str, expires: str, kind: ErrorKind) -> None:
    """Old, inverted, naive and impossible times are refused, each with its reason."""
    assert refused(_restamped(created, expires)).kind is kind


@pytest.mark.parametrize("created", ["2026-05-04T14:00:00+02:00", "2026-05-04T12:00:00.123456789Z"])
def test_accepts_offsets_and_fractions(created: str) -> None:
    """xs:dateTime with an offset or with nanoseconds is understood."""
    assert verify(_restamped(created, "2026-05-04T12:05:00Z")).created.replace(microsecond=0) == NOW


def test_inclusive_namespaces_are_honoured() -> None:
    """A PrefixList changes the octets that are digested, for SignedInfo and for the parts."""
    root = signed()
    for transform in [*root.iter(n.TRANSFORM), find(root, n.C14N_METHOD)]:
        etree.SubElement(transform, n.INCLUSIVE_NAMESPACES, PrefixList="s wsu")
    assert refused(root).kind is ErrorKind.SIGNATURE_INVALID


@pytest.mark.parametrize(
    ("prefixes", "kind"),
    [
        ("#default", ErrorKind.ALGORITHM_REFUSED),
        (" ".join(f"p{i}" for i in range(33)), ErrorKind.SECURITY_INVALID),
    ],
)
def test_refuses_prefix_lists_that_cannot_be_honoured(prefixes: str, kind: ErrorKind) -> None:
    """What would be digested otherwise than the signer meant is refused by name, not as a bad signature."""
    root = signed()
    etree.SubElement(find(root, n.C14N_METHOD), n.INCLUSIVE_NAMESPACES, PrefixList=prefixes)
    assert refused(root).kind is kind


def _joined(pattern: str, count: int) -> str:
    return " ".join(pattern.format(number) for number in range(count))


def _many_attributes() -> str:
    return "<x " + _joined('a{}=""', 65) + "/>"


def _many_namespaces() -> str:
    return "<x " + _joined('xmlns:p{0}="urn:p{0}"', 129) + "/>"


def _nested_namespaces() -> str:
    return "".join(f'<x xmlns:p{i}="urn:p{i}">' for i in range(129)) + "</x>" * 129


@pytest.mark.parametrize(
    "payload", [_many_attributes, _many_namespaces, _nested_namespaces, lambda: "<x/>" * 100_001]
)
def test_refuses_what_is_costly_to_canonicalise(payload: Callable[[], str]) -> None:
    """C14N takes quadratic time: a message of that shape is refused before, whoever signed it."""
    operation = f'<g:GetState xmlns:g="{fakes.G}">{payload()}</g:GetState>'.encode()
    octets = etree.tostring(fakes.envelope(operation))
    with pytest.raises(GatewayError) as caught:
        wsse.verify(parse(octets, limit=10**7), now=NOW, policy=Policy())
    assert caught.value.kind is ErrorKind.TOO_LARGE


def test_namespaces_that_are_declared_again_cost_nothing() -> None:
    """Serializers that declare a prefix on every element are common and welcome."""
    again = "".join(f'<x xmlns:p="urn:p{i}"/>' for i in range(1000))
    operation = f'<g:GetState xmlns:g="{fakes.G}">{again}</g:GetState>'.encode()
    assert len(verify(parse(fakes.signed(operation, at=NOW), limit=10**6)).body[0]) == 1000


def test_refuses_what_has_no_canonical_form() -> None:
    """A relative namespace name cannot be canonicalised: that is the sender's fault, not ours."""
    root = signed()
    find(root, f"{{{fakes.G}}}GetState").append(etree.Element("{relative}x"))
    assert refused(root).kind is ErrorKind.SECURITY_INVALID

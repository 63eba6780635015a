"""WS-Security against signers and verifiers that nobody here wrote: zeep, python-xmlsec, xmlsec1."""

import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import xmlsec
from lxml import etree
from zeep.wsse.signature import BinarySignature
from zeep.wsse.utils import WSU, get_security_header, get_timestamp

from gateway.adapters.crypto import devpki, wsse
from gateway.adapters.crypto import wsse_names as n
from gateway.adapters.crypto.wsse_policy import Policy, Verified
from gateway.adapters.xml.parser import parse
from gateway.domain.errors import ErrorKind, GatewayError
from tests import fakes
from tests.services import absent


def verify(octets: bytes) -> Verified:
    return wsse.verify(parse(octets, limit=10**6), now=datetime.now(UTC), policy=Policy())


def pem_files(folder: Path, kind: devpki.KeyKind) -> tuple[str, str]:
    chain, key = fakes.issued(kind)
    (folder / "key.pem").write_bytes(key)
    (folder / "cert.pem").write_bytes(chain)
    return str(folder / "key.pem"), str(folder / "cert.pem")


def stamped(soap: str) -> etree._Element:
    """An envelope with a Timestamp, which zeep signs but does not add by itself."""
    root = fakes.envelope(fakes.get_state(), soap)
    root.insert(0, etree.Element(f"{{{soap}}}Header"))
    now = datetime.now(UTC)
    stamp = WSU.Timestamp(
        WSU.Created(get_timestamp(now)), WSU.Expires(get_timestamp(now + timedelta(minutes=5)))
    )
    get_security_header(root).append(stamp)
    return root


@pytest.mark.parametrize("soap", [fakes.SOAP_11, fakes.SOAP_12])
@pytest.mark.parametrize(
    ("kind", "method"),
    [
        ("rsa", xmlsec.Transform.RSA_SHA256),
        ("rsa", xmlsec.Transform.RSA_SHA384),
        ("rsa", xmlsec.Transform.RSA_SHA512),
        ("p256", xmlsec.Transform.ECDSA_SHA256),
        ("p256", xmlsec.Transform.ECDSA_SHA512),
    ],
)
def test_zeep_signatures_verify(tmp_path: Path, soap: str, kind: devpki.KeyKind, method: object) -> None:
    """What zeep's BinarySignature signs with SHA-2 is accepted, in both SOAP versions."""
    root = stamped(soap)
    signer = BinarySignature(
        *pem_files(tmp_path, kind), signature_method=method, digest_method=xmlsec.Transform.SHA256
    )
    signer.apply(root, {})
    verified = verify(etree.tostring(root))
    assert verified.certificate == fakes.signer(kind).certificate
    assert verified.covered == ("Body", "Timestamp")


def test_zeep_default_is_refused(tmp_path: Path) -> None:
    """zeep signs SHA-1 unless told otherwise; the refusal names what to use instead."""
    root = stamped(fakes.SOAP_11)
    BinarySignature(*pem_files(tmp_path, "rsa")).apply(root, {})
    with pytest.raises(GatewayError) as caught:
        verify(etree.tostring(root))
    assert caught.value.kind is ErrorKind.ALGORITHM_REFUSED
    assert caught.value.detail == (
        "SignatureMethod rsa-sha1; allowed: rsa-sha256, rsa-sha384, rsa-sha512, sha256-rsa-MGF1, "
        "sha384-rsa-MGF1, sha512-rsa-MGF1, ecdsa-sha256, ecdsa-sha384, ecdsa-sha512"
    )


@pytest.mark.parametrize("prefixes", ["soap", "soap wsu", "soap wsse absent"])
def test_inclusive_namespaces_agree_with_xmlsec(tmp_path: Path, prefixes: str) -> None:
    """A PrefixList gives the same octets here and in libxmlsec1."""
    octets = fakes.signed(fakes.get_state()).replace(
        b"<s:Envelope", b'<s:Envelope xmlns="urn:default" xmlns:soap="urn:soap" xmlns:wsu="urn:w"'
    )
    root = parse(octets, limit=10**6)
    for transform in [*root.iter(n.TRANSFORM), *root.iter(n.C14N_METHOD)]:
        etree.SubElement(transform, n.INCLUSIVE_NAMESPACES, PrefixList=prefixes)
    signature = next(root.iter(n.SIGNATURE))
    context = xmlsec.SignatureContext()
    key, _ = pem_files(tmp_path, "rsa")
    context.key = xmlsec.Key.from_file(key, xmlsec.KeyFormat.PEM)
    for element in (next(root.iter(f"{{{fakes.SOAP_11}}}Body")), next(root.iter(n.TIMESTAMP))):
        context.register_id(element, "Id", n.WSU)
    context.sign(signature)
    assert verify(etree.tostring(root)).covered == ("Body", "Timestamp")


@pytest.mark.parametrize("kind", ["rsa", "p256"])
def test_xmlsec1_accepts_our_clients_signature(tmp_path: Path, kind: devpki.KeyKind) -> None:
    """What the SDK signs, the xmlsec1 command verifies with the certificate alone; a change it refuses."""
    if shutil.which("xmlsec1") is None:
        absent("the command xmlsec1")
    _, cert = pem_files(tmp_path, kind)
    octets = fakes.signed(fakes.submit(), by=fakes.signer(kind))
    for name, content, code in (
        ("good", octets, 0),
        ("bad", octets.replace(b"LOAN-2026", b"LOAN-2027"), 1),
    ):
        (tmp_path / f"{name}.xml").write_bytes(content)
        ids = ["--id-attr:Id", f"{fakes.SOAP_11}:Body", "--id-attr:Id", f"{n.WSU}:Timestamp"]
        command = ["xmlsec1", "--verify", "--pubkey-cert-pem", cert, *ids, str(tmp_path / f"{name}.xml")]
        done = subprocess.run(command, capture_output=True, check=False)
        assert (done.returncode != 0) == bool(code), done.stderr

"""XAdES made by software that we did not write (signxml, xadesjs), judged by us and by xmlsec1 alike."""

import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from lxml import etree
from signxml import methods
from signxml.algorithms import CanonicalizationMethod, DigestAlgorithm, SignatureMethod
from signxml.xades import XAdESSigner

from gateway.adapters.crypto import certificates
from gateway.adapters.crypto.algorithm_policy import AlgorithmPolicy
from gateway.adapters.crypto.keys import KeyPair
from gateway.adapters.crypto.trust import Anchors, der
from gateway.adapters.validation.context import Context
from gateway.adapters.validation.xml import validate_xml
from gateway.domain.validation import Coverage, Indication, SubIndication, ValidationReport
from tests import foreign_signatures as f
from tests import public_tools
from tests.foreign_signatures import DAY, YEAR, Authority
from tests.services import absent

DOCUMENT = b'<c:contract xmlns:c="urn:c" xmlns="urn:d"><party Id="p">Ana &amp; co</party></c:contract>'
EXCLUSIVE = CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0
NOW = datetime.now(UTC)
IDS = ("--id-attr:Id", f"{f.XADES}:SignedProperties", "--id-attr:Id", f"{f.DS}:KeyInfo")


class Stated(XAdESSigner):
    """signxml, which digests SignedProperties exclusively without saying so, made to say it."""

    def _add_reference_to_signed_info(self, sig_root: Any, node_to_reference: Any, **attrs: Any) -> None:
        super()._add_reference_to_signed_info(sig_root, node_to_reference, **attrs)  # type: ignore[no-untyped-call]
        reference = sig_root.findall(f"{{{f.DS}}}SignedInfo/{{{f.DS}}}Reference")[-1]
        transforms = etree.Element(f"{{{f.DS}}}Transforms")
        etree.SubElement(transforms, f"{{{f.DS}}}Transform", Algorithm=self.c14n_alg.value)
        reference.insert(0, transforms)


@pytest.fixture(scope="module")
def root() -> Authority:
    return Authority.root("Somebody's root", NOW - DAY, NOW + YEAR)


@pytest.fixture(scope="module")
def pairs(root: Authority) -> dict[str, KeyPair]:
    # No purpose in the certificates, as many national ones have none.
    extensions = certificates.end_entity(certificates.SIGNING, None)
    start, end = NOW - timedelta(hours=1), NOW + DAY
    keys = {
        "rsa": rsa.generate_private_key(public_exponent=65537, key_size=3072),
        "ec": ec.generate_private_key(ec.SECP384R1()),
        "ec256": ec.generate_private_key(ec.SECP256R1()),
    }
    return {name: root.issue(name, start, end, extensions, key) for name, key in keys.items()}


def verdict(root: Authority, octets: bytes, detached: dict[str, bytes] | None = None) -> ValidationReport:
    context = Context(
        Anchors([root.certificate]), AlgorithmPolicy.load(), datetime.now(UTC), revocation_required=False
    )
    return validate_xml("x.xml", octets, context, detached or {})


def signed(
    signer: type[XAdESSigner], pair: KeyPair, method: Any, algorithm: str, c14n: CanonicalizationMethod
) -> bytes:
    made = signer(
        method=method,
        signature_algorithm=SignatureMethod[algorithm],
        digest_algorithm=DigestAlgorithm.SHA384,
        c14n_algorithm=c14n,
    )
    named = {"reference_uri": "contract.xml"} if method is methods.detached else {}
    root = made.sign(etree.fromstring(DOCUMENT), key=pair.key, cert=list(pair.chain), **named)
    return etree.tostring(root)


@pytest.mark.parametrize("c14n", list(CanonicalizationMethod))
@pytest.mark.parametrize(
    ("key", "algorithm"),
    [("rsa", "RSA_SHA256"), ("rsa", "SHA512_RSA_MGF1"), ("ec", "ECDSA_SHA256"), ("ec", "ECDSA_SHA384")],
)
@pytest.mark.parametrize("method", [methods.enveloped, methods.enveloping, methods.detached])
def test_signxml(
    root: Authority,
    pairs: dict[str, KeyPair],
    method: Any,
    key: str,
    algorithm: str,
    c14n: CanonicalizationMethod,
) -> None:
    """Every method, key and canonicalisation of signxml is accepted, as a whole."""
    signer = Stated if "xml-exc-c14n" in c14n.value else XAdESSigner
    files = {"contract.xml": DOCUMENT} if method is methods.detached else {}
    report = verdict(root, signed(signer, pairs[key], method, algorithm, c14n), files)
    assert report.detail == ""
    assert report.indication is Indication.PASSED
    (found,) = report.signatures
    assert (found.level, found.coverage) == ("B-B", Coverage.FULL)
    assert found.signer.startswith(f"CN={key},")


def xmlsec1(root: Authority, octets: bytes, folder: Path) -> bool:
    """Whether xmlsec1 accepts it."""
    (folder / "root.pem").write_bytes(root.certificate.public_bytes(Encoding.PEM))
    (folder / "signed.xml").write_bytes(octets)
    try:
        public_tools.xmlsec1(folder / "signed.xml", folder / "root.pem", *IDS)
    except AssertionError:
        return False
    return True


@pytest.mark.parametrize("signer", [XAdESSigner, Stated])
@pytest.mark.parametrize("c14n", [CanonicalizationMethod.CANONICAL_XML_1_0, EXCLUSIVE])
def test_same_as_xmlsec1(
    root: Authority,
    pairs: dict[str, KeyPair],
    tmp_path: Path,
    signer: type[XAdESSigner],
    c14n: CanonicalizationMethod,
) -> None:
    """Also what signxml does wrong (an exclusive digest that is not stated) is seen as xmlsec1 sees it."""
    octets = signed(signer, pairs["rsa"], methods.enveloped, "RSA_SHA256", c14n)
    wrong = signer is XAdESSigner and c14n is EXCLUSIVE
    assert xmlsec1(root, octets, tmp_path) is not wrong
    report = verdict(root, octets)
    assert report.sub_indication is (SubIndication.HASH_FAILURE if wrong else None)


def test_hand_written_signatures_are_sound(tmp_path: Path) -> None:
    """The signatures that other tests write by hand are good ones to xmlsec1, xml:lang included."""
    start = datetime.now(UTC) - DAY
    root = Authority.root("Root", start, start + YEAR)
    pair = root.signer("Signer", start, start + YEAR)
    assert xmlsec1(root, f.octets(f.enveloped(b"<a><b>x</b></a>", pair)), tmp_path)
    file = etree.fromstring('<file xml:lang="es"><part Id="p">x</part></file>')
    part = '<part Id="p" xml:lang="es">x</part>'
    file.append(
        f.Draft(
            pair, [f.Ref("#p", part.encode(), ("http://www.w3.org/TR/2001/REC-xml-c14n-20010315",))]
        ).xml()
    )
    (tmp_path / "root.pem").write_bytes(root.certificate.public_bytes(Encoding.PEM))
    (tmp_path / "part.xml").write_bytes(f.octets(file))
    public_tools.xmlsec1(tmp_path / "part.xml", tmp_path / "root.pem", *IDS, "--id-attr:Id", "part")
    assert verdict(root, f.octets(file)).indication is Indication.PASSED


@pytest.fixture(scope="module")
def xadesjs() -> Path:
    """The folder of the npm package xadesjs; `scripts/test` installs it."""
    folder = Path(__file__).parents[1] / "clients" / "xades"
    if shutil.which("node") is None or not (folder / "node_modules").is_dir():
        absent("the npm package xadesjs (npm ci in tests/clients/xades)")
    return folder


@pytest.mark.parametrize("transforms", ["enveloped,exc-c14n", "enveloped,c14n", "enveloped"])
@pytest.mark.parametrize(("key", "kind"), [("ec256", "ecdsa"), ("rsa", "rsa")])
def test_xadesjs(
    xadesjs: Path,
    root: Authority,
    pairs: dict[str, KeyPair],
    tmp_path: Path,
    key: str,
    kind: str,
    transforms: str,
) -> None:
    """xadesjs, which writes SigningCertificate of the first version, is accepted."""
    pair = pairs[key]
    octets = pair.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "key").write_bytes(octets)
    (tmp_path / "in.xml").write_bytes(b'<contract><party Id="p">Ana &amp; co</party></contract>')
    files = []
    for number, member in enumerate(pair.chain):
        files.append(tmp_path / f"{number}.der")
        files[-1].write_bytes(der(member))
    words = [
        xadesjs / "sign.mjs",
        tmp_path / "key",
        kind,
        transforms,
        tmp_path / "in.xml",
        tmp_path / "out.xml",
    ]
    subprocess.run(["node", *map(str, [*words, *files])], check=True, capture_output=True, timeout=60)
    report = verdict(root, (tmp_path / "out.xml").read_bytes())
    assert report.detail == ""
    assert report.indication is Indication.PASSED
    assert report.signatures[0].coverage is Coverage.FULL
    assert report.outline == (("contract", ""), ("party", "Ana & co"))
    changed = (tmp_path / "out.xml").read_bytes().replace(b"Ana", b"Eva")
    assert verdict(root, changed).sub_indication is SubIndication.HASH_FAILURE

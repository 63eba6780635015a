"""Raising signatures, ours and signxml's, level by level; xmlsec1 and OpenSSL judge what comes out."""

import subprocess
import sys
from base64 import b64decode
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from lxml import etree
from signxml import methods
from signxml.algorithms import CanonicalizationMethod, DigestAlgorithm, SignatureMethod
from signxml.xades.xades import XAdESSigner

from gateway.adapters.crypto import devpki_lists
from gateway.adapters.crypto.detached import SignedFile
from gateway.adapters.crypto.signature_level import Level
from gateway.adapters.crypto.xades import Sealer
from gateway.adapters.crypto.xades_levels import Levels
from gateway.bootstrap import commands
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.entrypoints.cli.main import run
from tests import public_tools
from tests.produced import keep
from tests.seal_samples import Workshop, rendered, standards
from tests.validated import validated

DS = "{http://www.w3.org/2000/09/xmldsig#}"
XADES = "{http://uri.etsi.org/01903/v1.3.2#}"
XADES141 = "{http://uri.etsi.org/01903/v1.4.1#}"
STEPS = (Level.B_T, Level.B_LT, Level.B_LTA)
DOCUMENT = (
    '<c:contract xmlns:c="urn:contract" xmlns="urn:other">'
    '<!-- note --><name lang="es">ñ</name>\n</c:contract>'
).encode()


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    made = Workshop.create(tmp_path_factory.mktemp("augment") / "pki")
    keep("augmented-ca.pem", (made.folder / "ca.pem").read_bytes())
    return made


def xmlsec1(workshop: Workshop, file: Path) -> None:
    command = ("xmlsec1", "--verify", "--trusted-pem", str(workshop.folder / "ca.pem"), str(file))
    done = subprocess.run(command, cwd=file.parent, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def valid(file: Path) -> None:
    command = (sys.executable, str(standards() / "validate.py"), "xades", str(file))
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def foreign(workshop: Workshop, method: methods) -> bytes:
    """A B-B signature as signxml makes it, with its own canonicalisation and its reference to KeyInfo."""
    pair = workshop.pair("seal")
    signer = XAdESSigner(
        method=method,
        signature_algorithm=SignatureMethod.ECDSA_SHA256,
        digest_algorithm=DigestAlgorithm.SHA256,
        c14n_algorithm=CanonicalizationMethod.CANONICAL_XML_1_0,
    )
    root = etree.fromstring(DOCUMENT)
    signed = signer.sign(root, key=pair.key, cert=list(pair.chain), always_add_key_value=False)
    return etree.tostring(signed)


def own(workshop: Workshop) -> bytes:
    return workshop.sealer(level=Level.B_B).seal(rendered()).octets


SOURCES: dict[str, Callable[[Workshop], bytes]] = {
    "own": own,
    "enveloped": lambda workshop: foreign(workshop, methods.enveloped),
    "enveloping": lambda workshop: foreign(workshop, methods.enveloping),
}


def kinds(octets: bytes) -> list[str]:
    root = etree.fromstring(octets)
    return [etree.QName(each).localname for each in root.iterfind(f".//{XADES}UnsignedSignatureProperties/*")]


@pytest.mark.parametrize("source", SOURCES)
def test_level_by_level(workshop: Workshop, source: str, tmp_path: Path) -> None:
    """Each step keeps every octet that was there, and xmlsec1 and the schema accept what comes out."""
    octets = SOURCES[source](workshop)
    for level in STEPS:
        raised = workshop.augmenter().raise_to(octets, level)
        assert_only_added(octets, raised)
        file = tmp_path / "raised.xml"
        file.write_bytes(raised)
        xmlsec1(workshop, file)
        valid(file)
        keep(f"augmented-{source}-{level.value}.xml", raised)
        octets = raised
    assert kinds(octets) == [
        "SignatureTimeStamp",
        "CertificateValues",
        "RevocationValues",
        "TimeStampValidationData",
        "ArchiveTimeStamp",
    ]
    assert workshop.augmenter().raise_to(octets, Level.B_LT) == octets
    public_tools.santuario(tmp_path, [file])


def assert_only_added(before: bytes, after: bytes) -> None:
    added = len(after) - len(before)
    at = next(i for i, (old, new) in enumerate(zip(before + b"\0", after, strict=False)) if old != new)
    assert any(after[: at - n] + after[at - n + added :] == before for n in range(20))


def test_at_once_and_verified_by_our_own_reader(workshop: Workshop) -> None:
    """A B-B seal goes to B-LTA in one call, and the strict verifier of our own profile still reads it."""
    raised = workshop.augmenter().raise_to(own(workshop), Level.B_LTA)
    assert validated(raised, workshop.anchors).facts is not None


def archived(root: etree._Element, stamp: etree._Element) -> bytes:
    """The imprint of an archive time-stamp over an enveloping signature, by hand."""

    def c14n(element: etree._Element, *, exclusive: bool = True) -> bytes:
        return etree.tostring(
            element, method="c14n", exclusive=exclusive, with_comments=False, with_tail=False
        )

    objects = root.findall(f"{DS}Object")
    payload = next(each for each in objects if each.find(f"{XADES}QualifyingProperties") is None)
    parts = []
    for reference in root.iter(f"{DS}Reference"):
        wanted = (reference.get("URI") or "")[1:]
        (element,) = (each for each in root.iter() if each.get("Id") == wanted)
        parts.append(c14n(element, exclusive=reference.find(f"{DS}Transforms") is None))
    parts += [c14n(root.find(f"{DS}{name}")) for name in ("SignedInfo", "SignatureValue", "KeyInfo")]
    for element in stamp.getparent():
        if element is stamp:
            break
        parts.append(c14n(element))
    return b"".join((*parts, c14n(payload)))


def test_openssl_accepts_the_archive_time_stamp_of_a_foreign_signature(
    workshop: Workshop, tmp_path: Path
) -> None:
    """Over an enveloping signature the archive time-stamp covers the ds:Object too."""
    raised = workshop.augmenter().raise_to(foreign(workshop, methods.enveloping), Level.B_LTA)
    root = etree.fromstring(raised)
    (stamp,) = root.iter(f"{XADES141}ArchiveTimeStamp")
    (tmp_path / "data").write_bytes(archived(root, stamp))
    (token,) = stamp.iter(f"{XADES}EncapsulatedTimeStamp")
    (tmp_path / "token").write_bytes(b64decode(token.text or ""))
    command = ("openssl", "ts", "-verify", "-data", "data", "-in", "token", "-token_in", "-CAfile")
    done = subprocess.run(
        [*command, str(workshop.folder / "ca.pem")], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_another_archive_time_stamp_years_later(tmp_path: Path) -> None:
    """A second archive time-stamp is preceded by the validation data of the first, gathered then."""
    workshop = Workshop.create(tmp_path / "pki")
    first = workshop.sealer(level=Level.B_LTA).seal(rendered()).octets
    workshop.clock.moment = workshop.clock.now() + timedelta(days=3 * 365)
    devpki_lists.renew(workshop.folder, now=workshop.clock.now())
    second = workshop.augmenter().raise_to(first, Level.B_LTA)
    assert_only_added(first, second)
    assert kinds(second)[-3:] == ["ArchiveTimeStamp", "TimeStampValidationData", "ArchiveTimeStamp"]
    root = etree.fromstring(second)
    *_, data, newest = root.iterfind(f".//{XADES}UnsignedSignatureProperties/*")
    stamps = list(root.iter(f"{XADES141}ArchiveTimeStamp"))
    assert data.get("URI") == f"#{stamps[0].get('Id')}"
    assert len(list(data.iter(f"{XADES}EncapsulatedCRLValue"))) == 2
    assert newest.get("Id") != stamps[0].get("Id")
    third = workshop.augmenter().raise_to(second, Level.B_LTA)
    identifiers = [each.get("Id") for each in etree.fromstring(third).iter() if each.get("Id")]
    assert len(set(identifiers)) == len(identifiers)
    file = keep("xades-B-LTA-renewed.xml", third)
    keep("xades-B-LTA-renewed-ca.pem", (workshop.folder / "ca.pem").read_bytes())
    valid(file)
    xmlsec1_at(workshop, file)


def xmlsec1_at(workshop: Workshop, file: Path) -> None:
    command = ("xmlsec1", "--verify", "--trusted-pem", str(workshop.folder / "ca.pem"), str(file))
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_a_certificate_revoked_after_the_time_stamp(tmp_path: Path) -> None:
    """A seal whose key was revoked later can still be raised, with the list that says since when."""
    workshop = Workshop.create(tmp_path / "pki")
    sealed = workshop.sealer().seal(rendered()).octets
    workshop.clock.moment = workshop.clock.now() + timedelta(days=30)
    seal = workshop.pair("seal").certificate
    devpki_lists.renew(workshop.folder, now=workshop.clock.now(), revoke=[seal])
    assert b"RevocationValues" in workshop.augmenter().raise_to(sealed, Level.B_LT)
    with pytest.raises(GatewayError, match="revoked"):
        workshop.augmenter().raise_to(own_by(workshop), Level.B_LT)


def own_by(workshop: Workshop) -> bytes:
    """A B-B signature by the revoked key: nothing proves that it is older."""
    levels = Levels(workshop.client(), None, Level.B_B)
    return Sealer(workshop.signer(), levels, workshop.clock).seal(rendered()).octets


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        (b"Banco", b"Banca", ErrorKind.SIGNATURE_INVALID),
        (b"</ds:SignatureValue>", b"AAAA</ds:SignatureValue>", ErrorKind.SIGNATURE_INVALID),
        (b"xmldsig-more#ecdsa-sha256", b"xmldsig-more#ecdsa-sha1", ErrorKind.ALGORITHM_REFUSED),
        (b"xmlenc#sha256", b"xmldsig#md5", ErrorKind.ALGORITHM_REFUSED),
        (b"#enveloped-signature", b"#base64", ErrorKind.ALGORITHM_REFUSED),
        (b'URI="#fehaciente-signed-properties"', b'URI="#nothing"', ErrorKind.SIGNATURE_INVALID),
        (b"xades:QualifyingProperties", b"xades:Other", ErrorKind.SIGNATURE_INVALID),
        (b"<xades:SigningCertificateV2>", b"<xades:SigningCertificateV3>", ErrorKind.XML_MALFORMED),
        (b"ds:Signature>", b"ds:Signatures>", ErrorKind.XML_MALFORMED),
    ],
)
def test_a_broken_signature_is_not_raised(
    workshop: Workshop, old: bytes, new: bytes, kind: ErrorKind
) -> None:
    """What does not verify gets no time-stamp that would make it look better."""
    octets = own(workshop)
    assert old in octets
    with pytest.raises(GatewayError) as caught:
        workshop.augmenter().raise_to(octets.replace(old, new), Level.B_T)
    assert caught.value.kind is kind


def test_a_stolen_time_stamp_is_noticed(workshop: Workshop) -> None:
    """A signature that bears the time-stamp of another is not raised."""
    one, two = (workshop.sealer().seal(rendered(evidence_id=n)).octets for n in ("one", "two"))
    start, end = b"<xades:EncapsulatedTimeStamp>", b"</xades:EncapsulatedTimeStamp>"
    token = two[two.index(start) : two.index(end)]
    stolen = one[: one.index(start)] + token + one[one.index(end) :]
    for level in (Level.B_LT, Level.B_LTA):
        with pytest.raises(GatewayError) as caught:
            workshop.augmenter().raise_to(stolen, level)
        assert caught.value.kind is ErrorKind.SIGNATURE_INVALID


def test_unknown_roots_and_no_signature(workshop: Workshop, tmp_path: Path) -> None:
    """Under other anchors nothing beyond B-T is possible; a document without signature is refused."""
    other = Workshop.create(tmp_path / "other")
    with pytest.raises(GatewayError) as caught:
        other.augmenter().raise_to(own(workshop), Level.B_LT)
    assert caught.value.kind is ErrorKind.CERTIFICATE_REFUSED
    with pytest.raises(GatewayError) as caught:
        workshop.augmenter().raise_to(rendered(), Level.B_T)
    assert caught.value.kind is ErrorKind.SIGNATURE_INVALID


def test_a_place_that_cannot_be_told(workshop: Workshop) -> None:
    """An end tag inside a comment makes the octets ambiguous: nothing is written."""
    signed = foreign(workshop, methods.enveloped)
    confused = signed.replace(b"</ds:Object>", b"<!-- </xades:QualifyingProperties> --></ds:Object>")
    assert confused != signed
    with pytest.raises(GatewayError) as caught:
        workshop.augmenter().raise_to(confused, Level.B_T)
    assert caught.value.kind is ErrorKind.RULE_BROKEN


def test_every_signature_of_a_document_is_raised(workshop: Workshop, tmp_path: Path) -> None:
    """Two enveloping signatures side by side, with identifiers of their own, both get all of it."""
    one = workshop.detached(Level.B_B).seal([SignedFile("a.txt", "text/plain", sha256(b"a").digest())])
    start, end = one.index(b"<ds:Signature "), one.index(b"</asic:XAdESSignatures>")
    both = b"<both>" + foreign(workshop, methods.enveloping) + one[start:end] + b"</both>"
    raised = workshop.augmenter().raise_to(both, Level.B_LTA, {"a.txt": b"a"})
    assert kinds(raised).count("ArchiveTimeStamp") == 2
    valid(keep("augmented-two.xml", raised))
    identifiers = [each.get("Id") for each in etree.fromstring(raised).iter() if each.get("Id")]
    assert len(set(identifiers)) == len(identifiers)


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`fehaciente augment FILE --level B-LT --files DIR -o OUT` writes a new file, never over one."""
    config = tmp_path / "f.ini"
    config.write_text("[gateway]\ninstallation = 000001\nbase_url = https://x.example\ndata = var\n")
    workshop = Workshop.create(tmp_path / "var" / "pki")
    (tmp_path / "files" / "in").mkdir(parents=True)
    (tmp_path / "files" / "in" / "a.txt").write_bytes(b"a")
    file, out = tmp_path / "signatures.xml", tmp_path / "raised.xml"
    signed = SignedFile("in/a.txt", "text/plain", sha256(b"a").digest())
    file.write_bytes(workshop.detached(Level.B_B).seal([signed]))
    words = ["--config", str(config), "augment", str(file), "--level", "B-LT", "-o", str(out)]
    assert run(words, commands.actions()) == 1
    assert "in/a.txt is not at hand" in capsys.readouterr().err
    assert not out.exists()
    words += ["--files", str(tmp_path / "files")]
    assert run(words, commands.actions()) == 0
    assert capsys.readouterr().out == f"{out}\n"
    assert b"RevocationValues" in out.read_bytes()
    assert run(words, commands.actions()) == 2

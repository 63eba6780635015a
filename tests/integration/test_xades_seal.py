"""Seals, judged by tools that nobody here wrote: xmlsec1, OpenSSL, signxml's verifier, ETSI's schemas."""

import subprocess
import sys
from base64 import b64decode
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from lxml import etree
from signxml.xades.xades import XAdESSignatureConfiguration, XAdESVerifier

from gateway.adapters.crypto import keys, tsa
from gateway.adapters.crypto.key_signer import KeySigner
from gateway.adapters.crypto.signature_properties import NOTHING_SAID
from gateway.adapters.crypto.trust import der
from gateway.adapters.crypto.xades import Sealer
from gateway.adapters.crypto.xades_levels import Levels
from gateway.adapters.crypto.xades_template import SlotText, template
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.validation import SubIndication
from tests.seal_samples import Workshop, rendered, standards
from tests.validated import judged, validated

DS = "{http://www.w3.org/2000/09/xmldsig#}"
XADES = "{http://uri.etsi.org/01903/v1.3.2#}"
CERTIFICATE = (
    '<Certificate xmlns="urn:fehaciente:certificate:1.0" xmlns:ds="urn:other">'
    "<Guid>001001-0001-000000000123456.par</Guid><ds:note xml:lang='es'>ñ</ds:note></Certificate>"
).encode()


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return Workshop.create(tmp_path_factory.mktemp("seal") / "pki")


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("key", ["seal", "seal-rsa"])
@pytest.mark.parametrize("document", [None, CERTIFICATE])
def test_xmlsec1_accepts_with_only_the_root(
    workshop: Workshop, key: str, document: bytes | None, tmp_path: Path
) -> None:
    """xmlsec1 verifies both references and the chain with nothing but the root certificate."""
    file = tmp_path / "sealed.xml"
    file.write_bytes(workshop.sealer(key).seal(document or rendered()).octets)
    done = run("xmlsec1", "--verify", "--trusted-pem", str(workshop.folder / "ca.pem"), str(file))
    assert done.returncode == 0, done.stderr
    assert "2/2" in done.stdout + done.stderr


def test_xmlsec1_refuses_another_root(workshop: Workshop, tmp_path: Path) -> None:
    """The same file fails under a root that did not issue the seal's certificate."""
    Workshop.create(tmp_path / "other")
    file = tmp_path / "sealed.xml"
    file.write_bytes(workshop.sealer().seal(rendered()).octets)
    done = run("xmlsec1", "--verify", "--trusted-pem", str(tmp_path / "other" / "ca.pem"), str(file))
    assert done.returncode != 0


@pytest.mark.parametrize("key", ["seal", "seal-rsa"])
@pytest.mark.parametrize("kind", ["erds", "xades"])
def test_valid_against_the_standards(workshop: Workshop, key: str, kind: str, tmp_path: Path) -> None:
    """A sealed evidence is valid ERDS, and its properties are valid XAdES."""
    folder = standards()
    file = tmp_path / "sealed.xml"
    file.write_bytes(workshop.sealer(key).seal(rendered()).octets)
    done = run(sys.executable, str(folder / "validate.py"), kind, str(file))
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("key", ["seal", "seal-rsa"])
def test_signxml_accepts(workshop: Workshop, key: str) -> None:
    """signxml's own XAdES verifier accepts what was filled into the mould that signxml formed."""
    octets = workshop.sealer(key).seal(rendered()).octets
    results = XAdESVerifier().verify(
        octets,
        ca_pem_file=str(workshop.folder / "ca.pem"),
        expect_config=XAdESSignatureConfiguration(expect_references=2),
    )
    tags = [etree.QName(result.signed_xml).localname for result in results if result.signed_xml is not None]
    assert tags == ["Evidence", "SignedProperties"]


def test_openssl_accepts_the_token(workshop: Workshop, tmp_path: Path) -> None:
    """The embedded token is a time-stamp of the canonical SignatureValue for `openssl ts -verify`."""
    root = etree.fromstring(workshop.sealer().seal(rendered()).octets)
    (value,) = root.iter(f"{DS}SignatureValue")
    (token,) = root.iter(f"{XADES}EncapsulatedTimeStamp")
    (tmp_path / "value").write_bytes(etree.tostring(value, method="c14n", exclusive=True, with_tail=False))
    (tmp_path / "token").write_bytes(b64decode(token.text or ""))
    done = run(
        *("openssl", "ts", "-verify", "-data", str(tmp_path / "value"), "-in", str(tmp_path / "token")),
        *("-token_in", "-CAfile", str(workshop.folder / "ca.pem")),
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("key", ["seal", "seal-rsa"])
def test_our_verifier_returns_what_was_sealed(workshop: Workshop, key: str) -> None:
    """Verification gives back the facts, the signer and the moment of the time-stamp."""
    given = rendered(evidence_id="mine")
    sealed = workshop.sealer(key).seal(given)
    verified = validated(sealed.octets, workshop.anchors, at=datetime.now(UTC))
    assert verified.facts is not None
    assert verified.facts.evidence_id == "mine"
    assert verified.signature.signer == sealed.signer_subject
    assert verified.signature.signer_sha256 == sealed.signer_sha256
    assert verified.stamped_at == sealed.stamped_at
    assert verified.root.find(f"{DS}Signature") is None
    assert verified.signature.signer_sha256 == sha256(_der(workshop, key)).hexdigest()


def test_any_root_is_verified(workshop: Workshop) -> None:
    """A document of another kind verifies too, and its simple children are listed."""
    verified = validated(workshop.sealer().seal(CERTIFICATE).octets, workshop.anchors)
    assert verified.facts is None
    assert verified.root_name == "Certificate"
    assert ("Guid", "001001-0001-000000000123456.par") in verified.report.outline


def test_the_rendered_octets_stand_in_the_sealed_ones(workshop: Workshop) -> None:
    """A seal adds the signature before the root's end tag, and changes no octet around it."""
    given = rendered()
    sealed = workshop.sealer().seal(given).octets
    start, end = sealed.index(b"<ds:Signature "), sealed.index(b"</ds:Signature>") + len(b"</ds:Signature>")
    assert sealed[:start] + sealed[end:] == given


def test_threads_may_share_a_sealer(workshop: Workshop) -> None:
    """Seals made at the same time by one sealer all verify."""
    sealer, anchors = workshop.sealer(), workshop.anchors
    with ThreadPoolExecutor(4) as pool:
        sealed = list(pool.map(lambda n: sealer.seal(rendered(evidence_id=str(n))).octets, range(40)))
    found = [validated(octets, anchors).facts for octets in sealed]
    assert [each and each.evidence_id for each in found] == [str(n) for n in range(40)]


@pytest.mark.parametrize(
    ("octets", "kind"),
    [
        (b"<a/>", ErrorKind.RULE_BROKEN),
        (b"<a><!-- c --></a>", ErrorKind.RULE_BROKEN),
        (b"<a></a><!-- </a> -->", ErrorKind.RULE_BROKEN),
        (b"<a><b Id='x'/><b id='x'/></a>", ErrorKind.RULE_BROKEN),
        (b"<a><b Id='fehaciente-signature'/></a>", ErrorKind.RULE_BROKEN),
        (b"<a><b></a>", ErrorKind.XML_MALFORMED),
    ],
)
def test_refuses_to_seal(workshop: Workshop, octets: bytes, kind: ErrorKind) -> None:
    """What a signature could not cover or point at unambiguously is refused before anything is signed."""
    with pytest.raises(GatewayError) as caught:
        workshop.sealer().seal(octets)
    assert caught.value.kind is kind


def test_refuses_to_seal_twice(workshop: Workshop) -> None:
    """A sealed evidence is not sealed again."""
    sealer = workshop.sealer()
    with pytest.raises(GatewayError) as caught:
        sealer.seal(sealer.seal(rendered()).octets)
    assert caught.value.kind is ErrorKind.RULE_BROKEN


def test_verify_sealed(workshop: Workshop, tmp_path: Path) -> None:
    """A seal is accepted for its own stored octets only, and only from its own key."""
    sealer, given = workshop.sealer(), rendered()
    sealed = sealer.seal(given).octets
    sealer.verify_sealed(sealed, given)
    other = sealer.seal(rendered(evidence_id="other")).octets
    stolen = _with_token_of(sealed, other)
    foreign = Workshop.create(tmp_path / "other").sealer().seal(given).octets
    for octets in (other, stolen, foreign, given, sealed[:-1], sealed.replace(b"Banco", b"Banca")):
        with pytest.raises(GatewayError) as caught:
            sealer.verify_sealed(octets, given)
        assert caught.value.kind is ErrorKind.SIGNATURE_INVALID


def test_a_key_that_signs_wrongly_gives_nothing(workshop: Workshop) -> None:
    """When the key's answer does not verify, as from a broken HSM, no seal comes out."""
    good = workshop.pair("seal")
    wrong = keys.KeyPair(workshop.pair("tsa").key, good.chain)
    sealer = Sealer(KeySigner(wrong), workshop.levels(), workshop.clock)
    with pytest.raises(GatewayError) as caught:
        sealer.seal(rendered())
    assert caught.value.kind is ErrorKind.SIGNATURE_INVALID


@pytest.mark.parametrize("part", ["signed_info", "signed_properties"])
def test_what_does_not_read_back_is_not_given_out(workshop: Workshop, part: str) -> None:
    """Where the text is not what was signed and digested, the first seal of a template finds out."""
    sealer = workshop.sealer()
    key = sealer._signing.key()
    made = template(key.signer.chain, key.signer.algorithm, NOTHING_SAID)
    text = SlotText(getattr(made, part).text.replace("></ds:DigestMethod>", "> </ds:DigestMethod>"))
    sealer._templates[key] = replace(made, **{part: text})
    with pytest.raises(GatewayError, match="read back") as caught:
        sealer.seal(rendered())
    assert caught.value.kind is ErrorKind.SIGNATURE_INVALID


def test_no_time_stamp_no_seal(workshop: Workshop) -> None:
    """Without an authority that answers, the error says to try again."""

    def down(request: bytes) -> bytes:
        raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE, "down")

    client = tsa.TimestampClient([tsa.TsaSource("down", down)], workshop.anchors, workshop.clock)
    with pytest.raises(GatewayError) as caught:
        Sealer(workshop.signer(), Levels(client), workshop.clock).seal(rendered())
    assert caught.value.kind is ErrorKind.TEMPORARILY_UNAVAILABLE


def test_passes_while_its_certificates_live(tmp_path: Path) -> None:
    """A B-T seal passes at any present in which its time-stamp's certificate was in force, and no later."""
    then = datetime.now(UTC) - timedelta(days=9 * 365)
    workshop = Workshop.create(tmp_path / "pki", now=then)
    workshop.clock.moment = then + timedelta(days=1)
    octets = workshop.sealer().seal(rendered(event_time=then, submitted_at=then)).octets
    assert workshop.pair("seal").certificate.not_valid_after_utc < datetime.now(UTC)
    assert validated(octets, workshop.anchors, at=then + timedelta(days=4 * 365)).facts
    assert judged(octets, workshop.anchors).sub_indication is SubIndication.OUT_OF_BOUNDS_NO_POE


def _with_token_of(sealed: bytes, other: bytes) -> bytes:
    tag = b"<xades:EncapsulatedTimeStamp>"
    end = b"</xades:EncapsulatedTimeStamp>"
    token = other[other.index(tag) : other.index(end)]
    return sealed[: sealed.index(tag)] + token + sealed[sealed.index(end) :]


def _der(workshop: Workshop, key: str) -> bytes:
    return der(workshop.pair(key).certificate)

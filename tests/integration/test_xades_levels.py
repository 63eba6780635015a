"""Levels B-B to B-LTA with every kind of key, judged by xmlsec1, signxml, OpenSSL and ETSI's schemas."""

import subprocess
import sys
from base64 import b64decode
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa, utils
from lxml import etree
from signxml.xades.xades import XAdESSignatureConfiguration, XAdESVerifier

from gateway.adapters.crypto import certificates, devpki_lists, tsa
from gateway.adapters.crypto.key_signer import KeySigner
from gateway.adapters.crypto.signature_level import Level
from gateway.adapters.crypto.signature_properties import (
    Commitment,
    ImpliedPolicy,
    Place,
    SignaturePolicy,
    SignatureProperties,
)
from gateway.adapters.crypto.trust import der, name
from gateway.adapters.crypto.tsa_authority import TimestampAuthority
from gateway.adapters.crypto.tsa_health import TsaState
from gateway.adapters.crypto.xades import Sealer
from gateway.adapters.crypto.xades_levels import Levels
from gateway.domain.errors import ErrorKind, GatewayError
from tests import public_tools
from tests.produced import keep
from tests.seal_samples import POLICY, Workshop, rendered, standards
from tests.validated import validated

DS = "{http://www.w3.org/2000/09/xmldsig#}"
XADES = "{http://uri.etsi.org/01903/v1.3.2#}"
XADES141 = "{http://uri.etsi.org/01903/v1.4.1#}"
KEYS = ("p256", "p384", "rsa", "rsa-pss")
LEVELS = tuple(Level)
STAMPS = ("SignatureTimeStamp", "ArchiveTimeStamp")


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    made = Workshop.create(tmp_path_factory.mktemp("levels") / "pki")
    made.issue("p384", ec.generate_private_key(ec.SECP384R1()))
    keep("ca.pem", (made.folder / "ca.pem").read_bytes())
    return made


def signer(workshop: Workshop, key: str) -> KeySigner:
    names = {"p256": "seal", "p384": "p384", "rsa": "seal-rsa", "rsa-pss": "seal-rsa"}
    return workshop.signer(names[key], pss=key == "rsa-pss")


def sealer(workshop: Workshop, key: str, level: Level) -> Sealer:
    return Sealer(signer(workshop, key), workshop.levels(level), workshop.clock)


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False)


def xmlsec1(workshop: Workshop, file: Path) -> subprocess.CompletedProcess[str]:
    return run("xmlsec1", "--verify", "--trusted-pem", str(workshop.folder / "ca.pem"), str(file))


def c14n(element: etree._Element) -> bytes:
    return etree.tostring(element, method="c14n", exclusive=True, with_tail=False)


def names(root: etree._Element) -> list[str]:
    (properties,) = root.iter(f"{XADES}UnsignedSignatureProperties")
    return [etree.QName(child).localname for child in properties]


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("level", LEVELS)
def test_every_level_with_every_key(workshop: Workshop, key: str, level: Level) -> None:
    """xmlsec1 (signxml for PSS, which it does not know) and the schemas accept each; our verifier agrees."""
    octets = sealer(workshop, key, level).seal(rendered()).octets
    file = keep(f"xades-{level.value}-{key}.xml", octets)
    if key == "rsa-pss":
        XAdESVerifier().verify(
            octets,
            ca_pem_file=str(workshop.folder / "ca.pem"),
            expect_config=XAdESSignatureConfiguration(expect_references=2),
        )
    else:
        done = xmlsec1(workshop, file)
        assert done.returncode == 0, done.stderr
    for kind in ("erds", "xades"):
        done = run(sys.executable, str(standards() / "validate.py"), kind, str(file))
        assert done.returncode == 0, done.stdout
    if level is not Level.B_B:
        assert validated(octets, workshop.anchors).facts is not None


def test_santuario_accepts_them(workshop: Workshop, tmp_path: Path) -> None:
    """Apache Santuario, the library of most XAdES software, accepts each level with each kind of key.

    Not PSS, for which Java's own provider has another name.
    """
    files = []
    for level in LEVELS:
        for key in ("p256", "p384", "rsa"):
            files.append(tmp_path / f"{level.value}-{key}.xml")
            files[-1].write_bytes(sealer(workshop, key, level).seal(rendered()).octets)
    assert public_tools.santuario(tmp_path, files).count("holds") == len(files)


def test_what_each_level_holds(workshop: Workshop) -> None:
    """T adds a time-stamp, LT certificates and revocation data, LTA an archive time-stamp."""
    found = {}
    for level in LEVELS[1:]:
        found[level] = names(etree.fromstring(sealer(workshop, "p256", level).seal(rendered()).octets))
    lasting = ["CertificateValues", "RevocationValues", "TimeStampValidationData"]
    assert found == {
        Level.B_T: ["SignatureTimeStamp"],
        Level.B_LT: ["SignatureTimeStamp", *lasting],
        Level.B_LTA: ["SignatureTimeStamp", *lasting, "ArchiveTimeStamp"],
    }


def test_validation_data_is_complete_and_not_repeated(workshop: Workshop) -> None:
    """The whole paths of signer and authority stand in it, with each authority's list once."""
    root = etree.fromstring(sealer(workshop, "p256", Level.B_LT).seal(rendered()).octets)
    values = [b64decode(each.text or "") for each in root.iter(f"{XADES}EncapsulatedX509Certificate")]
    key_info = [b64decode(each.text or "") for each in root.iter(f"{DS}X509Certificate")]
    (anchor,) = workshop.anchors.roots
    assert values == [der(anchor), der(anchor)]
    assert der(anchor) not in key_info
    crls = [b64decode(each.text or "") for each in root.iter(f"{XADES}EncapsulatedCRLValue")]
    issuers = {x509.load_der_x509_crl(crl).issuer for crl in crls}
    assert issuers == {anchor.subject, workshop.pair("intermediate").certificate.subject}
    assert len(crls) == 2
    (data,) = root.iter(f"{XADES141}TimeStampValidationData")
    (stamp,) = root.iter(f"{XADES}SignatureTimeStamp")
    assert data.get("URI") == f"#{stamp.get('Id')}"


def archived(root: etree._Element, stamp: etree._Element) -> bytes:
    """EN 319 132-1 clause 5.5.2.2 once more, by hand for our profile."""
    signature = root[-1]
    parts = [c14n(next(signature.iter(f"{XADES}SignedProperties")))]
    parts += [c14n(signature.find(f"{DS}{name}")) for name in ("SignedInfo", "SignatureValue", "KeyInfo")]
    for element in stamp.getparent():
        if element is stamp:
            break
        parts.append(c14n(element))
    root.remove(signature)
    content = c14n(root)
    root.append(signature)
    return b"".join((content, *parts))


@pytest.mark.parametrize("key", ["p384", "rsa"])
def test_openssl_accepts_every_token(workshop: Workshop, key: str, tmp_path: Path) -> None:
    """`openssl ts` accepts the signature's token and those of two archive time-stamps."""
    octets = sealer(workshop, key, Level.B_LTA).seal(rendered()).octets
    octets = workshop.augmenter().raise_to(octets, Level.B_LTA)
    root = etree.fromstring(octets)
    stamps = [each for each in root.iter() if etree.QName(each).localname in STAMPS]
    assert len(stamps) == 3
    for stamp in stamps:
        covered = archived(root, stamp)
        if stamp.tag == f"{XADES}SignatureTimeStamp":
            covered = c14n(next(root.iter(f"{DS}SignatureValue")))
        (tmp_path / "data").write_bytes(covered)
        (token,) = stamp.iter(f"{XADES}EncapsulatedTimeStamp")
        (tmp_path / "token").write_bytes(b64decode(token.text or ""))
        done = run(
            *("openssl", "ts", "-verify", "-data", str(tmp_path / "data"), "-in", str(tmp_path / "token")),
            *("-token_in", "-CAfile", str(workshop.folder / "ca.pem")),
        )
        assert done.returncode == 0, done.stderr


def test_a_remote_signer_signs_between_the_phases(workshop: Workshop, tmp_path: Path) -> None:
    """Prepare here, sign elsewhere (openssl with the key's file), assemble here: the seal is as any other."""

    class Absent:
        chain = workshop.pair("seal").chain
        algorithm = workshop.signer().algorithm

        def sign(self, data: bytes) -> bytes:
            raise AssertionError("the key is not here")

    remote = Sealer(Absent(), workshop.levels(Level.B_LT), workshop.clock)
    prepared = remote.prepare(rendered())
    (tmp_path / "data").write_bytes(prepared.to_be_signed)
    value = tmp_path / "value"
    done = run(
        *("openssl", "dgst", "-sha256", "-sign", str(workshop.folder / "seal.key")),
        *("-out", str(value), str(tmp_path / "data")),
    )
    assert done.returncode == 0, done.stderr
    sealed = tmp_path / "sealed.xml"
    sealed.write_bytes(remote.assemble(prepared, value.read_bytes()).octets)
    assert xmlsec1(workshop, sealed).returncode == 0
    r, s = utils.decode_dss_signature(value.read_bytes())
    for wrong in (
        b"",
        b"rubbish",
        utils.encode_dss_signature(r, s + 1),
        utils.encode_dss_signature(2**300, s),
    ):
        with pytest.raises(GatewayError) as caught:
            remote.assemble(prepared, wrong)
        assert caught.value.kind is ErrorKind.SIGNATURE_INVALID


def properties(policy: SignaturePolicy | ImpliedPolicy) -> SignatureProperties:
    place = Place("Madrid", "Calle {Mayor}, 1", "Madrid", "28013", "ES")
    return SignatureProperties(policy, ("Tercero de <confianza> & {0}",), place, Commitment.PROOF_OF_ORIGIN)


@pytest.mark.parametrize(
    "policy",
    [
        SignaturePolicy("urn:oid:2.16.724.1.3.1.1.2.1.9", b"h" * 32, "https://sede.example/política?a={b}"),
        SignaturePolicy("urn:fehaciente:signature-policy:1.0", b"h" * 32),
        ImpliedPolicy(),
    ],
)
def test_signed_properties_by_configuration(
    workshop: Workshop, policy: SignaturePolicy | ImpliedPolicy, tmp_path: Path
) -> None:
    """Policy, roles, place and commitment are signed as configured, as the schema wants them."""
    made = workshop.sealer(level=Level.B_LT, properties=properties(policy))
    octets = made.seal(rendered()).octets
    made.verify_sealed(octets, rendered_of(octets))
    file = tmp_path / "sealed.xml"
    file.write_bytes(octets)
    assert xmlsec1(workshop, file).returncode == 0
    done = run(sys.executable, str(standards() / "validate.py"), "xades", str(file))
    assert done.returncode == 0, done.stdout
    assert validated(octets, workshop.anchors).facts is not None
    root = etree.fromstring(octets)
    texts = {etree.QName(each).localname: each.text for each in root.iter(f"{XADES}*") if not len(each)}
    assert texts["ClaimedRole"] == "Tercero de <confianza> & {0}"
    assert (texts["StreetAddress"], texts["CountryName"]) == ("Calle {Mayor}, 1", "ES")
    assert "http://uri.etsi.org/01903/v1.2.2#ProofOfOrigin" in [
        each.text for each in root.iter(f"{XADES}Identifier")
    ]
    if isinstance(policy, SignaturePolicy):
        (identifier,) = root.iterfind(f".//{XADES}SigPolicyId/{XADES}Identifier")
        assert identifier.text == policy.identifier
        assert identifier.get("Qualifier") == ("OIDAsURN" if "oid" in policy.identifier else None)
        assert texts.get("SPURI", "") == policy.uri
    else:
        assert "SignaturePolicyImplied" in texts


def rendered_of(octets: bytes) -> bytes:
    """What was rendered, cut out of the sealed octets."""
    start, end = octets.index(b"<ds:Signature "), octets.rindex(b"</ds:Signature>") + len(b"</ds:Signature>")
    return octets[:start] + octets[end:]


def test_the_text_of_validation_data_is_made_once(workshop: Workshop) -> None:
    """While nothing changes the same text is embedded; after a renewal of the lists the new ones are."""
    made = sealer(workshop, "p256", Level.B_LT)
    first, second = (made.seal(rendered()).octets for _ in range(2))
    assert len(made._signing.levels._texts) == 1
    assert _crls(first) == _crls(second)
    old = {file: file.read_bytes() for file in workshop.folder.glob("*.crl")}
    devpki_lists.renew(workshop.folder, now=workshop.clock.now())
    try:
        renewed = sealer(workshop, "p256", Level.B_LT).seal(rendered()).octets
        assert not _crls(renewed) & _crls(first)
    finally:
        for file, octets in old.items():
            file.write_bytes(octets)


def _crls(octets: bytes) -> set[str]:
    root = etree.fromstring(octets)
    return {
        sha256((each.text or "").encode()).hexdigest() for each in root.iter(f"{XADES}EncapsulatedCRLValue")
    }


@pytest.mark.parametrize("revoked", ["seal", "tsa"])
def test_nothing_is_sealed_with_a_revoked_certificate(tmp_path: Path, revoked: str) -> None:
    """A revoked sealing certificate, or time-stamping authority, stops every level from B-T on."""
    workshop = Workshop.create(tmp_path / "pki")
    devpki_lists.renew(workshop.folder, now=workshop.clock.now(), revoke=[workshop.pair(revoked).certificate])
    workshop.clock.moment = workshop.clock.now() + timedelta(seconds=1)
    for level in LEVELS[1:]:
        with pytest.raises(GatewayError, match="revoked") as caught:
            workshop.sealer(level=level).seal(rendered())
        assert caught.value.kind is ErrorKind.CERTIFICATE_REFUSED


def test_an_authority_revoked_meanwhile_is_noticed_before_signing(tmp_path: Path) -> None:
    """The authority that stamped last is checked before the key is used again."""
    workshop = Workshop.create(tmp_path / "pki")
    made = workshop.sealer(level=Level.B_LT)
    made.seal(rendered())
    devpki_lists.renew(workshop.folder, now=workshop.clock.now(), revoke=[workshop.pair("tsa").certificate])
    workshop.clock.moment = workshop.clock.now() + timedelta(minutes=30)
    made._signing.levels.trust.revocation._files._looked = float("-inf")
    with pytest.raises(GatewayError, match="revoked"):
        made.prepare(rendered())


def test_a_revoked_authority_gives_way_to_the_next(tmp_path: Path) -> None:
    """With two authorities in order of preference, the revoked first one is passed over, and noticed."""
    workshop = Workshop.create(tmp_path / "pki")
    second = certificates.end_entity(certificates.SIGNING, certificates.TIME_STAMPING)
    pair = workshop.issue("tsa2", ec.generate_private_key(ec.SECP256R1()), second)
    devpki_lists.renew(workshop.folder, now=workshop.clock.now(), revoke=[workshop.pair("tsa").certificate])
    trust = workshop.trust()
    authorities = (workshop.authority(), TimestampAuthority(pair, POLICY, workshop.clock))
    sources = [tsa.TsaSource(str(n), each.respond, POLICY) for n, each in enumerate(authorities)]
    client = tsa.TimestampClient(sources, workshop.anchors, workshop.clock, revocation=trust.revocation)
    levels = Levels(client, trust, Level.B_LT)
    octets = Sealer(workshop.signer(), levels, workshop.clock).seal(rendered()).octets
    assert validated(octets, workshop.anchors).signature.stamps[0].gen_time is not None
    assert client.timestamp(sha256(b"").digest()).tsa_name == name(pair.certificate)
    assert client.states()[0].state is not TsaState.WELL


def test_without_current_lists_the_state_waits(tmp_path: Path) -> None:
    """When no current revocation list is to be had, nothing is sealed, and the error says to try again."""
    workshop = Workshop.create(tmp_path / "pki")
    for file in workshop.folder.glob("*.crl"):
        file.unlink()
    with pytest.raises(GatewayError) as caught:
        workshop.sealer().seal(rendered())
    assert caught.value.kind is ErrorKind.TEMPORARILY_UNAVAILABLE


def test_an_expired_or_weak_key_seals_nothing(tmp_path: Path) -> None:
    """A certificate out of time and RSA of 2048 bits are refused before anything is signed."""
    workshop = Workshop.create(tmp_path / "pki")
    workshop.issue("small", rsa.generate_private_key(65537, 2048))
    with pytest.raises(GatewayError) as caught:
        workshop.sealer("small").seal(rendered())
    assert caught.value.kind is ErrorKind.ALGORITHM_REFUSED
    workshop.clock.moment = workshop.clock.now() + timedelta(days=6 * 365)
    with pytest.raises(GatewayError) as caught:
        workshop.sealer().seal(rendered())
    assert caught.value.kind is ErrorKind.CERTIFICATE_REFUSED


def test_lasting_levels_need_trust(workshop: Workshop) -> None:
    """Without anchors no validation data can be embedded: a mistake of configuration."""
    with pytest.raises(GatewayError) as caught:
        Levels(workshop.client(), None, Level.B_LT)
    assert caught.value.kind is ErrorKind.CONFIGURATION

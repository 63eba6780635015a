"""Bare time-stamp tokens of other authorities: OpenSSL's, of every digest, and what must be refused."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from asn1crypto import algos, cms, core
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from gateway.adapters.crypto import certificates, der
from gateway.adapters.crypto.algorithm_policy import AlgorithmPolicy
from gateway.adapters.crypto.keys import KeyPair
from gateway.adapters.crypto.trust import Anchors
from gateway.adapters.crypto.validation_data import ValidationData
from gateway.adapters.validation import token_values
from gateway.adapters.validation.context import Context
from gateway.adapters.validation.proofs_of_existence import Proofs
from gateway.adapters.validation.tokens import over, validate_token
from gateway.domain.validation import Indication, StampKind, SubIndication
from tests import foreign_signatures as f
from tests import public_tools
from tests.foreign_signatures import DAY, YEAR, Authority

DATA = b"what is stamped"
NOW = datetime.now(UTC)
CONFIG = """
[tsa]
default_tsa = one
[one]
dir = .
serial = serial
signer_digest = {digest}
default_policy = 1.2.3.4.5
digests = sha256, sha384, sha512
accuracy = secs:1, millisecs:500, microsecs:100
ordering = yes
tsa_name = yes
ess_cert_id_chain = yes
ess_cert_id_alg = {named_by}
"""


@pytest.fixture(scope="module")
def root() -> Authority:
    return Authority.root("Somebody's root", NOW - DAY, NOW + YEAR)


@pytest.fixture(scope="module")
def ca(root: Authority) -> Authority:
    return root.below("Somebody's CA", NOW - DAY, NOW + YEAR)


@pytest.fixture(scope="module")
def pair(ca: Authority) -> KeyPair:
    extensions = certificates.end_entity(certificates.SIGNING, certificates.TIME_STAMPING)
    key = rsa.generate_private_key(public_exponent=65537, key_size=3072)
    return ca.issue("RSA authority", NOW - DAY, NOW + DAY, extensions, key)


@pytest.fixture
def context(root: Authority) -> Context:
    return Context(Anchors([root.certificate]), AlgorithmPolicy.load(), datetime.now(UTC))


def openssl(folder: Path, pair: KeyPair, imprint: str, digest: str, named_by: str, *more: str) -> bytes:
    """A token by `openssl ts`, an authority that nobody here wrote."""
    (folder / "tsa.cnf").write_text(CONFIG.format(digest=digest, named_by=named_by))
    (folder / "serial").write_text("01")
    (folder / "data").write_bytes(DATA)
    key = pair.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "key.pem").write_bytes(key)
    (folder / "tsa.pem").write_bytes(pair.certificate.public_bytes(Encoding.PEM))
    chain = b"".join(each.public_bytes(Encoding.PEM) for each in pair.chain)
    (folder / "chain.pem").write_bytes(chain)
    public_tools.run(
        *("openssl", "ts", "-query", "-data", "data", f"-{imprint}", *more, "-out", "query.tsq"),
        folder=folder,
    )
    reply = ("-queryfile", "query.tsq", "-signer", "tsa.pem", "-inkey", "key.pem", "-chain", "chain.pem")
    public_tools.run(
        *("openssl", "ts", "-reply", "-config", "tsa.cnf", *reply, "-token_out", "-out", "token.der"),
        folder=folder,
    )
    return (folder / "token.der").read_bytes()


@pytest.mark.parametrize("imprint", ["sha256", "sha384", "sha512"])
@pytest.mark.parametrize(
    ("digest", "named_by"), [("sha256", "sha1"), ("sha384", "sha256"), ("sha512", "sha512")]
)
def test_openssl(
    pair: KeyPair, context: Context, tmp_path: Path, imprint: str, digest: str, named_by: str
) -> None:
    """Tokens with accuracy, ordering, tsa name and SigningCertificate of both versions are accepted."""
    token = openssl(tmp_path, pair, imprint, digest, named_by, "-cert")
    found = validate_token(token, over(DATA), replace(context, at=datetime.now(UTC)))
    assert found.report.detail == ""
    assert found.holds
    assert found.report.authority.startswith("CN=RSA authority")
    assert found.accuracy == timedelta(seconds=1, milliseconds=500, microseconds=100)
    assert found.parts is not None
    assert (found.parts.policy, found.parts.serial) == ("1.2.3.4.5", 2)
    other = validate_token(token, over(DATA + b"."), context)
    assert other.report.sub_indication is SubIndication.HASH_FAILURE


def test_certificates_beside_the_token(pair: KeyPair, context: Context, tmp_path: Path) -> None:
    """A token that carries no certificate is judged with those that are given beside it."""
    token = openssl(tmp_path, pair, "sha256", "sha256", "sha256")
    assert (
        validate_token(token, over(DATA), context).report.sub_indication
        is SubIndication.NO_SIGNING_CERTIFICATE_FOUND
    )
    chain = tuple(each.public_bytes(Encoding.DER) for each in pair.chain)
    assert validate_token(token, over(DATA), context, data=ValidationData(certificates=chain)).holds


def rebuilt(token: bytes, pair: KeyPair, *, pss: bool, unsigned: bytes = b"") -> bytes:
    """The token signed anew with RSASSA-PSS, or with something in its unsigned attributes."""
    info = cms.ContentInfo.load(token)
    signer = info["content"]["signer_infos"][0]
    if pss:
        octets = signer["signed_attrs"].untag().dump()
        scheme = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
        assert isinstance(pair.key, rsa.RSAPrivateKey)
        signer["signature"] = pair.key.sign(octets, scheme, hashes.SHA256())
        algorithm = {"algorithm": "sha256"}
        signer["signature_algorithm"] = algos.SignedDigestAlgorithm(
            {
                "algorithm": "rsassa_pss",
                "parameters": {
                    "hash_algorithm": algorithm,
                    "mask_gen_algorithm": {"algorithm": "mgf1", "parameters": algorithm},
                    "salt_length": 32,
                },
            }
        )
    if unsigned:
        attribute = {"type": token_values.REVOCATION_VALUES, "values": [core.Any.load(unsigned)]}
        signer["unsigned_attrs"] = cms.CMSAttributes([cms.CMSAttribute(attribute)])
    return bytes(info.dump())


def test_pss(pair: KeyPair, context: Context, tmp_path: Path) -> None:
    """RSASSA-PSS is accepted, and checked."""
    token = rebuilt(openssl(tmp_path, pair, "sha256", "sha256", "sha256", "-cert"), pair, pss=True)
    found = validate_token(token, over(DATA), context)
    assert found.report.detail == ""
    assert found.holds
    broken = token[:-1] + bytes((token[-1] ^ 1,))
    assert (
        validate_token(broken, over(DATA), context).report.sub_indication is SubIndication.SIG_CRYPTO_FAILURE
    )


def test_lists_inside_the_token(
    root: Authority, ca: Authority, pair: KeyPair, context: Context, tmp_path: Path
) -> None:
    """A CRL in the unsigned attributes counts: of a revoked authority's token, nothing is left."""
    token = openssl(tmp_path, pair, "sha256", "sha256", "sha256", "-cert")
    for revoked, holds in (({}, True), ({pair.certificate.serial_number: NOW - timedelta(hours=1)}, False)):
        lists = [root.crl(NOW, NOW + DAY), ca.crl(NOW, NOW + DAY, revoked)]
        values = der.tlv(der.SEQUENCE, der.tlv(der.context(0), der.tlv(der.SEQUENCE, *lists)))
        found = validate_token(rebuilt(token, pair, pss=False, unsigned=values), over(DATA), context)
        assert found.holds is holds
        if not holds:
            assert found.report.sub_indication is SubIndication.REVOKED_NO_POE
        assert found.parts is not None
        assert len(found.parts.answers) == 2
    junk = rebuilt(token, pair, pss=False, unsigned=der.tlv(der.OCTET_STRING, b"?"))
    assert validate_token(junk, over(DATA), context).holds


@pytest.mark.parametrize("purpose", ["none", "document", "both", "not critical", "authority"])
def test_certificates_for_something_else(
    ca: Authority, root: Authority, context: Context, purpose: str
) -> None:
    """Only a certificate for time-stamping, critically and alone, may time-stamp."""
    stamping = certificates.TIME_STAMPING
    usages = {
        "none": [],
        "document": [(x509.ExtendedKeyUsage([certificates.DOCUMENT_SIGNING]), True)],
        "both": [(x509.ExtendedKeyUsage([stamping, certificates.CLIENT]), True)],
        "not critical": [(x509.ExtendedKeyUsage([stamping]), False)],
        "authority": [(x509.ExtendedKeyUsage([stamping]), True)],
    }
    base = certificates.end_entity(certificates.SIGNING, None)
    if purpose == "authority":
        base = certificates.authority(0)
    wrong = ca.issue("Wrong", NOW - DAY, NOW + DAY, [*base, *usages[purpose]])
    genuine = f.token(ca.stamper("Wrong", NOW - DAY, NOW + DAY), DATA, NOW)
    assert validate_token(genuine, over(DATA), context).holds
    found = validate_token(signed_by(wrong, genuine), over(DATA), context)
    assert found.report.sub_indication is SubIndication.CHAIN_CONSTRAINTS_FAILURE


def signed_by(pair: KeyPair, token: bytes) -> bytes:
    """The token as an authority with that certificate would have made it."""
    info = cms.ContentInfo.load(token)
    signer = info["content"]["signer_infos"][0]
    leaf = pair.certificate.public_bytes(Encoding.DER)
    chain = [cms.CertificateChoices.load(each.public_bytes(Encoding.DER)) for each in pair.chain]
    info["content"]["certificates"] = cms.CertificateSet(chain)
    issuer = cms.IssuerAndSerialNumber(
        {"issuer": chain[0].chosen.issuer, "serial_number": pair.certificate.serial_number}
    )
    signer["sid"] = cms.SignerIdentifier({"issuer_and_serial_number": issuer})
    attributes = []
    for attribute in signer["signed_attrs"]:
        values = attribute["values"]
        if attribute["type"].native == "signing_certificate_v2":
            values = [{"certs": [{"cert_hash": sha256(leaf).digest()}]}]
        attributes.append({"type": attribute["type"].native, "values": values})
    signer["signed_attrs"] = cms.CMSAttributes(attributes)
    octets = signer["signed_attrs"].untag().dump()
    assert isinstance(pair.key, ec.EllipticCurvePrivateKey)
    signer["signature"] = pair.key.sign(octets, ec.ECDSA(hashes.SHA256()))
    return bytes(info.dump())


@pytest.mark.parametrize("octets", [b"", b"0", b"\x30\x80\x00\x00", b"x" * 2_000_000])
def test_no_token(context: Context, octets: bytes) -> None:
    """What is no token at all is a FORMAT_FAILURE."""
    report = validate_token(octets, over(DATA), context, kind=StampKind.EVIDENCE_RECORD).report
    assert (report.indication, report.sub_indication) == (Indication.FAILED, SubIndication.FORMAT_FAILURE)
    assert (report.kind, report.gen_time, report.authority) == (StampKind.EVIDENCE_RECORD, None, "")


def test_every_octet_counts(ca: Authority, context: Context) -> None:
    """No flipped bit gives another time, another authority or an exception."""
    token = f.token(ca.stamper("TSA", NOW - DAY, NOW + DAY), DATA, NOW)
    genuine = validate_token(token, over(DATA), context)
    assert genuine.holds
    for at in range(0, len(token), 3):
        flipped = token[:at] + bytes((token[at] ^ 4,)) + token[at + 1 :]
        found = validate_token(flipped, over(DATA), context)
        if found.holds:
            assert found.report == genuine.report


def test_proofs(ca: Authority, context: Context) -> None:
    """An expired authority's token holds when it is proven to be from before, with news of that time."""
    token = f.token(ca.stamper("TSA", NOW - DAY, NOW + DAY), DATA, NOW)
    late = replace(context, at=NOW + 30 * DAY)
    refused = validate_token(token, over(DATA), late)
    assert refused.report.sub_indication is SubIndication.OUT_OF_BOUNDS_NO_POE
    assert refused.parts is not None
    proofs = Proofs(late.at)
    proofs.prove([token, *refused.parts.certificates], NOW + timedelta(hours=1))
    assert (
        validate_token(token, over(DATA), late, proofs=proofs).report.sub_indication is SubIndication.NO_POE
    )
    lists = (ca.crl(NOW, NOW + DAY),)
    proofs.prove(lists, NOW + timedelta(hours=1))
    data = ValidationData(crls=lists)
    assert validate_token(token, over(DATA), late, proofs=proofs, data=data).holds


def test_unknown_authority(context: Context) -> None:
    """A stranger's token cannot be decided."""
    stranger = Authority.root("Stranger", NOW - DAY, NOW + DAY).stamper("TSA", NOW - DAY, NOW + DAY)
    found = validate_token(f.token(stranger, DATA, NOW), over(DATA), context)
    assert found.report.sub_indication is SubIndication.NO_CERTIFICATE_CHAIN_FOUND

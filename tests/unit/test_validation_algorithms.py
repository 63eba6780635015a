"""Algorithms of foreign signatures: which are computed, how parameters are read, until when they hold."""

from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from lxml import etree

from gateway.adapters.crypto.algorithm_policy import AlgorithmPolicy
from gateway.adapters.validation import algorithms, signature_method
from gateway.adapters.validation.algorithms import SignatureMethod
from gateway.adapters.validation.verdict import Refusal
from gateway.domain.validation import SubIndication

DS = "http://www.w3.org/2000/09/xmldsig#"
MORE = "http://www.w3.org/2007/05/xmldsig-more#"
ENC = "http://www.w3.org/2001/04/xmlenc#"
DIGEST = f'<d:DigestMethod xmlns:d="{DS}" Algorithm="{ENC}sha512"/>'
SHA1 = f'<d:DigestMethod xmlns:d="{DS}" Algorithm="{DS}sha1"/>'


def method(content: str, uri: str = f"{MORE}rsa-pss") -> SignatureMethod:
    text = (
        f'<d:SignatureMethod xmlns:d="{DS}" xmlns:p="{MORE}" Algorithm="{uri}">{content}</d:SignatureMethod>'
    )
    return signature_method.read(etree.fromstring(text))


def parameters(content: str) -> str:
    return f"<p:RSAPSSParams>{content}</p:RSAPSSParams>"


def mask(digest: str, uri: str = f"{MORE}MGF1") -> str:
    return f'<p:MaskGenerationFunction Algorithm="{uri}">{digest}</p:MaskGenerationFunction>'


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", SignatureMethod("rsa-pss", "sha256")),
        (parameters(""), SignatureMethod("rsa-pss", "sha256")),
        (parameters(DIGEST + mask(DIGEST)), SignatureMethod("rsa-pss", "sha512")),
        (parameters(f"{DIGEST}<p:SaltLength>20</p:SaltLength>"), SignatureMethod("rsa-pss", "sha512", 20)),
        (parameters("<p:TrailerField>1</p:TrailerField>"), SignatureMethod("rsa-pss", "sha256")),
    ],
)
def test_pss_parameters(content: str, expected: SignatureMethod) -> None:
    """RSASSA-PSS is read with its parameters and their defaults."""
    assert method(content) == expected


@pytest.mark.parametrize(
    "content",
    [
        "<x/>",
        parameters("<x/>"),
        parameters("") * 2,
        parameters(DIGEST + mask(SHA1)),
        parameters(mask("", "urn:x")),
        parameters("<p:SaltLength>-1</p:SaltLength>"),
        parameters("<p:SaltLength>9999</p:SaltLength>"),
        parameters("<p:TrailerField>2</p:TrailerField>"),
    ],
)
def test_odd_pss_parameters(content: str) -> None:
    """Anything else about PSS is refused."""
    with pytest.raises(Refusal) as caught:
        method(content)
    assert caught.value.sub_indication is SubIndication.CRYPTO_CONSTRAINTS_FAILURE


@pytest.mark.parametrize("uri", [f"{DS}hmac-sha1", f"{DS}dsa-sha1", "urn:x", ""])
def test_unknown_methods(uri: str) -> None:
    """Symmetric and unknown algorithms are refused before anything is computed; so are parameters."""
    for content in ("", "<x/>"):
        with pytest.raises(Refusal):
            method(content, uri)


def test_pss_is_verified_with_its_salt() -> None:
    """The salt's length counts."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    value = key.sign(b"data", padding.PSS(padding.MGF1(hashes.SHA256()), 20), hashes.SHA256())
    algorithms.verify(
        key.public_key(), SignatureMethod("rsa-pss", "sha256", 20), value, b"data", raw_ecdsa=True
    )
    for wrong in (SignatureMethod("rsa-pss", "sha256"), SignatureMethod("rsa", "sha256")):
        with pytest.raises(Refusal) as caught:
            algorithms.verify(key.public_key(), wrong, value, b"data", raw_ecdsa=True)
        assert caught.value.sub_indication is SubIndication.SIG_CRYPTO_FAILURE


def test_keys_and_digests() -> None:
    """A key that does not fit, an ECDSA value of another size, an unknown digest or kind of key: refused."""
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    other = ed25519.Ed25519PrivateKey.generate().public_key()
    for public, tried in (
        (key, SignatureMethod("rsa", "sha256")),
        (key, SignatureMethod("ecdsa", "sha256")),
        (key, SignatureMethod("ecdsa", "sha3-256")),
        (other, SignatureMethod("ecdsa", "sha256")),
    ):
        with pytest.raises(Refusal):
            algorithms.verify(public, tried, b"short", b"data", raw_ecdsa=True)


def test_ends() -> None:
    """A method ends with the earlier of its key's and its digest's ends; what is unknown was never good."""
    policy = AlgorithmPolicy.load()
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key()
    assert algorithms.method_until(policy, SignatureMethod("rsa", "sha256"), key) == datetime(
        2029, 1, 1, tzinfo=UTC
    )
    assert algorithms.method_until(policy, SignatureMethod("rsa", "sha1"), key).year == 2012
    assert len(algorithms.digest("sha3-256", b"")) == 32
    with pytest.raises(Refusal):
        algorithms.digest_until(policy, "md5")

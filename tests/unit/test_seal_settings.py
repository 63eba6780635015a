"""How sealing keys and signature properties are written in the configuration, and what is refused."""

from pathlib import Path

import pytest

from gateway.adapters.crypto.signature_properties import (
    Commitment,
    ImpliedPolicy,
    Place,
    SignaturePolicy,
    SignatureProperties,
)
from gateway.bootstrap.sealing_keys import signature_properties
from gateway.settings import Settings, SettingsError, parse
from gateway.settings.seal_keys import SealKeyPlace

MINIMAL = "[gateway]\ninstallation = 001001\nbase_url = https://avisos.example\ndata = var\n[seal]\n"


def read(text: str) -> Settings:
    return parse(MINIMAL + text, "x.ini", Path("/srv"))


def test_keys_in_order() -> None:
    """Each kind of key is read with what belongs to it."""
    words = (
        "pem:pki/s.key?chain=pki/s.pem&password=pki/secret",
        "p12:pki/a%20b.p12?pss=yes",
        "pkcs11:token=mi%20token;object=seal;id=%01%ff?module-path=/l.so&pin-source=file:/etc/pin&chain=c.pem",
    )
    assert read(f"keys = {', '.join(words)}").seal.keys == (
        SealKeyPlace("pem", "pem:pki/s.key", Path("pki/s.key"), Path("pki/s.pem"), Path("pki/secret")),
        SealKeyPlace("p12", "p12:pki/a%20b.p12", Path("pki/a b.p12"), pss=True),
        SealKeyPlace(
            "pkcs11",
            "pkcs11:token=mi%20token;object=seal;id=%01%ff",
            Path("/l.so"),
            Path("c.pem"),
            Path("/etc/pin"),
            token="mi token",
            label="seal",
            identifier=b"\x01\xff",
        ),
    )


@pytest.mark.parametrize(
    "written",
    [
        "pki/seal.key",
        "pem:",
        "pem:pki/seal.key",
        "pem:k?chain=c&colour=red",
        "pem:k?chain",
        "p12:f?pss=maybe",
        "hsm:x",
        "pkcs11:token=t;object=o",
        "pkcs11:token=t?module-path=/l.so&pin-source=p",
        "pkcs11:object=o?module-path=/l.so&pin-source=p",
        "pkcs11:token=t;object=?module-path=/l.so&pin-source=p",
        "pkcs11:token=t;object=o;serial=1?module-path=/l.so&pin-source=p",
        "pkcs11:token=t;object=o?module-path=/l.so&pin-value=1234",
    ],
)
def test_what_is_no_key_is_refused(written: str) -> None:
    """Unknown kinds, missing or unknown attributes, and a PIN in clear, are errors with their place."""
    with pytest.raises(SettingsError) as caught:
        read(f"keys = {written}")
    assert (caught.value.section, caught.value.key) == ("seal", "keys")


def test_properties() -> None:
    """Policy, roles, place and commitment come as set; without settings nothing is said."""
    assert signature_properties(read("")) == SignatureProperties()
    assert isinstance(signature_properties(read("policy = implied")).policy, ImpliedPolicy)
    settings = read(
        f"policy = urn:oid:1.2.3\npolicy_sha256 = {'ab' * 32}\npolicy_uri = https://x.example/p.pdf\n"
        "roles = Tercero de confianza; Custodio, y notario\n"
        "city = Madrid\ncountry = ES\ncommitment = delivery\n"
    )
    assert signature_properties(settings) == SignatureProperties(
        SignaturePolicy("urn:oid:1.2.3", b"\xab" * 32, "https://x.example/p.pdf"),
        ("Tercero de confianza", "Custodio, y notario"),
        Place(city="Madrid", country="ES"),
        Commitment.PROOF_OF_DELIVERY,
    )


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("policy = urn:oid:1.2.3", "policy_sha256"),
        (f"policy_sha256 = {'ab' * 32}", "policy_sha256"),
        (f"policy = implied\npolicy_sha256 = {'ab' * 32}", "policy_sha256"),
        ("policy_sha256 = abcd", "policy_sha256"),
        ("country = España", "country"),
        ("commitment = everything", "commitment"),
    ],
)
def test_what_contradicts_itself(text: str, key: str) -> None:
    """A policy without its digest, a digest without its policy and unknown words are named."""
    with pytest.raises(SettingsError) as caught:
        read(text)
    assert (caught.value.section, caught.value.key) == ("seal", key)

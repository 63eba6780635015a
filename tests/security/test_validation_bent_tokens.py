"""Time-stamp tokens bent in one respect, and signed again as they then are."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from asn1crypto import cms, core, tsp
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from gateway.adapters.crypto import der
from gateway.adapters.crypto.algorithm_policy import AlgorithmPolicy
from gateway.adapters.crypto.keys import KeyPair
from gateway.adapters.crypto.trust import Anchors
from gateway.adapters.crypto.trust import der as octets_of
from gateway.adapters.validation import token_values
from gateway.adapters.validation.context import Context
from gateway.adapters.validation.tokens import Stamped, over, validate_token
from gateway.domain.validation import SubIndication
from tests import foreign_signatures as f
from tests.foreign_signatures import DAY, YEAR, Authority

DATA = b"what is stamped"
NOW = datetime.now(UTC)
Bend = Callable[[Any, Any], None]


@pytest.fixture(scope="module")
def root() -> Authority:
    return Authority.root("Root", NOW - 9 * DAY, NOW + YEAR)


@pytest.fixture(scope="module")
def pair(root: Authority) -> KeyPair:
    return root.stamper("TSA", NOW - DAY, NOW + DAY)


def judged(root: Authority, token: bytes) -> Stamped:
    context = Context(Anchors([root.certificate]), AlgorithmPolicy.load(), datetime.now(UTC))
    return validate_token(token, over(DATA), context)


def bent(pair: KeyPair, bend: Bend) -> bytes:
    """A genuine token, changed by `bend` (signer info, TSTInfo), its digest and signature made anew."""
    info = cms.ContentInfo.load(f.token(pair, DATA, NOW))
    signer = info["content"]["signer_infos"][0]
    content = info["content"]["encap_content_info"]
    stamp = tsp.TSTInfo.load(bytes(content["content"]))
    bend(signer, stamp)
    encoded = stamp.dump(force=True)
    content["content"] = core.ParsableOctetString(encoded)
    attributes = cms.CMSAttributes(
        [
            cms.CMSAttribute({"type": "message_digest", "values": [sha256(encoded).digest()]})
            if each["type"].native == "message_digest" and each["values"][0].native != b"kept"
            else each
            for each in signer["signed_attrs"]
        ]
    )
    signer["signed_attrs"] = attributes
    assert isinstance(pair.key, ec.EllipticCurvePrivateKey)
    signer["signature"] = pair.key.sign(signer["signed_attrs"].untag().dump(), ec.ECDSA(hashes.SHA256()))
    return bytes(info.dump(force=True))


def nothing(_signer: Any, _stamp: Any) -> None:
    pass


def attribute_twice(signer: Any, _stamp: Any) -> None:
    signer["signed_attrs"].append(signer["signed_attrs"][0])


def without(name: str) -> Bend:
    def bend(signer: Any, _stamp: Any) -> None:
        kept = [each for each in signer["signed_attrs"] if each["type"].native != name]
        signer["signed_attrs"] = cms.CMSAttributes(kept)

    return bend


def another_digest(signer: Any, _stamp: Any) -> None:
    for each in signer["signed_attrs"]:
        if each["type"].native == "message_digest":
            each["values"] = cms.SetOfOctetString([b"kept"])


def too_early(_signer: Any, stamp: Any) -> None:
    stamp["gen_time"] = NOW - timedelta(days=5)


def from_the_future(_signer: Any, stamp: Any) -> None:
    stamp["gen_time"] = NOW + timedelta(hours=1)


def weak_imprint(_signer: Any, stamp: Any) -> None:
    stamp["message_imprint"] = {"hash_algorithm": {"algorithm": "md5"}, "hashed_message": b"0" * 16}


def unknown_algorithm(signer: Any, _stamp: Any) -> None:
    signer["signature_algorithm"] = {"algorithm": "sha256_dsa"}


CASES: dict[str, tuple[Bend, str | None]] = {
    "nothing": (nothing, None),
    "attribute twice": (attribute_twice, "FORMAT_FAILURE"),
    "no content type": (without("content_type"), "FORMAT_FAILURE"),
    "no digest": (without("message_digest"), "HASH_FAILURE"),
    "no certificate named": (without("signing_certificate_v2"), "FORMAT_FAILURE"),
    "another digest": (another_digest, "HASH_FAILURE"),
    "before its certificate": (too_early, "CHAIN_CONSTRAINTS_FAILURE"),
    "from the future": (from_the_future, "TIMESTAMP_ORDER_FAILURE"),
    "weak imprint": (weak_imprint, "CRYPTO_CONSTRAINTS_FAILURE"),
    "another algorithm": (unknown_algorithm, "CRYPTO_CONSTRAINTS_FAILURE"),
}


@pytest.mark.parametrize("case", CASES)
def test_bent(root: Authority, pair: KeyPair, case: str) -> None:
    """A token with a good signature over something that it must not say is refused, as what it is."""
    bend, expected = CASES[case]
    found = judged(root, bent(pair, bend))
    assert found.report.sub_indication == (SubIndication(expected) if expected else None)
    assert found.holds is (expected is None)


def test_named_by_its_key(root: Authority, pair: KeyPair) -> None:
    """A signer that is named by the identifier of its key is found, and no other is."""
    extensions = pair.certificate.extensions
    identifier = extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    for value, holds in ((identifier, True), (b"another", False)):

        def by_key(signer: Any, _stamp: Any, value: bytes = value) -> None:
            signer["version"] = "v3"
            signer["sid"] = cms.SignerIdentifier(name="subject_key_identifier", value=value)

        assert judged(root, bent(pair, by_key)).holds is holds


def test_values_inside(root: Authority) -> None:
    """Certificates and OCSP answers in unsigned attributes are read; answers get back their envelope."""
    leaf = octets_of(root.certificate)
    attribute = {
        "type": token_values.CERTIFICATE_VALUES,
        "values": [core.Any.load(der.tlv(der.SEQUENCE, leaf))],
    }
    found = token_values.read(cms.CMSAttributes([cms.CMSAttribute(attribute)]))
    assert found.certificates == (leaf,)
    basic = der.tlv(der.SEQUENCE, der.integer(1))
    listed = der.tlv(der.SEQUENCE, der.tlv(der.context(1), der.tlv(der.SEQUENCE, basic)))
    attribute = {"type": token_values.REVOCATION_VALUES, "values": [core.Any.load(listed)]}
    found = token_values.read(cms.CMSAttributes([cms.CMSAttribute(attribute)]))
    assert found.ocsps == (token_values.response(basic),)
    assert basic in found.ocsps[0]

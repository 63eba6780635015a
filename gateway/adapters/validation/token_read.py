"""Reading any authority's RFC 3161 token (CMS, RFC 5652), not only our own strict shape. Nothing is verified.

Extra attributes, embedded lists, extensions and BER where others write it are read over.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from asn1crypto import cms, core, tsp

from gateway.adapters.validation import token_values
from gateway.adapters.validation.algorithms import HASHES, SignatureMethod, refused
from gateway.adapters.validation.certificates import Certificate
from gateway.adapters.validation.verdict import UNREADABLE, Refusal, unreadable
from gateway.domain.validation import SubIndication

MOST_ITEMS = 100


@dataclass(frozen=True, slots=True)
class TokenParts:
    """A token's parts; digests by their names in the policy.

    `fits` tells whether a certificate is the signer's. `certificates` and `answers` (CRLs, OCSP responses)
    came inside it. `signed_octets` are what `signature` is over, `content` what `message_digest` is of.
    """

    der: bytes
    gen_time: datetime
    accuracy: timedelta
    imprint_digest: str
    imprint: bytes
    policy: str
    serial: int
    content: bytes
    message_digest: bytes
    content_digest: str
    signed_octets: bytes
    method: SignatureMethod
    signature: bytes
    fits: Callable[[Certificate], bool]
    certificates: tuple[bytes, ...]
    answers: tuple[bytes, ...]


def read(token: bytes, limit: int) -> TokenParts:
    """Read a token of at most `limit` octets; raises Refusal: FORMAT_FAILURE, CRYPTO_CONSTRAINTS_FAILURE."""
    if len(token) > limit:
        raise _malformed("is too large")
    try:
        return _read(token)
    except UNREADABLE as error:
        raise unreadable(error, "the time-stamp") from None


def _read(token: bytes) -> TokenParts:
    info = cms.ContentInfo.load(token, strict=True)
    if info["content_type"].native != "signed_data":
        raise _malformed("is no SignedData")
    signed = info["content"]
    encapsulated = signed["encap_content_info"]
    if encapsulated["content_type"].native != "tst_info" or len(signed["signer_infos"]) != 1:
        raise _malformed("is not one signature over a TSTInfo")
    signer = signed["signer_infos"][0]
    content = bytes(encapsulated["content"])
    stamp = tsp.TSTInfo.load(content, strict=True)
    attributes = _attributes(signer)
    if attributes.get("content_type") != "tst_info":
        raise _malformed("has another content type among its attributes")
    digest = digest_name(signer["digest_algorithm"])
    values = token_values.read(signer["unsigned_attrs"])
    return TokenParts(
        der=token,
        gen_time=_moment(stamp["gen_time"].native),
        accuracy=_accuracy(stamp["accuracy"]),
        imprint_digest=digest_name(stamp["message_imprint"]["hash_algorithm"]),
        imprint=stamp["message_imprint"]["hashed_message"].native,
        policy=stamp["policy"].dotted,
        serial=stamp["serial_number"].native,
        content=content,
        message_digest=attributes.get("message_digest", b""),
        content_digest=digest,
        signed_octets=signer["signed_attrs"].untag().dump(),
        method=signature_method(signer["signature_algorithm"], digest),
        signature=signer["signature"].native,
        fits=_identifier(signer["sid"], attributes),
        certificates=(*encoded_members(signed["certificates"], "certificate"), *values.certificates),
        answers=(*encoded_members(signed["crls"], "crl"), *values.crls, *values.ocsps),
    )


def _attributes(signer: Any) -> dict[str, Any]:
    """The signed attributes by name, each once with one value (RFC 5652 clause 11)."""
    found: dict[str, Any] = {}
    for attribute in signer["signed_attrs"]:
        name = attribute["type"].native
        if name in found:
            raise _malformed("has an attribute twice")
        values = attribute["values"]
        if name in ("content_type", "message_digest") and len(values) == 1:
            found[name] = values[0].native
        else:
            found[name] = values
    return found


def digest_name(algorithm: Any) -> str:
    """A CMS DigestAlgorithm by the policy's name; raises Refusal(CRYPTO_CONSTRAINTS_FAILURE)."""
    name = str(algorithm["algorithm"].native).replace("sha3_", "sha3-")
    if name not in HASHES and not name.startswith("sha3-"):
        raise refused(f"the digest {name[:50]} of a time-stamp")
    return name


def signature_method(algorithm: Any, digest: str) -> SignatureMethod:
    """A CMS SignatureAlgorithm, for a message digested by `digest`; raises Refusal as above."""
    kind = algorithm.signature_algo
    if kind == "rsassa_pkcs1v15":
        named = algorithm["algorithm"].native
        return SignatureMethod("rsa", digest if named == kind else algorithm.hash_algo)
    if kind == "rsassa_pss":
        parameters = algorithm["parameters"]
        mask = parameters["mask_gen_algorithm"]["parameters"]["algorithm"].native
        if mask != algorithm.hash_algo:
            raise refused("RSASSA-PSS with two digests")
        return SignatureMethod("rsa-pss", algorithm.hash_algo, parameters["salt_length"].native)
    if kind == "ecdsa":
        return SignatureMethod("ecdsa", algorithm.hash_algo)
    raise refused(f"time-stamps signed by {kind[:50]}")


def _identifier(sid: Any, attributes: dict[str, Any]) -> Callable[[Certificate], bool]:
    """SignerIdentifier, and SigningCertificate (RFC 2634) or V2 (RFC 5035), of which one must be there."""
    listed = [
        attributes[name] for name in ("signing_certificate", "signing_certificate_v2") if name in attributes
    ]
    if not listed:
        raise _malformed("does not name its certificate")
    first = [values[0]["certs"][0] for values in listed]

    def fits(certificate: Certificate) -> bool:
        return _is_signer(sid, certificate) and all(_is_named(each, certificate) for each in first)

    return fits


def _is_signer(sid: Any, certificate: Certificate) -> bool:
    if sid.name == "issuer_and_serial_number":
        chosen = sid.chosen
        same = chosen["serial_number"].native == certificate.parsed.serial_number
        return bool(same and chosen["issuer"].dump() == certificate.issuer)
    return bool(certificate.key_id and sid.chosen.native == certificate.key_id)


def _is_named(identifier: Any, certificate: Certificate) -> bool:
    algorithm = "sha1"
    if isinstance(identifier, tsp.ESSCertIDv2):
        algorithm = digest_name(identifier["hash_algorithm"])
    stated = hashlib.new(algorithm.replace("-", "_"), certificate.der, usedforsecurity=False).digest()
    if identifier["cert_hash"].native != stated:
        return False
    serial = identifier["issuer_serial"]
    if isinstance(serial, core.Void):
        return True
    return bool(serial["serial_number"].native == certificate.parsed.serial_number)


def _moment(value: object) -> datetime:
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise _malformed("has no time in UTC")
    return value


def _accuracy(value: Any) -> timedelta:
    if isinstance(value, core.Void):
        return timedelta()
    parts = {name: value[name].native or 0 for name in ("seconds", "millis", "micros")}
    return timedelta(seconds=parts["seconds"], milliseconds=parts["millis"], microseconds=parts["micros"])


def encoded_members(items: Any, kind: str) -> tuple[bytes, ...]:
    """The members of that kind of a CMS set of certificates or revocation data, DER."""
    if isinstance(items, core.Void):
        return ()
    if len(items) > MOST_ITEMS:
        raise _malformed("holds too much")
    return tuple(item.chosen.dump() for item in items if item.name == kind)


def _malformed(why: str) -> Refusal:
    return Refusal(SubIndication.FORMAT_FAILURE, f"the time-stamp {why}")

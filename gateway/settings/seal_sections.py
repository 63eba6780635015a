"""The configuration's sections about sealing: keys, what signatures say, and revocation.

Paths are relative to `[gateway] data`.
"""

# `key` gives dataclasses.field itself, which this rule cannot see.
# ruff: noqa: RUF009

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from gateway.settings import values as v
from gateway.settings.seal_keys import SealKeyPlace, seal_keys
from gateway.settings.values import key

COMMITMENTS = ("origin", "receipt", "delivery", "sender", "approval", "creation")


def phrases(raw: str) -> tuple[str, ...]:
    """Phrases between semicolons; they may hold commas and spaces."""
    return tuple(phrase.strip() for phrase in raw.split(";") if phrase.strip())


@dataclass(frozen=True, slots=True)
class RevocationSection:
    """How we know that our own certificates, the seal's and the authorities', are not revoked."""

    lists: tuple[Path, ...] = key(
        "pki/ca.crl, pki/intermediate.crl",
        v.optional_paths,
        "Revocation lists in files, read when they change.",
    )
    online: bool = key("yes", v.flag, "Also ask the addresses that certificates name (OCSP, CRL over HTTP).")
    timeout: timedelta = key("5s", v.duration, "Longest wait for one of them.")
    max_age: timedelta = key("1h", v.duration, "Age from which an answer is asked for anew.")


@dataclass(frozen=True, slots=True)
class SealSection:
    """The keys that seal, and what their signatures say of themselves."""

    keys: tuple[SealKeyPlace, ...] = key(
        "", seal_keys, "Keys by preference: `pem:`, `p12:`, `pkcs11:` URIs; empty: the seal key of [pki]."
    )
    policy: str = key("", v.optional_text, "Signature policy: `implied`, a URI or `urn:oid:`; empty: none.")
    policy_sha256: str = key(
        "", v.matching(r"([0-9a-f]{64})?", "64 hexadecimal digits"), "SHA-256 of the policy's document."
    )
    policy_uri: str = key("", v.optional_text, "Where the policy's document can be had.")
    roles: tuple[str, ...] = key("", phrases, "Claimed roles of the signer, separated by `;`.")
    city: str = key("", v.optional_text, "Where signatures are made.")
    street: str = key("", v.optional_text, "Its street and number.")
    province: str = key("", v.optional_text, "Its province.")
    postal_code: str = key("", v.optional_text, "Its postal code.")
    country: str = key("", v.matching(r"([A-Z]{2})?", "two capital letters"), "Its country (ISO 3166-1).")
    commitment: str = key("none", v.choice("none", *COMMITMENTS), "What a signature commits to.")

"""The configuration's sections about sealing: keys, what signatures say, and revocation.

Paths are relative to `[gateway] data`.
"""

# `key` gives dataclasses.field itself, which this rule cannot see.
# ruff: noqa: RUF009

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from gateway.settings import values as v
from gateway.settings.values import key


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

"""The configuration's section of the depositary of biometric samples."""

# `key` gives dataclasses.field itself, which this rule cannot see.
# ruff: noqa: RUF009

from dataclasses import dataclass
from pathlib import Path

from gateway.settings import values as v
from gateway.settings.values import key


@dataclass(frozen=True, slots=True)
class DepositarySection:
    """Who alone can open biometric samples (strokes, speech); the private key stays with them."""

    certificate: Path | None = key(
        "pki/depositary.pem", v.optional_path, "Their RSA certificate (PEM); empty: no samples are taken."
    )

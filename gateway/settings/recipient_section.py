"""The section of recipients who sign with certificates of their own: whose are trusted, how much is read."""

# `key` gives dataclasses.field itself, which this rule cannot see.
# ruff: noqa: RUF009

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from gateway.settings import values as v
from gateway.settings.values import key


@dataclass(frozen=True, slots=True)
class RecipientsSection:
    """Recipients who sign with their own certificates (sign method CERTIFICATE)."""

    anchors: Path = key(
        "pki/citizens-ca.pem",
        v.path,
        "Roots (PEM) that their certificates lead to; without the file nobody signs so.",
    )
    lists: tuple[Path, ...] = key(
        "pki/citizens-ca.crl",
        v.optional_paths,
        "Their revocation lists in files, beside [revocation] lists.",
    )
    online: bool = key("yes", v.flag, "Also ask the addresses that certificates name (OCSP, CRL over HTTP).")
    largest: int = key("32 MiB", v.size, "Largest signed file that is read.")
    tries: int = key("20", v.integer(1, 1000), "Refused files of one recipient within an hour.")
    errand: timedelta = key("10m", v.duration, "How long a call of the signing program (AutoFirma) waits.")
    errands: int = key("30", v.integer(1, 1000), "Such calls of one recipient within an hour.")

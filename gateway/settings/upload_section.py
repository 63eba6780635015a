"""The configuration's section of uploads."""

# `key` gives dataclasses.field itself, which this rule cannot see.
# ruff: noqa: RUF009

from dataclasses import dataclass
from datetime import timedelta

from gateway.settings import values as v
from gateway.settings.values import key


@dataclass(frozen=True, slots=True)
class UploadSection:
    """Large files of issuers, uploaded in pieces before a batch takes them."""

    life: timedelta = key("24h", v.duration, "How long after its announcement an upload is kept.")
    size: int = key("20 GiB", v.size, "Largest file.")
    unused: int = key("8", v.integer(1, 1000), "Uploads of one issuer that no batch has taken, at most.")

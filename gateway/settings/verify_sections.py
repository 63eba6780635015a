"""The section of verification: whom the page and the SOAP operation trust, and how much they read."""

# `key` gives dataclasses.field itself, which this rule cannot see.
# ruff: noqa: RUF009

from dataclasses import dataclass
from pathlib import Path

from gateway.settings import values as v
from gateway.settings.values import key


@dataclass(frozen=True, slots=True)
class VerifySection:
    """Verification for anybody, by the page `/verify` and by SOAP. It never asks the network."""

    anchors: Path | None = key("", v.optional_path, "Further roots (PEM) beside [pki] anchors.")
    lists: tuple[Path, ...] = key("", v.optional_paths, "Their revocation lists in files.")
    at_once: int = key("4", v.integer(1, 256), "Verifications that the page does at once in each process.")
    largest: int = key("20 MiB", v.size, "What one verification may read, companions included.")

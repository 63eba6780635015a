"""The section of the drop folder, into which issuers put batches."""

# `key` gives dataclasses.field itself, which this rule cannot see.
# ruff: noqa: RUF009

from dataclasses import dataclass
from pathlib import Path

from gateway.settings import values as v
from gateway.settings.values import key


@dataclass(frozen=True, slots=True)
class DropSection:
    """Batches from a folder, for example over SFTP: `<folder>/<issuer number>/`, renamed in, signed."""

    folder: Path | None = key("", v.optional_path, "Folder of the issuers' folders; empty: there is none.")

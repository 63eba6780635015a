"""The sections of the vault: where encrypted contents are, on disk or in a bucket, and their keys."""

# `key` gives dataclasses.field itself, which this rule cannot see.
# ruff: noqa: RUF009

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from gateway.settings import values as v
from gateway.settings.values import LOOPBACK, key

COHORTS = ("day", "week", "month", "year", "never")
BUCKET = r"([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])?"
PREFIX = r"([A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*)?"


def endpoint(raw: str) -> str:
    """Plain http on loopback only: keys of objects are GUIDs."""
    parts = urlsplit(raw)
    secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    if raw and (not secure or not parts.hostname or parts.query or parts.fragment or "@" in raw):
        raise ValueError("must be https://… (http on loopback only), or empty")
    return raw


@dataclass(frozen=True, slots=True)
class VaultSection:
    """Where encrypted contents are kept, and the keys that wrap their data keys."""

    store: str = key("files", v.choice("files", "s3"), "`files` (folder) or `s3` ([s3]).")
    folder: Path = key("vault", v.path, "Folder of the encrypted blobs.")
    spool: Path = key("spool", v.path, "Folder of the encrypted files of batches and uploads.")
    keys: Path = key("keys/vault", v.path, "Folder of the key-encryption keys, one for all machines.")
    search_key: Path = key("keys/search.key", v.path, "File (0600) that hashes what support searches by.")
    cohort: str = key("month", v.choice(*COHORTS), "How often a new one is made (UTC), or `never` by itself.")
    shred_after: timedelta = key(
        "31d", v.duration, "Wait from a cohort's first purge until its key-encryption key is destroyed."
    )


@dataclass(frozen=True, slots=True)
class S3Section:
    """The bucket, for `[vault] store = s3`: without versions, written by this installation only."""

    bucket: str = key("", v.matching(BUCKET, "the name of a bucket"), "The bucket.")
    prefix: str = key("", v.matching(PREFIX, "words between slashes"), "What keys of objects begin with.")
    endpoint: str = key("", endpoint, "Address of the service; empty: Amazon's of the region.")
    region: str = key("", v.optional_text, "Region; empty: the machine's own.")
    access_key: str = key("", v.optional_text, "Access key id; empty: environment or role of the machine.")
    secret_file: Path | None = key("", v.optional_path, "File (0600) with the secret of the access key.")
    path_style: bool = key("no", v.flag, "The bucket in the path, not in the host's name.")
    ca_file: Path | None = key("", v.optional_path, "Roots for the service's certificate; empty: the usual.")
    timeout: timedelta = key("10s", v.duration, "Longest wait for an answer.")
    attempts: int = key("3", v.integer(1, 10), "How often one request is tried.")

"""The section of deposits: how often, with whom, by which way; and when evidence records are renewed."""

# `key` gives dataclasses.field itself, which this rule cannot see.
# ruff: noqa: RUF009

import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from gateway.settings import values as v
from gateway.settings.values import key

WAYS = ("folder", "email", "sftp")


def ways(raw: str) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(re.split(r"[,\s]+", raw))) if raw else ()
    if not {*found} <= {*WAYS}:
        raise ValueError(f"must be some of {', '.join(WAYS)}, or empty")
    return found


@dataclass(frozen=True, slots=True)
class DepositSection:
    """Deposits with the notary, and the renewal of evidence records."""

    period: timedelta = key("1d", v.duration, "How often a deposit is made; days end at midnight UTC.")
    ways: tuple[str, ...] = key("folder", ways, "`folder`, `email`, `sftp`: how deposits are handed over.")
    folder: Path = key("deposit", v.path, "Folder that `folder` writes to.")
    email_to: str = key("", v.optional_text, "Mailbox that `email` sends to, through the relay of [email].")
    sftp_host: str = key("", v.optional_text, "Server that `sftp` sends to.")
    sftp_port: int = key("22", v.integer(1, 65535), "Its port.")
    sftp_user: str = key("", v.optional_text, "Login there.")
    sftp_key: Path = key("keys/sftp", v.path, "Private key of the login (OpenSSH or PEM).")
    sftp_password_file: Path | None = key("", v.optional_path, "File (0600) with the private key's password.")
    sftp_known_hosts: Path = key("keys/known_hosts", v.path, "The server's key, as OpenSSH writes it.")
    sftp_folder: str = key(".", v.text, "Folder there.")
    sftp_timeout: timedelta = key("30s", v.duration, "Longest wait for each answer.")
    list_leaves: int = key("10000", v.integer(0, 50_000), "A deposit file lists its leaves up to so many.")
    renew_before: timedelta = key("90d", v.duration, "How long before an end evidence records are renewed.")
    renew_digest: str = key(
        "sha512", v.choice("sha384", "sha512"), "What an ended digest algorithm is renewed with."
    )

"""The section of letters: which courier, how files change hands with it, and how it tells times."""

# `key` gives dataclasses.field itself, which this rule cannot see.
# ruff: noqa: RUF009

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from gateway.settings import values as v
from gateway.settings.values import key


def zone(raw: str) -> ZoneInfo:
    try:
        return ZoneInfo(raw)
    except (KeyError, ValueError, OSError):
        raise ValueError("must be a time zone such as Europe/Madrid") from None


@dataclass(frozen=True, slots=True)
class PostSection:
    """Letters to recipients, by a courier that prints, posts and tells of them."""

    channel: str = key(
        "console",
        v.choice("console", "folder", "sftp"),
        "How letters are handed over; `console` is for development only.",
    )
    provider: str = key("courier", v.text, "The courier's name, as evidence says it.")
    folder: Path = key("post", v.path, "Folder of `folder`: `out` to the courier, `in` from it.")
    country: str = key("ES", v.matching("[A-Z]{2}", "a country by ISO 3166-1"), "Where letters are posted.")
    country_names: str = key("fr", v.choice("fr", "en"), "Language of the names of other countries.")
    return_to: str = key("", v.optional_text, "Where letters come back to, in one line.")
    zone: ZoneInfo = key("Europe/Madrid", zone, "Time zone of the courier's times without offset.")
    poll: timedelta = key("30s", v.duration, "How often the courier's files are looked for.")
    scan_patience: timedelta = key("1d", v.duration, "How long a status waits for its delivery note's scan.")
    sftp_host: str = key("", v.optional_text, "Server of `sftp`.")
    sftp_port: int = key("22", v.integer(1, 65535), "Its port.")
    sftp_user: str = key("", v.optional_text, "Login there.")
    sftp_key: Path = key("keys/post-sftp", v.path, "Private key of the login (OpenSSH or PEM).")
    sftp_password_file: Path | None = key("", v.optional_path, "File (0600) with the private key's password.")
    sftp_known_hosts: Path = key("keys/known_hosts", v.path, "The server's key, as OpenSSH writes it.")
    sftp_folder: str = key(".", v.text, "Folder there that holds `out`, `in` and `in/refused`.")
    sftp_timeout: timedelta = key("30s", v.duration, "Longest wait for each answer.")

"""The section of calls to recipients: which provider places them, and how it is spoken to."""

# `key` gives dataclasses.field itself, which this rule cannot see.
# ruff: noqa: RUF009

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from gateway.settings import values as v
from gateway.settings.values import LOOPBACK, key

ANSWERS = ("accept", "silent", "busy", "no-answer", "machine", "failed")


def provider_url(raw: str) -> str:
    """`https://host[:port][/path]`, plain http on loopback only: requests hold codes and the token."""
    parts = urlsplit(raw)
    plain = parts.scheme == "http" and parts.hostname in LOOPBACK
    if not parts.hostname or not (parts.scheme == "https" or plain) or parts.query or parts.fragment:
        raise ValueError("must be an https address without query (http on loopback only)")
    return raw.rstrip("/")


def callback_url(raw: str) -> str:
    return provider_url(raw) if raw else ""


@dataclass(frozen=True, slots=True)
class VoiceSection:
    """Calls to recipients."""

    channel: str = key(
        "local", v.choice("local", "twilio"), "Who places them; `local` rings nowhere and is for development."
    )
    call_after: timedelta = key("2m", v.duration, "SMS_VOICE: how long an SMS may stay unused before a call.")
    answer: str = key("accept", v.choice(*ANSWERS), "What the called person does in development.")
    account: str = key("", v.optional_text, "Account of `twilio` (AC…).")
    token_file: Path | None = key(
        "", v.optional_path, "File (0600) with its token, which also signs callbacks."
    )
    sender: str = key("", v.optional_text, "Number that calls come from, as +34910000000.")
    url: str = key("https://api.twilio.com", provider_url, "The provider's address, or a compatible one's.")
    callback_url: str = key(
        "", callback_url, "Public address of /inbound/voice, exactly as the provider calls it."
    )
    machine_detection: bool = key(
        "yes", v.flag, "Tell machines from people, at its price; else no notice by call counts as heard."
    )
    record: timedelta = key("10s", v.duration_within("2s", "2m"), "Longest spoken acceptance.")
    ring: timedelta = key("30s", v.duration_within("5s", "2m"), "How long a call may ring.")
    timeout: timedelta = key("10s", v.duration, "Longest wait for each answer of the provider.")
    ca_file: Path | None = key("", v.optional_path, "Roots for its certificate; empty: the system's.")

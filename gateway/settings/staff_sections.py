"""The sections of the people who work in a browser: signing in, an identity provider, approvals by two."""

# `key` gives dataclasses.field itself, which this rule cannot see.
# ruff: noqa: RUF009

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from gateway.settings import values as v
from gateway.settings.values import key


def provider_url(raw: str) -> str:
    """`https://…` (http on loopback only), or empty."""
    return v.base_url(raw) if raw else raw


@dataclass(frozen=True, slots=True)
class StaffSection:
    """Signing in to the support console and to the web sender."""

    idle: timedelta = key("30m", v.duration, "How long a session lasts unused.")
    life: timedelta = key("10h", v.duration, "How long it lasts at all.")
    fresh: timedelta = key("10m", v.duration, "How long a second factor suffices for dangerous actions.")
    attempts: int = key("5", v.integer(1, 20), "Wrong tries without a pause; then 2 s, 4 s, 8 s, …")
    longest_pause: timedelta = key("15m", v.duration, "The longest pause.")
    sender_second_factor: bool = key("yes", v.flag, "Senders need a second factor too; the others always do.")


@dataclass(frozen=True, slots=True)
class OidcSection:
    """Sign-in by an identity provider (OpenID Connect), besides passwords."""

    issuer: str = key("", provider_url, "The provider, as its tokens name it; empty: none.")
    client_id: str = key("", v.optional_text, "Who we are there.")
    client_secret_file: Path | None = key(
        "", v.optional_path, "File (0600) with our secret; empty: PKCE only."
    )
    name: str = key("", v.optional_text, "What the button calls it; empty: its host.")
    acr: str = key("", v.optional_text, "`acr` that counts as second factor; empty: ours is asked for too.")
    timeout: timedelta = key("10s", v.duration, "Longest wait for each of its answers.")


@dataclass(frozen=True, slots=True)
class ApprovalsSection:
    """Two persons for keys, trust anchors and the algorithm policy."""

    required: bool = key("no", v.flag, "Nothing of these is loaded or made that two have not approved.")
    life: timedelta = key("3d", v.duration, "How long a request can be approved and carried out.")

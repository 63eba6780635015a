"""The relying party of OpenID Connect Core 1.0: authorization code with PKCE (RFC 7636), state and nonce.

What the provider is, it says at its discovery address; which signatures are believed is said here. A role is
never taken from a token: who somebody is here, our own rows decide.
"""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol
from urllib.parse import urlencode

from gateway.adapters.oidc.fetching import Fetching, must_be_safe, refused
from gateway.adapters.oidc.tokens import ProviderKeys, claims_of
from gateway.domain.accounts import subject_of
from gateway.usecases.ports.accounts import Leaving, Provided

METADATA_LIFE = timedelta(hours=1)
SECRET_OCTETS = 32
# What counts for both factors is also how somebody proves anew that it is them: a session that the provider
# has had open since the morning proves nothing.
MAX_AGE, LEEWAY = timedelta(minutes=10), timedelta(minutes=1)


class Clock(Protocol):
    def now(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Registration:
    """Who we are at the provider. `secret` may be empty: PKCE binds the code to us all the same.

    `acr`: the authentication context class that counts as a second factor; "": none does.
    """

    issuer: str
    client_id: str
    secret: str
    redirect_uri: str
    acr: str = ""


class OpenIdProvider:
    """The port `IdentityProvider`; safe across threads. `timeout` in seconds."""

    def __init__(self, ours: Registration, clock: Clock, timeout: float) -> None:
        self._ours = ours
        self._clock = clock
        self._fetching = Fetching(timeout)
        self._metadata: tuple[datetime, dict[str, Any]] | None = None
        self._keys = ProviderKeys(self._fetching, clock)

    def leave(self) -> Leaving:
        verifier, ours = secrets.token_urlsafe(SECRET_OCTETS), self._ours
        kept = {
            "state": secrets.token_urlsafe(SECRET_OCTETS),
            "nonce": secrets.token_urlsafe(SECRET_OCTETS),
            "verifier": verifier,
        }
        challenge = urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {
            "response_type": "code",
            "scope": "openid",
            "client_id": ours.client_id,
            "redirect_uri": ours.redirect_uri,
            "state": kept["state"],
            "nonce": kept["nonce"],
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        if ours.acr:
            asked |= {"acr_values": ours.acr, "max_age": str(int(MAX_AGE.total_seconds()))}
        address = must_be_safe(self._described().get("authorization_endpoint"))
        return Leaving(address + ("&" if "?" in address else "?") + urlencode(asked), kept)

    def come_back(self, answer: Mapping[str, str], kept: Mapping[str, str]) -> Provided:
        state = kept.get("state", "")
        if not state or not hmac.compare_digest(answer.get("state", "").encode(), state.encode()):
            raise refused("state")
        described = self._described()
        # Whose answer it is, told by itself (RFC 9207): no other provider's code reaches this one's endpoint.
        told = answer.get("iss")
        if told != self._ours.issuer and (
            told is not None or described.get("authorization_response_iss_parameter_supported")
        ):
            raise refused("issuer")
        if "error" in answer or not answer.get("code"):
            raise refused("error")
        token = self._exchanged(described, answer["code"], kept.get("verifier", ""))
        key = self._keys.of(token, must_be_safe(described.get("jwks_uri")))
        claims = claims_of(token, key, self._ours.issuer, self._ours.client_id, self._clock.now())
        nonce = str(claims.get("nonce", ""))
        if not nonce or not hmac.compare_digest(nonce.encode(), kept.get("nonce", "").encode()):
            raise refused("nonce")
        strong = bool(self._ours.acr) and claims.get("acr") == self._ours.acr
        if strong and not self._recent(claims.get("auth_time")):
            raise refused("auth_time")
        return Provided(subject_of(self._ours.issuer, str(claims["sub"])), strong)

    def _recent(self, authenticated: object) -> bool:
        """Whether somebody was authenticated just now (OpenID Connect Core 1.0, 3.1.3.7, 13)."""
        if not isinstance(authenticated, int | float) or isinstance(authenticated, bool):
            return False
        age = self._clock.now().timestamp() - authenticated
        return -LEEWAY.total_seconds() <= age <= (MAX_AGE + LEEWAY).total_seconds()

    def _exchanged(self, described: Mapping[str, Any], code: str, verifier: str) -> str:
        ours = self._ours
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": ours.redirect_uri,
            "client_id": ours.client_id,
            "code_verifier": verifier,
        }
        basic = (ours.client_id, ours.secret) if ours.secret else None
        answer = self._fetching.post(must_be_safe(described.get("token_endpoint")), form, basic)
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise refused("token")
        return token

    def _described(self) -> dict[str, Any]:
        """The provider's metadata (OpenID Connect Discovery 1.0), an hour old at most."""
        now, known = self._clock.now(), self._metadata
        if known is None or not timedelta() <= now - known[0] < METADATA_LIFE:
            found = self._fetching.get(f"{self._ours.issuer}/.well-known/openid-configuration")
            if found.get("issuer") != self._ours.issuer:
                raise refused("issuer")
            known = self._metadata = (now, found)
        return known[1]

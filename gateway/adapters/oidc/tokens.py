"""ID tokens: whose key signed them, and whether they are for us and of now (OpenID Connect Core, 3.1.3.7).

Only asymmetric signatures are believed; `none` and keyed hashes never are, whatever a token's head says.
"""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import jwt

from gateway.adapters.oidc.fetching import Fetching, refused

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
LEEWAY = timedelta(seconds=60)
OLDEST = timedelta(minutes=10)
# A key that is not known makes us look again, but a stranger's tokens not all the time.
LOOK_AGAIN, KEYS_LIFE = timedelta(seconds=30), timedelta(hours=1)


class Clock(Protocol):
    def now(self) -> datetime: ...


class ProviderKeys:
    """The provider's JWKS, cached; safe across threads."""

    def __init__(self, fetching: Fetching, clock: Clock) -> None:
        self._fetching = fetching
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[str, jwt.PyJWK] = {}
        self._looked = datetime.min.replace(tzinfo=UTC)

    def of(self, token: str, address: str) -> jwt.PyJWK:
        """The key that the token names. Raises GatewayError PROVIDER_REFUSED or TEMPORARILY_UNAVAILABLE."""
        try:
            head = jwt.get_unverified_header(token)
        except jwt.PyJWTError:
            raise refused("token") from None
        name, algorithm = str(head.get("kid", "")), head.get("alg")
        if algorithm not in ALGORITHMS:
            raise refused("algorithm")
        with self._lock:
            age = self._clock.now() - self._looked
            if age > KEYS_LIFE or (name not in self._known and age > LOOK_AGAIN):
                self._known = self._fetched(address)
                self._looked = self._clock.now()
            key = self._known.get(name)
        if key is None:
            raise refused("key")
        if key.algorithm_name != algorithm and not _same_family(key.algorithm_name, algorithm):
            raise refused("algorithm")
        return key

    def _fetched(self, address: str) -> dict[str, jwt.PyJWK]:
        found: dict[str, jwt.PyJWK] = {}
        told = self._fetching.get(address).get("keys")
        for each in told if isinstance(told, list) else ():
            try:
                key = jwt.PyJWK.from_dict(each)
            except (jwt.PyJWTError, ValueError, TypeError, AttributeError):
                continue
            # Keys for encryption, and shared secrets, sign nothing here.
            if each.get("use", "sig") == "sig" and each.get("kty") in {"RSA", "EC", "OKP"}:
                found[str(each.get("kid", ""))] = key
        return found


def claims_of(token: str, key: jwt.PyJWK, issuer: str, client: str, now: datetime) -> dict[str, Any]:
    """What a token of this issuer for this client says now. Raises GatewayError(PROVIDER_REFUSED)."""
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            key.key,
            algorithms=list(ALGORITHMS),
            audience=client,
            issuer=issuer,
            # Times are compared below, with our own clock.
            options={
                "require": ["exp", "iat", "aud", "iss", "sub"],
                "verify_exp": False,
                "verify_iat": False,
                "verify_nbf": False,
            },
        )
    except (jwt.PyJWTError, ValueError, TypeError):
        raise refused("token") from None
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if (several or "azp" in claims) and claims.get("azp") != client:
        raise refused("audience")
    _must_be_now(claims, now)
    if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= 255:
        raise refused("subject")
    return claims


def _must_be_now(claims: dict[str, Any], now: datetime) -> None:
    times = [claims["exp"], claims["iat"], claims.get("nbf", claims["iat"])]
    if not all(isinstance(each, int | float) and not isinstance(each, bool) for each in times):
        raise refused("times")
    present, leeway = now.timestamp(), LEEWAY.total_seconds()
    expires, issued, begins = times
    fits = expires > present - leeway and begins <= present + leeway and issued <= present + leeway
    if not fits or issued < present - OLDEST.total_seconds():
        raise refused("times")


def _same_family(key: str, algorithm: str) -> bool:
    """An RSA key without `alg` serves every RSA algorithm; others say by their curve which one."""
    return key[:2] in {"RS", "PS"} and algorithm[:2] in {"RS", "PS"}

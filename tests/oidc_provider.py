"""A little OpenID Connect provider on loopback, with keys of its own: discovery, JWKS, authorization, tokens.

It lets everybody in as `subject`, checks PKCE and codes as a provider must, and can be told to misbehave.
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from tests.fakes import serving

Claims = dict[str, Any]


def new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@dataclass
class Provider:
    """`claims` changes what a token says, `signed` makes the whole token, `metadata` changes discovery."""

    clock: Callable[[], datetime]
    client: str = "fehaciente"
    subject: str = "sub-1"
    acr: str = ""
    issuer: str = ""
    key: rsa.RSAPrivateKey = field(default_factory=new_key)
    kid: str = "k1"
    metadata: Claims = field(default_factory=dict)
    claims: Claims = field(default_factory=dict)
    signed: Callable[[Claims], str] | None = None
    with_iss: bool = True
    codes: dict[str, Claims] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        request = Request(environ)
        self.asked.append(request.path)
        doors = {
            "/.well-known/openid-configuration": self._describe,
            "/jwks": self._keys,
            "/authorize": self._authorize,
            "/token": self._token,
        }
        return doors[request.path](request)(environ, start_response)

    def _describe(self, _request: Request) -> Response:
        told = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "authorization_response_iss_parameter_supported": self.with_iss,
        }
        return _json(told | self.metadata)

    def _keys(self, _request: Request) -> Response:
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return _json({"keys": [public | {"kid": self.kid, "use": "sig", "alg": "RS256"}, {"kty": "odd"}]})

    def _authorize(self, request: Request) -> Response:
        asked = request.args
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked.to_dict()
        answer = {"code": code, "state": asked["state"]} | ({"iss": self.issuer} if self.with_iss else {})
        return redirect(f"{asked['redirect_uri']}?{urlencode(answer)}", 302)

    def _token(self, request: Request) -> Response:
        asked = self.codes.pop(request.form["code"], None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(request.form["code_verifier"].encode()).digest())
        if (
            asked is None
            or challenge.rstrip(b"=").decode() != asked["code_challenge"]
            or request.form["redirect_uri"] != asked["redirect_uri"]
        ):
            return _json({"error": "invalid_grant"}, 400)
        now = int(self.clock().timestamp())
        claims: Claims = {
            "iss": self.issuer,
            "aud": self.client,
            "sub": self.subject,
            "iat": now,
            "auth_time": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
        } | ({"acr": self.acr} if self.acr else {})
        claims = {name: value for name, value in (claims | self.claims).items() if value is not None}
        sign = self.signed or self.sign
        return _json({"id_token": sign(claims), "access_token": "a", "token_type": "Bearer"})

    def sign(self, claims: Claims) -> str:
        return jwt.encode(claims, self.key, "RS256", headers={"kid": self.kid})


@contextmanager
def provider(clock: Callable[[], datetime]) -> Iterator[Provider]:
    """A provider that answers on loopback until the block is left."""
    made = Provider(clock)
    with serving(made, threads=2) as port:
        made.issuer = f"http://127.0.0.1:{port}"
        yield made


def _json(told: Claims, status: int = 200) -> Response:
    return Response(json.dumps(told), status, content_type="application/json")

"""Asks the identity provider over HTTP: bounded in time and size, never redirected, answers in JSON."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import requests

from gateway.domain.errors import ErrorKind, GatewayError

LARGEST = 256 * 1024
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class Fetching:
    """`timeout` in seconds. Raises GatewayError: TEMPORARILY_UNAVAILABLE, PROVIDER_REFUSED."""

    def __init__(self, timeout: float) -> None:
        self._timeout = timeout

    def get(self, url: str) -> dict[str, Any]:
        return self._asked("GET", url, None, None)

    def post(self, url: str, form: Mapping[str, str], basic: tuple[str, str] | None) -> dict[str, Any]:
        return self._asked("POST", url, form, basic)

    def _asked(
        self, method: str, url: str, form: Mapping[str, str] | None, basic: tuple[str, str] | None
    ) -> dict[str, Any]:
        must_be_safe(url)
        try:
            with requests.request(
                method,
                url,
                data=form,
                auth=basic,
                headers={"Accept": "application/json"},
                timeout=self._timeout,
                allow_redirects=False,
                stream=True,
            ) as answer:
                octets = answer.raw.read(LARGEST + 1, decode_content=True)
                status = answer.status_code
        except (requests.RequestException, OSError):
            raise unavailable() from None
        if status >= 500:
            raise unavailable()
        if status != 200 or len(octets) > LARGEST:
            raise refused("status")
        return _object(octets)


def must_be_safe(url: object) -> str:
    """https, or http on this very machine; raises GatewayError(PROVIDER_REFUSED) for anything else."""
    parts = urlsplit(url) if isinstance(url, str) else urlsplit("")
    here = parts.scheme == "http" and parts.hostname in LOOPBACK
    if not isinstance(url, str) or not parts.hostname or not (parts.scheme == "https" or here):
        raise refused("address")
    return url


def refused(why: str) -> GatewayError:
    return GatewayError(ErrorKind.PROVIDER_REFUSED, why)


def unavailable() -> GatewayError:
    return GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE, "the identity provider does not answer")


def _object(octets: bytes) -> dict[str, Any]:
    try:
        found = json.loads(octets)
    except ValueError:
        raise refused("no JSON") from None
    if not isinstance(found, dict):
        raise refused("no JSON object")
    return found

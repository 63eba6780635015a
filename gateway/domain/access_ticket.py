"""A one-time, short-lived link for a recipient, by which an issuer shows the portal in its own web.

The ticket stands in the link alone; what is kept is its SHA-256.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.domain.errors import ErrorKind, GatewayError

LIFE = timedelta(minutes=5)
MAX_ORIGIN = 200
# A host in letters, digits, dots and hyphens, or an IPv6 address in brackets: no wildcard, no path.
ORIGIN = re.compile(
    r"(https?)://([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::([0-9]{1,5}))?/?", re.ASCII
)
LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
USUAL = {"https": "443", "http": "80"}


@dataclass(frozen=True, slots=True)
class AccessTicket:
    """`return_url` takes the place of the transaction's; "" leaves that. It counts for one link version."""

    digest: bytes
    guid: str
    position: int
    link_version: int
    made_at: datetime
    valid_until: datetime
    return_url: str = ""
    used_at: datetime | None = None


def origin(text: str) -> str:
    """Scheme, host and port as a browser writes them (RFC 6454, 6.2): https, or http on loopback.

    Raises GatewayError(ORIGIN_INVALID): a path, a wildcard or another scheme would let strangers in.
    """
    found = ORIGIN.fullmatch(text.strip().lower()) if len(text) <= MAX_ORIGIN else None
    if found is None or (found[1] == "http" and found[2] not in LOOPBACK):
        raise GatewayError(ErrorKind.ORIGIN_INVALID, "an origin is as in https://www.bank.example")
    scheme, host, port = found[1], found[2], found[3] or ""
    return f"{scheme}://{host}" + (f":{port}" if port and port != USUAL[scheme] else "")

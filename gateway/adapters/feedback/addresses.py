"""An issuer's address: its form, and the numbers that its name stands for, judged before anything is called.

Only https, and plain http where private networks are allowed and every number is this machine's.
"""

import ipaddress
import re
import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gateway.adapters.feedback import networks
from gateway.domain.errors import ErrorKind, GatewayError

LENGTH = 1000
PORTS = {"https": 443, "http": 80}
# No user, no fragment, no backslash, nothing that two readers could read differently.
FORM = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9.-]{1,253})"
    r"(?::(?P<port>[1-9][0-9]{0,4}))?(?P<target>(?:/[!$&'()*+,;=:@A-Za-z0-9._~%/-]*)?"
    r"(?:\?[!$&'()*+,;=:@A-Za-z0-9._~%/?-]*)?)",
    re.ASCII,
)
LABEL = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)", re.ASCII)
Lookup = Callable[[str, int], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Target:
    """Where to connect, and what to ask there: `numbers` were judged, `host` is only said to the server."""

    secure: bool
    host: str
    port: int
    path: str
    numbers: tuple[str, ...]

    @property
    def authority(self) -> str:
        """What the Host header says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS["https" if self.secure else "http"] else f"{host}:{self.port}"


def resolved(host: str, port: int) -> Sequence[str]:
    """The numbers of a name, in the system's order. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


@dataclass(frozen=True, slots=True)
class Addresses:
    """The port `AddressGate`, and what the wire asks before every connection.

    `ports` are pairs of first and last. Names are looked up once for each call.
    """

    ports: tuple[tuple[int, int], ...]
    allow_private: bool = False
    lookup: Lookup = resolved

    def check(self, address: str, ca: bytes) -> None:
        self.target(address)
        if ca:
            try:
                ssl.create_default_context(cadata=ca.decode("ascii"))
            except (ssl.SSLError, UnicodeDecodeError, ValueError):
                raise GatewayError(ErrorKind.RULE_BROKEN, "no roots (PEM) in the file") from None

    def target(self, address: str) -> Target:
        """Raises GatewayError FEEDBACK_ADDRESS, FEEDBACK_NETWORK or FEEDBACK_UNRESOLVED."""
        secure, host, port, path = self._read(address)
        try:
            found = [ipaddress.ip_address(each) for each in self.lookup(host, port)]
        except (OSError, ValueError, UnicodeError):
            found = []
        if not found:
            raise GatewayError(ErrorKind.FEEDBACK_UNRESOLVED)
        # One wrong number among right ones is no accident.
        if any(networks.refused(each, allow_private=self.allow_private) for each in found):
            raise GatewayError(ErrorKind.FEEDBACK_NETWORK)
        if not secure and not all(map(networks.is_loopback, found)):
            raise GatewayError(ErrorKind.FEEDBACK_ADDRESS, "plain http is for this machine only")
        return Target(secure, host, port, path, tuple(dict.fromkeys(map(str, found))))

    def _read(self, address: str) -> tuple[bool, str, int, str]:
        match = FORM.fullmatch(address) if len(address) <= LENGTH else None
        if match is None:
            raise GatewayError(ErrorKind.FEEDBACK_ADDRESS, "https://host[:port]/path is wanted")
        secure, host = match["scheme"] == "https", match["host"].lower()
        if not secure and not self.allow_private:
            raise GatewayError(ErrorKind.FEEDBACK_ADDRESS, "only https is called")
        port = int(match["port"] or PORTS[match["scheme"]])
        if not any(first <= port <= last for first, last in self.ports):
            raise GatewayError(ErrorKind.FEEDBACK_ADDRESS, f"port {port} is not called")
        target = match["target"]
        return secure, _host(host), port, target if target.startswith("/") else f"/{target}"


def _host(host: str) -> str:
    if host.startswith("["):
        try:
            return str(ipaddress.IPv6Address(host[1:-1]))
        except ValueError:
            raise GatewayError(ErrorKind.FEEDBACK_ADDRESS, "no IPv6 address") from None
    labels = host.split(".")
    if not all(map(LABEL.fullmatch, labels)):
        raise GatewayError(ErrorKind.FEEDBACK_ADDRESS, "no host name")
    # 127.1, 0x7f000001, 017700000001: what some resolvers take for a number is no name.
    if re.fullmatch(r"\d+|0x[0-9a-f]*", labels[-1]):
        try:
            return str(ipaddress.IPv4Address(host))
        except ValueError:
            raise GatewayError(ErrorKind.FEEDBACK_ADDRESS, "no IPv4 address") from None
    return host

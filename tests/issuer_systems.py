"""An issuer's webhook receiver on loopback: a real HTTPS server that keeps what it gets and answers as told.

It knows nothing of the gateway; what a signature is worth is checked by tests.
"""

import hashlib
import ipaddress
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

# Without these the loopback that tests live on is refused.
ON_LOOPBACK = "[feedback]\nallow_private = yes\nports = 1-65535\ntimeout = 5s\n"
Respond = Callable[["Handler"], None]


@dataclass(frozen=True)
class Call:
    path: str
    headers: dict[str, str]
    body: bytes


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "Server"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.receiver.calls.append(Call(self.path, headers, body))
        self.server.receiver.respond(self)

    def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    receiver: "Receiver"

    def handle_error(self, *_: object) -> None:
        """Clients that go away are what some tests are about."""


def ok(handler: Handler) -> None:
    handler.answer(204)


def status(code: int, **headers: str) -> Respond:
    return lambda handler: handler.answer(code, b"", **headers)


@dataclass
class Receiver:
    """`respond` answers every call; tests may exchange it at any time."""

    port: int = 0
    secure: bool = True
    respond: Respond = ok
    calls: list[Call] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"{'https' if self.secure else 'http'}://127.0.0.1:{self.port}/hook?from=gateway"


@contextmanager
def receiving(folder: Path, *, secure: bool = True, port: int = 0) -> Iterator[Receiver]:
    receiver = Receiver(secure=secure)
    server = Server(("127.0.0.1", port), Handler)
    server.receiver = receiver
    receiver.port = server.server_address[1]
    if secure:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*_files(folder))
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@cache
def certificate(name: str = "127.0.0.1") -> tuple[bytes, bytes, bytes]:
    """A self-signed one for an address: certificate and key (PEM), and the SHA-256 of its public key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "issuer of tests")])
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(name))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
        .sign(key, hashes.SHA256())
    )
    spki = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return built.public_bytes(serialization.Encoding.PEM), private, hashlib.sha256(spki).digest()


def _files(folder: Path) -> tuple[Path, Path]:
    pem, key, _ = certificate()
    files = folder / "receiver.pem", folder / "receiver.key"
    for file, octets in zip(files, (pem, key), strict=True):
        file.write_bytes(octets)
    return files

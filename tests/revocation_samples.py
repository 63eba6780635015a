"""An authority for tests of revocation: lists and OpenSSL's responder, behind HTTP on loopback.

Answers are OpenSSL's; the HTTP around them can be made slow, big or broken.
"""

import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID

from gateway.adapters.crypto import certificates
from gateway.adapters.crypto.trust import Anchors, CertifiedPath

NOW = datetime.now(UTC)
START = NOW - timedelta(days=1)
END = NOW + timedelta(days=365)
NO_CHECK: tuple[x509.ExtensionType, bool] = (x509.OCSPNoCheck(), False)


@dataclass
class Web:
    """What each path answers; `asked` counts."""

    pages: dict[str, bytes] = field(default_factory=dict)
    status: int = 200
    delay: float = 0.0
    asked: list[str] = field(default_factory=list)
    authority: "Authority | None" = None
    url: str = ""


@contextmanager
def web() -> Iterator[Web]:
    """An HTTP server on loopback."""
    site = Web()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._give(site.pages.get(self.path, b""))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            assert site.authority is not None
            self._give(site.pages.get(self.path) or site.authority.answer(body))

        def _give(self, octets: bytes) -> None:
            site.asked.append(self.path)
            time.sleep(site.delay)
            self.send_response(site.status if octets else 404)
            if site.status in (301, 302):
                self.send_header("Location", site.url + "/elsewhere")
            self.send_header("Content-Length", str(len(octets)))
            with suppress(OSError):  # The client may have had enough.
                self.end_headers()
                self.wfile.write(octets)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing on standard error."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class Authority:
    """A root that issues leaves with the addresses of its site."""

    folder: Path
    site: Web
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def __post_init__(self) -> None:
        self.name = certificates.subject(f"root {id(self)}")
        public = self.key.public_key()
        self.root = certificates.build(
            self.name, public, self.name, self.key, (START, END), certificates.authority(1)
        )
        self.folder.mkdir()
        self.write("ca", self.root, self.key)
        self.revoked: list[x509.Certificate] = []
        self.responder: tuple[Path, Path] = (self.folder / "ca.pem", self.folder / "ca.key")
        self.options: tuple[str, ...] = ("-nmin", "30")

    def write(self, name: str, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> None:
        (self.folder / f"{name}.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (self.folder / f"{name}.key").write_bytes(pem)

    def leaf(self, *, crl: bool = False, ocsp: bool = False) -> x509.Certificate:
        extensions = certificates.end_entity(certificates.SIGNING, certificates.DOCUMENT_SIGNING)
        if crl:
            uri = x509.UniformResourceIdentifier(f"{self.site.url}/ca.crl")
            extensions.append((x509.CRLDistributionPoints([_point(uri)]), False))
        if ocsp:
            uri = x509.UniformResourceIdentifier(f"{self.site.url}/ocsp")
            access = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, uri)
            extensions.append((x509.AuthorityInformationAccess([access]), False))
        return self.issue("leaf", extensions)[0]

    def delegate(self, *more: certificates.Extension, ocsp: bool = True) -> None:
        """Let another certificate answer, with or without the purpose for it."""
        purpose = ExtendedKeyUsageOID.OCSP_SIGNING if ocsp else ExtendedKeyUsageOID.CODE_SIGNING
        extensions = [*certificates.end_entity(certificates.SIGNING, purpose), *more]
        self.write("responder", *self.issue("responder", extensions))
        self.responder = (self.folder / "responder.pem", self.folder / "responder.key")

    def issue(
        self, name: str, extensions: Sequence[certificates.Extension]
    ) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = certificates.subject(name)
        issued = certificates.build(subject, key.public_key(), self.name, self.key, (START, END), extensions)
        return issued, key

    def path(self, leaf: x509.Certificate) -> CertifiedPath:
        return Anchors([self.root]).path(leaf, (), NOW)

    def crl(
        self,
        *revoked: x509.Certificate,
        since: datetime = START,
        until: datetime | None = END,
        key: ec.EllipticCurvePrivateKey | None = None,
        extensions: Sequence[certificates.Extension] = (),
        revoked_at: datetime = START,
    ) -> bytes:
        """A list (DER); `until` None leaves a day."""
        builder = x509.CertificateRevocationListBuilder().issuer_name(self.name).last_update(since)
        builder = builder.next_update(until or since + timedelta(days=1))
        for extension, critical in extensions:
            builder = builder.add_extension(extension, critical)
        for each in revoked:
            entry = x509.RevokedCertificateBuilder().serial_number(each.serial_number)
            builder = builder.add_revoked_certificate(entry.revocation_date(revoked_at).build())
        return builder.sign(key or self.key, hashes.SHA256()).public_bytes(Encoding.DER)

    def register(self, *issued: x509.Certificate, revoked: bool = False) -> None:
        """Put certificates into the index that OpenSSL's responder reads."""
        lines = [_line(each, revoked) for each in issued]
        (self.folder / "index.txt").write_text("".join(lines))

    def answer(self, request: bytes) -> bytes:
        """What `openssl ocsp` answers to a request."""
        asked, answered = self.folder / "request.der", self.folder / "response.der"
        asked.write_bytes(request)
        signer, key = self.responder
        command = [
            *(
                "openssl",
                "ocsp",
                "-index",
                str(self.folder / "index.txt"),
                "-CA",
                str(self.folder / "ca.pem"),
            ),
            *("-rsigner", str(signer), "-rkey", str(key), "-reqin", str(asked), "-respout", str(answered)),
            *self.options,
        ]
        subprocess.run(command, check=True, capture_output=True)
        return answered.read_bytes()


def _point(uri: x509.GeneralName) -> x509.DistributionPoint:
    return x509.DistributionPoint([uri], None, None, None)


def _line(certificate: x509.Certificate, revoked: bool) -> str:
    form = "%y%m%d%H%M%SZ"
    status, when = ("R", START.strftime(form)) if revoked else ("V", "")
    serial = f"{certificate.serial_number:X}"
    serial = serial if len(serial) % 2 == 0 else "0" + serial
    return f"{status}\t{END.strftime(form)}\t{when}\t{serial}\tunknown\t/CN={serial}\n"

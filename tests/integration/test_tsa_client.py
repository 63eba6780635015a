"""The time-stamping client: which replies it refuses, whom it asks next, and rude servers."""

import hashlib
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from gateway.adapters.crypto import certificates, der, keys, tsa, tsa_authority
from gateway.adapters.crypto.tsa_authority import TimestampAuthority
from gateway.adapters.crypto.tsa_http import HttpTransport
from gateway.adapters.crypto.tsa_token import TokenVerifier
from gateway.domain.errors import ErrorKind, GatewayError
from tests.seal_samples import POLICY, SetClock, Workshop

DIGEST = hashlib.sha256(b"octets").digest()


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return Workshop.create(tmp_path_factory.mktemp("tsa") / "pki")


def test_token_verifies_alone(workshop: Workshop) -> None:
    """A token verifies against its digest and no other, and says when, by whom and under what policy."""
    workshop.clock.moment = None
    token = workshop.client().timestamp(DIGEST)
    again = TokenVerifier(workshop.anchors).verify(token.der, DIGEST)
    assert again == token
    assert token.policy == POLICY
    assert abs(token.gen_time - datetime.now(UTC)) < timedelta(minutes=1)
    for digest in (hashlib.sha256(b"x").digest(), b"", hashlib.sha512(b"octets").digest()):
        with pytest.raises(GatewayError) as caught:
            TokenVerifier(workshop.anchors).verify(token.der, digest)
        assert caught.value.kind is ErrorKind.SIGNATURE_INVALID


class Bent:
    """A transport that asks a real authority and bends the request or the reply."""

    def __init__(self, authority: TimestampAuthority, bend: Callable[[bytes], bytes]) -> None:
        self._authority = authority
        self._bend = bend

    def __call__(self, request: bytes) -> bytes:
        return self._authority.respond(self._bend(request))


def unavailable(client: tsa.TimestampClient) -> None:
    with pytest.raises(GatewayError) as caught:
        client.timestamp(DIGEST)
    assert caught.value.kind is ErrorKind.TEMPORARILY_UNAVAILABLE


def test_replies_to_other_requests_are_refused(workshop: Workshop) -> None:
    """Another nonce, another digest, a rejection or nonsense is never taken for a token."""
    authority = workshop.authority()
    bends: list[Callable[[bytes], bytes]] = [
        lambda _: tsa.request(DIGEST, 7, POLICY),
        lambda request: request.replace(DIGEST, hashlib.sha256(b"other").digest()),
        lambda _: b"nonsense",
    ]
    for bend in bends:
        unavailable(
            tsa.TimestampClient([tsa.TsaSource("x", Bent(authority, bend))], workshop.anchors, SetClock())
        )
    for reply in (b"", b"\x30\x00", b"<html>", authority.respond(b"")):
        source = tsa.TsaSource("x", lambda _, reply=reply: reply)  # type: ignore[misc]
        unavailable(tsa.TimestampClient([source], workshop.anchors, SetClock()))


def test_other_policy_is_refused(workshop: Workshop) -> None:
    """A token under another policy than the one asked for is refused."""
    authority = workshop.authority("1.2.3.4")

    def transport(request: bytes) -> bytes:
        parts = der.children(der.whole(request, der.SEQUENCE))[2:]
        nonce = next(der.to_int(part) for part in parts if part.tag == der.INTEGER)
        return authority.respond(tsa.request(DIGEST, nonce, None))

    unavailable(tsa.TimestampClient([tsa.TsaSource("x", transport, POLICY)], workshop.anchors, SetClock()))
    assert tsa.TimestampClient([tsa.TsaSource("x", transport)], workshop.anchors, SetClock()).timestamp(
        DIGEST
    )


@pytest.mark.parametrize("shift", [timedelta(minutes=5), -timedelta(minutes=5)])
def test_a_far_gen_time_is_refused(workshop: Workshop, shift: timedelta) -> None:
    """An authority whose clock is far from ours is not believed, early or late."""
    authority = TimestampAuthority(workshop.pair("tsa"), POLICY, SetClock(datetime.now(UTC) + shift))
    source = tsa.TsaSource("x", authority.respond)
    unavailable(tsa.TimestampClient([source], workshop.anchors, SetClock()))
    near = tsa.TimestampClient([source], workshop.anchors, SetClock(), timedelta(minutes=10))
    assert near.timestamp(DIGEST).tsa_name


def test_a_strangers_authority_is_refused(workshop: Workshop, tmp_path: Path) -> None:
    """A perfect token by an authority under another root is refused."""
    stranger = Workshop.create(tmp_path / "pki")
    source = tsa.TsaSource("x", stranger.authority().respond, POLICY)
    unavailable(tsa.TimestampClient([source], workshop.anchors, SetClock()))


@pytest.mark.parametrize(
    ("purposes", "critical"),
    [
        ([ExtendedKeyUsageOID.TIME_STAMPING], False),
        ([ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.SERVER_AUTH], True),
        ([ExtendedKeyUsageOID.SERVER_AUTH], True),
        ([], True),
    ],
)
def test_purpose_must_be_critical_and_alone(
    workshop: Workshop, purposes: list[x509.ObjectIdentifier], critical: bool
) -> None:
    """A certificate of our own root whose purpose is not exactly time-stamping, critical, is refused."""
    issuing, own = workshop.pair("intermediate"), workshop.pair("tsa")
    extensions = certificates.end_entity(certificates.SIGNING, None)
    if purposes:
        extensions.append((x509.ExtendedKeyUsage(purposes), critical))
    now = datetime.now(UTC)
    leaf = certificates.build(
        certificates.subject("odd"),
        own.key.public_key(),
        issuing.certificate.subject,
        issuing.key,
        (now - timedelta(days=1), now + timedelta(days=1)),
        extensions,
    )
    with pytest.MonkeyPatch.context() as patch:
        # Our own authority would not start with it; a stranger's would.
        patch.setattr(tsa_authority, "check_purpose", lambda _: None)
        odd = TimestampAuthority(keys.KeyPair(own.key, (leaf, issuing.certificate)), POLICY, SetClock())
    unavailable(tsa.TimestampClient([tsa.TsaSource("x", odd.respond)], workshop.anchors, SetClock()))


def test_the_next_authority_is_asked(workshop: Workshop, caplog: pytest.LogCaptureFixture) -> None:
    """When the first fails, the second answers, and the log says which failed and why."""
    broken = tsa.TsaSource("first", lambda _: b"nonsense")
    working = tsa.TsaSource("second", workshop.authority().respond, POLICY)
    client = tsa.TimestampClient([broken, working], workshop.anchors, SetClock())
    assert client.timestamp(DIGEST).policy == POLICY
    assert "first" in caplog.text
    assert "second" not in caplog.text


def test_a_client_needs_an_authority_and_a_digest(workshop: Workshop) -> None:
    """No authority is a configuration error; anything but a SHA-256 digest is a caller's error."""
    with pytest.raises(GatewayError) as caught:
        tsa.TimestampClient([], workshop.anchors, SetClock())
    assert caught.value.kind is ErrorKind.CONFIGURATION
    with pytest.raises(ValueError):
        workshop.client().timestamp(b"short")


class Rude(BaseHTTPRequestHandler):
    """Answers as its path says, never with a token."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        kind = self.path.strip("/")
        self.send_response({"redirect": 302, "error": 500}.get(kind, 200))
        self.send_header("Location", "/huge")
        self.send_header("Content-Type", "text/html" if kind == "html" else "application/timestamp-reply")
        self.end_headers()
        if kind == "huge":
            self.wfile.write(b"x" * 200_000)
        if kind == "slow":
            for _ in range(20):
                self.wfile.write(b"x")
                self.wfile.flush()
                threading.Event().wait(0.1)

    def do_GET(self) -> None:
        raise AssertionError("a redirect was followed")

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.mark.parametrize("kind", ["redirect", "error", "html", "huge", "slow"])
def test_rude_servers(kind: str) -> None:
    """Redirects, errors, other media types, endless and dripping replies end as unavailable, in time."""
    server = HTTPServer(("127.0.0.1", 0), Rude)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        with pytest.raises(GatewayError) as caught:
            HttpTransport(f"http://127.0.0.1:{server.server_port}/{kind}", timeout=0.5)(b"request")
        assert caught.value.kind is ErrorKind.TEMPORARILY_UNAVAILABLE
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def test_nobody_listens() -> None:
    """A refused connection is unavailable, and an address that is not HTTP is a configuration error."""
    with pytest.raises(GatewayError) as caught:
        HttpTransport("http://127.0.0.1:9/tsa", timeout=0.5)(b"request")
    assert caught.value.kind is ErrorKind.TEMPORARILY_UNAVAILABLE
    for url in ("file:///etc/passwd", "ftp://x/y", "http:///tsa", ""):
        with pytest.raises(GatewayError) as caught:
            HttpTransport(url)
        assert caught.value.kind is ErrorKind.CONFIGURATION

"""The time-stamping authority, judged by OpenSSL and asn1crypto, and its door over a real server."""

import hashlib
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from asn1crypto import tsp as asn1_tsp
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from gateway.adapters.crypto import certificates, der, keys, tsa, tsp
from gateway.adapters.crypto.tsa_authority import TimestampAuthority
from gateway.adapters.crypto.tsa_http import HttpTransport
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.entrypoints.ops import tsa as tsa_door
from tests.fakes import serving
from tests.seal_samples import POLICY, SetClock, Workshop

DIGEST = hashlib.sha256(b"octets").digest()


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return Workshop.create(tmp_path_factory.mktemp("tsa") / "pki")


def openssl(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["openssl", "ts", *arguments], capture_output=True, text=True, check=False)


def query(folder: Path, *options: str) -> bytes:
    (folder / "data").write_bytes(b"octets")
    file = folder / "query.tsq"
    done = openssl("-query", "-data", str(folder / "data"), "-out", str(file), *options)
    assert done.returncode == 0, done.stderr
    return file.read_bytes()


@pytest.mark.parametrize("algorithm", ["sha256", "sha384", "sha512"])
@pytest.mark.parametrize("options", [("-cert",), ("-cert", "-no_nonce"), ("-cert", "-tspolicy", POLICY), ()])
def test_openssl_accepts_the_reply(
    workshop: Workshop, tmp_path: Path, algorithm: str, options: tuple[str, ...]
) -> None:
    """OpenSSL's own query is answered with a token that OpenSSL verifies, with and without certificates."""
    reply = workshop.authority().respond(query(tmp_path, f"-{algorithm}", *options))
    (tmp_path / "reply.tsr").write_bytes(reply)
    done = openssl(
        *("-verify", "-queryfile", str(tmp_path / "query.tsq"), "-in", str(tmp_path / "reply.tsr")),
        *("-CAfile", str(workshop.folder / "ca.pem"), "-untrusted", str(workshop.folder / "tsa.pem")),
    )
    assert done.returncode == 0, done.stderr
    parsed = asn1_tsp.TimeStampResp.load(reply, strict=True)
    present = parsed["time_stamp_token"]["content"]["certificates"].native is not None
    assert present is ("-cert" in options)


def test_a_p384_key_signs_with_sha384(workshop: Workshop, tmp_path: Path) -> None:
    """An authority whose key outlives SHA-256 does not depend on it, and OpenSSL verifies its tokens."""
    issuer, private = workshop.pair("intermediate"), ec.generate_private_key(ec.SECP384R1())
    now = datetime.now(UTC)
    leaf = certificates.build(
        certificates.subject("P-384"),
        private.public_key(),
        issuer.certificate.subject,
        issuer.key,
        (now - timedelta(minutes=5), now + timedelta(days=1)),
        certificates.end_entity(certificates.SIGNING, certificates.TIME_STAMPING),
    )
    pair = keys.KeyPair(private, (leaf, issuer.certificate))
    reply = TimestampAuthority(pair, POLICY, SetClock()).respond(query(tmp_path, "-sha512", "-cert"))
    (tmp_path / "reply.tsr").write_bytes(reply)
    done = openssl(
        *("-verify", "-queryfile", str(tmp_path / "query.tsq"), "-in", str(tmp_path / "reply.tsr")),
        *("-CAfile", str(workshop.folder / "ca.pem")),
    )
    assert done.returncode == 0, done.stderr
    signed = asn1_tsp.TimeStampResp.load(reply)["time_stamp_token"]["content"]["signer_infos"][0]
    assert signed["digest_algorithm"]["algorithm"].native == "sha384"
    assert signed["signature_algorithm"]["algorithm"].native == "sha384_ecdsa"


def test_openssl_refuses_another_content(workshop: Workshop, tmp_path: Path) -> None:
    """The token is of its data only."""
    (tmp_path / "reply.tsr").write_bytes(workshop.authority().respond(query(tmp_path, "-sha256", "-cert")))
    (tmp_path / "data").write_bytes(b"others")
    done = openssl(
        *("-verify", "-data", str(tmp_path / "data"), "-in", str(tmp_path / "reply.tsr")),
        *("-CAfile", str(workshop.folder / "ca.pem")),
    )
    assert done.returncode != 0


def test_rsa_authority(workshop: Workshop, tmp_path: Path) -> None:
    """An authority with an RSA key is accepted by OpenSSL and by our client alike."""
    issuing = workshop.pair("intermediate")
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    now = datetime.now(UTC)
    leaf = certificates.build(
        certificates.subject("RSA TSA"),
        private.public_key(),
        issuing.certificate.subject,
        issuing.key,
        (now - timedelta(days=1), now + timedelta(days=1)),
        certificates.end_entity(certificates.SIGNING, certificates.TIME_STAMPING),
    )
    authority = TimestampAuthority(keys.KeyPair(private, (leaf, issuing.certificate)), POLICY, SetClock())
    (tmp_path / "reply.tsr").write_bytes(authority.respond(query(tmp_path, "-sha256", "-cert")))
    done = openssl(
        *("-verify", "-queryfile", str(tmp_path / "query.tsq"), "-in", str(tmp_path / "reply.tsr")),
        *("-CAfile", str(workshop.folder / "ca.pem")),
    )
    assert done.returncode == 0, done.stderr
    client = tsa.TimestampClient([tsa.TsaSource("rsa", authority.respond)], workshop.anchors, SetClock())
    assert "RSA TSA" in client.timestamp(DIGEST).tsa_name


@pytest.mark.parametrize(
    ("microsecond", "text"),
    [(0, b"20260102030405Z"), (500_000, b"20260102030405.5Z"), (7, b"20260102030405.000007Z")],
)
def test_gen_time_is_the_clocks(workshop: Workshop, microsecond: int, text: bytes) -> None:
    """genTime carries the fraction that is needed and no trailing zeros, and reads back exactly."""
    moment = datetime(2026, 1, 2, 3, 4, 5, microsecond, UTC)
    encoded = tsp.generalized_time(moment)
    assert encoded[2:] == text
    assert tsp.to_moment(der.whole(encoded, der.GENERALIZED_TIME)) == moment


def test_serials_never_repeat(workshop: Workshop) -> None:
    """Tokens for the same digest at the same time have serials of their own."""
    client = workshop.client()
    assert len({client.timestamp(DIGEST).serial for _ in range(50)}) == 50


def status_of(reply: bytes) -> asn1_tsp.PKIStatusInfo:
    """asn1crypto's TimeStampResp cannot be read without a token, so the status is read alone."""
    return asn1_tsp.PKIStatusInfo.load(der.children(der.whole(reply, der.SEQUENCE))[0].encoded, strict=True)


def failure(reply: bytes) -> tuple[str, set[str]]:
    status = status_of(reply)
    return status["status"].native, status["fail_info"].native


def test_rejections(workshop: Workshop, tmp_path: Path) -> None:
    """Every request that cannot be served gets the PKIFailureInfo that RFC 3161 names for it."""
    authority = workshop.authority()
    good = asn1_tsp.TimeStampReq.load(tsa.request(DIGEST, 5, POLICY))

    def changed(change: Callable[[asn1_tsp.TimeStampReq], None]) -> bytes:
        request = good.copy()
        change(request)
        return bytes(request.dump(force=True))

    def extension(request: asn1_tsp.TimeStampReq) -> None:
        request["extensions"] = [{"extn_id": "1.2.3", "critical": False, "extn_value": b"\x05\x00"}]

    def short(request: asn1_tsp.TimeStampReq) -> None:
        request["message_imprint"]["hashed_message"] = b"short"

    def version(request: asn1_tsp.TimeStampReq) -> None:
        request["version"] = 2

    def nonce(request: asn1_tsp.TimeStampReq) -> None:
        request["nonce"] = 1 << 300

    cases = [
        (query(tmp_path, "-sha1"), "bad_alg"),
        (query(tmp_path, "-sha256", "-tspolicy", "1.2.3.4"), "unaccepted_policy"),
        (changed(extension), "unaccepted_extensions"),
        (changed(short), "bad_data_format"),
        (changed(version), "bad_request"),
        (changed(nonce), "bad_request"),
        (b"", "bad_data_format"),
        (b"nonsense", "bad_data_format"),
        (good.dump() + b"\x00", "bad_data_format"),
        (b"\x30\x80\x00\x00", "bad_data_format"),
    ]
    for request, expected in cases:
        status, info = failure(authority.respond(request))
        assert status == "rejection"
        assert info == {expected}
        (tmp_path / "reply").write_bytes(authority.respond(request))
        assert "Rejected" in openssl("-reply", "-in", str(tmp_path / "reply"), "-text").stdout


def test_no_request_breaks_the_authority(workshop: Workshop) -> None:
    """Whatever bit of a request is damaged, the answer is a well-formed TimeStampResp."""
    request, authority = tsa.request(DIGEST, 5, POLICY), workshop.authority()
    for bit in range(8 * len(request)):
        at = bit // 8
        damaged = request[:at] + bytes((request[at] ^ 1 << bit % 8,)) + request[at + 1 :]
        assert status_of(authority.respond(damaged))["status"].native in ("granted", "rejection")


@pytest.mark.parametrize("name", ["seal", "tls"])
def test_an_authority_needs_its_own_kind_of_certificate(workshop: Workshop, name: str) -> None:
    """Other certificates, even under the same root, are refused when the authority is built."""
    with pytest.raises(GatewayError) as caught:
        TimestampAuthority(workshop.pair(name), POLICY, SetClock())
    assert caught.value.kind is ErrorKind.CERTIFICATE_REFUSED


@pytest.fixture
def served(workshop: Workshop) -> Iterator[str]:
    with serving(tsa_door.application(workshop.authority().respond)) as port:
        yield f"http://127.0.0.1:{port}/tsa"


def test_over_http(workshop: Workshop, served: str) -> None:
    """The same client gets the same kind of token over HTTP, from the WSGI application."""
    client = tsa.TimestampClient(
        [tsa.TsaSource("http", HttpTransport(served), POLICY)], workshop.anchors, SetClock()
    )
    assert client.timestamp(DIGEST).policy == POLICY


@pytest.mark.parametrize(
    ("options", "status"),
    [
        (["-X", "GET"], "405"),
        (["-H", "Content-Type: text/plain", "--data-binary", "x"], "415"),
        (["-H", "Content-Type: application/timestamp-query", "--data-binary", "x" * 5000], "413"),
        (["-H", "Content-Type: application/timestamp-query", "--data-binary", "x"], "200"),
    ],
)
def test_door_refusals(served: str, options: list[str], status: str) -> None:
    """The door answers with the HTTP status of each refusal; nonsense of the right type gets a rejection."""
    command = ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", *options, served]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == status

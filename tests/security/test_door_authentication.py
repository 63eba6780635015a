"""Who may speak: registration, trust, replay, and what is kept of a refused Submit."""

import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from gateway.domain.errors import ErrorKind, GatewayError
from tests import fakes
from tests.fakes import SoapHouse


@pytest.fixture
def house() -> SoapHouse:
    return SoapHouse()


def refused(house: SoapHouse, octets: bytes) -> str:
    status, _, body = house.post(octets)
    assert status == "500 Internal Server Error"
    return fakes.fault_code(body)


def test_an_unregistered_certificate_is_refused(house: SoapHouse) -> None:
    """A certificate of the right authority that nobody registered is refused, and nothing is kept."""
    stranger = fakes.signer(name="Desconocido")
    assert refused(house, fakes.signed(fakes.submit(), by=stranger)) == ErrorKind.CERTIFICATE_REFUSED.code
    assert house.use_cases.rejections == []


def test_a_disabled_issuer_is_refused(house: SoapHouse) -> None:
    """The certificate of an issuer that was disabled is worth nothing, for queries and Submit alike."""
    house.registry.register(fakes.signer().certificate, replace(fakes.BANK, active=False))
    for operation in (fakes.get_state(), fakes.submit()):
        assert refused(house, fakes.signed(operation)) == ErrorKind.CERTIFICATE_REFUSED.code
    assert house.use_cases.rejections == []


def test_an_expired_certificate_is_refused(house: SoapHouse) -> None:
    """Registration does not outlive the certificate."""
    later = datetime.now(UTC) + timedelta(days=365 * 3)
    house.now = lambda: later
    octets = fakes.signed(fakes.get_state(), at=later)
    assert refused(house, octets) == ErrorKind.CERTIFICATE_REFUSED.code


def test_a_registered_certificate_of_a_foreign_authority_is_refused(house: SoapHouse) -> None:
    """A certificate that was registered by mistake still needs a trusted path."""
    honest = fakes.signer()
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "self")])
    now = datetime.now(UTC)
    own = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(honest.key.public_key())
        .serial_number(7)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.KeyUsage(*[True, *[False] * 8]), critical=True)
        .sign(honest.key, hashes.SHA256())
    )
    house.registry.register(own, fakes.BANK)
    octets = fakes.signed(fakes.get_state(), by=replace(honest, certificate=own))
    assert refused(house, octets) == ErrorKind.CERTIFICATE_REFUSED.code


def test_a_replayed_query_is_refused(house: SoapHouse) -> None:
    """The same message twice is answered once, and remembered for as long as it could be accepted."""
    octets = fakes.signed(fakes.get_state())
    assert house.post(octets)[0] == "200 OK"
    assert refused(house, octets) == ErrorKind.REPLAYED.code
    assert house.post(fakes.signed(fakes.get_state()))[0] == "200 OK"
    (expires, _) = house.replays.seen.values()
    assert timedelta(minutes=5) < expires - datetime.now(UTC) <= timedelta(minutes=6)


def test_a_replayed_cancel_has_no_second_effect(house: SoapHouse) -> None:
    """A replay never reaches a use case."""
    cancel = f'<g:Cancel xmlns:g="{fakes.G}"><g:guid>{fakes.GUID}</g:guid><g:reason>no</g:reason></g:Cancel>'
    octets = fakes.signed(cancel.encode())
    assert house.post(octets)[0] == "200 OK"
    assert refused(house, octets) == ErrorKind.REPLAYED.code
    assert house.use_cases.cancellations == ["no"]


def test_a_retried_submit_reaches_the_stored_answer(house: SoapHouse) -> None:
    """A byte-identical Submit is no replay: its use case answers it from what is stored."""
    octets = fakes.signed(fakes.submit())
    assert [house.post(octets)[0] for _ in range(2)] == ["200 OK", "200 OK"]
    assert [each.raw for each in house.use_cases.submissions] == [octets, octets]
    assert house.replays.seen == {}


def test_submit_carries_who_signed_and_what(house: SoapHouse) -> None:
    """The command names the issuer by registration, the certificate, the raw octets and the content."""
    house.post(fakes.signed(fakes.submit()))
    (command,) = house.use_cases.submissions
    assert command.issuer == fakes.BANK
    assert command.signer_sha256 == fakes.signer().certificate.fingerprint(hashes.SHA256()).hex()
    assert len(command.content_digest) == 32
    assert command.transaction.external_id == "LOAN-2026-000123"


def test_a_submit_that_breaks_its_schema_is_kept_as_rejected(house: SoapHouse) -> None:
    """An attributable refusal keeps raw octets, request id, code and the external id."""
    octets = fakes.signed(fakes.submit().replace(b"<subject>", b"<subjekt/><subject>"))
    _, headers, body = house.post(octets)
    (kept,) = house.use_cases.rejections
    assert (kept.kind, kept.raw, kept.issuer) == (ErrorKind.SCHEMA_INVALID, octets, fakes.BANK)
    assert kept.request_id == headers["X-Request-Id"]
    assert kept.external_id == "LOAN-2026-000123"
    assert kept.detail.encode() in body
    assert fakes.fault_code(body) == kept.kind.code


def test_a_submit_that_its_use_case_refuses_is_kept_as_rejected(house: SoapHouse) -> None:
    """The same for a business rule, and the fault says which."""
    house.use_cases.failure = GatewayError(ErrorKind.RULE_BROKEN, "time_to_close is not after the start")
    assert refused(house, fakes.signed(fakes.submit())) == ErrorKind.RULE_BROKEN.code
    assert [each.kind for each in house.use_cases.rejections] == [ErrorKind.RULE_BROKEN]


def test_what_cannot_be_attributed_keeps_nothing(house: SoapHouse) -> None:
    """A broken signature proves nobody's intent: it leaves a log line only."""
    octets = fakes.signed(fakes.submit()).replace(b"LOAN-2026", b"LOAN-2027")
    assert refused(house, octets) == ErrorKind.SIGNATURE_INVALID.code
    assert house.use_cases.rejections == []


def test_a_failing_query_keeps_nothing(house: SoapHouse) -> None:
    """Only Submit leaves a rejection."""
    unknown = f'<g:GetEvents xmlns:g="{fakes.G}"><g:guid>{fakes.GUID[:-5]}9.par</g:guid></g:GetEvents>'
    assert refused(house, fakes.signed(unknown.encode())) == ErrorKind.NOT_FOUND.code
    assert house.use_cases.rejections == []


@pytest.mark.parametrize(
    "failure",
    [
        RuntimeError("secret of the house"),
        GatewayError(ErrorKind.INTERNAL, "secret of the house"),
        GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE, "secret of the house"),
    ],
)
def test_our_own_failures_tell_nothing(
    house: SoapHouse, failure: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    """Our failures are Server faults without a word of the cause, which is in the log with the request id."""
    house.use_cases.failure = failure
    status, headers, body = house.post(fakes.signed(fakes.submit()))
    assert status == "500 Internal Server Error"
    assert b"soap:Server" in body
    assert b"secret" not in body
    assert house.use_cases.rejections == []
    records = [each for each in caplog.records if each.levelno >= logging.ERROR]
    assert len(records) == 1
    assert headers["X-Request-Id"] in records[0].getMessage()
    assert records[0].exc_info is not None


def test_a_rejection_that_cannot_be_kept_is_our_failure(house: SoapHouse) -> None:
    """When the refusal cannot be stored the issuer is not told of it: a retry will be."""
    broken = replace(house.door.operations, reject=_unavailable)
    object.__setattr__(house.door, "operations", broken)
    house.use_cases.failure = GatewayError(ErrorKind.RULE_BROKEN)
    assert refused(house, fakes.signed(fakes.submit())) == ErrorKind.TEMPORARILY_UNAVAILABLE.code


def _unavailable(_: object) -> None:
    raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE)


@pytest.mark.parametrize(
    ("operation", "told"),
    [
        (fakes.get_state(), [fakes.GUID]),
        (fakes.get_state().replace(b".par", b".par\n2026 ERROR forged"), []),
        (fakes.get_state().replace(b"<g:guid>", b"<g:guid>x</g:guid><g:guid>", 1), []),
        (fakes.submit(), []),
    ],
)
def test_the_log_is_told_which_transaction_a_call_names(
    house: SoapHouse, operation: bytes, told: list[str]
) -> None:
    """Once it is known who calls, refused or not; nothing that is no GUID gets there."""
    seen: list[str] = []
    object.__setattr__(house.door, "concerns", seen.append)
    house.post(fakes.signed(operation))
    assert seen == told
    house.post(fakes.signed(operation).replace(b"<g:guid>0", b"<g:guid>1"))
    assert seen == told, "whoever does not prove who they are tells the log nothing"

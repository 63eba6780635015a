"""Seals years later, judged by the general validator without network: how long each level is good for."""

from datetime import datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from gateway.adapters.crypto import certificates, devpki_lists
from gateway.adapters.crypto.algorithm_policy import AlgorithmPolicy
from gateway.adapters.crypto.signature_level import Level
from gateway.adapters.validation.context import Context
from gateway.adapters.validation.xml import validate_xml
from gateway.domain.validation import Indication, SubIndication
from tests.produced import keep
from tests.seal_samples import Workshop, rendered

DAY = timedelta(days=1)
YEAR = 365 * DAY
PASSED = (Indication.PASSED, None)
NO_PROOF = (Indication.INDETERMINATE, SubIndication.OUT_OF_BOUNDS_NO_POE)


@pytest.fixture
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return Workshop.create(tmp_path_factory.mktemp("long") / "pki")


def verdict(workshop: Workshop, octets: bytes, at: datetime) -> tuple[Indication, SubIndication | None]:
    report = validate_xml("e.xml", octets, Context(workshop.anchors, AlgorithmPolicy.load(), at))
    (signature,) = report.signatures
    return signature.indication, signature.sub_indication


def new_authority(workshop: Workshop) -> None:
    """The time-stamping authority gets a new key and certificate, to the end of its issuer's."""
    issuer, now = workshop.pair("intermediate"), workshop.clock.now()
    key = ec.generate_private_key(ec.SECP256R1())
    leaf = certificates.build(
        certificates.subject("New TSA"),
        key.public_key(),
        issuer.certificate.subject,
        issuer.key,
        (now - DAY, issuer.certificate.not_valid_after_utc),
        certificates.end_entity(certificates.SIGNING, certificates.TIME_STAMPING),
    )
    chain = (leaf, *issuer.chain)
    (workshop.folder / "tsa.pem").write_bytes(b"".join(each.public_bytes(Encoding.PEM) for each in chain))
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (workshop.folder / "tsa.key").write_bytes(pem)


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        (Level.B_B, (Indication.INDETERMINATE, SubIndication.TRY_LATER)),
        (Level.B_T, (Indication.INDETERMINATE, SubIndication.TRY_LATER)),
        (Level.B_LT, PASSED),
        (Level.B_LTA, PASSED),
    ],
)
def test_from_lt_on_nothing_else_is_needed(
    workshop: Workshop, level: Level, expected: tuple[Indication, SubIndication | None]
) -> None:
    """With the file and a root alone, LT and LTA pass; the others lack what tells of revocation."""
    octets = workshop.sealer(level=level).seal(rendered()).octets
    assert verdict(workshop, octets, workshop.clock.now() + DAY) == expected


def test_an_archive_time_stamp_carries_it_on(workshop: Workshop) -> None:
    """Renewed in its fourth year, it passes in its tenth, with all but the newest chain expired."""
    start = workshop.clock.now()
    old = workshop.sealer(level=Level.B_LTA).seal(rendered()).octets
    workshop.clock.moment = start + 4 * YEAR
    devpki_lists.renew(workshop.folder, now=workshop.clock.now())
    new_authority(workshop)
    renewed = workshop.augmenter().raise_to(old, Level.B_LTA)
    keep("xades-B-LTA-ten-years.xml", renewed)
    keep("xades-B-LTA-ten-years-ca.pem", (workshop.folder / "ca.pem").read_bytes())
    tenth = start + 9 * YEAR + 300 * DAY
    assert workshop.pair("seal").certificate.not_valid_after_utc < tenth
    assert verdict(workshop, renewed, tenth) == PASSED
    assert verdict(workshop, old, tenth) == NO_PROOF
    assert verdict(workshop, renewed, start + 15 * YEAR) == NO_PROOF

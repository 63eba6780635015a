"""Lists that whoever verifies gives along: a file's own news of revocation does not outweigh them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.adapters.crypto.algorithm_policy import AlgorithmPolicy
from gateway.adapters.crypto.evidence_record_parts import Chain, Stamp
from gateway.adapters.crypto.evidence_record_xml import write
from gateway.adapters.crypto.merkle import HASHES
from gateway.adapters.crypto.revocation import CachedRevocation
from gateway.adapters.crypto.signature_level import Level
from gateway.adapters.validation.validator import Validator
from gateway.domain.validation import Indication, SubIndication, ValidationReport
from tests.seal_samples import Workshop, rendered

HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return Workshop.create(tmp_path_factory.mktemp("lists") / "pki")


def revoking(workshop: Workshop, name: str, at: datetime, file: Path) -> Path:
    """A current list of our authority that revokes one certificate."""
    issuer, now = workshop.pair("intermediate"), datetime.now(UTC)
    assert isinstance(issuer.key, ec.EllipticCurvePrivateKey)
    entry = x509.RevokedCertificateBuilder(workshop.pair(name).certificate.serial_number, at).build()
    builder = x509.CertificateRevocationListBuilder(issuer.certificate.subject)
    made = builder.last_update(now).next_update(now + HOUR).add_revoked_certificate(entry)
    file.write_bytes(made.sign(issuer.key, hashes.SHA256()).public_bytes(Encoding.PEM))
    return file


def judged(workshop: Workshop, octets: bytes, *lists: Path, about: bytes = b"") -> ValidationReport:
    revocation = CachedRevocation(workshop.clock, lists)
    validator = Validator(workshop.anchors, AlgorithmPolicy.load(), revocation, lists=revocation.lists)
    beside = {"file": about} if about else {}
    return validator.validate("x", octets, at=datetime.now(UTC), companions=beside)


def test_a_list_outweighs_what_the_signature_says_of_its_signer(workshop: Workshop, tmp_path: Path) -> None:
    """Its own list is from before the theft was known; revoked before it was made, it does not pass."""
    sealed = workshop.sealer(level=Level.B_LT).seal(rendered()).octets
    assert judged(workshop, sealed).indication is Indication.PASSED
    early = revoking(workshop, "seal", datetime.now(UTC) - HOUR, tmp_path / "early.crl")
    report = judged(workshop, sealed, early)
    assert (report.indication, report.sub_indication) != (Indication.PASSED, None)
    assert report.sub_indication in {SubIndication.REVOKED, SubIndication.REVOKED_NO_POE}


def test_what_was_time_stamped_before_the_revocation_still_passes(workshop: Workshop, tmp_path: Path) -> None:
    """A later revocation does not undo what was proven to exist, nor does the list raise the level."""
    sealed = workshop.sealer(level=Level.B_LT).seal(rendered()).octets
    late = revoking(workshop, "seal", datetime.now(UTC) + HOUR / 60, tmp_path / "late.crl")
    report = judged(workshop, sealed, late)
    assert report.indication is Indication.PASSED
    assert report.signatures[0].level == "B-LT"


def test_a_record_by_a_revoked_authority_is_undecided(workshop: Workshop, tmp_path: Path) -> None:
    """A record carries what its maker wants to: the list that is given along speaks of its authority too."""
    token = workshop.client().timestamp(HASHES["sha256"](b"a file").digest()).der
    record = write([Chain("sha256", (Stamp((), token),))])
    assert judged(workshop, record, about=b"a file").indication is Indication.PASSED
    revoked = revoking(workshop, "tsa", datetime.now(UTC) - HOUR, tmp_path / "tsa.crl")
    report = judged(workshop, record, revoked, about=b"a file")
    assert (report.indication, report.sub_indication) == (
        Indication.INDETERMINATE,
        SubIndication.REVOKED_NO_POE,
    )

"""Evidence records and bare time-stamps as reports: over files given along, or beside them in a container."""

from datetime import timedelta
from hashlib import sha256

import pytest

from gateway.adapters.crypto import evidence_record_xml
from gateway.adapters.crypto.algorithm_policy import AlgorithmPolicy
from gateway.adapters.crypto.evidence_record_parts import ASN1, XML
from gateway.adapters.crypto.signature_level import Level
from gateway.adapters.validation.validator import Validator
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.validation import Coverage, Indication, StampKind, SubIndication, ValidationReport
from tests.asic_samples import container
from tests.record_samples import RecordBench
from tests.seal_samples import Workshop

FILES = {"a.xml": b"one", "b.pdf": b"two"}
FORMS = pytest.mark.parametrize("form", [XML, ASN1])


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return Workshop.create(tmp_path_factory.mktemp("records") / "pki")


def report(
    workshop: Workshop, octets: bytes, companions: dict[str, bytes], after: timedelta = timedelta()
) -> ValidationReport:
    validator = Validator(workshop.anchors, AlgorithmPolicy.load())
    at = workshop.clock.now() + after
    return validator.validate("record", octets, at=at, companions=companions)


def verdict(found: ValidationReport) -> tuple[Indication, SubIndication | None]:
    return found.indication, found.sub_indication


def record(workshop: Workshop, form: str) -> bytes:
    bench = RecordBench(workshop, form)
    return bench.write(bench.begin(list(FILES.values())))


@FORMS
def test_a_record_over_its_files_passes(workshop: Workshop, form: str) -> None:
    """Told by its octets, XML or DER; covers the companions, and says since when they are proven to exist."""
    found = report(workshop, record(workshop, form), FILES)
    assert verdict(found) == (Indication.PASSED, None), found
    assert found.kind == "EVIDENCE_RECORD"
    (signature,) = found.signatures
    assert signature.covered == ("a.xml", "b.pdf")
    assert signature.coverage is Coverage.FULL
    assert [stamp.kind for stamp in signature.stamps] == [StampKind.EVIDENCE_RECORD]
    assert signature.best_time == signature.stamps[0].gen_time


@FORMS
def test_another_file_fails(workshop: Workshop, form: str) -> None:
    """A file that is none of the record's objects."""
    found = report(workshop, record(workshop, form), {**FILES, "c": b"three"})
    assert verdict(found) == (Indication.FAILED, SubIndication.HASH_FAILURE)


@FORMS
def test_without_its_files_it_proves_nothing(workshop: Workshop, form: str) -> None:
    """The record alone is undecided, and says what is missing."""
    found = report(workshop, record(workshop, form), {})
    assert verdict(found) == (Indication.INDETERMINATE, SubIndication.SIGNED_DATA_NOT_FOUND)


def test_a_record_with_its_own_leaf_proves_nothing_by_itself(workshop: Workshop) -> None:
    """The document that ours carry along is proven, but the files that somebody asks about are not."""
    bench, leaf = RecordBench(workshop, XML), b"fehaciente-leaf 1.0\n"
    chains = bench.begin([*FILES.values(), leaf])
    octets = evidence_record_xml.write(chains, leaf, "deposit 1")
    assert report(workshop, octets, FILES).indication is Indication.PASSED
    alone = report(workshop, octets, {})
    assert verdict(alone) == (Indication.INDETERMINATE, SubIndication.SIGNED_DATA_NOT_FOUND)


@FORMS
def test_after_its_time_stamp_ended_it_is_undecided(workshop: Workshop, form: str) -> None:
    """Nobody renewed it: nothing is proven any more."""
    found = report(workshop, record(workshop, form), FILES, after=timedelta(days=6 * 365))
    assert verdict(found) == (Indication.INDETERMINATE, SubIndication.OUT_OF_BOUNDS_NO_POE)


def test_a_broken_record_fails(workshop: Workshop) -> None:
    """Both syntaxes, cut or empty: failed by their format, never an exception."""
    empty = b'<EvidenceRecord xmlns="urn:ietf:params:xml:ns:ers" Version="1.0"/>'
    for octets in (empty, record(workshop, ASN1)[:-20]):
        assert verdict(report(workshop, octets, FILES)) == (Indication.FAILED, SubIndication.FORMAT_FAILURE)


def test_a_record_within_a_container_is_about_its_files(workshop: Workshop) -> None:
    """Beside others in a container, it is judged over those files that are its own."""
    inside = {**FILES, "other.txt": b"other", "record.xml": record(workshop, XML)}
    found = report(workshop, container(workshop, inside, level=Level.B_LT), {})
    (enclosed,) = found.enclosed
    assert verdict(enclosed) == (Indication.PASSED, None), enclosed
    assert enclosed.signatures[0].covered == ("a.xml", "b.pdf")


def test_a_bare_time_stamp(workshop: Workshop) -> None:
    """Over the companion that it fits; undecided without any, failed when it fits none."""
    token = workshop.client().timestamp(sha256(b"two").digest()).der
    found = report(workshop, token, FILES)
    assert verdict(found) == (Indication.PASSED, None), found
    assert found.kind == "TIMESTAMP"
    assert found.signatures[0].covered == ("b.pdf",)
    assert verdict(report(workshop, token, {})) == (
        Indication.INDETERMINATE,
        SubIndication.SIGNED_DATA_NOT_FOUND,
    )
    assert verdict(report(workshop, token, {"x": b"x"})) == (Indication.FAILED, SubIndication.HASH_FAILURE)


@pytest.mark.parametrize("octets", [b"", b"hello", b"\x30\x03\x02\x01\x05", b"\x30\x82", b"\x89PNG\r\n"])
def test_other_files_are_refused(workshop: Workshop, octets: bytes) -> None:
    """What is no file of a known kind is not judged at all."""
    with pytest.raises(GatewayError) as caught:
        report(workshop, octets, {})
    assert caught.value.kind is ErrorKind.MEDIA_TYPE_REFUSED

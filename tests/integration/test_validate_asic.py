"""ASiC-E containers: what their signatures cover, what is inside, and what makes them undecided or failed."""

import io
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from gateway.adapters.crypto.algorithm_policy import AlgorithmPolicy
from gateway.adapters.crypto.signature_level import Level
from gateway.adapters.reports.text import render
from gateway.adapters.validation.validator import Validator
from gateway.domain.validation import Coverage, Indication, SubIndication, ValidationReport
from tests import asic_samples, pades_samples
from tests.asic_samples import SIGNATURES, container, signatures, zipped
from tests.pdf_samples import plain
from tests.seal_samples import Workshop, rendered

FILES: Mapping[str, bytes] = {"documents/contrato ñ.txt": b"uno", "b.bin": b"\x00\x01dos"}
FORMAT = (Indication.FAILED, SubIndication.FORMAT_FAILURE)


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return Workshop.create(tmp_path_factory.mktemp("asic") / "pki")


def report(workshop: Workshop, octets: bytes) -> ValidationReport:
    validator = Validator(workshop.anchors, AlgorithmPolicy.load())
    return validator.validate("pack.asice", octets, at=datetime.now(UTC))


def verdict(found: ValidationReport) -> tuple[Indication, SubIndication | None]:
    return found.indication, found.sub_indication


def test_a_container_whose_signature_covers_every_file_passes(workshop: Workshop) -> None:
    """Names with blanks and accents too; the report names each covered file and the level."""
    found = report(workshop, container(workshop, FILES))
    assert verdict(found) == (Indication.PASSED, None), found
    (signature,) = found.signatures
    assert signature.coverage is Coverage.FULL
    assert set(signature.covered) == set(FILES)
    assert signature.level == "B-LT"
    assert found.kind == "ASIC-E"


def test_a_file_that_no_signature_covers_leaves_it_undecided(workshop: Workshop) -> None:
    """The signature is partial, and the file is named: whoever opens the pack must not believe it."""
    found = report(workshop, container(workshop, FILES, {"evil.pdf": b"%PDF"}))
    assert verdict(found) == (Indication.INDETERMINATE, SubIndication.SIG_CONSTRAINTS_FAILURE)
    assert "evil.pdf" in found.detail
    assert found.signatures[0].coverage is Coverage.PARTIAL
    assert found.signatures[0].indication is Indication.PASSED


def test_a_file_hidden_among_the_containers_own_is_seen(workshop: Workshop) -> None:
    """META-INF is no hiding place: only the names that the standard reserves are not data."""
    found = report(workshop, container(workshop, FILES, {"META-INF/evil.pdf": b"%PDF"}))
    assert found.indication is Indication.INDETERMINATE
    harmless = {"META-INF/manifest.xml": b"<manifest/>"}
    assert report(workshop, container(workshop, FILES, harmless)).indication is Indication.PASSED


@pytest.mark.parametrize(
    "name", ["META-INF/signature.p7s", "META-INF/timestamp1.tst", "META-INF/evidencerecord.xml"]
)
def test_a_proof_that_is_not_read_is_named(workshop: Workshop, name: str) -> None:
    """What calls itself a proof and was not judged is never passed over in silence: it may be forged."""
    found = report(workshop, container(workshop, FILES, {name: b"<forged/>"}))
    assert found.indication is Indication.PASSED
    assert found.detail == f"not read, and not judged: {name}"


def test_two_signatures_may_share_the_files(workshop: Workshop) -> None:
    """Each is partial; together they cover everything, and the container passes."""
    halves = [{name: octets} for name, octets in FILES.items()]
    parts = {f"META-INF/signatures{n}.xml": signatures(workshop, half) for n, half in enumerate(halves)}
    found = report(workshop, zipped({**FILES, **parts}))
    assert verdict(found) == (Indication.PASSED, None), found
    assert [each.coverage for each in found.signatures] == [Coverage.PARTIAL] * 2


def test_an_altered_file_fails(workshop: Workshop) -> None:
    """One octet of one file, and the signature does not hold."""
    made = {**FILES, SIGNATURES: signatures(workshop, FILES)}
    found = report(workshop, zipped({**made, "b.bin": b"\x00\x01tres"}))
    assert verdict(found) == (Indication.FAILED, SubIndication.HASH_FAILURE), found


def test_a_missing_file_proves_nothing(workshop: Workshop) -> None:
    """What was signed and is not there cannot be judged."""
    made = {**FILES, SIGNATURES: signatures(workshop, FILES)}
    del made["b.bin"]
    found = report(workshop, zipped(made))
    assert verdict(found) == (Indication.INDETERMINATE, SubIndication.SIGNED_DATA_NOT_FOUND), found


def test_signed_files_inside_have_reports_of_their_own(workshop: Workshop) -> None:
    """Evidence and PDF inside are judged, plain files are not; what is broken inside is seen."""
    evidence = workshop.sealer(level=Level.B_LT).seal(rendered()).octets
    inside = {
        "evidence/01.xml": evidence,
        "evidence/02.xml": evidence.replace(b"Banco", b"Banca"),
        "certificate.pdf": pades_samples.signed(workshop, "B-LT"),
        "original.pdf": plain(),
        "original.xml": b"<a/>",
        "note.txt": b"hello",
    }
    found = report(workshop, container(workshop, inside))
    assert verdict(found) == (Indication.PASSED, None), found
    assert {each.name: each.indication for each in found.enclosed} == {
        "evidence/01.xml": Indication.PASSED,
        "evidence/02.xml": Indication.FAILED,
        "certificate.pdf": Indication.PASSED,
    }


def test_a_container_within_a_container_is_not_opened(workshop: Workshop) -> None:
    """A pack in a pack is a covered file like any other: nobody digs without an end."""
    inner = container(workshop, FILES)
    found = report(workshop, container(workshop, {"inner.asice": inner}))
    assert found.indication is Indication.PASSED
    assert found.enclosed == ()


def test_without_a_signature_it_fails(workshop: Workshop) -> None:
    """A plain container is failed by its format; one with kinds that are not read is undecided."""
    assert verdict(report(workshop, zipped(FILES))) == FORMAT
    cades = report(workshop, zipped({**FILES, "META-INF/signature.p7s": b"\x30\x00"}))
    assert cades.indication is Indication.INDETERMINATE
    assert "signature.p7s" in cades.detail


def test_too_many_signature_files_are_refused(workshop: Workshop) -> None:
    """Each of them costs the digests of every file."""
    many = {f"META-INF/signatures{number}.xml": b"<a/>" for number in range(30)}
    assert verdict(report(workshop, zipped({**FILES, **many}))) == FORMAT


@pytest.mark.parametrize("mimetype", [None, b"application/zip", asic_samples.MEDIA_TYPE + b"\n"])
def test_the_media_type_stands_first(workshop: Workshop, mimetype: bytes | None) -> None:
    """Without it, or with another, this is no ASiC-E container (EN 319 162-1, A.1)."""
    made = {**FILES, SIGNATURES: signatures(workshop, FILES)}
    assert verdict(report(workshop, zipped(made, mimetype=mimetype))) == FORMAT


def test_the_media_type_is_stored(workshop: Workshop) -> None:
    """Compressed, it would not stand where every reader looks for it."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, octets in {"mimetype": asic_samples.MEDIA_TYPE, **FILES}.items():
            archive.writestr(name, octets)
        archive.writestr(SIGNATURES, signatures(workshop, FILES))
    assert verdict(report(workshop, target.getvalue())) == FORMAT


def test_the_comment_may_only_repeat_the_media_type(workshop: Workshop) -> None:
    """The standard's comment is fine; any other could smuggle what nobody signed."""
    made = {**FILES, SIGNATURES: signatures(workshop, FILES)}
    standard = b"mimetype=" + asic_samples.MEDIA_TYPE
    assert report(workshop, zipped(made, comment=standard)).indication is Indication.PASSED
    assert verdict(report(workshop, zipped(made, comment=b"hello"))) == FORMAT


@pytest.mark.parametrize(
    ("other", "told"), [("001001-0001-000000000123456.par", 0), ("001001-0001-000000000000002.par", 1)]
)
def test_evidence_of_several_transactions_is_told(workshop: Workshop, other: str, told: int) -> None:
    """Each is valid by itself, and whoever signs a container may mix them: the report says so."""
    seal = workshop.sealer(level=Level.B_LT)
    files = {"1.xml": seal.seal(rendered()).octets, "2.xml": seal.seal(rendered(guid=other)).octets}
    text = render([report(workshop, container(workshop, files))], "en").decode()
    assert text.count("Attention: the enclosed files are of several transactions") == told

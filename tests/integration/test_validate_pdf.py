"""PAdES made by pyHanko under a real PKI, judged at each level, tampered with, and years later."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pikepdf
import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from gateway.adapters.crypto import devpki_lists
from gateway.adapters.crypto.algorithm_policy import AlgorithmPolicy
from gateway.adapters.crypto.evidence_record_parts import XML
from gateway.adapters.crypto.pades import PdfSealer
from gateway.adapters.crypto.revocation import CachedRevocation
from gateway.adapters.crypto.signature_level import Level
from gateway.adapters.crypto.tsa_authority import TimestampAuthority
from gateway.adapters.validation.validator import Validator
from gateway.domain.validation import Coverage, Indication, StampKind, SubIndication, ValidationReport
from tests import pades_samples
from tests.pdf_samples import plain
from tests.record_samples import RecordBench
from tests.seal_samples import POLICY, Workshop, rendered

YEAR = timedelta(days=365)
NOTHING: Mapping[str, bytes] = {}


@dataclass(frozen=True)
class Bench:
    """A PKI, a validator without revocation lists of its own, and one with."""

    workshop: Workshop

    def report(self, pdf: bytes, after: timedelta = timedelta(), lists: bool = False) -> ValidationReport:
        files = tuple(self.workshop.folder / f"{name}.crl" for name in ("ca", "intermediate"))
        revocation = CachedRevocation(self.workshop.clock, files) if lists else None
        validator = Validator(self.workshop.anchors, AlgorithmPolicy.load(), revocation)
        return validator.validate("document.pdf", pdf, at=datetime.now(UTC) + after)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    workshop = Workshop.create(tmp_path_factory.mktemp("pades") / "pki")
    pades_samples.short_lived_seal(workshop, timedelta(days=90))
    return Bench(workshop)


def verdict(report: ValidationReport) -> tuple[Indication, SubIndication | None]:
    return report.indication, report.sub_indication


@pytest.mark.parametrize("level", ["B-LT", "B-LTA"])
def test_long_term_levels_pass_by_themselves(bench: Bench, level: str) -> None:
    """With revocation data inside, nothing but the file and the root is needed; the level is told."""
    report = bench.report(pades_samples.signed(bench.workshop, level))
    assert verdict(report) == (Indication.PASSED, None), report
    (signature,) = report.signatures
    assert (signature.level, signature.coverage) == (level, Coverage.FULL)
    assert signature.best_time is not None
    assert "development seal" in signature.signer
    assert len(signature.path) == 3


@pytest.mark.parametrize(("level", "reached"), [("B-B", "B-B"), ("B-T", "B-T")])
def test_short_levels_need_news_of_revocation(bench: Bench, level: str, reached: str) -> None:
    """Without any the signer is undecided, as the standard says; with a list at hand it passes."""
    pdf = pades_samples.signed(bench.workshop, level)
    assert verdict(bench.report(pdf)) == (Indication.INDETERMINATE, SubIndication.TRY_LATER)
    report = bench.report(pdf, lists=True)
    assert verdict(report) == (Indication.PASSED, None), report
    assert report.signatures[0].level == reached


def test_an_archived_signature_outlives_its_certificate(bench: Bench) -> None:
    """B-LTA passes two years after the signer's certificate ended, without any network; B-T does not."""
    archived = pades_samples.signed(bench.workshop, "B-LTA", by="brief")
    report = bench.report(archived, 2 * YEAR)
    assert verdict(report) == (Indication.PASSED, None), report
    plainer = pades_samples.signed(bench.workshop, "B-T", by="brief")
    assert bench.report(plainer, 2 * YEAR).indication is Indication.INDETERMINATE


def test_when_the_archive_time_stamp_ends_nothing_is_proven(bench: Bench) -> None:
    """Once its own chain has expired too, and nobody renewed it, the signature is undecided."""
    archived = pades_samples.signed(bench.workshop, "B-LTA", by="brief")
    assert bench.report(archived, 6 * YEAR).indication is Indication.INDETERMINATE


def test_an_altered_octet_fails(bench: Bench) -> None:
    """A change under the signature is a hash failure, and says nothing of what the file states."""
    pdf = pades_samples.signed(bench.workshop, "B-LT")
    altered = pdf.replace(b"/MediaBox", b"/MediaBux", 1)
    assert altered != pdf
    report = bench.report(altered)
    assert report.indication is Indication.FAILED


def test_a_page_that_is_added_later_fails(bench: Bench) -> None:
    """An incremental update that changes what is shown makes the signature fail, though its digest holds."""
    pdf = pades_samples.signed(bench.workshop, "B-LT")
    report = bench.report(pades_samples.overwritten(pdf))
    assert verdict(report) == (Indication.FAILED, SubIndication.HASH_FAILURE), report
    assert report.signatures[0].coverage is Coverage.PARTIAL


def test_a_second_signature_does_not_harm_the_first(bench: Bench) -> None:
    """Both pass; the first covers a part of the file, the second all of it."""
    once = pades_samples.signed(bench.workshop, "B-T")
    twice = pades_samples.signed(bench.workshop, "B-T", once, field="Second")
    report = bench.report(twice, lists=True)
    assert verdict(report) == (Indication.PASSED, None), report
    assert [each.coverage for each in report.signatures] == [Coverage.PARTIAL, Coverage.FULL]


def test_a_form_filled_in_later_is_undecided(bench: Bench) -> None:
    """A permitted change after the last signature: nothing vouches for the file as it is now."""
    pdf = pades_samples.signed(bench.workshop, "B-LT", pades_samples.with_form())
    report = bench.report(pades_samples.filled(pdf))
    assert verdict(report) == (Indication.INDETERMINATE, SubIndication.SIG_CONSTRAINTS_FAILURE), report


def retitled(pdf: bytes) -> bytes:
    """Another title in the document information, which viewers show above the page."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    title = {generic.pdf_name("/Title"): generic.pdf_string("Another contract")}
    writer.set_info(generic.DictionaryObject(title))
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def test_what_the_signature_cannot_have_seen_is_undecided(bench: Bench) -> None:
    """Another title, octets behind the end, a second end behind them: the whole document is not covered."""
    pdf = pades_samples.signed(bench.workshop, "B-LTA")
    end = pdf[pdf.rindex(b"startxref") :]
    once = pades_samples.signed(bench.workshop, "B-LT")
    for changed in (retitled(pdf), pdf + b"PK", pdf + b"PK\n" + end, once + b"PK", retitled(once)):
        report = bench.report(changed)
        assert verdict(report) == (Indication.INDETERMINATE, SubIndication.SIG_CONSTRAINTS_FAILURE), report
        assert report.signatures[0].coverage is Coverage.PARTIAL
    assert bench.report(pdf + b"\r\n").signatures[0].coverage is Coverage.FULL


@pytest.mark.parametrize(
    "pdf",
    [plain(), b"%PDF-1.7\n%%EOF", b"%PDF-1.7\nstartxref\n99999999\n%%EOF", b"%PDF-" + bytes(2000)],
    ids=["unsigned", "empty", "lost", "zeros"],
)
def test_without_a_signature_it_fails(bench: Bench, pdf: bytes) -> None:
    """Unsigned and broken files are failed by their format, and never raise."""
    assert verdict(bench.report(pdf)) == (Indication.FAILED, SubIndication.FORMAT_FAILURE)


def test_another_root_is_not_trusted(bench: Bench, tmp_path: Path) -> None:
    """A PDF sealed under a stranger's root leads to no chain."""
    stranger = Workshop.create(tmp_path / "pki")
    report = bench.report(pades_samples.signed(stranger, "B-LT"))
    assert verdict(report) == (Indication.INDETERMINATE, SubIndication.NO_CERTIFICATE_CHAIN_FOUND), report


def test_a_byte_range_that_leaves_out_more_fails(bench: Bench) -> None:
    """A gap wider than the signature's own value could hide anything: refused, whatever its digest."""
    pdf = pades_samples.signed(bench.workshop, "B-T")
    start = pdf.index(b"/ByteRange") + 10
    inside = pdf[pdf.index(b"[", start) + 1 : pdf.index(b"]", start)]
    numbers = [int(each) for each in inside.split()]
    numbers[2] += 1
    numbers[3] -= 1
    written = b" ".join(b"%d" % each for each in numbers).ljust(len(inside))
    report = bench.report(pdf.replace(inside, written, 1))
    assert report.indication is Indication.FAILED


def test_signed_files_that_are_attached_are_judged(bench: Bench) -> None:
    """Evidence inside the PDF has a report of its own; a plain attachment has none."""
    sealed = bench.workshop.sealer().seal(rendered()).octets
    pdf = pades_samples.attached({"evidence.xml": sealed, "note.txt": b"hello", "plain.xml": b"<a/>"})
    report = bench.report(pades_samples.signed(bench.workshop, "B-T", pdf), lists=True)
    assert verdict(report) == (Indication.PASSED, None), report
    (enclosed,) = report.enclosed
    assert (enclosed.name, enclosed.indication) == ("evidence.xml", Indication.PASSED), enclosed
    assert enclosed.facts is not None


def test_an_encrypted_document_is_undecided(bench: Bench) -> None:
    """What cannot be read proves nothing, and is not called forged."""
    target = io.BytesIO()
    with pikepdf.open(io.BytesIO(plain())) as pdf:
        pdf.save(target, encryption=pikepdf.Encryption(owner="a", user="b"))
    report = bench.report(target.getvalue())
    assert verdict(report) == (Indication.INDETERMINATE, SubIndication.SIGNED_DATA_NOT_FOUND)


def test_our_own_seal_is_judged_like_anybodys(bench: Bench) -> None:
    """What our own sealer signs is B-LT by itself, and B-T with lists where it knew of no revocation."""
    shop = bench.workshop
    for level in (Level.B_LT, Level.B_T):
        sealed = PdfSealer(shop.signer(), shop.levels(level), shop.clock).seal(plain(2))
        report = bench.report(sealed, lists=level is Level.B_T)
        assert verdict(report) == (Indication.PASSED, None), report
        assert (report.signatures[0].level, report.signatures[0].coverage) == (level.value, Coverage.FULL)
        changed = bench.report(pades_samples.overwritten(sealed), lists=True)
        assert verdict(changed) == (Indication.FAILED, SubIndication.HASH_FAILURE)


def test_a_revoked_signer(tmp_path: Path) -> None:
    """What was signed and proven before the revocation still passes; what is signed afterwards does not."""
    shop = Workshop.create(tmp_path / "pki")
    pades_samples.short_lived_seal(shop, YEAR)
    before = pades_samples.signed(shop, "B-LT", by="brief")
    devpki_lists.renew(shop.folder, now=shop.clock.now(), revoke=[shop.pair("brief").certificate])
    bench = Bench(shop)
    assert verdict(bench.report(before, lists=True)) == (Indication.PASSED, None)
    after = bench.report(pades_samples.signed(shop, "B-T", by="brief"), lists=True)
    assert verdict(after) == (Indication.INDETERMINATE, SubIndication.REVOKED_NO_POE), after


def test_renewed_once_it_outlives_the_first_authority_too(tmp_path: Path) -> None:
    """Nine years on, signer and first time-stamping authority have expired; the second one's stamp over new
    lists vouches for both. Without that renewal the signature is undecided."""
    shop = Workshop.create(tmp_path / "pki")
    archived = pades_samples.signed(shop, "B-LTA")
    later = datetime.now(UTC) + 4 * YEAR
    shop.clock.moment = later
    devpki_lists.renew(shop.folder, now=later)
    second = RecordBench(shop, XML)
    second.new_authority(6)
    authority = TimestampAuthority(second.pair, POLICY, shop.clock)
    renewed = pades_samples.renewed(shop, archived, authority)
    bench = Bench(shop)
    assert bench.report(archived, 9 * YEAR).indication is Indication.INDETERMINATE
    report = bench.report(renewed, 9 * YEAR)
    assert verdict(report) == (Indication.PASSED, None), report
    (signature,) = report.signatures
    assert (signature.level, signature.coverage) == ("B-LTA", Coverage.FULL)
    assert len([each for each in signature.stamps if each.kind is StampKind.ARCHIVE]) == 2
    assert signature.best_time is not None
    assert signature.best_time < later

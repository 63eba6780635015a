"""`fehaciente verify` on files: exit codes, every kind of report, and hostile files that dress nothing up."""

import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from gateway.adapters.crypto.signature_properties import SignaturePolicy, SignatureProperties
from gateway.adapters.xml.parser import parse
from gateway.bootstrap import commands
from gateway.entrypoints.cli import verify
from gateway.entrypoints.cli.arguments import parser
from tests import asic_samples, pades_samples
from tests.seal_samples import Workshop, rendered

PASSED, FAILED, UNREADABLE, INDETERMINATE = 0, 1, 2, 3
CERTIFICATE = (
    b'<Certificate xmlns="urn:fehaciente:certificate:1.0">'
    b"<Guid>g-1</Guid><Parties><x/></Parties></Certificate>"
)
Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return Workshop.create(tmp_path_factory.mktemp("verify") / "pki")


def run(
    files: Sequence[Path], workshop: Workshop, *more: str, trust: str = "ca.pem", lists: bool = True
) -> int:
    """The command's own grammar and run, in this process."""
    crls = ("ca", "intermediate") if lists else ()
    known = [word for name in crls for word in ("--crl", str(workshop.folder / f"{name}.crl"))]
    words = ["verify", *map(str, files), "--trust", str(workshop.folder / trust), *known, *more]
    language = ["--language", "es"] if "--language" in more else []
    return verify.run(parser().parse_args(language + words), commands.actions().verify)


def written(folder: Path, octets: bytes, name: str = "evidence.xml") -> Path:
    file = folder / name
    file.write_bytes(octets)
    return file


def test_a_valid_evidence(workshop: Workshop, tmp_path: Path, capsys: Capture) -> None:
    """TOTAL-PASSED gives 0 and says what is covered, by whom it was signed, when, and what it states."""
    sealed = workshop.sealer().seal(rendered())
    assert run([written(tmp_path, sealed.octets)], workshop) == PASSED
    text = capsys.readouterr().out
    assert text.startswith("TOTAL-PASSED: evidence.xml\n")
    for expected in (
        "The signature covers: the whole document",
        sealed.signer_subject,
        sealed.signer_sha256,
        sealed.stamped_at.isoformat(),
        "001001-0001-000000000123456.par",
        "urn:fehaciente:event:1.0:Signed",
        "contrato.pdf",
        (b"o" * 32).hex(),
        (b"s" * 32).hex(),
        "María Núñez NIF 00000000T",
    ):
        assert expected in text


def test_a_content_certificate(workshop: Workshop, tmp_path: Path, capsys: Capture) -> None:
    """Another signed document passes too, with its kind and its simple statements."""
    assert run([written(tmp_path, workshop.sealer().seal(CERTIFICATE).octets)], workshop) == PASSED
    text = capsys.readouterr().out
    assert "Certificate: urn:fehaciente:certificate:1.0" in text
    assert "Guid: g-1" in text


def test_without_news_of_revocation_it_is_undecided(
    workshop: Workshop, tmp_path: Path, capsys: Capture
) -> None:
    """A signer of whom nothing is known gives 3, unless whoever asks says that this will do."""
    file = written(tmp_path, workshop.sealer().seal(rendered()).octets)
    assert run([file], workshop, lists=False) == INDETERMINATE
    assert "INDETERMINATE: evidence.xml (TRY_LATER)" in capsys.readouterr().out
    assert run([file], workshop, "--no-revocation", lists=False) == PASSED


def test_a_policy_that_is_demanded(workshop: Workshop, tmp_path: Path, capsys: Capture) -> None:
    """Only a signature that names this very policy passes then; one that names none is undecided."""
    policy = SignaturePolicy("urn:oid:1.3.6.1.4.1.99999.7", b"d" * 32)
    sealer = workshop.sealer(properties=SignatureProperties(policy=policy))
    files = [
        written(tmp_path, workshop.sealer().seal(rendered()).octets, "silent.xml"),
        written(tmp_path, sealer.seal(rendered()).octets, "named.xml"),
    ]
    assert run([files[0]], workshop, "--policy", policy.identifier) == INDETERMINATE
    assert "SIG_CONSTRAINTS_FAILURE" in capsys.readouterr().out
    assert run([files[1]], workshop, "--policy", policy.identifier) == PASSED
    assert run([files[1]], workshop, "--policy", "urn:oid:1.2.3") == INDETERMINATE
    assert run([files[1]], workshop) == PASSED


def test_an_altered_evidence(workshop: Workshop, tmp_path: Path, capsys: Capture) -> None:
    """TOTAL-FAILED gives 1, the reason, and none of what the file states."""
    octets = workshop.sealer().seal(rendered()).octets.replace(b"Banco", b"Banca")
    assert run([written(tmp_path, octets)], workshop) == FAILED
    text = capsys.readouterr().out
    assert "TOTAL-FAILED: evidence.xml (HASH_FAILURE)" in text
    assert "Banca" not in text


def test_another_root(workshop: Workshop, tmp_path: Path, capsys: Capture) -> None:
    """Under a root that did not issue its certificates, an evidence is undecided."""
    stranger = Workshop.create(tmp_path / "pki")
    assert run([written(tmp_path, stranger.sealer().seal(rendered()).octets)], workshop) == INDETERMINATE
    assert "NO_CERTIFICATE_CHAIN_FOUND" in capsys.readouterr().out


@pytest.mark.parametrize("octets", [b"<a>", b"<!DOCTYPE a><a/>", b"<a/>", b"%PDF-1.7", b"PK\x03\x04"])
def test_what_bears_no_signature_fails(workshop: Workshop, tmp_path: Path, octets: bytes) -> None:
    """Files of known kinds without a signature that can be read are failed by their format."""
    assert run([written(tmp_path, octets)], workshop) == FAILED


@pytest.mark.parametrize("octets", [b"", b"\x00\x01", b"plain text", "<a/>".encode("utf-16")])
def test_what_is_no_such_file_is_unreadable(
    workshop: Workshop, tmp_path: Path, capsys: Capture, octets: bytes
) -> None:
    """Anything else gives 2, not 1, and its catalogued code."""
    assert run([written(tmp_path, octets)], workshop) == UNREADABLE
    assert capsys.readouterr().out.startswith("UNREADABLE: evidence.xml: E000311")


def test_missing_files_and_roots(workshop: Workshop, tmp_path: Path) -> None:
    """A missing file and roots that are none give 2; missing roots are the operating system's error."""
    file = written(tmp_path, workshop.sealer().seal(rendered()).octets)
    assert run([tmp_path / "none.xml"], workshop) == UNREADABLE
    assert run([file], workshop, trust="ca.key") == UNREADABLE
    with pytest.raises(FileNotFoundError):
        run([file], workshop, trust="none.pem")


def test_of_several_files_the_worst_counts(workshop: Workshop, tmp_path: Path, capsys: Capture) -> None:
    """Unreadable before failed before undecided before passed; each file has its own verdict."""
    good = written(tmp_path, workshop.sealer().seal(rendered()).octets, "good.xml")
    bad = written(tmp_path, good.read_bytes().replace(b"Banco", b"Banca"), "bad.xml")
    junk = written(tmp_path, b"junk", "junk")
    assert run([good, bad], workshop) == FAILED
    assert run([good, bad, junk], workshop) == UNREADABLE
    assert "TOTAL-PASSED: good.xml" in capsys.readouterr().out


def test_at_another_time(workshop: Workshop, tmp_path: Path, capsys: Capture) -> None:
    """--at moves the present: an hour ago, today's time-stamp came from the future."""
    file = written(tmp_path, workshop.sealer().seal(rendered()).octets)
    earlier = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    assert run([file], workshop, "--at", earlier) != PASSED
    assert f"Validated at: {earlier}" in capsys.readouterr().out


@pytest.mark.parametrize("at", ["yesterday", "2030-01-01", "2030-01-01T00:00:00"])
def test_a_time_needs_its_offset(workshop: Workshop, tmp_path: Path, at: str) -> None:
    """What zone a bare time would mean nobody can tell: wrong use, 2."""
    with pytest.raises(SystemExit) as caught:
        run([tmp_path / "x"], workshop, "--at", at)
    assert caught.value.code == UNREADABLE


@pytest.mark.parametrize(
    ("kind", "begins"), [("xml", b"<?xml"), ("pdf", b"%PDF-"), ("text", b"TOTAL-PASSED")]
)
def test_reports_are_written(
    workshop: Workshop, tmp_path: Path, capsys: Capture, kind: str, begins: bytes
) -> None:
    """--report with -o writes the file and leaves the verdict on standard output."""
    file, out = written(tmp_path, workshop.sealer().seal(rendered()).octets), tmp_path / "report"
    assert run([file, file], workshop, "--report", kind, "-o", str(out)) == PASSED
    assert out.read_bytes().startswith(begins)
    assert capsys.readouterr().out.splitlines() == ["TOTAL-PASSED: evidence.xml"] * 2
    if kind == "xml":
        assert len(parse(out.read_bytes(), limit=10**6)) == 3


def test_a_pdf_is_not_poured_into_a_terminal(workshop: Workshop, tmp_path: Path, capsys: Capture) -> None:
    """A PDF report needs a file: wrong use otherwise."""
    file = written(tmp_path, workshop.sealer().seal(rendered()).octets)
    assert run([file], workshop, "--report", "pdf") == UNREADABLE
    assert "-o" in capsys.readouterr().err


def test_a_detached_signature(
    workshop: Workshop, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An unpacked container's signature over its files, named by their paths from its folder."""
    files = {"evidence/01.xml": b"<a/>", "b.txt": b"two"}
    (tmp_path / "evidence").mkdir()
    for name, octets in files.items():
        written(tmp_path, octets, name)
    signature = written(tmp_path, asic_samples.signatures(workshop, files), "signatures.xml")
    monkeypatch.chdir(tmp_path)
    beside = [word for name in files for word in ("--companion", name)]
    assert run([signature], workshop, *beside) == PASSED
    assert "The signature covers: the whole document" in capsys.readouterr().out
    assert run([signature], workshop, "--companion", "b.txt") == INDETERMINATE
    assert "SIGNED_DATA_NOT_FOUND" in capsys.readouterr().out


def test_a_time_stamp_needs_what_it_is_about(workshop: Workshop, tmp_path: Path, capsys: Capture) -> None:
    """--companion brings the file that a bare RFC 3161 token is over."""
    data = written(tmp_path, b"digests", "digests.txt")
    token = written(tmp_path, workshop.client().timestamp(sha256(b"digests").digest()).der, "digests.tst")
    assert run([token], workshop) == INDETERMINATE
    assert run([token], workshop, "--companion", str(data)) == PASSED
    assert "Signed: digests.txt" in capsys.readouterr().out
    data.write_bytes(b"other")
    assert run([token], workshop, "--companion", str(data)) == FAILED


def test_two_companions_of_one_name_are_refused(workshop: Workshop, tmp_path: Path, capsys: Capture) -> None:
    """A signature refers to a name: which of the two would it be?"""
    (tmp_path / "other").mkdir()
    one, two = written(tmp_path, b"1", "a.txt"), written(tmp_path / "other", b"2", "a.txt")
    file = written(tmp_path, workshop.sealer().seal(rendered()).octets)
    assert run([file], workshop, "--companion", str(one), "--companion", str(two)) == UNREADABLE
    assert capsys.readouterr().out.startswith("UNREADABLE: --companion")


def test_the_command_itself_needs_nothing_else(workshop: Workshop, tmp_path: Path) -> None:
    """As a process in an empty folder, in Spanish: no configuration, no database, no network."""
    pdf = written(tmp_path, pades_samples.signed(workshop, "B-LT"), "signed.pdf")
    root = Path(__file__).parents[2]
    command = [sys.executable, "-m", "gateway", "--language", "es", "verify", pdf.name]
    done = subprocess.run(
        [*command, "--trust", str(workshop.folder / "ca.pem")],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={"PYTHONPATH": str(root), "PATH": "/usr/bin:/bin"},
    )
    assert done.returncode == PASSED, done.stdout + done.stderr
    assert done.stdout.startswith("TOTAL-PASSED: signed.pdf\n")
    assert "La firma cubre: el documento completo" in done.stdout
    assert "Nivel: B-LT" in done.stdout
    assert sorted(each.name for each in tmp_path.iterdir()) == ["signed.pdf"]


def test_a_file_cannot_forge_lines(workshop: Workshop, tmp_path: Path, capsys: Capture) -> None:
    """Line breaks and terminal commands in signed texts do not become lines or colours of the report."""
    details = (("reason", "x\nTOTAL-PASSED: other.xml\x1b[31m"), ("a\n    Signed by", "b"))
    octets = workshop.sealer().seal(rendered(details=details)).octets
    assert run([written(tmp_path, octets)], workshop) == PASSED
    text = capsys.readouterr().out
    assert sum(line.startswith("TOTAL-") for line in text.splitlines()) == 1
    assert sum(line.startswith("    Signed by") for line in text.splitlines()) == 1
    assert "\x1b" not in text

"""What a transaction leaves is accepted by xmlsec1, OpenSSL, poppler, unzip and Apache Santuario."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.public_tools import ROOT, openssl_ts, run, santuario, signature_stamps, xmlsec1
from tests.seal_samples import standards


def signed(folder: Path) -> list[Path]:
    files = [*sorted((folder / "evidence").glob("*.xml")), folder / "certificate.xml"]
    deposits = sorted((folder / "deposit").glob("*.xml"))
    assert len(files) == 8
    assert deposits
    return files + deposits


def check(kind: str, *files: Path) -> None:
    run(sys.executable, standards() / "validate.py", kind, *files)


def test_xmlsec1_accepts_every_signed_file(transaction: Path, root: Path) -> None:
    """Evidence, certificate and deposit verify with xmlsec1 up to the root, each on its own."""
    for file in signed(transaction):
        assert "OK" in xmlsec1(file, root)


def test_santuario_accepts_every_signed_file(transaction: Path) -> None:
    """Apache Santuario reads and verifies the same signatures."""
    files = signed(transaction)
    said = santuario(transaction, files)
    assert said.count(": holds") == len(files)


def test_openssl_accepts_every_time_stamp(transaction: Path, root: Path, tmp_path: Path) -> None:
    """Every signature time-stamp is over its signature's value, by an authority that leads to the root."""
    stamps = [stamp for file in signed(transaction) for stamp in signature_stamps(file)]
    assert len(stamps) >= 9
    for token, digest in stamps:
        assert "Verification: OK" in openssl_ts(token, digest, root, tmp_path)


def test_schemas_of_the_standards_accept_them(transaction: Path) -> None:
    """ERDS evidence, XAdES properties and the evidence record follow ETSI's and the IETF's schemas."""
    check("erds", *sorted((transaction / "evidence").glob("*.xml")))
    check("xades", *signed(transaction))
    check("ers", transaction / "evidence-record.xml")


def test_pdfsig_accepts_the_certificate(transaction: Path) -> None:
    """Poppler finds one signature, valid, over the PDF that it reads."""
    said = run("pdfsig", "-nocert", transaction / "certificate.pdf")
    assert "Signature is Valid" in said
    assert "ETSI.CAdES.detached" in said


def test_the_pack_is_a_zip_whose_signature_holds(transaction: Path, root: Path, tmp_path: Path) -> None:
    """`unzip -t` accepts the pack; unpacked, xmlsec1 and Santuario verify its signature over all files."""
    pack = transaction / "pack.asice"
    assert "No errors detected" in run("unzip", "-t", pack)
    run("unzip", "-q", pack, "-d", tmp_path)
    assert (tmp_path / "mimetype").read_text() == "application/vnd.etsi.asic-e+zip"
    signatures = sorted((tmp_path / "META-INF").glob("*signatures*.xml"))
    assert len(signatures) == 1
    assert "OK" in xmlsec1(signatures[0], root)
    assert ": holds" in santuario(tmp_path, signatures)


def test_an_altered_pack_is_refused(transaction: Path, root: Path, tmp_path: Path) -> None:
    """One octet of one document in the unpacked pack, and xmlsec1 says no."""
    run("unzip", "-q", transaction / "pack.asice", "-d", tmp_path)
    (victim, *_) = sorted(path for path in tmp_path.rglob("*.pdf"))
    victim.write_bytes(victim.read_bytes() + b" ")
    (signatures,) = (tmp_path / "META-INF").glob("*signatures*.xml")
    with pytest.raises(AssertionError):
        xmlsec1(signatures, root)


def test_our_verifier_agrees(transaction: Path, root: Path) -> None:
    """`fehaciente verify` passes all of it, offline, and says so by its exit code."""
    files = [*signed(transaction), transaction / "certificate.pdf", transaction / "pack.asice"]
    command = [sys.executable, "-m", "gateway", "verify", *map(str, files), "--trust", str(root)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert done.stdout.count("TOTAL-PASSED") >= len(files)

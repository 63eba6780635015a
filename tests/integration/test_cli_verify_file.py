"""The report of `fehaciente verify`: exit codes, what it says, and that a hostile file cannot dress it up."""

import io
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.adapters.crypto import verifier
from gateway.adapters.crypto.trust import Anchors
from gateway.entrypoints.cli.verify import INVALID, UNREADABLE, VALID, Verified, verify_file
from tests.seal_samples import Workshop, rendered

CERTIFICATE = (
    b'<Certificate xmlns="urn:fehaciente:certificate:1.0">'
    b"<Guid>g-1</Guid><Parties><x/></Parties></Certificate>"
)


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return Workshop.create(tmp_path_factory.mktemp("verify") / "pki")


def check(octets: bytes, pem: bytes) -> Verified:
    return verifier.verify(octets, Anchors.from_pem(pem), at=datetime.now(UTC))


def report(file: Path, workshop: Workshop, language: str = "en", trust: str = "ca.pem") -> tuple[int, str]:
    out = io.StringIO()
    code = verify_file(file, workshop.folder / trust, out, verify=check, language=language)
    return code, out.getvalue()


def written(folder: Path, octets: bytes) -> Path:
    file = folder / "evidence.xml"
    file.write_bytes(octets)
    return file


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "en",
            ["VALID: evidence.xml", "Not checked: revocation", "The signature covers: the whole document"],
        ),
        (
            "es",
            ["VÁLIDO: evidence.xml", "No comprobado: revocación", "La firma cubre: el documento completo"],
        ),
    ],
)
def test_valid(workshop: Workshop, tmp_path: Path, language: str, words: list[str]) -> None:
    """A valid evidence gives 0 and says what was checked, by whom it was signed, when, and what it states."""
    sealed = workshop.sealer().seal(rendered())
    code, text = report(written(tmp_path, sealed.octets), workshop, language)
    assert code == VALID
    for expected in (
        *words,
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


def test_content_certificate(workshop: Workshop, tmp_path: Path) -> None:
    """A content certificate verifies too, with its kind and its simple statements."""
    code, text = report(written(tmp_path, workshop.sealer().seal(CERTIFICATE).octets), workshop)
    assert code == VALID
    assert "Certificate (urn:fehaciente:certificate:1.0)" in text
    assert "Guid: g-1" in text


@pytest.mark.parametrize("language", ["en", "es"])
def test_invalid(workshop: Workshop, tmp_path: Path, language: str) -> None:
    """An altered evidence gives 1, its catalogued code, and none of what it states."""
    octets = workshop.sealer().seal(rendered()).octets.replace(b"Banco", b"Banca")
    code, text = report(written(tmp_path, octets), workshop, language)
    assert code == INVALID
    assert "E000403" in text
    assert "Banca" not in text


def test_another_root(workshop: Workshop, tmp_path: Path) -> None:
    """Under a root that did not issue its certificates, an evidence is invalid."""
    stranger = Workshop.create(tmp_path / "pki")
    code, _ = report(written(tmp_path, stranger.sealer().seal(rendered()).octets), workshop)
    assert code == INVALID


@pytest.mark.parametrize("octets", [b"", b"%PDF-1.7", b"<a>", b"<!DOCTYPE a><a/>", "<a/>".encode("utf-16")])
def test_unreadable(workshop: Workshop, tmp_path: Path, octets: bytes) -> None:
    """What is no XML of ours to read gives 2, not 1."""
    code, text = report(written(tmp_path, octets), workshop)
    assert code == UNREADABLE
    assert text.startswith("UNREADABLE: ")


def test_missing_files(workshop: Workshop, tmp_path: Path) -> None:
    """A missing file, missing roots and roots that are none give 2."""
    file = written(tmp_path, workshop.sealer().seal(rendered()).octets)
    assert report(tmp_path / "none.xml", workshop)[0] == UNREADABLE
    assert report(file, workshop, trust="none.pem")[0] == UNREADABLE
    assert report(file, workshop, trust="ca.key")[0] == UNREADABLE


def test_a_file_cannot_forge_lines(workshop: Workshop, tmp_path: Path) -> None:
    """Line breaks and terminal commands in signed texts do not become lines or colours of the report."""
    details = (("reason", "x\nVALID: other.xml\x1b[31m"), ("a\nSigned by", "b"))
    octets = workshop.sealer().seal(rendered(details=details)).octets
    code, text = report(written(tmp_path, octets), workshop)
    assert code == VALID
    assert sum(line.startswith("VALID") for line in text.splitlines()) == 1
    assert sum(line.startswith("Signed by") for line in text.splitlines()) == 1
    assert "\x1b" not in text

"""Detached signatures over files of a container, judged by xmlsec1 in their folder and by ETSI's schemas."""

import subprocess
import sys
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from lxml import etree

from gateway.adapters.crypto.detached import DetachedSealer, SignedFile
from gateway.adapters.crypto.signature_level import Level
from gateway.domain.errors import ErrorKind, GatewayError
from tests import public_tools
from tests.produced import keep
from tests.seal_samples import Workshop, standards

DS = "{http://www.w3.org/2000/09/xmldsig#}"
XADES = "{http://uri.etsi.org/01903/v1.3.2#}"
FILES = {
    "contrato.pdf": b"%PDF-1.7\n",
    "docs/ünïcode & {braces} 100%.txt": b"text\n",
    "evidence/1.xml": b"<a/>",
}
TYPES = {"pdf": "application/pdf", "txt": "text/plain", "xml": "text/xml"}


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    made = Workshop.create(tmp_path_factory.mktemp("detached") / "pki")
    keep("detached/ca.pem", (made.folder / "ca.pem").read_bytes())
    for name, octets in FILES.items():
        keep(f"detached/{name}", octets)
    return made


def signed_files() -> list[SignedFile]:
    return [
        SignedFile(name, TYPES[name.rpartition(".")[2]], sha256(octets).digest())
        for name, octets in FILES.items()
    ]


def run(*command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def unpack(folder: Path, signature: bytes) -> Path:
    """The container's files, and the signature beside them, as xmlsec1 resolves names."""
    for name, octets in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(octets)
    file = folder / "signatures.xml"
    file.write_bytes(signature)
    return file


@pytest.mark.parametrize("level", [Level.B_B, Level.B_T, Level.B_LT])
@pytest.mark.parametrize("key", ["seal", "seal-rsa"])
def test_xmlsec1_and_the_schemas_accept(workshop: Workshop, key: str, level: Level, tmp_path: Path) -> None:
    """One signature over all files verifies in their folder; a changed file fails."""
    sealed = workshop.detached(level, key).seal(signed_files())
    keep(f"detached/{level.value}-{key}.xml", sealed)
    file = unpack(tmp_path, sealed)
    verify = ("xmlsec1", "--verify", "--trusted-pem", str(workshop.folder / "ca.pem"), str(file))
    done = run(*verify, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "4/4" in done.stdout + done.stderr
    for kind in ("asic", "xades"):
        checked = run(sys.executable, str(standards() / "validate.py"), kind, str(file), folder=tmp_path)
        assert checked.returncode == 0, checked.stdout
    if (key, level) == ("seal", Level.B_LT):
        public_tools.santuario(tmp_path, [file])
    (tmp_path / "contrato.pdf").write_bytes(b"%PDF-1.6\n")
    assert run(*verify, folder=tmp_path).returncode != 0


def test_names_and_types(workshop: Workshop) -> None:
    """Names are percent-encoded, and each reference has its media type."""
    root = etree.fromstring(workshop.detached().seal(signed_files()))
    assert root.tag == "{http://uri.etsi.org/02918/v1.2.1#}XAdESSignatures"
    references = list(root.iter(f"{DS}Reference"))
    assert [each.get("URI") for each in references][:3] == [
        "contrato.pdf",
        "docs/%C3%BCn%C3%AFcode%20%26%20%7Bbraces%7D%20100%25.txt",
        "evidence/1.xml",
    ]
    types = {each.get("ObjectReference"): each[0].text for each in root.iter(f"{XADES}DataObjectFormat")}
    assert [types[f"#{each.get('Id')}"] for each in references[:3]] == list(TYPES.values())


def test_an_archive_time_stamp_comes_where_the_files_are(workshop: Workshop, tmp_path: Path) -> None:
    """Configured for B-LTA it seals B-LT; with the files at hand it is raised, and still verifies."""
    sealed = workshop.detached(Level.B_LTA).seal(signed_files())
    assert b"ArchiveTimeStamp" not in sealed
    assert b"RevocationValues" in sealed
    raised = workshop.augmenter().raise_to(sealed, Level.B_LTA, FILES)
    assert b"ArchiveTimeStamp" in raised
    file = unpack(tmp_path, raised)
    done = run(
        "xmlsec1", "--verify", "--trusted-pem", str(workshop.folder / "ca.pem"), str(file), folder=tmp_path
    )
    assert done.returncode == 0, done.stderr
    for files in ({}, FILES | {"contrato.pdf": b"other"}):
        with pytest.raises(GatewayError) as caught:
            workshop.augmenter().raise_to(sealed, Level.B_LTA, files)
        assert caught.value.kind is ErrorKind.SIGNATURE_INVALID


def test_what_is_no_pack_is_refused(workshop: Workshop) -> None:
    """No files, names twice, names that leave the container and other digests are refused before signing."""
    sealer, (file, *_) = workshop.detached(Level.B_B), signed_files()
    assert isinstance(sealer, DetachedSealer)
    bad = [replace(file, uri=uri) for uri in ("", "/a", "../a", "a/../b", "a//b", "a\\b", "./a")]
    bad.append(replace(file, sha256=b"short"))
    for files in ([], [file, file], *([each] for each in bad)):
        with pytest.raises(GatewayError) as caught:
            sealer.seal(files)
        assert caught.value.kind is ErrorKind.RULE_BROKEN

"""Programs that we did not write, asked about what we made: each returns what it said, or raises.

A missing program is a skip at home and a failure where CI=true; Java only where a machine has it.
"""

import shutil
import subprocess
from base64 import b64decode
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

import pytest
from lxml import etree

from tests.services import absent

ROOT = Path(__file__).resolve().parents[1]
JARS = Path("/usr/share/java")
# Apache Santuario as Debian packages it (libxml-security-java), with what it needs.
SANTUARIO = ("xmlsec", "slf4j-api", "slf4j-nop", "commons-codec", "woodstox-core", "stax2-api")
# Apache PDFBox's checker of PDF/A-1b, with what left the JDK (libactivation-java, libjaxb-api-java).
PREFLIGHT = (
    *("preflight", "pdfbox2", "xmpbox", "fontbox2", "commons-logging", "commons-io"),
    *("javax.activation", "jaxb-api"),
)
DS = "http://www.w3.org/2000/09/xmldsig#"
XADES = "http://uri.etsi.org/01903/v1.3.2#"
STAMPS = etree.XPath("//x:SignatureTimeStamp/x:EncapsulatedTimeStamp", namespaces={"x": XADES})
VALUE = etree.XPath("ancestor::ds:Signature[1]/ds:SignatureValue", namespaces={"ds": DS})


def run(*words: str | Path, folder: Path | None = None) -> str:
    """Standard output and error of a program that must exit with 0; the failure shows both."""
    if shutil.which(str(words[0])) is None:
        absent(str(words[0]))
    done = subprocess.run([str(word) for word in words], capture_output=True, cwd=folder)
    said = (done.stdout + done.stderr).decode(errors="replace")
    assert done.returncode == 0, said
    return said


def xmlsec1(file: Path, root: Path, *options: str) -> str:
    """Verify the first signature of a file; files that it covers are beside it or in its pack."""
    folder = file.parent.parent if file.parent.name == "META-INF" else file.parent
    return run(
        "xmlsec1", "--verify", "--trusted-pem", root.resolve(), *options, file.resolve(), folder=folder
    )


def santuario(folder: Path, files: Iterable[Path]) -> str:
    """Apache Santuario on every signature of the files; skips on a machine without Java."""
    if shutil.which("java") is None:
        pytest.skip("no Java on this machine")
    if not (JARS / "xmlsec.jar").exists():
        absent("Apache Santuario (Debian: libxml-security-java)")
    classes = ":".join(str(JARS / f"{name}.jar") for name in SANTUARIO)
    program = ROOT / "tests" / "clients" / "java" / "VerifyXml.java"
    return run("java", "-cp", classes, program, folder, *files)


def preflight(file: Path) -> list[str]:
    """What Apache PDFBox's Preflight (PDF/A-1b) complains about, page numbers cut off; skips without Java."""
    if shutil.which("java") is None:
        pytest.skip("no Java on this machine")
    if not all((JARS / f"{name}.jar").exists() for name in PREFLIGHT):
        absent("Apache PDFBox Preflight (Debian: libpdfbox2-java, libactivation-java, libjaxb-api-java)")
    classes = ":".join(str(JARS / f"{name}.jar") for name in PREFLIGHT)
    program = "org.apache.pdfbox.preflight.Validator_A1b"
    done = subprocess.run(["java", "-cp", classes, program, file], capture_output=True, timeout=60)
    said = done.stdout.decode()
    assert file.name in said, said + done.stderr.decode()
    return [line.partition(" on page")[0] for line in said.splitlines()[1:] if line]


def signature_stamps(file: Path) -> list[tuple[bytes, bytes]]:
    """Each signature time-stamp of an XML file with the SHA-256 that it must be over (EN 319 132-1, 5.3)."""
    found = []
    for stamp in STAMPS(etree.parse(file)):
        (value,) = VALUE(stamp)
        method = stamp.getparent().find(f"{{{DS}}}CanonicalizationMethod").get("Algorithm")
        exclusive = method.startswith("http://www.w3.org/2001/10/xml-exc-c14n#")
        canonical = etree.tostring(value, method="c14n", exclusive=exclusive, with_comments=False)
        found.append((_octets(stamp.text), sha256(canonical).digest()))
    return found


def openssl_ts(token: bytes, digest: bytes, root: Path, scratch: Path) -> str:
    """OpenSSL on an RFC 3161 token over a digest; the chain is taken from the token itself."""
    file, chain = scratch / "token.der", scratch / "chain.pem"
    file.write_bytes(token)
    chain.write_text(run("openssl", "pkcs7", "-inform", "DER", "-in", file, "-print_certs"))
    return run(
        *("openssl", "ts", "-verify", "-token_in", "-in", file, "-digest", digest.hex()),
        *("-CAfile", root, "-untrusted", chain),
    )


def _octets(text: str | None) -> bytes:
    return b64decode(text or "")


def opened_by_openssl(locked: bytes, pki: Path, folder: Path) -> bytes:
    """What a CMS for the depositary of a development PKI holds, opened with their own key."""
    (folder / "locked.der").write_bytes(locked)
    run(
        *("openssl", "cms", "-decrypt", "-binary", "-inform", "DER", "-in", folder / "locked.der"),
        *("-inkey", pki / "depositary" / "depositary.key", "-recip", pki / "depositary.pem"),
        *("-out", folder / "opened"),
    )
    return (folder / "opened").read_bytes()

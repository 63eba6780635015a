"""What every demonstration ends with: the proof collected into its folder, and each file verified offline."""

from scripts.installation import Installation

# A publication lasts a while, and ends a clock's offset later.
LONGEST_SECONDS = 180


def submit(installation: Installation, transaction: bytes) -> str:
    """By zeep with a WS-Security signature; the GUID comes at once."""
    (installation.folder / "transaction.xml").write_bytes(transaction)
    with installation.client() as client:
        guid = client.submit(transaction).guid
    (installation.folder / "guid.txt").write_text(f"{guid}\n")
    return guid


def collect(installation: Installation, guid: str) -> tuple[int, int]:
    """Evidence, certificate, stamped documents and pack; state and result."""
    folder = installation.folder
    state, result = installation.wait_for_close(guid, LONGEST_SECONDS, event="PACKED")
    (folder / "state.txt").write_text(f"{state}\n")
    installation.command("evidence", guid, "-o", str(folder))
    installation.command("pack", guid, "-o", str(folder / "pack.asice"))
    (folder / "ca.pem").write_bytes(installation.root_certificate())
    return state, result


def deposit(installation: Installation, guid: str) -> None:
    """What the alarm clock does once a day, done now."""
    installation.command("deposit", "run")
    installation.command("record", guid, "-o", str(installation.folder / "evidence-record.xml"))


def verify(installation: Installation) -> tuple[int, int]:
    """How many files pass of how many: each alone, then the record over the pack. Nothing is asked but the
    files and the root."""
    folder = installation.folder
    trust = ("--trust", str(folder / "ca.pem"))
    signed = [*sorted((folder / "evidence").glob("*.xml")), *sorted((folder / "deposit").glob("*.xml"))]
    signed += [folder / name for name in ("certificate.xml", "certificate.pdf", "pack.asice")]
    report = installation.command("verify", *map(str, signed), *trust)
    pack = ("--companion", str(folder / "pack.asice"))
    report += installation.command("verify", str(folder / "evidence-record.xml"), *pack, *trust)
    passed = sum(line.startswith("TOTAL-PASSED: ") for line in report.splitlines())
    return passed, len(signed) + 1

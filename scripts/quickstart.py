"""From nothing to state 12: install, serve, submit over SOAP, sign in the portal, collect and verify proof.

Everything runs against a real gateway process over loopback; what is printed is what happened.
"""

import argparse
import sys
from pathlib import Path

from scripts.installation import Installation, free_port
from scripts.portal_driver import PortalDriver
from scripts.sample_contract import IDENTIFIER, contract_pdf, transaction_xml

ROOT = Path(__file__).resolve().parent.parent
OUTPUT = ROOT / "var" / "quickstart"


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--serve", action="store_true", help="leave the gateway running afterwards")
    options.add_argument("--port", type=int, default=0, help="default: 8080, or any that is free")
    options.add_argument("--output", type=Path, default=OUTPUT, help="default: var/quickstart")
    asked = options.parse_args()
    if asked.output.exists() and not (asked.output / "fehaciente.ini").exists():
        # Whatever stands there is deleted: only an earlier run of this may be.
        options.error(f"{asked.output} exists, and no quickstart made it")
    installation = Installation(asked.output.resolve(), port=asked.port or free_port(8080))
    say("1", f"A fresh installation in {shown(installation)}: keys, development PKI, SQLite, an issuer")
    installation.create()
    say("2", f"The gateway serves at {installation.url}")
    with installation.serving() as server:
        guid = submit(installation)
        sign(installation, guid)
        collect(installation, guid)
        deposit(installation, guid)
        verified = verify(installation)
        if asked.serve:
            say("+", f"Still serving. SOAP: {installation.url}/soap?wsdl  Ctrl-C ends it.")
            server.wait()
    return 0 if verified else 1


def say(step: str, text: str) -> None:
    print(f"[{step}] {text}", flush=True)


def shown(installation: Installation) -> Path:
    """The folder as the checkout's user would name it."""
    folder = installation.folder
    return folder.relative_to(ROOT) if folder.is_relative_to(ROOT) else folder


def submit(installation: Installation) -> str:
    transaction = transaction_xml(contract_pdf())
    (installation.folder / "transaction.xml").write_bytes(transaction)
    with installation.client() as client:
        guid = client.submit(transaction).guid
    (installation.folder / "guid.txt").write_text(f"{guid}\n")
    say("3", f"Submitted by zeep with a WS-Security signature; the GUID came at once: {guid}")
    return guid


def sign(installation: Installation, guid: str) -> None:
    link = installation.wait_for_link(guid)
    say("4", "The notice reached the console channel; the recipient opens its link")
    with PortalDriver(link) as portal:
        portal.identify(IDENTIFIER).accept_conditions().read_documents()
        say("5", "Identified, conditions accepted, documents read")
        portal.request_code().wait_for_code()
        portal.sign(installation.wait_for_code(guid))
    say("6", "Signed with the six-digit code from the console channel")


def collect(installation: Installation, guid: str) -> None:
    folder = installation.folder
    state, result = installation.wait_for_close(guid, event="PACKED")
    (folder / "state.txt").write_text(f"{state}\n")
    say("7", f"State {state}, result {result}")
    installation.command("evidence", guid, "-o", str(folder))
    installation.command("pack", guid, "-o", str(folder / "pack.asice"))
    (folder / "ca.pem").write_bytes(installation.root_certificate())
    say("8", f"Evidence, certificate, stamped documents and pack.asice are in {shown(installation)}")


def deposit(installation: Installation, guid: str) -> None:
    """What the alarm clock does once a day, done now."""
    folder = installation.folder
    installation.command("deposit", "run")
    installation.command("record", guid, "-o", str(folder / "evidence-record.xml"))
    say("9", "Everything sealed so far is deposited (deposit/) and has its evidence record")


def verify(installation: Installation) -> bool:
    """Each file alone, then the record over the pack: nothing is asked but the files and the root."""
    folder = installation.folder
    trust = ("--trust", str(folder / "ca.pem"))
    signed = [*sorted((folder / "evidence").glob("*.xml")), *sorted((folder / "deposit").glob("*.xml"))]
    signed += [folder / name for name in ("certificate.xml", "certificate.pdf", "pack.asice")]
    report = installation.command("verify", *map(str, signed), *trust)
    pack = ("--companion", str(folder / "pack.asice"))
    report += installation.command("verify", str(folder / "evidence-record.xml"), *pack, *trust)
    passed = sum(line.startswith("TOTAL-PASSED: ") for line in report.splitlines())
    say("10", f"{passed} of {len(signed) + 1} files verify offline against ca.pem")
    return passed == len(signed) + 1


if __name__ == "__main__":
    sys.exit(main())

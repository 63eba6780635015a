"""From nothing to state 12: install, serve, submit over SOAP, sign in the portal, collect and verify proof.

Everything runs against a real gateway process over loopback; what is printed is what happened.
"""

import argparse
import sys
from pathlib import Path

from scripts.demo_proof import collect, deposit, submit, verify
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
        guid = submit(installation, transaction_xml(contract_pdf()))
        say("3", f"Submitted by zeep with a WS-Security signature; the GUID came at once: {guid}")
        sign(installation, guid)
        verified = prove(installation, guid)
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


def sign(installation: Installation, guid: str) -> None:
    link = installation.wait_for_link(guid)
    say("4", "The notice reached the console channel; the recipient opens its link")
    with PortalDriver(link) as portal:
        portal.identify(IDENTIFIER).accept_conditions().read_documents()
        say("5", "Identified, conditions accepted, documents read")
        portal.request_code().wait_for_code()
        portal.sign(installation.wait_for_code(guid))
    say("6", "Signed with the six-digit code from the console channel")


def prove(installation: Installation, guid: str) -> bool:
    state, result = collect(installation, guid)
    say("7", f"State {state}, result {result}")
    say("8", f"Evidence, certificate, stamped documents and pack.asice are in {shown(installation)}")
    deposit(installation, guid)
    say("9", "Everything sealed so far is deposited (deposit/) and has its evidence record")
    passed, files = verify(installation)
    say("10", f"{passed} of {files} files verify offline against ca.pem")
    return passed == files


if __name__ == "__main__":
    sys.exit(main())

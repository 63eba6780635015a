"""Demonstrations on a fresh gateway with the embedded default: `scripts/demo SUBJECT`, a service or BATCH.

Everything runs against real processes over loopback; what is printed is what happened.
"""

import argparse
import sys
from pathlib import Path

from scripts import demo_batch, demo_service
from scripts.demo_service import ACTS, SCRIPTS, Asked
from scripts.installation import Installation, free_port
from scripts.sample_order import PEOPLE

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    options = _options()
    asked = options.parse_args()
    if not 20 <= asked.items <= 100_000:
        options.error("--items: from 20 to 100000")
    folder = asked.output or ROOT / "var" / "demo" / _name(asked)
    if folder.exists() and not (folder / "fehaciente.ini").exists():
        # Whatever stands there is deleted: only an earlier run of this may be.
        options.error(f"{folder} exists, and no demonstration made it")
    if asked.subject == "BATCH":
        installation = Installation(folder.resolve(), free_port(), workers=0)
        return demo_batch.run(installation, asked.items)
    wanted = Asked(
        asked.subject, asked.sign_method, asked.signers, asked.sequential, asked.reject, asked.spoken
    )
    return demo_service.run(Installation(folder.resolve(), free_port()), wanted)


def _options() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(prog="scripts/demo", description=__doc__)
    options.add_argument("subject", type=str.upper, choices=("BATCH", *SCRIPTS))
    options.add_argument("--sign-method", type=str.upper, choices=tuple(ACTS), default="SMS")
    options.add_argument("--signers", type=int, choices=range(1, len(PEOPLE) + 1), default=1)
    options.add_argument("--sequential", action="store_true", help="one signer after the other")
    options.add_argument("--reject", type=int, default=0, metavar="N", help="the Nth signer rejects")
    options.add_argument("--spoken", action="store_true", help="the call records the acceptance")
    options.add_argument("--items", type=int, default=1000, help="of the batch; ten are bad (default 1000)")
    options.add_argument("--output", type=Path, help="default: var/demo/SUBJECT, and what was asked besides")
    return options


def _name(asked: argparse.Namespace) -> str:
    """A folder for each variant, so that one run never deletes what another showed."""
    words = [asked.subject]
    words += [asked.sign_method] if asked.sign_method != "SMS" else []
    words += [f"{asked.signers}-signers"] if asked.signers > 1 else []
    words += [name for name in ("sequential", "spoken") if getattr(asked, name)]
    words += [f"reject-{asked.reject}"] if asked.reject else []
    return "-".join(words)


if __name__ == "__main__":
    sys.exit(main())

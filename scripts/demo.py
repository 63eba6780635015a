"""Demonstrations, each of one subject, on a fresh gateway with the embedded default: `scripts/demo SUBJECT`.

Everything runs against real processes over loopback; what is printed is what happened.
"""

import argparse
import sys
from pathlib import Path

from scripts import demo_batch
from scripts.installation import Installation, free_port

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    options = argparse.ArgumentParser(prog="scripts/demo", description=__doc__)
    options.add_argument("subject", type=str.upper, choices=("BATCH",))
    options.add_argument("--items", type=int, default=1000, help="of the batch; ten are bad (default 1000)")
    options.add_argument("--output", type=Path, help="default: var/demo/SUBJECT")
    asked = options.parse_args()
    if not 20 <= asked.items <= 100_000:
        options.error("--items: from 20 to 100000")
    folder = asked.output or ROOT / "var" / "demo" / asked.subject.lower()
    if folder.exists() and not (folder / "fehaciente.ini").exists():
        # Whatever stands there is deleted: only an earlier run of this may be.
        options.error(f"{folder} exists, and no demonstration made it")
    return demo_batch.run(Installation(folder.resolve(), free_port(8080), workers=0), asked.items)


if __name__ == "__main__":
    sys.exit(main())

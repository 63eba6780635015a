"""`fehaciente` and `python -m gateway`: the command line with everything it can do plugged in."""

import sys
from collections.abc import Sequence

from gateway.bootstrap.commands import actions
from gateway.entrypoints.cli.main import run


def main(argv: Sequence[str] | None = None) -> int:
    return run(sys.argv[1:] if argv is None else argv, actions())


if __name__ == "__main__":
    sys.exit(main())

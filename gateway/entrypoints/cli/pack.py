"""`fehaciente pack`: writes a transaction's evidence pack (ASiC-E) to a file."""

import argparse
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from gateway.entrypoints.cli.actions import Desk
from gateway.entrypoints.cli.printing import line
from gateway.usecases.commands import Reference

if TYPE_CHECKING:
    # Argparse gives the type of add_subparsers no public name.
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

Open = Callable[[Path | None, int | None], AbstractContextManager[Desk]]


def add_grammar(commands: "Commands") -> argparse.ArgumentParser:
    """The parser, for whoever adds how a transaction is named."""
    pack: argparse.ArgumentParser = commands.add_parser("pack", help="write the evidence pack (ASiC-E)")
    pack.add_argument("-o", "--output", type=Path, required=True, metavar="FILE")
    return pack


def run(asked: argparse.Namespace, open_desk: Open) -> int:
    """Prints the pack's SHA-256, as it is deposited."""
    with open_desk(asked.config, asked.issuer) as desk:
        made = desk.pack(Reference(asked.guid, asked.external_id))
    asked.output.write_bytes(made.octets)
    line(made.sha256.hex(), str(asked.output))
    return 0

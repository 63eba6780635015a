"""`fehaciente augment`: raise the signatures of a file to a higher level; the file itself stays as it is."""

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # Argparse gives the type of add_subparsers no public name.
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

LEVELS = ("B-T", "B-LT", "B-LTA")
# Settings file, signed document, level, and the files of detached signatures; gives the raised document.
Augment = Callable[[Path | None, bytes, str, Mapping[str, bytes]], bytes]


def add_grammar(commands: "Commands") -> None:
    augment = commands.add_parser(
        "augment", help="raise XAdES signatures: time-stamp, validation data, archive"
    )
    augment.add_argument("file", type=Path, help="signed XML")
    augment.add_argument(
        "--level", choices=LEVELS, default="B-LTA", help="default B-LTA, which always adds one"
    )
    augment.add_argument("--files", type=Path, metavar="DIR", help="folder of what detached signatures name")
    augment.add_argument("-o", "--output", type=Path, required=True, metavar="OUT", help="must not exist")


def run(asked: argparse.Namespace, augment: Augment) -> int:
    raised = augment(asked.config, asked.file.read_bytes(), asked.level, _files(asked.files))
    with asked.output.open("xb") as output:
        output.write(raised)
    print(asked.output)
    return 0


def _files(folder: Path | None) -> dict[str, bytes]:
    """Every file below the folder, by its name from there."""
    if folder is None:
        return {}
    found = sorted(file for file in folder.rglob("*") if file.is_file())
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in found}

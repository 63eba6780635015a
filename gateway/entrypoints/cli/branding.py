"""`fehaciente issuer brand`: how an issuer's pages and notices appear. It reads words and prints facts."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from gateway.domain.brand import Look, dark, light
from gateway.entrypoints.cli import numbers
from gateway.entrypoints.cli.printing import line

if TYPE_CHECKING:
    # Argparse gives the type of add_subparsers no public name.
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

ACTION = "brand"
# Settings file, issuer, sender name, colour, logo; None leaves what there is.
SetLook = Callable[[Path | None, int, str | None, str | None, bytes | None], Look]


def add_grammar(actions: "Commands") -> None:
    brand = actions.add_parser(ACTION, help="logo, colour and sender name of its pages and notices")
    brand.add_argument("number", type=numbers.issuer)
    logo = brand.add_mutually_exclusive_group()
    logo.add_argument("--logo", type=Path, metavar="FILE", help="PNG, JPEG or WebP; it is drawn anew")
    logo.add_argument("--no-logo", action="store_true", help="take it away")
    brand.add_argument("--colour", metavar="#rrggbb", help='of buttons and titles; "" for ours')
    brand.add_argument("--sender-name", metavar="NAME", help='as recipients know it; "" for its legal name')


def run(asked: argparse.Namespace, set_look: SetLook) -> int:
    """Prints what it looks like now, with the shades that follow from the colour."""
    logo = b"" if asked.no_logo else asked.logo.read_bytes() if asked.logo else None
    look = set_look(asked.config, asked.number, asked.sender_name, asked.colour, logo)
    line("sender name", look.sender_name or "-")
    line("colour", look.colour or "-")
    if look.colour:
        for name, shades in (("on light", light(look.colour)), ("on dark", dark(look.colour))):
            line(name, f"button {shades.brand}", f"text on it {shades.on_brand}", f"as text {shades.text}")
    line("logo", look.logo_sha256 or "-", "{} x {}".format(*look.logo_size) if look.logo_sha256 else "")
    return 0

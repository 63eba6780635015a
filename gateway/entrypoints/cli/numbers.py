"""Which numbers the command line takes: those that GUIDs and the database's columns can hold.

Argparse refuses others in one line, before anything is opened; whether the number exists is not asked here.
"""

import argparse
from collections.abc import Callable

LARGEST = 2**31 - 1
LAST_ISSUER = 9999


def _up_to(largest: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        if not (text.isascii() and text.isdigit()) or len(text) > len(str(largest)) or int(text) > largest:
            raise argparse.ArgumentTypeError(f"a whole number from 0 to {largest} is wanted")
        return int(text)

    return number


count = _up_to(LARGEST)
issuer = _up_to(LAST_ISSUER)

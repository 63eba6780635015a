"""Where the package's data folders are: `xsd`, `wsdl` and `schemas`.

In a checkout they stand beside the package; a wheel puts them under the environment's `share/fehaciente`.
It only finds folders; reading what is in them is their owner's work.
"""

import sysconfig
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def folder(name: str) -> Path:
    """The data folder of that name. Raises FileNotFoundError when the installation lacks it."""
    for place in places():
        if (place / name).is_dir():
            return place / name
    raise FileNotFoundError(f"the data folder {name} is missing from this installation")


def places() -> tuple[Path, ...]:
    """Roots of the data folders, the first that has one wins.

    A checkout is known by its setup.cfg, so that no stranger's folder beside an installed package counts;
    an installation with a prefix of its own (`pip install --target`) keeps `share` beside the package.
    """
    beside = PACKAGE.parent
    checkout = (beside,) if (beside / "setup.cfg").is_file() else ()
    share = Path("share", "fehaciente")
    return (*checkout, Path(sysconfig.get_path("data")) / share, beside / share)

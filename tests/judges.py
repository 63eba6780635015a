"""Foreign judges of a closed transaction's proof: the standards' schemas, and xmlsec1 with the root alone.

Each raises AssertionError with the judge's own words.
"""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.house import House
from tests.seal_samples import standards


def proven(house: House, guid: str, folder: Path) -> list[str]:
    """Every evidence and the certificate's XML hold before them; the evidence's event names, in order."""
    evidence = house.evidence(guid)
    octets = [*(file.octets for file in evidence), house.certificates(guid)[0].octets]
    folder.mkdir(exist_ok=True)
    paths = [folder / f"{number:02}.xml" for number in range(len(octets))]
    for path, each in zip(paths, octets, strict=True):
        path.write_bytes(each)
    validate = standards() / "validate.py"
    _well(sys.executable, validate, "erds", *paths[:-1])
    _well(sys.executable, validate, "xades", *paths)
    _well("xmlsec1", "--verify", "--trusted-pem", house.settings.pki.anchors, *paths)
    return [file.evidence.event.value.replace("/", ":").rpartition(":")[2] for file in evidence]


def printed(house: House, guid: str, folder: Path) -> str:
    """The printed certificate as poppler reads it, without any white space."""
    file = folder / "certificate.pdf"
    file.write_bytes(house.certificates(guid)[1].octets)
    return "".join(_well("pdftotext", "-layout", file, "-").split())


def _well(*command: object) -> str:
    words: Sequence[str] = list(map(str, command))
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"
    return done.stdout

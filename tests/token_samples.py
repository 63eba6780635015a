"""A real PKCS#11 token (SoftHSM2) with sealing keys of every kind, in a folder of its own.

A machine without SoftHSM2 skips what needs it, and fails where CI=true.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.seal_samples import Workshop
from tests.services import absent

PLACES = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so")
PIN, TOKEN = "4321", "sello"


def library() -> Path:
    """SoftHSM2's library."""
    found = next((Path(place) for place in PLACES if Path(place).exists()), None)
    if found is None or shutil.which("softhsm2-util") is None:
        absent("SoftHSM2: install softhsm2")
    return found


@contextmanager
def token(folder: Path) -> Iterator[Path]:
    """An empty token named TOKEN; gives the library. Sessions of this process begin anew."""
    module = library()
    (folder / "tokens").mkdir()
    config = folder / "softhsm2.conf"
    config.write_text(f"directories.tokendir = {folder / 'tokens'}\nlog.level = ERROR\n")
    before = os.environ.get("SOFTHSM2_CONF")
    os.environ["SOFTHSM2_CONF"] = str(config)
    softhsm("--init-token", "--free", "--label", TOKEN, "--so-pin", "1234", "--pin", PIN)
    forget()
    try:
        yield module
    finally:
        forget()
        if before is None:
            del os.environ["SOFTHSM2_CONF"]
        else:
            os.environ["SOFTHSM2_CONF"] = before


def forget() -> None:
    """Sessions are of one token folder: the next use of the library reads its configuration again."""
    from gateway.adapters.crypto import pkcs11_sessions

    pkcs11_sessions._sessions.cache_clear()


def put(workshop: Workshop, name: str, label: str, identifier: str) -> None:
    """A key of the workshop moves into the token; what stays in a file is its chain."""
    key = workshop.folder / f"{name}.key"
    softhsm(
        *("--import", str(key), "--token", TOKEN, "--label", label, "--id", identifier, "--pin", PIN),
    )


def softhsm(*words: str) -> None:
    done = subprocess.run(["softhsm2-util", *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr + done.stdout

"""What `fehaciente doctor` looks at in the file system: who can read secrets, and what room is left."""

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from gateway.domain.errors import Text
from gateway.entrypoints.cli.doctor import Finding, Health
from gateway.settings import Settings

OTHERS = stat.S_IRWXG | stat.S_IRWXO
LITTLE, TOO_LITTLE = 5 * 1024**3, 256 * 1024**2
MISSING, OURS = Text("missing", "falta"), Text("ours alone", "sólo nuestro")
CLOSE = Text("chmod 600, or 700 for folders", "chmod 600, o 700 para las carpetas")
ROOM = Text("make room: nothing is acknowledged without it", "libere espacio: sin él no se confirma nada")
INIT = Text(
    "fehaciente pki init makes it, or see the settings file",
    "lo crea fehaciente pki init; o revise la configuración",
)


def secrets(settings: Settings) -> Iterator[Finding]:
    """Keys and passwords must be there and nobody else's to read."""
    for name, place in _places(settings):
        if not place.exists():
            yield Finding(f"secret {name}", Health.FAIL, MISSING, INIT)
            continue
        open_ones = [file for file in (place, *_inside(place)) if file.stat().st_mode & OTHERS]
        if open_ones:
            name_of = open_ones[0].name
            told = Text(f"others may read {name_of}", f"otros pueden leer {name_of}")
            yield Finding(f"secret {name}", Health.FAIL, told, CLOSE)
        else:
            yield Finding(f"secret {name}", Health.OK, OURS)


def disk(settings: Settings) -> Iterator[Finding]:
    """Room for octets and for files."""
    folder = settings.gateway.data
    if not folder.is_dir():
        yield Finding("data folder", Health.FAIL, MISSING, INIT)
        return
    free = shutil.disk_usage(folder).free
    health = Health.FAIL if free < TOO_LITTLE else Health.WARN if free < LITTLE else Health.OK
    told = Text(f"{free / 1024**3:.1f} GiB free", f"{free / 1024**3:.1f} GiB libres")
    yield Finding("disk", health, told, None if health is Health.OK else ROOM)
    files = os.statvfs(folder)
    if files.f_files and files.f_favail < files.f_files // 50:
        yield Finding(
            "disk files", Health.WARN, Text(f"{files.f_favail} left", f"quedan {files.f_favail}"), ROOM
        )


def _places(settings: Settings) -> Iterator[tuple[str, Path]]:
    yield "key-encryption keys", settings.vault.keys
    if settings.vault.search_key.exists():
        # Made at the first start.
        yield "search key", settings.vault.search_key
    yield "code keys", settings.codes.keys
    yield "session key", settings.security.session_key
    if not settings.seal.keys:
        yield "seal key", settings.pki.seal_key
    if "embedded" in settings.tsa.authorities:
        yield "tsa key", settings.pki.tsa_key
    for name, file in (
        ("database password", settings.database.password_file),
        ("seal password", settings.pki.seal_password_file),
        ("e-mail password", settings.email.password_file),
    ):
        if file is not None:
            yield name, file


def _inside(place: Path) -> Iterator[Path]:
    if place.is_dir():
        yield from (file for file in place.iterdir() if file.suffix == ".key")

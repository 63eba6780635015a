"""Serves the pages' own style sheet, script and icon from the package: no third party is ever asked.

Addresses carry the file's digest, so that browsers may keep it for ever and never keep a stale one.
"""

import hashlib
from dataclasses import dataclass
from importlib.resources import files

from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class StaticFile:
    octets: bytes
    media_type: str
    version: str


def load_static() -> dict[str, StaticFile]:
    """Every file of the package's static folder, by name."""
    folder = files("gateway.entrypoints.web").joinpath("static")
    found = {}
    for entry in folder.iterdir():
        media_type = _TYPES.get(entry.name[entry.name.rfind(".") :])
        if media_type:
            octets = entry.read_bytes()
            found[entry.name] = StaticFile(octets, media_type, hashlib.sha256(octets).hexdigest()[:12])
    return found


def serve_static(available: dict[str, StaticFile], name: str) -> Response:
    """Raises NotFound for any name that is not a file of the folder."""
    if name not in available:
        raise NotFound
    found = available[name]
    response = Response(found.octets, content_type=found.media_type)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response

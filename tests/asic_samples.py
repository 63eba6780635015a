"""ASiC-E containers made with zipfile and a real detached signature, well-formed unless told otherwise."""

import hashlib
import io
import zipfile
from collections.abc import Mapping

from gateway.adapters.crypto.detached import SignedFile
from gateway.adapters.crypto.signature_level import Level
from tests.seal_samples import Workshop

MEDIA_TYPE = b"application/vnd.etsi.asic-e+zip"
SIGNATURES = "META-INF/signatures.xml"


def signatures(workshop: Workshop, files: Mapping[str, bytes], level: Level = Level.B_LT) -> bytes:
    """A detached signature over these files."""
    signed = [
        SignedFile(name, "application/octet-stream", hashlib.sha256(octets).digest())
        for name, octets in files.items()
    ]
    return workshop.detached(level).seal(signed)


def zipped(
    members: Mapping[str, bytes], *, comment: bytes = b"", mimetype: bytes | None = MEDIA_TYPE
) -> bytes:
    """A ZIP of these members, after the media type stored first."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        if mimetype is not None:
            archive.writestr(zipfile.ZipInfo("mimetype"), mimetype, zipfile.ZIP_STORED)
        for name, octets in members.items():
            archive.writestr(name, octets)
        archive.comment = comment
    return target.getvalue()


def container(
    workshop: Workshop,
    files: Mapping[str, bytes],
    more: Mapping[str, bytes] | None = None,
    level: Level = Level.B_LT,
) -> bytes:
    """A signed container; `more` are members that no signature covers."""
    return zipped({**files, **(more or {}), SIGNATURES: signatures(workshop, files, level)})

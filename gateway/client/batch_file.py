"""What a batch file says of itself: its external identifier. The gateway checks it; this only reads it."""

import html
import re
import zipfile
from pathlib import Path
from typing import IO

from gateway.client.packing import Content

HEAD = 64 * 1024
EXTERNAL_ID = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?external_id\s*>\s*([^<]{1,1000}?)\s*</")


def external_id_of(content: Content) -> str:
    """Of the batch in an XML file, or in the first XML file of a ZIP. Raises ValueError: there is none."""
    head = b"".join(content.pieces(0, min(HEAD, content.size)))
    if head.startswith(b"PK"):
        head = _head_in_archive(content.source)
    found = EXTERNAL_ID.search(head)
    if found is None:
        raise ValueError("the file has no external_id: is it a batch?")
    return html.unescape(found[1].decode("utf-8"))


def _head_in_archive(source: Path | IO[bytes]) -> bytes:
    place = source.tell() if not isinstance(source, Path) else 0
    try:
        with zipfile.ZipFile(source) as archive:
            name = next((name for name in archive.namelist() if name.lower().endswith(".xml")), None)
            if name is None:
                return b""
            with archive.open(name) as file:
                return file.read(HEAD)
    except zipfile.BadZipFile:
        return b""
    finally:
        if not isinstance(source, Path):
            source.seek(place)

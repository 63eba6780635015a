"""The evidence pack as an ASiC-E container (ETSI EN 319 162-1): a deterministic zip with a manifest.

Which files stand in it, and under which safe names, is decided elsewhere; nothing is signed here.
"""

import zipfile
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from io import BytesIO

from lxml import etree

from gateway.adapters.documents import pack_words
from gateway.domain.pack import MEDIA_TYPE, TEXT, PackFile
from gateway.domain.record import DocumentRecord, SignedFile

MIMETYPE = "mimetype"
MANIFEST, SIGNATURES = "META-INF/manifest.xml", "META-INF/signatures.xml"
ODF = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
ODF_VERSION = "1.2"
UNIX, MODE = 3, 0o644
EARLIEST = datetime(1980, 1, 1, tzinfo=UTC)


class AsicPaper:
    """The port `PackPaper`."""

    def guides(
        self,
        guid: str,
        documents: Sequence[DocumentRecord],
        digests: bool,
        *,
        signed: Sequence[SignedFile] = (),
        visits: bool = False,
        messages: bool = False,
        receipts: bool = False,
        test: bool = False,
    ) -> Sequence[PackFile]:
        """LEEME.txt and README.txt."""
        inside = pack_words.Inside(documents, digests, signed, visits, messages, receipts)
        return [
            PackFile(name, TEXT, pack_words.guide(language, guid, inside, test=test).encode())
            for name, language in (("LEEME.txt", "es"), ("README.txt", "en"))
        ]

    def container(self, files: Sequence[PackFile], signatures: bytes, at: datetime) -> bytes:
        """`mimetype` first, stored and without extra field (clause A.1), then everything by name."""
        entries = {file.name: file.octets for file in files}
        entries |= {MANIFEST: manifest(files), SIGNATURES: signatures}
        written = BytesIO()
        with zipfile.ZipFile(written, "w") as container:
            container.writestr(_info(MIMETYPE, at, zipfile.ZIP_STORED), MEDIA_TYPE)
            for name in sorted(entries):
                container.writestr(_info(name, at, zipfile.ZIP_DEFLATED), entries[name])
        return written.getvalue()


def manifest(files: Iterable[PackFile]) -> bytes:
    """META-INF/manifest.xml as OpenDocument 1.2 part 3 has it: each file with its media type."""
    root = etree.Element(f"{{{ODF}}}manifest", nsmap={"manifest": ODF})
    root.set(f"{{{ODF}}}version", ODF_VERSION)
    listed = [("/", MEDIA_TYPE), *sorted((file.name, file.media_type) for file in files)]
    for path, media_type in listed:
        entry = etree.SubElement(root, f"{{{ODF}}}file-entry")
        entry.set(f"{{{ODF}}}full-path", path)
        entry.set(f"{{{ODF}}}media-type", media_type)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _info(name: str, at: datetime, method: int) -> zipfile.ZipInfo:
    moment = max(at.astimezone(UTC), EARLIEST)
    info = zipfile.ZipInfo(name, moment.timetuple()[:6])
    info.compress_type = method
    info.create_system = UNIX
    info.external_attr = MODE << 16
    return info

"""One archived transaction as a ZIP: rows as JSON, and everything that was sealed or sent as a file.

Whoever opens the lock can read it with public tools. It neither locks nor writes files.
"""

import hashlib
import json
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from io import BytesIO
from typing import Any

from gateway.adapters.archive.plain import from_plain, to_plain
from gateway.domain.archive import ArchivedRecord, ArchivedTransaction
from gateway.domain.errors import ErrorKind, GatewayError

ROWS, XML, PDF = "transaction.json", "certificate.xml", "certificate.pdf"
CONTENTS, EVIDENCE, RECORDS = "contents/", "evidence/", "records/"
# Far above what a transaction may hold; what unpacks to more was not made here.
UNPACKED_LIMIT = 4 * 1024**3


def pack(archived: ArchivedTransaction) -> bytes:
    files = {
        XML: archived.certificate.xml,
        PDF: archived.certificate.pdf,
        **{f"{EVIDENCE}{each.id}.xml": each.body for each in archived.evidences},
        **{f"{RECORDS}{n}.xml": each.octets for n, each in enumerate(archived.records)},
        **{f"{RECORDS}{n}.leaf": each.leaf for n, each in enumerate(archived.records)},
        **{f"{CONTENTS}{hashlib.sha256(octets).hexdigest()}": octets for octets in archived.contents},
    }
    rows = replace(
        archived,
        certificate=replace(archived.certificate, xml=b"", pdf=b""),
        evidences=tuple(replace(each, body=b"") for each in archived.evidences),
        records=tuple(ArchivedRecord(b"", b"") for _ in archived.records),
        contents=(),
    )
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as container:
        container.writestr(ROWS, json.dumps(to_plain(rows), ensure_ascii=False))
        for name, octets in files.items():
            container.writestr(name, octets)
    return target.getvalue()


def unpack(octets: bytes) -> ArchivedTransaction:
    """Raises GatewayError(ARCHIVE_REFUSED) for anything that `pack` does not make."""
    try:
        files = _files(octets)
        return _assembled(from_plain(ArchivedTransaction, json.loads(files.pop(ROWS))), files)
    # NotImplementedError is zipfile's word for a compression that it does not know.
    except (zipfile.BadZipFile, ValueError, KeyError, NotImplementedError, RecursionError) as error:
        raise GatewayError(ErrorKind.ARCHIVE_REFUSED, "a transaction's file cannot be read") from error


def _files(octets: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(octets)) as container:
        members = container.infolist()
        if sum(member.file_size for member in members) > UNPACKED_LIMIT:
            raise ValueError("too large")
        files = {member.filename: container.read(member) for member in members}
    if len(files) != len(members):
        raise ValueError("a name twice")
    return files


def _assembled(rows: ArchivedTransaction, files: Mapping[str, bytes]) -> ArchivedTransaction:
    known: dict[str, Any] = {XML: None, PDF: None}
    known |= {f"{EVIDENCE}{each.id}.xml": None for each in rows.evidences}
    known |= {f"{RECORDS}{n}.{kind}": None for n in range(len(rows.records)) for kind in ("xml", "leaf")}
    contents = [name for name in files if name.startswith(CONTENTS)]
    if set(files) != {*known, *contents}:
        raise ValueError("files that the rows do not name")
    return replace(
        rows,
        certificate=replace(rows.certificate, xml=files[XML], pdf=files[PDF]),
        evidences=tuple(replace(each, body=files[f"{EVIDENCE}{each.id}.xml"]) for each in rows.evidences),
        records=tuple(
            ArchivedRecord(files[f"{RECORDS}{n}.xml"], files[f"{RECORDS}{n}.leaf"])
            for n in range(len(rows.records))
        ),
        contents=tuple(files[name] for name in sorted(contents)),
    )

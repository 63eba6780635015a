"""Files of statuses, CSV and XML, read strictly.

A file that is not understood is refused as a whole, a status that is not is refused alone. Of each status its
own octets are kept, and nothing of its neighbours.

CSV: UTF-8, separated by semicolons or commas, a header with the columns of `statuses.COLUMNS` in any order.
XML: `statuses` of `xsd/post.xsd`.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from lxml import etree

from gateway.adapters.channels.postal.exchange import LIMIT
from gateway.adapters.channels.postal.statuses import COLUMNS, NEEDED, Fault, Status, status
from gateway.adapters.xml import parser, schemas
from gateway.adapters.xml.names import POST, qualified
from gateway.domain.errors import ErrorKind, GatewayError

BOM = "\ufeff"
MOST = 10_000
CSV, XML = "text/csv", "application/xml"


def is_status_file(name: str) -> bool:
    return name.lower().endswith((".csv", ".xml"))


def read_statuses(name: str, octets: bytes, zone: ZoneInfo) -> Sequence[Status | Fault]:
    """In the file's order. Raises GatewayError(STATUS_FILE_REFUSED)."""
    if len(octets) > LIMIT:
        raise GatewayError(ErrorKind.STATUS_FILE_REFUSED, f"the limit is {LIMIT} octets")
    return _of_xml(octets, zone) if name.lower().endswith(".xml") else _of_csv(octets, zone)


def _of_csv(octets: bytes, zone: ZoneInfo) -> Sequence[Status | Fault]:
    try:
        text = octets.decode("utf-8").removeprefix(BOM)
        header, separator, lines = _lines(text)
    except (UnicodeDecodeError, csv.Error) as error:
        raise GatewayError(ErrorKind.STATUS_FILE_REFUSED, type(error).__name__) from None
    return [_row(header, separator, number, line, zone) for number, line in enumerate(lines, 2) if any(line)]


def _lines(text: str) -> tuple[list[str], str, list[list[str]]]:
    first = text.partition("\n")[0]
    separator = ";" if ";" in first else ","
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    header = [name.strip() for name in rows[0]] if rows else []
    unknown = [*{*header} - {*COLUMNS}]
    if unknown or not {*NEEDED} <= {*header} or len({*header}) != len(header):
        raise GatewayError(ErrorKind.STATUS_FILE_REFUSED, f"the columns are {separator.join(COLUMNS)}")
    if len(rows) > MOST + 1:
        raise GatewayError(ErrorKind.STATUS_FILE_REFUSED, f"the limit is {MOST} statuses")
    return header, separator, rows[1:]


def _row(header: list[str], separator: str, number: int, line: list[str], zone: ZoneInfo) -> Status | Fault:
    if len(line) != len(header):
        return Fault(number, f"{len(line)} values for {len(header)} columns")
    text = io.StringIO()
    csv.writer(text, delimiter=separator, lineterminator="\r\n").writerows([header, line])
    values = {name: value.strip() for name, value in zip(header, line, strict=True) if value.strip()}
    try:
        return status(number, values, text.getvalue().encode("utf-8"), CSV, zone)
    except ValueError as error:
        return Fault(number, str(error))


def _of_xml(octets: bytes, zone: ZoneInfo) -> Sequence[Status | Fault]:
    try:
        root = parser.parse(octets, limit=LIMIT)
        if root.tag != qualified(POST, "statuses"):
            raise GatewayError(ErrorKind.SCHEMA_INVALID, "the root is `statuses` of urn:fehaciente:post:1.0")
        schemas.validate(root, "post")
    except GatewayError as error:
        detail = f"{error.kind.code} {error.detail}"
        raise GatewayError(ErrorKind.STATUS_FILE_REFUSED, detail) from None
    return [*_elements(root, zone)]


def _elements(root: etree._Element, zone: ZoneInfo) -> Iterator[Status | Fault]:
    for number, element in enumerate(root.iterchildren(qualified(POST, "status")), 1):
        values = {
            etree.QName(child).localname: " ".join((child.text or "").split())
            for child in element.iterchildren("*")
        }
        try:
            yield status(number, values, parser.serialize(element), XML, zone)
        except ValueError as error:
            yield Fault(number, str(error))

"""Recipients from a CSV file: a strict reader that says of each row, in both languages, what is wrong.

Semicolons or commas, UTF-8 or Windows-1252, headers in Spanish or English; whatever else stands in the first
line must be a field of the template. What is written for spreadsheets holds no formula.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from gateway.domain.draft import MOST_ROWS, Addressee
from gateway.domain.errors import Text
from gateway.usecases.sender.people import COLUMNS, BadField, addressee_of, column_of

LARGEST = 8 * 1024 * 1024
SHOWN = 50
FORMULA = ("=", "+", "-", "@", "\t", "\r")
SAMPLE = (
    ("nombre", "apellidos", "correo", "telefono", "identificador", "aviso"),
    ("Ana", "García Muñoz", "ana.garcia@example.org", "600000123", "12345678Z", "correo"),
    ("Luis", "Núñez", "luis.nunez@example.org", "+34600000456", "X1234567L", "ambos"),
)
SAMPLE_EN = (
    ("name", "surname", "email", "phone", "identifier", "notice"),
    ("Ana", "García Muñoz", "ana.garcia@example.org", "600000123", "12345678Z", "email"),
    ("Luis", "Núñez", "luis.nunez@example.org", "+34600000456", "X1234567L", "both"),
)


@dataclass(frozen=True, slots=True)
class RowError:
    """`line` counts from 1 with the header; 0: the file as a whole."""

    line: int
    text: Text


@dataclass(frozen=True, slots=True)
class ReadList:
    """Either all rows were taken, or `errors` (the first of them) says why none was."""

    addressees: tuple[Addressee, ...]
    errors: tuple[RowError, ...] = ()


class _Refused(Exception):
    def __init__(self, line: int, en: str, es: str) -> None:
        super().__init__(en)
        self.error = RowError(line, Text(en, es))


def read(octets: bytes, fields: Sequence[str] = ()) -> ReadList:
    """`fields` are the template's. It never raises for what stands in a file."""
    try:
        lines = _lines(_decoded(octets))
        names = _header(lines, tuple(fields))
        found, errors = _rows(lines, names)
        if not found and not errors:
            raise _Refused(0, "there are no recipients in it", "no contiene destinatarios")
    except _Refused as refused:
        return ReadList((), (refused.error,))
    return ReadList((), tuple(errors[:SHOWN])) if errors else ReadList(tuple(found))


def written(rows: Iterable[Sequence[str]]) -> bytes:
    """A CSV that spreadsheets open as it is: UTF-8 with its mark, semicolons, no cell that is a formula."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    for row in rows:
        writer.writerow([f"'{cell}" if cell.startswith(FORMULA) else cell for cell in row])
    return b"\xef\xbb\xbf" + text.getvalue().encode("utf-8", "replace")


def sample(language: str, fields: Sequence[str] = ()) -> bytes:
    """What can be filled in and uploaded, with a column for each field of the template."""
    head, *people = SAMPLE if language.startswith("es") else SAMPLE_EN
    return written([(*head, *fields), *((*person, *("…" for _ in fields)) for person in people)])


def _decoded(octets: bytes) -> str:
    if len(octets) > LARGEST:
        raise _Refused(0, "the file is larger than 8 MB", "el archivo supera los 8 MB")
    if octets[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in octets:
        raise _Refused(
            0,
            "it is not a CSV: save it as “CSV UTF-8” from the spreadsheet",
            "no es un CSV: guárdelo como «CSV UTF-8» desde la hoja de cálculo",
        )
    try:
        return octets.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return octets.decode("cp1252")
    except UnicodeDecodeError:
        raise _Refused(
            0,
            "its letters cannot be read: save it as “CSV UTF-8”",
            "no se pueden leer sus letras: guárdelo como «CSV UTF-8»",
        ) from None


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Line number and cells of each row that is not empty."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = ";" if first.count(";") >= first.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        try:
            cells = next(reader, None)
        except csv.Error:
            raise _Refused(
                reader.line_num, "its quotation marks do not match", "sus comillas no concuerdan"
            ) from None
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield reader.line_num, [cell.strip() for cell in cells]


def _header(lines: Iterator[tuple[int, list[str]]], fields: tuple[str, ...]) -> tuple[str, ...]:
    line, cells = next(lines, (0, []))
    if not cells:
        raise _Refused(0, "the file is empty", "el archivo está vacío")
    names = [column_of(cell) or (cell if cell in fields else "") for cell in cells]
    while cells and not cells[-1]:
        cells, names = cells[:-1], names[:-1]
    for cell, name in zip(cells, names, strict=True):
        if not name:
            shown = cell[:40]
            raise _Refused(line, f"the column “{shown}” is not known", f"no se conoce la columna «{shown}»")
    if len(set(names)) != len(names):
        raise _Refused(line, "two columns say the same", "dos columnas dicen lo mismo")
    if not {"name", "company"} & set(names):
        raise _Refused(
            line,
            "the first line must name the columns, “name” or “company” among them",
            "la primera línea debe nombrar las columnas, entre ellas «nombre» o «empresa»",
        )
    return tuple(names)


def _rows(
    lines: Iterator[tuple[int, list[str]]], names: tuple[str, ...]
) -> tuple[list[Addressee], list[RowError]]:
    found: list[Addressee] = []
    errors: list[RowError] = []
    for line, cells in lines:
        if len(found) + len(errors) >= MOST_ROWS:
            raise _Refused(line, f"there are more than {MOST_ROWS} rows", f"hay más de {MOST_ROWS} filas")
        while len(cells) > len(names) and not cells[-1]:
            cells = cells[:-1]
        if len(cells) > len(names):
            errors.append(RowError(line, Text("it has too many cells", "tiene celdas de más")))
            continue
        try:
            found.append(_addressee(dict(zip(names, map(_plain, cells), strict=False))))
        except BadField as bad:
            errors.append(RowError(line, bad.text))
    return found, errors


def _addressee(values: dict[str, str]) -> Addressee:
    own = {name: value for name, value in values.items() if name in COLUMNS}
    more = tuple((name, value) for name, value in values.items() if name not in COLUMNS)
    return addressee_of(own, more)


def _plain(cell: str) -> str:
    """Without the apostrophe that keeps a spreadsheet from taking the cell for a formula."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell

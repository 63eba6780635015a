"""Kept templates of an issuer: immutable versions, the fields that each declares, and data that fit them.

A field of a row is declared `list[].name` and given as `list.1.name`, `list.2.name`, … in order.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import Any

from gateway.domain.errors import ErrorKind, GatewayError

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
FIELD = re.compile(r"(?:(?P<list>[A-Za-z_]\w{0,63})\[\]\.)?(?P<name>[A-Za-z_][\w-]{0,127})", re.ASCII)
ROW = re.compile(
    r"(?P<list>[A-Za-z_]\w{0,63})\.(?P<row>[1-9]\d{0,2})\.(?P<name>[A-Za-z_]\w{0,127})", re.ASCII
)
MOST_FIELDS = 200


class TemplateKind(Enum):
    """HTML and CSS, or a PDF with fields (AcroForm)."""

    HTML = "HTML"
    FORM = "FORM"


class FieldKind(Enum):
    """DATE is yyyy-mm-dd, NUMBER decimal with a point; both are printed as given."""

    TEXT = "TEXT"
    NUMBER = "NUMBER"
    DATE = "DATE"


@dataclass(frozen=True, slots=True)
class TemplateField:
    name: str
    kind: FieldKind = FieldKind.TEXT
    required: bool = True

    @property
    def of_list(self) -> str:
        return self.name.partition("[].")[0] if "[]." in self.name else ""

    @property
    def told(self) -> str:
        return f"{self.name}:{self.kind.value}" + ("" if self.required else "?")


@dataclass(frozen=True, slots=True)
class IssuerTemplate:
    """One version, for ever as it is. `sha256` covers kind, fields and octets."""

    issuer: int
    name: str
    version: int
    kind: TemplateKind
    fields: tuple[TemplateField, ...]
    octets: bytes
    sha256: bytes
    created_at: datetime
    retired_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class TemplateUse:
    """Which version a document was composed of, fixed at Submit."""

    name: str
    version: int
    sha256: bytes

    @property
    def told(self) -> str:
        return f"{self.name} {self.version} {self.sha256.hex()}"


def digest_of(kind: TemplateKind, fields: Iterable[TemplateField], octets: bytes) -> bytes:
    head = json.dumps([kind.value, [each.told for each in fields]], ensure_ascii=False)
    return hashlib.sha256(head.encode() + b"\n" + octets).digest()


def checked_name(name: str) -> str:
    """Raises GatewayError(TEMPLATE_REFUSED)."""
    if not NAME.fullmatch(name):
        raise GatewayError(
            ErrorKind.TEMPLATE_REFUSED, "a name has letters, digits, dots, - and _, 64 at most"
        )
    return name


def field_of(words: str) -> TemplateField:
    """`name`, `name:DATE`, `name:TEXT?` (may be left out), `lines[].amount`. Raises TEMPLATE_REFUSED."""
    optional, bare = words.endswith("?"), words.removesuffix("?")
    name, _, kind = bare.partition(":")
    if not FIELD.fullmatch(name) or (kind and kind not in FieldKind.__members__):
        raise GatewayError(
            ErrorKind.TEMPLATE_REFUSED, f"field {words[:100]}: it is written name:KIND or name:KIND?"
        )
    return TemplateField(name, FieldKind(kind or "TEXT"), not optional)


def declared(named: Sequence[str], asked: Sequence[str]) -> tuple[TemplateField, ...]:
    """The fields by the declaration, or all that the template names. Raises TEMPLATE_REFUSED when one that is
    named is not declared, or the other way round."""
    fields = tuple(map(field_of, asked or named))
    names = {each.name for each in fields}
    lists = {each.of_list for each in fields}
    missing = [each for each in named if each not in names and each not in lists]
    unused = sorted(names - set(named))
    if missing or unused or len(names) != len(fields) or len(fields) > MOST_FIELDS:
        which = (missing or unused or ["?"])[0]
        raise GatewayError(ErrorKind.TEMPLATE_REFUSED, f"field {which}: template and declaration differ")
    return tuple(each for each in fields if each.name not in lists)


def fitting(fields: Sequence[TemplateField], data: Mapping[str, str]) -> dict[str, Any]:
    """Values by field, rows as lists in order; what may be left out is empty. Raises TEMPLATE_DATA."""
    known = {each.name: each for each in fields}
    values: dict[str, Any] = {each.of_list: [] for each in fields if each.of_list}
    rows: dict[str, dict[int, dict[str, str]]] = {}
    for name, value in data.items():
        row = ROW.fullmatch(name)
        field = known.get(f"{row['list']}[].{row['name']}" if row else name)
        if field is None or ("[]." in name):
            raise GatewayError(ErrorKind.TEMPLATE_DATA, f"{name}: the template has no such field")
        _check(name, field, value)
        if row:
            rows.setdefault(row["list"], {}).setdefault(int(row["row"]), {})[row["name"]] = value
        else:
            values[name] = value
    for listed, numbered in rows.items():
        if sorted(numbered) != list(range(1, len(numbered) + 1)):
            raise GatewayError(ErrorKind.TEMPLATE_DATA, f"{listed}: rows are numbered from 1 without gaps")
        columns = [each for each in fields if each.of_list == listed]
        values[listed] = [
            _whole(columns, numbered[number], f"{listed}.{number}.") for number in sorted(numbered)
        ]
    return values | _whole([each for each in fields if not each.of_list], values, "")


def _whole(fields: Sequence[TemplateField], given: Mapping[str, Any], where: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field in fields:
        name = field.name.rpartition("[].")[2]
        if name not in given and field.required:
            raise GatewayError(ErrorKind.TEMPLATE_DATA, f"{where}{name}: it has no value")
        found[name] = given.get(name, "")
    return found


def _check(name: str, field: TemplateField, value: str) -> None:
    if field.required and not value.strip():
        raise GatewayError(ErrorKind.TEMPLATE_DATA, f"{name}: it is empty")
    if not value:
        return
    try:
        if field.kind is FieldKind.NUMBER and not Decimal(value).is_finite():
            raise ValueError
        if field.kind is FieldKind.DATE:
            date.fromisoformat(value)
    except (ValueError, InvalidOperation):
        raise GatewayError(ErrorKind.TEMPLATE_DATA, f"{name}: no {field.kind.value}") from None


def sample(fields: Sequence[TemplateField]) -> dict[str, str]:
    """Data for a trial: each text its own name, two rows a list."""
    values = {FieldKind.NUMBER: "1234.50", FieldKind.DATE: "2026-01-31"}
    found: dict[str, str] = {}
    for each in fields:
        plain = each.name.replace("[].", ".")
        names = [each.name.replace("[].", f".{row}.") for row in (1, 2)] if each.of_list else [each.name]
        found |= {name: values.get(each.kind, f"[{plain}]") for name in names}
    return found

"""Reports as compact octets and back, for whoever must hold them between two requests.

Whoever reads them back must know that they are his own (the page signs them): nothing is judged here.
"""

import base64
import json
import zlib
from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from gateway.domain.validation import ValidationReport

LEVEL = 9


def dump(reports: Sequence[ValidationReport]) -> bytes:
    """ASCII, fit for a form's field."""
    written = json.dumps([_plain(report) for report in reports], separators=(",", ":"))
    return base64.urlsafe_b64encode(zlib.compress(written.encode(), LEVEL))


def load(octets: bytes) -> tuple[ValidationReport, ...]:
    """The reports as they were; ValueError, KeyError, TypeError or zlib.error for anything else."""
    written = json.loads(zlib.decompress(base64.urlsafe_b64decode(octets)))
    return tuple(_built(ValidationReport, each) for each in written)


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return [_plain(getattr(value, field.name)) for field in fields(value)]
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    return value.value if isinstance(value, Enum) else value


def _built(kind: Any, value: Any) -> Any:
    """`value` as a value of the type `kind`, a type of the domain's reports."""
    origin, inside = get_origin(kind), get_args(kind)
    if origin in {Union, UnionType}:
        (given,) = (each for each in inside if each is not type(None))
        return None if value is None else _built(given, value)
    if origin is tuple:
        kinds = [inside[0]] * len(value) if inside[-1] is Ellipsis else inside
        return tuple(_built(each, member) for each, member in zip(kinds, value, strict=True))
    if is_dataclass(kind):
        return _filled(kind, value)
    if kind is datetime:
        return datetime.fromisoformat(value)
    return bytes.fromhex(value) if kind is bytes else kind(value)


def _filled(kind: Any, values: Any) -> Any:
    return kind(*(_built(each, member) for each, member in zip(_types(kind), values, strict=True)))


@cache
def _types(kind: Any) -> tuple[Any, ...]:
    hints = get_type_hints(kind)
    return tuple(hints[field.name] for field in fields(kind))

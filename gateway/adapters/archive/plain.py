"""The domain's frozen values to what JSON can say, and back, by their own type hints.

Strict both ways: an unknown, missing or ill-typed field is a ValueError. Octets are Base64, instants ISO
8601.
"""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


def to_plain(value: Any) -> Any:
    """Raises ValueError for a type that no value of the domain has."""
    if value is None or type(value) in {str, int, bool}:
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, bytes):
        return b64encode(value).decode()
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: to_plain(each) for key, each in value.items()}
    if isinstance(value, (tuple, list)):
        return [to_plain(each) for each in value]
    if is_dataclass(value):
        return {field.name: to_plain(getattr(value, field.name)) for field in fields(value)}
    raise ValueError(f"{type(value).__name__} cannot be archived")


def from_plain(kind: type[T], plain: Any) -> T:
    """The value of that type. Raises ValueError."""
    try:
        value: T = _read(kind, plain)
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"not a {kind.__name__}") from error
    return value


def _read(kind: Any, plain: Any) -> Any:
    origin = get_origin(kind)
    if origin in {Union, UnionType}:
        return _read_union(get_args(kind), plain)
    if origin is tuple:
        return _read_tuple(get_args(kind), plain)
    if origin is not None and issubclass(origin, Mapping):
        return {str(key): _read(get_args(kind)[1], each) for key, each in plain.items()}
    if is_dataclass(kind):
        return _read_fields(kind, plain)
    return _read_simple(kind, plain)


def _read_simple(kind: Any, plain: Any) -> Any:
    if issubclass(kind, Enum):
        return kind(plain)
    if kind is bytes:
        return b64decode(plain, validate=True)
    if kind is datetime:
        moment = datetime.fromisoformat(plain)
        if moment.tzinfo is None:
            raise ValueError("an instant without zone")
        return moment
    if type(plain) is not kind:
        raise ValueError(f"a {kind.__name__} was expected")
    return plain


def _read_union(kinds: tuple[Any, ...], plain: Any) -> Any:
    """None, a dataclass written as an object, or the one simple type."""
    if plain is None and NoneType in kinds:
        return None
    structured = isinstance(plain, dict)
    for kind in kinds:
        if kind is not NoneType and structured == is_dataclass(kind):
            return _read(kind, plain)
    raise ValueError("none of the types that are possible")


def _read_tuple(kinds: tuple[Any, ...], plain: Any) -> tuple[Any, ...]:
    if not isinstance(plain, list):
        raise ValueError("a list was expected")
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        return tuple(_read(kinds[0], each) for each in plain)
    if len(kinds) != len(plain):
        raise ValueError("a list of another length")
    return tuple(_read(kind, each) for kind, each in zip(kinds, plain, strict=True))


def _read_fields(kind: Any, plain: Any) -> Any:
    hints = _hints(kind)
    # A field that came later has its default: older archives do not tell it.
    optional = {field.name for field in fields(kind) if field.default is not MISSING}
    if not isinstance(plain, dict) or not set(hints) - optional <= set(plain) <= set(hints):
        raise ValueError(f"the fields are not those of {kind.__name__}")
    return kind(**{name: _read(hints[name], value) for name, value in plain.items()})


@cache
def _hints(kind: Any) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}

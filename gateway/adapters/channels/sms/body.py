"""Bodies that an operator's interface wants: a template filled in, as JSON or as a form; and paths into JSON.

Values go into texts of a parsed template, so that no value can become part of its structure.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

JSON, FORM = "application/json", "application/x-www-form-urlencoded"


def filled(template: str, values: Mapping[str, str]) -> tuple[bytes, str]:
    """Body and media type; `{name}` stands for a value, other braces for themselves."""
    if template.startswith("{"):
        body = json.dumps(_fill(json.loads(template), values), ensure_ascii=False)
        return body.encode(), JSON
    pairs = parse_qsl(template, keep_blank_values=True)
    return urlencode([(name, _text(each, values)) for name, each in pairs]).encode(), FORM


def found(document: Any, path: str) -> list[str]:
    """The plain values at a dotted path; a number is a place in a list, `*` all of them. Absent: none."""
    return [_plain(each) for each in values(document, path) if isinstance(each, str | int | float)]


def values(document: Any, path: str) -> Iterator[Any]:
    """Whatever is at a dotted path, an empty one being the document itself."""
    name, _, rest = path.partition(".")
    if not name:
        yield document
    elif isinstance(document, dict) and name in document:
        yield from values(document[name], rest)
    elif isinstance(document, list) and name == "*":
        for each in document:
            yield from values(each, rest)
    elif isinstance(document, list) and name.isdecimal() and int(name) < len(document):
        yield from values(document[int(name)], rest)


def _plain(value: str | float) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _fill(node: Any, values: Mapping[str, str]) -> Any:
    if isinstance(node, dict):
        return {name: _fill(each, values) for name, each in node.items()}
    if isinstance(node, list):
        return [_fill(each, values) for each in node]
    return _text(node, values) if isinstance(node, str) else node


def _text(text: str, values: Mapping[str, str]) -> str:
    """Once, so that a value which looks like a placeholder stays what it is."""
    head, brace, tail = text.partition("{")
    name, closed, rest = tail.partition("}")
    if not brace:
        return head
    if closed and name in values:
        return head + values[name] + _text(rest, values)
    return head + brace + _text(tail, values)

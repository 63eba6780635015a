"""Compiled schemas of `xsd/` and the one way to validate with them.

Schemas come from the installation only: nothing is fetched, and hints inside a message are never followed.
What a valid message means is decided elsewhere.
"""

import re
import threading
from pathlib import Path

from lxml import etree

from gateway import resources
from gateway.adapters.xml import parser
from gateway.domain.errors import ErrorKind, GatewayError

ERRORS_SHOWN = 5
REASON_LENGTH = 240
SCHEMA_LIMIT = 1_000_000

NAMESPACE = re.compile(r"\{urn:fehaciente:[^{}]*\}")
# libxml2 repeats the offending value, which may be megabytes or personal data.
VALUE_REPEATED = re.compile(r"The value '.*' (?=is )|(?<=: )'.*' (?=is not a valid value)", re.DOTALL)


class _Compiled(threading.local):
    """Schemas of one thread: lxml keeps the error log in the schema, so threads must not share one."""

    def __init__(self) -> None:
        self.schemas: dict[str, etree.XMLSchema] = {}


_COMPILED = _Compiled()
# libxml2 makes its table of built-in types at the first compilation, unguarded: two threads at once leave
# a broken one behind, and the process then refuses every message.
_ONE_AT_A_TIME = threading.Lock()


class _Installed(etree.Resolver):
    """Answers every import with the file of that name in the schemas' own folder, never with another."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def resolve(  # type: ignore[override]  # the stubs forget the third argument
        self, system_url: str, _public_id: str, context: object
    ) -> object:
        path = self.folder / system_url.rpartition("/")[2]
        return self.resolve_string(path.read_bytes(), context, base_url=path.as_uri())


def compiled(name: str) -> etree.XMLSchema:
    """The schema `xsd/<name>.xsd`, compiled once per thread. Raises FileNotFoundError."""
    if name not in _COMPILED.schemas:
        _COMPILED.schemas[name] = _compile(resources.folder("xsd") / f"{name}.xsd")
    return _COMPILED.schemas[name]


def validate(element: etree._Element, name: str) -> None:
    """Check the element, as a document of its own, against `xsd/<name>.xsd`.

    Raises GatewayError(SCHEMA_INVALID) with line and reason of the first five errors.
    """
    schema = compiled(name)
    if schema.validate(element):
        return
    entries: list[etree._LogEntry] = list(schema.error_log)  # type: ignore[call-overload]
    reasons = [f"line {entry.line}: {_reason(entry.message)}" for entry in entries[:ERRORS_SHOWN]]
    raise GatewayError(ErrorKind.SCHEMA_INVALID, "; ".join(reasons))


def _compile(path: Path) -> etree.XMLSchema:
    tree = parser.parse(path.read_bytes(), limit=SCHEMA_LIMIT).getroottree()
    tree.docinfo.URL = path.as_uri()
    tree.parser.resolvers.add(_Installed(path.parent))
    with _ONE_AT_A_TIME:
        return etree.XMLSchema(tree)


def _reason(message: str) -> str:
    """libxml2's words without namespaces, without the caller's values, in one line of bounded length."""
    plain = NAMESPACE.sub("", VALUE_REPEATED.sub("the value ", message))
    return " ".join(plain.split())[:REASON_LENGTH]

"""`fehaciente template`: the issuers' kept templates. It reads words and files, and prints facts."""

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.templates import IssuerTemplate, TemplateKind
from gateway.entrypoints.cli import numbers
from gateway.entrypoints.cli.printing import line, time

if TYPE_CHECKING:
    # Argparse gives the type of add_subparsers no public name.
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]


class TemplateDesk(Protocol):
    def add(
        self, issuer: int, name: str, kind: TemplateKind, octets: bytes, fields: Sequence[str]
    ) -> IssuerTemplate: ...
    def all(self, issuer: int) -> Sequence[IssuerTemplate]: ...
    def get(self, issuer: int, name: str, version: int = 0) -> IssuerTemplate: ...
    def preview(self, issuer: int, name: str, version: int, data: Mapping[str, str] | None) -> bytes: ...
    def data_of(self, transaction: bytes, name: str) -> Mapping[str, str]: ...
    def retire(self, issuer: int, name: str, version: int) -> None: ...


Open = Callable[[Path | None], AbstractContextManager[TemplateDesk]]


def add_grammar(commands: "Commands") -> None:
    group = commands.add_parser("template", help="templates of which documents are composed, by version")
    actions = group.add_subparsers(dest="action", required=True, metavar="ACTION")
    add = _about(actions, "add", "register the next version: HTML with CSS, or a PDF form")
    add.add_argument("file", type=Path, help="FILE.html, or FILE.pdf with fields")
    add.add_argument(
        "--field",
        action="append",
        default=[],
        metavar="NAME[:KIND][?]",
        help="TEXT, NUMBER or DATE; `?`: may be left out; rows[].name: of a row; none: all, as texts",
    )
    listed = actions.add_parser("list", help="every version: name, version, kind, SHA-256, since, retired")
    listed.add_argument("number", type=numbers.issuer, help="the issuer")
    show = _about(actions, "show", "fields of a version, and its octets with --output")
    preview = _about(actions, "preview", "the PDF as Submit would compose it")
    preview.add_argument(
        "--data",
        type=Path,
        metavar="FILE",
        help="values: a JSON object, or a transaction as XML; without, names are shown",
    )
    retire = _about(actions, "retire", "take a version out of use, or all of them")
    for each in (show, preview, retire):
        each.add_argument("--version", type=numbers.count, default=0, help="without: the newest, or all")
    show.add_argument("--output", type=Path)
    preview.add_argument("--output", type=Path, required=True)


def _about(actions: "Commands", action: str, words: str) -> argparse.ArgumentParser:
    parser = actions.add_parser(action, help=words)
    parser.add_argument("number", type=numbers.issuer, help="the issuer")
    parser.add_argument("name")
    return parser


def run(asked: argparse.Namespace, opened: Open) -> int:
    with opened(asked.config) as desk:
        ACTIONS[asked.action](asked, desk)
    return 0


def _add(asked: argparse.Namespace, desk: TemplateDesk) -> None:
    octets = asked.file.read_bytes()
    kind = TemplateKind.FORM if octets.startswith(b"%PDF-") else TemplateKind.HTML
    _print(desk.add(asked.number, asked.name, kind, octets, asked.field))


def _list(asked: argparse.Namespace, desk: TemplateDesk) -> None:
    for each in desk.all(asked.number):
        _print(each)


def _show(asked: argparse.Namespace, desk: TemplateDesk) -> None:
    template = desk.get(asked.number, asked.name, asked.version)
    _print(template)
    for field in template.fields:
        line("field", field.told)
    if asked.output:
        asked.output.write_bytes(template.octets)


def _preview(asked: argparse.Namespace, desk: TemplateDesk) -> None:
    data = _data(asked.data.read_bytes(), asked.name, desk) if asked.data else None
    asked.output.write_bytes(desk.preview(asked.number, asked.name, asked.version, data))


def _retire(asked: argparse.Namespace, desk: TemplateDesk) -> None:
    desk.retire(asked.number, asked.name, asked.version)


def _data(octets: bytes, name: str, desk: TemplateDesk) -> Mapping[str, str]:
    if octets.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return desk.data_of(octets, name)
    try:
        told = json.loads(octets)
    except ValueError:
        told = None
    if not isinstance(told, dict) or not all(isinstance(each, str) for each in told.values()):
        raise GatewayError(ErrorKind.TEMPLATE_DATA, "a JSON object of texts is wanted")
    return told


def _print(each: IssuerTemplate) -> None:
    retired = time(each.retired_at) if each.retired_at else "in use"
    line(each.name, str(each.version), each.kind.value, each.sha256.hex(), time(each.created_at), retired)


ACTIONS: dict[str, Callable[[argparse.Namespace, TemplateDesk], None]] = {
    "add": _add,
    "list": _list,
    "show": _show,
    "preview": _preview,
    "retire": _retire,
}

"""The process that makes one PDF of an HTML template and its data, and ends.

It is run by its path, with no environment of ours, and imports nothing of ours: it knows no key, no address
and no setting. It reads one line of JSON (the order) and the template from its input; it writes one line of
JSON and the PDF. Nothing is fetched: only `data:` addresses exist. Nothing in a template is code: of Jinja2
there are values, filters by name, conditions and loops. Nothing in a value is markup.
"""

import ctypes
import json
import logging
import resource
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import jinja2
import weasyprint
from jinja2 import nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment
from PIL import ImageFile
from weasyprint.text.fonts import FontConfiguration

# WeasyPrint takes broken pictures, and would have the whole process do so.
ImageFile.LOAD_TRUNCATED_IMAGES = False

FILTERS = (
    "capitalize",
    "default",
    "first",
    "join",
    "last",
    "length",
    "lower",
    "replace",
    "title",
    "trim",
    "upper",
)
LOOP = ("first", "index", "index0", "last", "length")
TESTS = ("defined", "undefined", "eq", "ne", "equalto")
ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.Getattr, nodes.For,
    nodes.If, nodes.CondExpr, nodes.Filter, nodes.Test, nodes.Compare, nodes.Operand, nodes.And, nodes.Or,
    nodes.Not,
)  # fmt: skip
PLACE = "PLACE-OF-A-VALUE"


class Refused(Exception):
    """The template or its data; the words are for whoever wrote it."""


class Markup(HTMLParser):
    """Where values stand: in texts and quoted attributes alone, for only there is escaping enough."""

    _raw = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "script" or any(name.startswith("on") for name, _ in attrs):
            raise Refused("scripts are not run, and not taken")
        if PLACE.lower() in tag or any(PLACE.lower() in name for name, _ in attrs):
            raise Refused("a value stands where a name of HTML does")
        for name, value in attrs:
            if PLACE in (value or "") and (name in {"style", "src", "href", "srcset", "data"}):
                raise Refused(f"a value stands in the attribute {name}")
            if PLACE in (value or "") and f'"{value}"' not in (self.get_starttag_text() or ""):
                raise Refused(f"the attribute {name} is not quoted")
        self._raw += tag == "style"

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self._raw -= tag == "style"

    def handle_endtag(self, tag: str) -> None:
        self._raw -= tag == "style"

    def handle_data(self, data: str) -> None:
        if self._raw > 0 and PLACE in data:
            raise Refused("a value stands in a style sheet")

    def handle_comment(self, data: str) -> None:
        if PLACE in data:
            raise Refused("a value stands in a comment")


class NoFetcher(weasyprint.urls.URLFetcher):  # type: ignore[misc]
    """Nothing of any network and no file: what is shown stands in the template."""

    def fetch(self, url: str, headers: Any = None) -> Any:
        if not url.lower().startswith("data:"):
            raise weasyprint.urls.FatalURLFetchingError(f"nothing is fetched: {url[:80]}")
        return super().fetch(url, headers)


def environment() -> ImmutableSandboxedEnvironment:
    env = ImmutableSandboxedEnvironment(autoescape=True, undefined=jinja2.StrictUndefined)
    env.globals.clear()
    env.filters = {name: env.filters[name] for name in FILTERS}
    env.tests = {name: env.tests[name] for name in TESTS}
    return env


def examined(env: ImmutableSandboxedEnvironment, source: str) -> list[str]:
    """The fields that it names, `list[].field` for those of a loop. Raises Refused."""
    tree = env.parse(source)
    for node in tree.find_all(nodes.Node):
        if not isinstance(node, ALLOWED):
            raise Refused(f"line {getattr(node, 'lineno', 0)}: {type(node).__name__} is not allowed")
        if isinstance(node, nodes.Filter) and node.name not in FILTERS:
            raise Refused(f"line {node.lineno}: there is no filter {node.name}")
        if isinstance(node, nodes.For) and not (
            isinstance(node.target, nodes.Name) and isinstance(node.iter, nodes.Name) and not node.recursive
        ):
            raise Refused(f"line {node.lineno}: a loop runs over one list of rows")
    pieces = (
        each.data if isinstance(each, nodes.TemplateData) else PLACE
        for output in tree.find_all(nodes.Output)
        for each in output.nodes
    )
    Markup().feed("".join(pieces))
    return sorted(set(_fields(tree, {})))


def _fields(node: nodes.Node, rows: dict[str, str]) -> Iterator[str]:
    """`rows` maps the name of a loop's row to that of its list."""
    if isinstance(node, nodes.For):
        yield from _of_rows(node, rows)
    elif isinstance(node, nodes.Getattr):
        yield from _of_row(node, rows)
    else:
        if isinstance(node, nodes.Name) and node.name not in rows:
            yield node.name
        for child in node.iter_child_nodes():
            yield from _fields(child, rows)


def _of_rows(node: nodes.For, rows: dict[str, str]) -> Iterator[str]:
    if rows or not isinstance(node.target, nodes.Name) or not isinstance(node.iter, nodes.Name):
        raise Refused(f"line {node.lineno}: there are no loops in loops")
    own = {node.target.name: node.iter.name, "loop": ""}
    for child in (*node.body, *node.else_, *([node.test] if node.test else ())):
        yield from _fields(child, own)


def _of_row(node: nodes.Getattr, rows: dict[str, str]) -> Iterator[str]:
    row = node.node.name if isinstance(node.node, nodes.Name) else ""
    if row not in rows or (row == "loop" and node.attr not in LOOP):
        raise Refused(f"line {node.lineno}: only rows of a list have fields")
    if row != "loop":
        yield f"{rows[row]}[].{node.attr}"


def confine(memory: int, seconds: int) -> None:
    """No more memory, time or files than one document needs; no core, which would hold the data.

    Children are not forbidden by number, for Pango's threads count as such; nothing here starts any.
    """
    for what, limit in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (limit, limit))
    # Whatever the libraries run, it gains no rights by it (prctl PR_SET_NO_NEW_PRIVS).
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(38, 1, 0, 0, 0)


def compose(source: str, order: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    env = environment()
    fields = examined(env, source)
    if order["data"] is None:
        return {"fields": fields}, b""
    html = env.from_string(source).render(order["data"])
    document = weasyprint.HTML(string=html, url_fetcher=NoFetcher(), base_url=None)
    font_config = FontConfiguration()
    return {"fields": fields}, document.write_pdf(font_config=font_config, pdf_variant=None)


def main() -> None:
    logging.disable(logging.CRITICAL)
    order = json.loads(sys.stdin.buffer.readline())
    source = sys.stdin.buffer.read()
    confine(order["memory"], order["seconds"])
    try:
        facts, pdf = compose(source.decode("utf-8"), order)
    except (Refused, jinja2.TemplateError, UnicodeDecodeError, ValueError) as error:
        facts, pdf = {"refused": str(error)[:300]}, b""
    except weasyprint.urls.FatalURLFetchingError as error:
        facts, pdf = {"refused": str(error)[:300]}, b""
    sys.stdout.buffer.write(json.dumps(facts).encode() + b"\n" + pdf)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()

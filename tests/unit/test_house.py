"""Rules of the house that no linter knows: where parsers are built, sizes, names that say nothing."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted(file for file in (ROOT / "gateway").rglob("*.py") if file.stat().st_size)
PARSER = "gateway/adapters/xml/parser.py"
BUILDERS = {"XMLParser", "HTMLParser", "ETCompatXMLParser", "XMLPullParser", "fromstring", "fromstringlist",
            "parse", "parseid", "iterparse", "XML", "XMLID", "XMLDTDID", "HTML", "XMLSchema"}  # fmt: skip
# Own schemas from our own disk may be compiled where they are kept.
SCHEMAS = "gateway/adapters/xml/schemas.py"
# Lists of signatures and of refusals, with nothing in them to be split.
LISTS = {"gateway/domain/errors.py", "gateway/usecases/ports/outside.py", "gateway/usecases/ports/stores.py"}
# The client is a package of its own, which imports nothing of ours; it parses what its own caller brings.
CLIENT = "gateway/client/parsing.py"
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "misc", "tools"}


def source(file: Path) -> tuple[str, ast.Module]:
    return file.relative_to(ROOT).as_posix(), ast.parse(file.read_text(encoding="utf-8"))


def xml_names(tree: ast.Module) -> set[str]:
    """Names by which a module knows lxml or the standard library's XML modules."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in {"lxml", "xml"}:
            names |= {alias.asname or alias.name for alias in node.names}
        if isinstance(node, ast.Import):
            names |= {
                alias.asname or alias.name
                for alias in node.names
                if alias.name.split(".")[0] in {"lxml", "xml"}
            }
    return names


def built(tree: ast.Module) -> list[tuple[int, str]]:
    """Calls and references that build a parser or parse with one."""
    names = xml_names(tree)
    known, found = names | {"lxml.etree"}, []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in BUILDERS and ast.unparse(node.value) in known:
            found.append((node.lineno, ast.unparse(node)))
        if isinstance(node, ast.Name) and node.id in BUILDERS & names:
            found.append((node.lineno, node.id))
    return found


def test_the_rule_sees_what_it_forbids() -> None:
    """Every way of getting a parser is recognised, and building trees is not."""
    forbidden = (
        "from lxml import etree\netree.fromstring(b'')",
        "from lxml import etree as e\np = e.XMLParser()",
        "import lxml.etree\nlxml.etree.parse('x')",
        "from lxml.etree import fromstring\nfromstring(b'')",
        "from xml.etree import ElementTree as ET\nET.parse('x')",
        "import xml.etree.ElementTree as ET\nET.iterparse('x')",
    )
    assert all(built(ast.parse(text)) for text in forbidden)
    assert not built(
        ast.parse("from lxml import etree\nfrom our.parser import parse\netree.SubElement(parse(b''), 'a')")
    )


def test_one_file_builds_xml_parsers() -> None:
    """Everything that arrives at the gateway is parsed by adapters/xml/parser: no door forgets a refusal."""
    offences = [
        f"{name}:{line} {what}"
        for name, tree in map(source, FILES)
        if name not in {PARSER, SCHEMAS, CLIENT}
        for line, what in built(tree)
    ]
    assert offences == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_files_say_what_they_are_for_and_stay_small(file: Path) -> None:
    """A module docstring, at most 300 lines, no function of 40 lines, no name that says nothing."""
    name, tree = source(file)
    assert ast.get_docstring(tree), f"{name} has no docstring"
    assert len(file.read_text(encoding="utf-8").splitlines()) <= 300 or name in LISTS
    assert not EMPTY_NAMES & set(Path(name).with_suffix("").parts)
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    long = [
        f"{node.name}: {node.end_lineno - node.lineno + 1}"
        for node in functions
        if node.end_lineno and node.end_lineno - node.lineno >= 40
    ]
    assert long == []


def test_test_files_have_names_of_their_own() -> None:
    """No two test files share a name, whatever folder they are in."""
    names = [file.name for file in (ROOT / "tests").rglob("test_*.py")]
    assert len(names) == len(set(names))

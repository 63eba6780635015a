"""Properties of every schema in `xsd/`: it compiles, speaks two languages and bounds its input."""

import re
import threading
import time
from pathlib import Path

import pytest
import xmlschema
from lxml import etree

from gateway import resources
from gateway.adapters.xml import parser, schemas

XS = "{http://www.w3.org/2001/XMLSchema}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
FOLDER = resources.folder("xsd")
NAMES = sorted(path.stem for path in FOLDER.glob("*.xsd"))
CONTRACT = [
    "archive", "batch", "common", "deposit", "documents", "faults", "feedback",
    "operations", "post", "receipt", "recipients", "state", "transaction",
]  # fmt: skip
UNBOUNDED = {"string", "normalizedString", "token", "anyURI", "base64Binary", "hexBinary", "duration"}


def load(name: str) -> etree._Element:
    return parser.parse((FOLDER / f"{name}.xsd").read_bytes(), limit=10**6)


def where(node: etree._Element) -> str:
    return f"{etree.QName(node).localname} {node.get('name') or node.get('ref')} in line {node.sourceline}"


def types() -> list[tuple[str, str]]:
    """(namespace, name) of every simple type of the contract."""
    roots = [load(name) for name in CONTRACT]
    return [
        (root.get("targetNamespace", ""), kind.get("name", ""))
        for root in roots
        for kind in root.iter(f"{XS}simpleType")
    ]


def test_every_schema_of_the_contract_is_there() -> None:
    """The schemas that the WSDL and the doors are built on all exist."""
    assert set(CONTRACT) <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_schema_compiles_in_both_engines(name: str) -> None:
    """libxml2 and xmlschema both take each schema as XSD 1.0, without warnings."""
    path = FOLDER / f"{name}.xsd"
    etree.XMLSchema(file=str(path))
    assert xmlschema.XMLSchema10(str(path), allow="sandbox" if name in CONTRACT else "local").built


@pytest.mark.parametrize("name", CONTRACT)
def test_schema_is_versioned_and_strict(name: str) -> None:
    """Each schema has a versioned namespace, qualifies its elements and forbids substituted types."""
    root = load(name)
    assert re.fullmatch(r"urn:fehaciente:[a-z]+:1\.0", root.get("targetNamespace", ""))
    assert root.get("elementFormDefault") == "qualified"
    assert root.get("blockDefault") == "#all"


@pytest.mark.parametrize("name", CONTRACT)
def test_everything_is_documented_in_both_languages(name: str) -> None:
    """Schema, types and elements each carry a text in English and another one in Spanish."""
    root = load(name)
    named = [node for node in root.iter(f"{XS}element", f"{XS}complexType", f"{XS}simpleType", f"{XS}any")]
    anonymous = [node for node in named if node.tag == f"{XS}complexType" and node.get("name") is None]
    missing = []
    for node in [root, *(node for node in named if node not in anonymous)]:
        texts = {
            doc.get(LANG): " ".join((doc.text or "").split())
            for doc in node.findall(f"{XS}annotation/{XS}documentation")
        }
        spoken = texts.get("en") and texts.get("es")
        if not spoken or texts["en"] == texts["es"]:
            missing.append(where(node))
    assert not missing


@pytest.mark.parametrize("name", CONTRACT)
def test_every_list_is_bounded(name: str) -> None:
    """No element may repeat without end."""
    assert not [where(node) for node in load(name).iter() if node.get("maxOccurs") == "unbounded"]


@pytest.mark.parametrize("name", CONTRACT)
def test_every_text_is_bounded(name: str) -> None:
    """Elements use named types, and each of these that could grow has a greatest length or closed values."""
    root = load(name)
    bare = [
        node
        for node in root.iter(f"{XS}element")
        if (node.get("type") or "").removeprefix("xs:") in UNBOUNDED
    ]
    loose = []
    for kind in root.iter(f"{XS}simpleType"):
        restriction = kind.find(f"{XS}restriction")
        if restriction is None or restriction.get("base", "").removeprefix("xs:") not in UNBOUNDED:
            continue
        facets = {etree.QName(facet).localname for facet in restriction}
        if not facets & {"maxLength", "length", "enumeration", "pattern"}:
            loose.append(where(kind))
    assert not [*map(where, bare), *loose]


@pytest.mark.parametrize("name", CONTRACT)
def test_no_pattern_repeats_without_bound(name: str) -> None:
    """Patterns count their repetitions, so that no matcher can be led into a long search."""
    classes = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]")
    patterns = [facet.get("value", "") for facet in load(name).iter(f"{XS}pattern")]
    assert not [pattern for pattern in patterns if re.search(r"[*+]|\{\d+,\}", classes.sub("", pattern))]


@pytest.mark.parametrize("filler", ["a", "1", "+1", "P1Y", " ", "a@", "(", "ñ"])
def test_hostile_values_are_judged_quickly(filler: str) -> None:
    """A long value of one repeated piece is judged by every simple type within half a second."""
    document = etree.Element("value")
    document.text = filler * (100_000 // len(filler))
    slow = []
    for namespace, name in types():
        schema = etree.XMLSchema(_element_of_type(namespace, name))
        started = time.perf_counter()
        schema.validate(document)
        if time.perf_counter() - started > 0.5:
            slow.append(name)
    assert not slow


def _element_of_type(namespace: str, name: str) -> etree._ElementTree:
    """A schema with one element of that type, beside the contract's own."""
    file = next(f for f in CONTRACT if load(f).find(f"{XS}simpleType[@name='{name}']") is not None)
    octets = f"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:n="{namespace}">
      <xs:import namespace="{namespace}" schemaLocation="{Path(FOLDER, file).as_uri()}.xsd"/>
      <xs:element name="value" type="n:{name}"/></xs:schema>"""
    return parser.parse(octets.encode(), limit=10**6).getroottree()


def test_no_two_threads_compile_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """libxml2's first compilation is unguarded, and a race there broke every message of the process.

    The race itself is seen once in thirty starts; that compilations never overlap is seen each time.
    """
    at_once, most, compile_one = [0], [0], etree.XMLSchema

    def watched(tree: etree._ElementTree) -> etree.XMLSchema:
        at_once[0] += 1
        most[0] = max(most[0], at_once[0])
        time.sleep(0.02)
        at_once[0] -= 1
        return compile_one(tree)

    monkeypatch.setattr(schemas.etree, "XMLSchema", watched)
    threads = [threading.Thread(target=schemas.compiled, args=("common",)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1]

"""Documents composed of an issuer's kept templates, from the command to the certificate."""

import hashlib
import io
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pikepdf
import pytest
from lxml import etree
from reportlab.pdfgen.canvas import Canvas

from gateway.adapters.templates import html_worker
from gateway.adapters.xml import parser, transaction_xml
from gateway.bootstrap import commands
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.templates import TemplateKind
from gateway.domain.transaction import Transaction
from gateway.entrypoints.cli.main import run
from gateway.usecases.templates.keep import KeepTemplates
from tests.house import BANK, INSURER, House, refused
from tests.orders import NAMESPACE, Paper, order

LETTER = (
    b'<html lang="es"><head><title>Carta</title><style>body{font-family:sans-serif}</style></head><body>'
    b'<h1>Estimada {{ name }}</h1><table>{% for row in rows %}<tr><td title="{{ row.what }}">{{ row.what }}'
    b"</td><td>{{ row.amount }}</td></tr>{% endfor %}</table>"
    b"{% if note %}<p>{{ note }}</p>{% endif %}</body></html>"
)
FIELDS = ("name", "rows[].what", "rows[].amount:NUMBER", "note?")
DATA = {"name": "<b>Ana & Cía</b> €", "rows.1.what": "Luz", "rows.1.amount": "12.50"}


def form() -> bytes:
    stream = io.BytesIO()
    canvas = Canvas(stream, invariant=1)
    canvas.drawString(72, 750, "Contrato de")
    canvas.acroForm.textfield(name="name", x=150, y=740, width=200, height=20)
    canvas.acroForm.checkbox(name="agrees", x=150, y=700, size=14)
    canvas.acroForm.textfield(name="remarks", x=72, y=600, width=300, height=60, fieldFlags="multiline")
    canvas.save()
    return stream.getvalue()


def desk(house: House, most: int = 100_000) -> KeepTemplates:
    def read(octets: bytes) -> Transaction:
        return transaction_xml.read(parser.parse(octets, limit=1_000_000))

    tech = house.tech
    return KeepTemplates(tech.database, tech.composer, tech.paper, house.clock, most, read)


def asked(name: str, data: dict[str, str], version: int = 0) -> bytes:
    """A transaction over a document that is composed of a kept template."""
    root = etree.fromstring(order(papers=(Paper(template="{{x}}", data=tuple(data.items())),)))
    template = root.find(f".//{{{NAMESPACE}}}template")
    assert template is not None
    template[0].tag, template[0].text = f"{{{NAMESPACE}}}name", name
    if version:
        etree.SubElement(template, f"{{{NAMESPACE}}}version").text = str(version)
    return etree.tostring(root)


def text_of(octets: bytes) -> str:
    import pypdfium2

    with pypdfium2.PdfDocument(octets) as document:
        return "".join(page.get_textpage().get_text_range() for page in document)


def test_letter_to_certificate(small_house: House) -> None:
    """HTML with loops and escaped data becomes a stamped, certified document; evidence and certificate name
    version and digest; the newest version is taken unless one is named, and data that do not fit are told."""
    house, keep = small_house, desk(small_house)
    first = keep.add(BANK.number, "letter", TemplateKind.HTML, LETTER, FIELDS)
    second = keep.add(BANK.number, "letter", TemplateKind.HTML, LETTER.replace(b"Estimada", b"Hola"), FIELDS)
    assert (first.version, second.version) == (1, 2)
    assert keep.add(BANK.number, "letter", TemplateKind.HTML, second.octets, FIELDS) == second
    guid = house.submit(asked("letter", DATA)).guid
    house.drain()
    house.guest(guid).decide()
    house.drain()
    assert house.state(guid) == (12, 7)
    original, stamped = house.documents(guid, "ORIGINAL")[0], house.documents(guid, "STAMPED")[0]
    assert "Hola <b>Ana & Cía</b> €" in text_of(original)
    assert guid in text_of(stamped).replace("\r\n", "")
    told = f"letter 2 {second.sha256.hex()}"
    assert told in house.evidence(guid)[0].octets.decode()
    xml = etree.fromstring(house.certificates(guid)[0].octets)
    assert [each.text for each in xml.findall(".//{*}document/{*}template/*")] == told.split()
    old = house.submit(asked("letter", DATA, version=1)).guid
    assert "Estimada <b>Ana" in text_of(house.documents(old, "ORIGINAL")[0])
    for wrong in (
        {},
        DATA | {"age": "1"},
        DATA | {"rows.1.amount": "twelve"},
        DATA | {"rows.3.what": "x", "rows.3.amount": "1"},
        DATA | {"name": " "},
    ):
        refused(ErrorKind.TEMPLATE_DATA, house.submit, asked("letter", wrong or {"note": ""}))
    keep.retire(BANK.number, "letter", 2)
    refused(ErrorKind.TEMPLATE_UNKNOWN, house.submit, asked("letter", DATA, version=2))
    keep.retire(BANK.number, "letter", 0)
    refused(ErrorKind.TEMPLATE_UNKNOWN, house.submit, asked("letter", DATA))
    refused(ErrorKind.TEMPLATE_UNKNOWN, house.submit, asked("letter", DATA), INSURER)


def test_form_is_filled_and_flattened(small_house: House) -> None:
    """A PDF form has its values drawn with an embedded typeface, and no field and no action is left; what
    does not fit is refused."""
    keep = desk(small_house)
    keep.add(BANK.number, "form", TemplateKind.FORM, form(), ("name", "agrees?", "remarks?"))
    data = {"name": "Ana Ñúñez €", "agrees": "true", "remarks": "uno dos tres " * 12}
    guid = small_house.submit(asked("form", data)).guid
    octets = small_house.documents(guid, "ORIGINAL")[0]
    assert "Ana Ñúñez €" in text_of(octets)
    with pikepdf.Pdf.open(io.BytesIO(octets)) as pdf:
        assert "/AcroForm" not in pdf.Root
        assert "/Annots" not in pdf.pages[0].obj
    assert b"FontFile2" in octets
    for wrong in ({"name": "x" * 200}, {"name": "漢字"}, {"name": "Ana", "agrees": "perhaps"}):
        refused(ErrorKind.TEMPLATE_DATA, small_house.submit, asked("form", wrong))
    refused(ErrorKind.TEMPLATE_REFUSED, keep.add, BANK.number, "f", TemplateKind.FORM, b"%PDF-1.4", ())


@pytest.mark.parametrize(
    "html",
    [
        "<p>{{ x|safe }}</p>",
        "<p>{{ x.__class__.__mro__ }}</p>",
        "{% for x in y %}{{ x.__init__.__globals__ }}{% endfor %}{{ loop.previtem }}",
        "{% set a = 1 %}{{ x }}",
        "{{ x() }}",
        "{{ x * 99 }}",
        "{% autoescape false %}{{ x }}{% endautoescape %}",
        '{% include "a" %}{{ x }}',
        "<style>{{ x }}</style>",
        "<p title={{ x }}>a</p>",
        '<a href="{{ x }}">a</a>',
        "<{{ x }}>a",
        "<!-- {{ x }} -->",
        "<script>1</script>{{ x }}",
    ],
)
def test_a_template_is_no_code(html: str) -> None:
    """Of its language there are values, conditions and loops; data stand where escaping is enough."""
    with pytest.raises(html_worker.Refused):
        html_worker.examined(html_worker.environment(), html)


@pytest.mark.parametrize(
    "html",
    [
        b'<img src="file:///etc/passwd">{{ x }}',
        b'<link rel="stylesheet" href="http://127.0.0.1:9/x.css">{{ x }}',
        b'<link rel="attachment" href="file:///etc/passwd">{{ x }}',
        b"<p>{{ x }</p>",
        b"\xff",
    ],
)
def test_no_file_and_no_network(small_house: House, html: bytes) -> None:
    """What it names outside itself is told when it is registered, and nothing is kept."""
    keep = desk(small_house)
    refused(ErrorKind.TEMPLATE_REFUSED, keep.add, BANK.number, "bad", TemplateKind.HTML, html, ())
    assert keep.all(BANK.number) == []


def test_bounds(small_house: House) -> None:
    """Too large, wrongly declared, of no issuer, or never ending: refused, and the gateway goes on."""
    add = desk(small_house, most=5_000_000).add
    refused(ErrorKind.TEMPLATE_REFUSED, desk(small_house, 10).add, 1, "a", TemplateKind.HTML, b"x" * 11, ())
    refused(ErrorKind.TEMPLATE_REFUSED, add, 1, "../a", TemplateKind.HTML, b"<p>a</p>", ())
    for fields in (("y",), ("x", "y"), ("x:COLOUR",), ("x y",)):
        refused(ErrorKind.TEMPLATE_REFUSED, add, 1, "a", TemplateKind.HTML, b"<p>{{ x }}</p>", fields)
    refused(ErrorKind.ISSUER_UNKNOWN, add, 77, "a", TemplateKind.HTML, b"<p>{{ x }}</p>", ())
    endless = b"<table>" + b"<tr><td>a</td></tr>" * 20_000
    tight = replace(small_house.tech.composer, time=timedelta(seconds=2))
    small = replace(small_house.tech.composer, memory=32 * 1024 * 1024)
    for composer in (tight, small):
        with pytest.raises(GatewayError) as caught:
            composer.compose(TemplateKind.HTML, endless, {})
        assert caught.value.kind is ErrorKind.TEMPLATE_NOT_COMPOSED


def test_the_command(small_house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """add, list, show, preview and retire; the same version and data give the same octets."""
    config = tmp_path / "house.ini"
    config.write_text(commands.EMBEDDED.replace("data = var", f"data = {small_house.folder / 'var'}"))
    file, data, one, two = (tmp_path / name for name in ("a.html", "d.json", "1.pdf", "2.pdf"))
    file.write_bytes(LETTER)
    data.write_text('{"name": "Ana", "rows.1.what": "Luz", "rows.1.amount": "1"}')
    actions = commands.actions()

    def told(*words: str) -> str:
        assert run(["--config", str(config), "template", *words], actions) == 0
        return capsys.readouterr().out

    fields = [word for each in FIELDS for word in ("--field", each)]
    assert told("add", "1", "letter", str(file), *fields).split()[:3] == ["letter", "1", "HTML"]
    for output in (one, two):
        told("preview", "1", "letter", "--data", str(data), "--output", str(output))
    assert hashlib.sha256(one.read_bytes()).digest() == hashlib.sha256(two.read_bytes()).digest()
    transaction = tmp_path / "t.xml"
    transaction.write_bytes(asked("letter", json.loads(data.read_text())))
    told("preview", "1", "letter", "--data", str(transaction), "--output", str(two))
    assert one.read_bytes() == two.read_bytes()
    words = ["--config", str(config), "template", "preview", "1", "no", "--data", str(transaction)]
    assert run([*words, "--output", str(two)], actions) == 1
    assert "no document of the transaction is made of no" in capsys.readouterr().err
    told("preview", "1", "letter", "--output", str(one))
    assert "[rows.what]" in text_of(one.read_bytes())
    assert "rows[].amount:NUMBER" in told("show", "1", "letter", "--output", str(two))
    assert two.read_bytes() == LETTER
    told("retire", "1", "letter")
    assert "in use" not in told("list", "1")
    assert (
        run(["--config", str(config), "template", "preview", "1", "no", "--output", str(one)], actions) == 1
    )
    assert "E000675" in capsys.readouterr().err

"""Cover sheets and composed documents: deterministic, literal, bilingual, read back by poppler."""

import subprocess
from datetime import UTC, datetime
from hashlib import sha256

import pytest

from gateway.adapters.documents.compose import compose
from gateway.adapters.documents.cover import CoverSheet, cover
from gateway.domain.errors import ErrorKind, GatewayError

GUID = "001001-0001-000000000123456.par"
OCTETS = b"\x89PNG..."
SHEET = CoverSheet(
    name="plano <b>& más.png",
    media_type="image/png",
    size=len(OCTETS),
    sha256=sha256(OCTETS).digest(),
    guid=GUID,
    received_at=datetime(2026, 11, 22, 10, tzinfo=UTC),
    language="es",
)


def text_of(pdf: bytes) -> str:
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return done.stdout.decode()


def test_the_sheet_says_what_binds_the_document() -> None:
    """Name (literally), type, size, digest and GUID are there, in both languages, and the stamp."""
    text = text_of(cover(SHEET))
    assert "plano <b>& más.png" in text
    assert sha256(OCTETS).hexdigest() in text
    assert "Carátula / Cover sheet" in text
    assert f"{GUID} · Recibido/Received 2026-11-22T10:00:00Z · 1/1" in " ".join(text.split())


def test_the_sheet_is_the_same_every_time() -> None:
    """A repeated task gives the same digest."""
    assert cover(SHEET) == cover(SHEET)


def test_a_template_is_filled_literally() -> None:
    """Values are text, never markup or further fields; the same input gives the same octets."""
    template = "# Presupuesto\n\nCliente: {{name}}\nImporte: {{ amount }}\n\nGracias."
    data = {"name": "<b>Núñez & Hijos</b> {{amount}}", "amount": "10,00 €"}
    made = compose(template, data, "Presupuesto")
    text = text_of(made)
    assert "Presupuesto" in text
    assert "Cliente: <b>Núñez & Hijos</b> {{amount}}" in text
    assert "Importe: 10,00 €" in text
    assert compose(template, data, "Presupuesto") == made


@pytest.mark.parametrize(
    ("template", "data", "named"),
    [
        ("Hola {{name}}", {}, "name has no value"),
        ("Hola", {"name": "Ana"}, "name has no place"),
        ("  \n ", {}, "empty"),
    ],
)
def test_a_field_without_its_other_half_is_refused(template: str, data: dict[str, str], named: str) -> None:
    """Nobody signs a document with a hole in it."""
    with pytest.raises(GatewayError, match=named) as caught:
        compose(template, data, "x")
    assert caught.value.kind is ErrorKind.RULE_BROKEN

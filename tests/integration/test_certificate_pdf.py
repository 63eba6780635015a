"""The printed certificate: everything a judge needs is on paper, literally, in both languages, embedded."""

import re
import subprocess
from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.adapters.documents.certificate_pdf import render
from tests.certificate_samples import CONTENT, NOW

A4_WIDTH = 595.28


def tool(name: str, pdf: bytes, *options: str) -> str:
    done = subprocess.run([name, *options, "-"], input=pdf, capture_output=True, check=True)
    return done.stdout.decode()


def words(pdf: bytes) -> str:
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return " ".join(done.stdout.decode().split())


@pytest.mark.parametrize("language", ["es", "en"])
def test_what_a_judge_needs_is_on_paper(language: str) -> None:
    """GUID, result, parties, digests, times and the verification code, whichever language comes first."""
    text = words(render(replace(CONTENT, language=language)))
    for needed in (
        CONTENT.guid,
        "7 · Completada" if language == "es" else "7 · Completed",
        "María-José Núñez Ibáñez",
        "12345678Z",
        "Banco de Ejemplo, S.A.",
        CONTENT.documents[0].original_sha256.hex(),
        "Contratación Electrónica Certificada",
        "Certified electronic contracting",
        "2026-11-22 10:00:00",
        "0123 4567 89ab cdef",
    ):
        assert needed in text


def test_a_certificate_never_claims_to_be_qualified() -> None:
    """Qualification belongs to a provider, not to software."""
    text = words(render(CONTENT)).lower()
    assert "qualified" not in text
    assert "cualificad" not in text


def test_every_font_is_embedded() -> None:
    """The page looks the same in ten years, on a machine without our fonts."""
    rows = tool("pdffonts", render(CONTENT)).splitlines()[2:]
    assert rows
    assert all(row.split()[-5] == "yes" for row in rows)


def test_the_same_content_gives_the_same_octets() -> None:
    assert render(CONTENT) == render(CONTENT)


def test_a_long_timeline_repeats_its_header_on_every_page() -> None:
    """Two hundred events fill several pages, none loses its column titles or its page number."""
    entries = tuple(replace(CONTENT.timeline[0], at=NOW + timedelta(seconds=n)) for n in range(200))
    pdf = render(replace(CONTENT, timeline=entries))
    pages = int(next(row for row in tool("pdfinfo", pdf).splitlines() if row.startswith("Pages:")).split()[1])
    text = words(pdf)
    assert pages > 5
    assert text.count("Hora (UTC)") == pages - 1
    assert f"Página {pages} de {pages}" in text


def test_hostile_texts_are_shown_literally_and_within_the_page() -> None:
    """Markup is text, controls are named, and what is long is broken instead of running off the sheet."""
    name = "<b>&amp; " + "W" * 200 + " \x00\u202e"
    document = replace(CONTENT.documents[0], name=name)
    pdf = render(replace(CONTENT, documents=(document,)))
    assert "<b>&amp;" in words(pdf)
    assert "[U+202E]" in words(pdf)
    boxes = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=pdf, capture_output=True, check=True)
    rights = [float(found) for found in re.findall(rb'xMax="([0-9.]+)"', boxes.stdout)]
    assert max(rights) <= A4_WIDTH

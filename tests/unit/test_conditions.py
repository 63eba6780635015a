"""The general conditions: both languages, one page, the same octets in every process."""

import hashlib
import subprocess
import sys
from io import BytesIO

import pikepdf
import pytest

from gateway.adapters.channels.conditions import GeneralConditions

PRINT_DIGEST = (
    "from gateway.adapters.channels.conditions import GeneralConditions as G;"
    "print(G().sha256('es').hex(), G().sha256('en').hex())"
)


@pytest.mark.parametrize(
    ("language", "title"), [("es-ES", "Condiciones generales"), ("en", "General conditions")]
)
def test_text_and_pdf_say_the_same(language: str, title: str) -> None:
    """One versioned page, titled, that never says "qualified"."""
    conditions = GeneralConditions()
    text = conditions.text(language)
    assert text.startswith(f"# {title}")
    assert "1.0" in text.splitlines()[1]
    assert "qualified" not in text.lower()
    assert "cualificad" not in text.lower()
    with pikepdf.open(BytesIO(conditions.pdf(language))) as pdf:
        assert len(pdf.pages) == 1
        assert title in str(pdf.docinfo["/Title"])
    read = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=conditions.pdf(language), capture_output=True, check=True
    )
    words = [word for line in text.splitlines() for word in line.lstrip("# ").split()]
    assert read.stdout.decode().split() == words


def test_the_digest_is_of_the_pdf_and_the_same_in_every_process() -> None:
    """An acceptance names octets that every worker of this installation draws alike."""
    conditions = GeneralConditions()
    assert conditions.sha256("es") == hashlib.sha256(conditions.pdf("es")).digest()
    assert conditions.sha256("es") != conditions.sha256("en")
    printed = subprocess.run([sys.executable, "-c", PRINT_DIGEST], capture_output=True, check=True, text=True)
    assert printed.stdout.split() == [conditions.sha256("es").hex(), conditions.sha256("en").hex()]


def test_an_unknown_language_reads_english() -> None:
    """Nobody gets an empty page."""
    assert GeneralConditions().text("fr") == GeneralConditions().text("en")

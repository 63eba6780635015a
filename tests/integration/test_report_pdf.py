"""The PDF report, read by a tool that nobody here wrote."""

import io
import subprocess

import pikepdf
import pytest

from gateway.adapters.reports import pdf
from tests.report_samples import FAILED, PACK, PASSED


def text_of(octets: bytes) -> str:
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=octets, capture_output=True, check=True)
    return done.stdout.decode()


@pytest.mark.parametrize(
    ("language", "title"), [("en", "Validation report"), ("es", "Informe de validación")]
)
def test_it_says_what_the_text_says(language: str, title: str) -> None:
    """Title, verdicts, signer and facts stand on its pages, in the chosen language."""
    told = text_of(pdf.render([PACK, FAILED], language))
    for expected in (title, "pack.asice", "TOTAL-PASSED", "CN=Seal", "HASH_FAILURE", "contrato.pdf"):
        assert expected in told


def test_many_files_flow_over_pages() -> None:
    """Fifty evidences take several pages, and the same reports give the same octets."""
    octets = pdf.render([PASSED] * 50, "es")
    assert octets == pdf.render([PASSED] * 50, "es")
    with pikepdf.open(io.BytesIO(octets)) as opened:
        assert len(opened.pages) > 10

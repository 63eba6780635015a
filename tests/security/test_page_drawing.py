"""Pages of documents are drawn by a process that a hostile file may take down, and nothing besides."""

import random
import threading
import time
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from pikepdf import Array, Dictionary, Name, Pdf, Stream
from PIL import Image

from gateway.adapters.pages import drawer
from gateway.adapters.pages.drawer import ProcessDrawer
from gateway.adapters.pages.memory import RememberedPages
from gateway.domain.errors import ErrorKind
from gateway.usecases.ports.viewing import DrawnPage, Picture, Sheet
from tests import pdf_samples
from tests.house import ShiftedClock, refused

QUICK = ProcessDrawer(timedelta(seconds=5))


def sheet(page: int = 0, width: int = 1000, picture: Picture = Picture.WEBP) -> Sheet:
    return Sheet("owner", b"digest", page, width, picture)


def draw(octets: bytes, ordered: Sheet | None = None, by: ProcessDrawer = QUICK) -> DrawnPage:
    return by.draw(ordered or sheet(), lambda: octets)


@pytest.mark.parametrize("picture", Picture)
def test_a_page_becomes_a_picture_and_its_text(picture: Picture) -> None:
    """The picture is as wide as asked, dark where the page has ink, and the text is the page's."""
    page = draw(
        pdf_samples.plain(2, pdf_samples.TEXT + b" 0 0 0 rg 200 300 100 50 re f"), sheet(1, 600, picture)
    )
    image = Image.open(BytesIO(page.octets))
    assert Image.MIME[str(image.format)] == picture.value
    assert image.size == (page.width, page.height) == (600, round(page.height))
    assert (page.pages, page.text) == (2, "Cláusula 1. El año")
    left, top = 250 * 600 // 595, (842 - 325) * 600 // 595
    assert max(image.convert("RGB").getpixel((left, top))) < 40  # type: ignore[type-var, arg-type]
    assert min(image.convert("RGB").getpixel((5, 5))) > 240  # type: ignore[type-var, arg-type]


def test_what_a_field_says_is_drawn() -> None:
    """A filled form of the issuer's is read with what stands in its fields, not with blank ones."""
    blank, filled = (draw(_field(ink)).octets for ink in (b"", b"0 0 0 rg 0 0 100 40 re f"))
    assert _darkest(blank) > 200 > 60 > _darkest(filled)


def _field(ink: bytes) -> bytes:
    pdf = Pdf.new()
    page = pdf_samples.add_page(pdf, b"")
    shown = Stream(pdf, ink, Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 100, 40]))
    field = pdf.make_indirect(
        Dictionary(
            Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T="a", V="x", F=4,
            Rect=Array([100, 400, 200, 440]), AP=Dictionary(N=pdf.make_indirect(shown)),
        )
    )  # fmt: skip
    page.Annots = Array([field])
    pdf.Root.AcroForm = Dictionary(Fields=Array([field]))
    return pdf_samples.saved(pdf)


def _darkest(octets: bytes) -> int:
    return int(Image.open(BytesIO(octets)).convert("L").getextrema()[0])  # type: ignore[arg-type]


def test_a_page_that_is_not_there_is_refused() -> None:
    """The count of pages begins at 0 and ends before their number."""
    refused(ErrorKind.PAGE_NOT_DRAWN, draw, pdf_samples.plain(2), sheet(2))


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"%PDF-1.7\n",
        b"\x00" * 5000,
        pdf_samples.encrypted("word"),
        pdf_samples.without_pages(),
        pdf_samples.plain(box=(0, 0, 1e9, 1e9)),
    ],
    ids=["empty", "head alone", "zeros", "encrypted", "no pages", "endless page"],
)
def test_what_cannot_be_drawn_is_refused_by_name(octets: bytes) -> None:
    """A broken file is one known refusal, for which the page offers the download."""
    refused(ErrorKind.PAGE_NOT_DRAWN, draw, octets)


def test_a_wide_page_has_no_more_pixels_than_allowed() -> None:
    """Whatever a file says of its size, the picture stays within the limit."""
    page = draw(pdf_samples.plain(box=(0, 0, 100, 14_000)), by=ProcessDrawer(pixels=400_000))
    assert page.width * page.height <= 410_000


def test_a_page_without_end_is_given_up_in_time() -> None:
    """Content that takes minutes ends with the process at its deadline."""
    begun = time.monotonic()
    endless = pdf_samples.plain(content=_nested(), Resources=Dictionary())
    refused(ErrorKind.PAGE_NOT_DRAWN, draw, endless, None, ProcessDrawer(timedelta(seconds=1)))
    assert time.monotonic() - begun < 4


def _nested() -> bytes:
    """Hundreds of large shadings' worth of strokes: slow to draw, small in the file."""
    star = b" ".join(b"%d %d l" % (n * 7919 % 595, n * 104729 % 842) for n in range(3000))
    return b"0.1 w " + (b"0 0 m " + star + b" S [1 1] 0 d ") * 60


def test_a_picture_that_would_fill_the_memory_fills_only_its_process() -> None:
    """An image of ten thousand million pixels is not drawn, or drawn without it; the gateway lives on."""
    pdf = Pdf.new()
    bomb = Stream(
        pdf, b"x", Type=Name.XObject, Subtype=Name.Image, Width=100_000, Height=100_000,
        ColorSpace=Name.DeviceRGB, BitsPerComponent=8,
    )  # fmt: skip
    pdf_samples.add_page(
        pdf, b"500 0 0 800 0 0 cm /I Do", Resources=Dictionary(XObject=Dictionary(I=pdf.make_indirect(bomb)))
    )
    try:
        page = draw(pdf_samples.saved(pdf))
    except Exception as error:
        assert getattr(error, "kind", None) is ErrorKind.PAGE_NOT_DRAWN  # noqa: PT017
    else:
        assert page.pages == 1


def test_damaged_files_are_drawn_or_refused_and_nothing_else() -> None:
    """Whatever octets are changed, the answer is a page or the one refusal."""
    chance, sound = random.Random(573), bytearray(pdf_samples.plain(1))
    for _ in range(8):
        octets = bytearray(sound)
        for _ in range(12):
            octets[chance.randrange(len(octets))] = chance.randrange(256)
        try:
            assert draw(bytes(octets)).octets
        except Exception as error:
            assert getattr(error, "kind", None) is ErrorKind.PAGE_NOT_DRAWN  # noqa: PT017


@pytest.mark.parametrize(
    "program",
    [
        "import sys; sys.stdin.buffer.read(); b = b'x' * 1048576\nwhile True: sys.stdout.buffer.write(b)",
        "import time; time.sleep(60)",
        "import sys; sys.stdin.buffer.read(); print('[1]')",
        'import sys; sys.stdin.buffer.read(); print(\'{"pages": 1, "width": -1, "height": 1}\')',
        'import sys; print(\'{"pages": 1, "width": 1, "height": 1}\\n<script>\')',
        "import os, sys; sys.exit(0 if os.environ.get('HOME') is None else 3)",
    ],
    ids=["floods", "sleeps", "no facts", "no size", "no picture", "no environment"],
)
def test_the_process_is_not_believed(program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that a file has taken over can neither hold nor flood the gateway, nor send it a script."""
    worker = tmp_path / "worker.py"
    worker.write_text(program)
    monkeypatch.setattr(drawer, "WORKER", worker)
    refused(ErrorKind.PAGE_NOT_DRAWN, draw, b"x" * 500_000, None, ProcessDrawer(timedelta(seconds=1)))


def test_only_so_many_are_drawn_at_once() -> None:
    """Whoever finds no place within the time is asked to come again, and the place is given back."""
    one, held = ProcessDrawer(timedelta(seconds=1), at_once=1), threading.Event()

    def slow() -> bytes:
        held.wait(5)
        return pdf_samples.plain()

    thread = threading.Thread(target=lambda: one.draw(sheet(), slow))
    thread.start()
    refused(ErrorKind.TEMPORARILY_UNAVAILABLE, draw, pdf_samples.plain(), None, one)
    held.set()
    thread.join()
    assert draw(pdf_samples.plain(), None, one).pages == 1


class Counting:
    """Draws nothing, and counts."""

    def __init__(self) -> None:
        self.drawn = 0

    def draw(self, sheet: Sheet, octets: object) -> DrawnPage:
        self.drawn += 1
        return DrawnPage(9, 1, 1, "", b"x" * 100)


def test_pages_are_remembered_for_a_moment_and_within_bounds() -> None:
    """The same page is drawn once, again after its time, and the oldest goes when too many are kept."""
    inner, clock = Counting(), ShiftedClock()
    pages = RememberedPages(inner, clock, most=250)
    for page in (0, 0, 1, 1, 0):
        pages.draw(sheet(page), bytes)
    assert inner.drawn == 2
    pages.draw(sheet(2), bytes)
    pages.draw(sheet(0), bytes)
    assert inner.drawn == 4
    clock.advance(timedelta(minutes=3))
    pages.draw(sheet(0), bytes)
    assert inner.drawn == 5

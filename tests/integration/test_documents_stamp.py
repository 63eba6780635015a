"""The mark on every page: where it is seen, that it can be read, and what a signature becomes."""

import io
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name, Object, Pdf, StreamDecodeLevel
from PIL import Image

from gateway.adapters.documents.inspect import inspect
from gateway.adapters.documents.stamp import StampMark, stamp
from gateway.domain.errors import ErrorKind, GatewayError
from tests import pdf_samples
from tests.pdf_samples import TEXT, add_page, plain, saved

GUID = "001001-0001-000000000123456.par"
MARK = StampMark(GUID, datetime(2026, 11, 22, 10, tzinfo=UTC))
LINE = f"{GUID} · Recibido/Received 2026-11-22T10:00:00Z · 1/1"
BLANK = b"% nothing to see"


def text_of(octets: bytes, *options: str) -> str:
    command = ["pdftotext", *options, "-", "-"]
    return subprocess.run(command, input=octets, capture_output=True, check=True).stdout.decode()


def words_of(octets: bytes) -> str:
    return " ".join(text_of(octets).split())


def image_of(octets: bytes, folder: Path, page: int = 1) -> Image.Image:
    """The page as a reader shows it: its crop box, rotated, at 144 dots an inch."""
    source, target = folder / "page.pdf", folder / "page"
    source.write_bytes(octets)
    options = ["-cropbox", "-r", "144", "-gray", "-singlefile", "-f", str(page), "-l", str(page)]
    subprocess.run(["pdftoppm", *options, str(source), str(target)], check=True, capture_output=True)
    with Image.open(target.with_suffix(".pgm")) as image:
        return image.copy()


def ink(image: Image.Image, darker_than: int = 200) -> tuple[int, int, int, int] | None:
    return image.point([255 if level < darker_than else 0 for level in range(256)]).getbbox()


@pytest.mark.parametrize("inherit", [False, True], ids=["own", "inherited"])
@pytest.mark.parametrize("crop", [None, (-80, 150, 400, 700)], ids=["media", "crop"])
@pytest.mark.parametrize("rotate", [0, 90, 180, 270, -90, 450])
def test_lies_along_the_seen_left_edge(
    tmp_path: Path, rotate: int, crop: tuple[int, ...] | None, inherit: bool
) -> None:
    """However the page is turned and cropped, the line is whole, within a quarter inch of the left."""
    pdf = Pdf.new()
    page = add_page(pdf, BLANK, (-100, 100, 500, 900))
    holder = pdf.Root.Pages if inherit else page
    holder.Rotate = rotate
    if crop:
        holder.CropBox = Array(list(crop))
    image = image_of(stamp(saved(pdf), MARK), tmp_path)
    box = ink(image)
    assert box is not None
    left, top, right, bottom = box
    assert left >= 4
    assert right <= 36
    assert bottom - top > 350, "the line is shorter than its text"
    assert top > 0
    assert bottom < image.height
    assert abs((top + bottom) / 2 - image.height / 2) < 10


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_reads_upwards(rotate: int) -> None:
    """Seen from the reader's side the text runs from the foot to the head of the page."""
    octets = stamp(plain(content=BLANK, Rotate=rotate), MARK)
    words = re.findall(r'yMin="([\d.]+)".*?>([^<]+)</word>', text_of(octets, "-bbox"))
    heights = {word: float(height) for height, word in words}
    order = [heights[word] for word in (GUID, "Recibido/Received", "2026-11-22T10:00:00Z", "1/1")]
    assert order == sorted(order, reverse=True)
    assert words_of(octets) == LINE


@pytest.mark.parametrize("pages", [1, 3, 12])
def test_numbers_every_page(pages: int) -> None:
    """Each page carries its own number and the total, beside its own text."""
    found = [" ".join(page.split()) for page in text_of(stamp(plain(pages), MARK)).split("\f")[:-1]]
    assert len(found) == pages
    for number, page in enumerate(found, 1):
        assert page.count(f"{GUID} · Recibido/Received 2026-11-22T10:00:00Z · {number}/{pages}") == 1
        assert "Cláusula 1. El año" in page


def test_prints_the_verification_code_and_utc() -> None:
    """The code is printed when given, and any zone becomes UTC."""
    madrid = datetime(2026, 11, 22, 11, tzinfo=timezone(timedelta(hours=1)))
    assert f"{GUID} · Recibido/Received 2026-11-22T10:00:00Z · CSV 9F3A-77 · 1/1" in words_of(
        stamp(plain(), StampMark(GUID, madrid, "CSV 9F3A-77"))
    )


def test_a_naive_time_is_a_fault_of_the_caller() -> None:
    """A time without a zone would print a guess."""
    with pytest.raises(ValueError, match="aware"):
        stamp(plain(), StampMark(GUID, datetime(2026, 11, 22)))  # noqa: DTZ001


def test_same_input_same_octets() -> None:
    """A retried task yields the same digest; another mark does not."""
    octets = plain(3)
    assert stamp(octets, MARK) == stamp(octets, MARK)
    assert stamp(octets, MARK) != stamp(octets, StampMark(GUID, MARK.received_at + timedelta(seconds=1)))


def test_threads_do_not_disturb_one_another() -> None:
    """Workers stamp at the same time; all get the octets that one alone would get."""
    octets = plain(5)
    alone = stamp(octets, MARK)
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(lambda _: stamp(octets, MARK), range(40))) == {alone}


@pytest.mark.parametrize(
    "content",
    [
        b"q q 3 0 0 3 500 500 cm " + TEXT,
        b"3 0 0 3 900 900 cm q q q " + TEXT,
        b"Q Q Q 3 0 0 3 900 900 cm " + TEXT,
        TEXT + b" q 0.01 0 0 0.01 0 0 cm (unclosed string",
        TEXT + b" BT /F1 40 Tf 3 Tr",
        TEXT + b" /OC /Hidden BDC",
        TEXT + b" q 9 0 0 9 300 300 cm BI /W 1 /H 1 /BPC 8 /CS /G ID x EI Q q 5 0 0 5 0 0 cm",
        TEXT + b" [ << /A",
        b"3 0 0 3 900 900 cm q " + TEXT + b" BT /F1 1 Tf (Q) Tj ET",
        b"",
    ],
    ids=["2 q", "cm 3 q", "3 Q", "string", "BT", "BDC", "inline", "array", "Q in string", "empty"],
)
def test_content_that_leaves_things_open_does_not_move_the_mark(tmp_path: Path, content: bytes) -> None:
    """Whatever the page's content forgets to close, the line is seen where it belongs."""
    octets = stamp(plain(content=content), MARK)
    assert LINE in words_of(octets)
    strip = image_of(octets, tmp_path).crop((0, 0, 40, 1684))
    box = ink(strip)
    assert box is not None
    assert box[0] >= 4
    assert box[2] <= 36
    assert box[3] - box[1] > 350


def test_dark_paper_is_no_hiding_place(tmp_path: Path) -> None:
    """On a page printed black to the edge the line stands on a light strip."""
    octets = stamp(plain(content=b"0 g 0 0 595 842 re f"), MARK)
    image = image_of(octets, tmp_path)
    assert image.getpixel((300, 800)) == 0
    light = image.point([255 if level > 150 else 0 for level in range(256)]).getbbox()
    assert light is not None
    assert light[2] <= 40
    assert light[3] - light[1] > 350


def test_user_unit_keeps_the_print_size() -> None:
    """With a UserUnit of 10 the line is as big on paper as on any other page."""
    octets = stamp(plain(content=BLANK, box=(0, 0, 59.5, 84.2), UserUnit=10), MARK)
    assert LINE in words_of(octets)
    with Pdf.open(io.BytesIO(octets)) as pdf:
        assert b"0.1 0 0 0.1 0 0 cm" in pdf.pages[0].obj.Contents[-1].read_bytes()


@pytest.mark.parametrize("size", [(20, 30), (72, 72), (3, 400), (14400, 14400)])
def test_any_page_size_carries_the_line(size: tuple[int, int]) -> None:
    """Tiny pages get smaller letters, never less text."""
    assert LINE in words_of(stamp(plain(content=BLANK, box=(0, 0, *size)), MARK))


def test_pages_without_resources_or_contents() -> None:
    """Inherited, absent and senseless resources and contents all take the mark."""
    pdf = Pdf.new()
    for change in ("inherit", "no resources", "no contents", "numbers", "odd fonts"):
        page = add_page(pdf)
        spoil(pdf, page, change)
    found = text_of(stamp(saved(pdf), MARK)).split("\f")[:-1]
    assert [GUID in page for page in found] == [True] * 5
    assert "Cláusula 1" in found[0]


def spoil(pdf: Pdf, page: Object, change: str) -> None:
    if change == "inherit":
        pdf.Root.Pages.Resources = page.Resources
    if change in {"inherit", "no resources"}:
        del page["/Resources"]
    if change == "no contents":
        del page["/Contents"]
    if change == "numbers":
        page.Contents = Array([1, Name.X, page.Contents])
        page.Resources = Array([])
    if change == "odd fonts":
        page.Resources = Dictionary(Font=Array([]), ExtGState=3)


def test_content_split_over_an_array() -> None:
    """Several streams are one content: nothing is lost and nothing is isolated without need."""
    pdf = Pdf.new()
    page = add_page(pdf)
    page.Contents = Array([pdf.make_stream(b"q BT /F1 12 Tf"), pdf.make_stream(b"100 400 Td (uno) Tj ET Q")])
    octets = stamp(saved(pdf), MARK)
    assert "uno" in words_of(octets)
    assert LINE in words_of(octets)
    assert b"/FhPage" not in octets


def test_a_page_shared_twice_in_the_tree() -> None:
    """One page object that stands twice is two pages, each with its own number."""
    pdf = Pdf.new()
    page = add_page(pdf)
    pdf.Root.Pages.Kids.append(page)
    pdf.Root.Pages.Count = 2
    octets = saved(pdf)
    found = text_of(stamp(octets, MARK)).split("\f")[:-1]
    assert ["1/2" in found[0], "2/2" in found[0], "1/2" in found[1], "2/2" in found[1]] == [
        True,
        False,
        False,
        True,
    ]


def test_content_and_resources_shared_between_pages() -> None:
    """Pages that share streams and resources are marked one by one."""
    pdf = Pdf.new()
    first, second = add_page(pdf), add_page(pdf)
    first.Resources = pdf.make_indirect(first.Resources)
    second.Resources, second.Contents = first.Resources, first.Contents
    found = text_of(stamp(saved(pdf), MARK)).split("\f")
    assert ["1/2" in found[0], "2/2" in found[1]] == [True, True]
    assert "1/2" not in found[1]


def test_stamps_a_stamped_document_again() -> None:
    """A document that came stamped keeps the first mark and gets the second."""
    other = StampMark("002002-0002-000000000000001.par", MARK.received_at)
    text = words_of(stamp(stamp(plain(), MARK), other))
    assert GUID in text
    assert other.guid in text


def test_the_signed_original_stays_and_the_copy_is_unsigned(tmp_path: Path) -> None:
    """pdfsig finds the signature in the original and none in the copy, which says so on each page."""
    original = pdf_samples.signed()
    before = bytes(original)
    copy = stamp(original, MARK)
    assert original == before
    assert "Signature is Valid" in pdfsig(original, tmp_path)
    assert "does not contain any signatures" in pdfsig(copy, tmp_path)
    assert not inspect(copy, "application/pdf", 10**7).signed
    for leftover in (b"/ByteRange", b"/DocMDP", b"/SigFlags", b"/Perms"):
        assert leftover not in copy
    for page in text_of(copy).split("\f")[:-1]:
        assert GUID in page
        assert "Copia sin firma electrónica" in page
        assert "Copy without e-signature" in page


def test_the_look_of_a_removed_signature_is_kept_with_a_caption(tmp_path: Path) -> None:
    """What the signature showed stays on its page, under words that say where the signature is."""
    original = pdf_samples.signed()
    copy = stamp(original, MARK)
    place = (600, 1684 - 320, 1000, 1684 - 200)
    assert ink(image_of(original, tmp_path).crop(place)) is not None
    assert ink(image_of(copy, tmp_path).crop(place)) is not None
    first, second = text_of(copy).split("\f")[:2]
    assert "Firma en el original / Signature in the original" in first
    assert "Banco de Prueba" in first
    assert "Firma en el original" not in second


def test_an_invisible_signature_leaves_no_trace_but_the_note(tmp_path: Path) -> None:
    """A signature that showed nothing needs no caption."""
    copy = stamp(pdf_samples.signed(visible=False, certify=False), MARK)
    assert "does not contain any signatures" in pdfsig(copy, tmp_path)
    assert "Firma en el original" not in words_of(copy)
    assert "Copia sin firma" in words_of(copy)


def test_other_fields_survive_the_signature() -> None:
    """Only signed fields leave the form; text fields and empty signature fields stay."""
    pdf = Pdf.open(io.BytesIO(pdf_samples.signed(1)))
    text = pdf.make_indirect(Dictionary(FT=Name.Tx, T="nombre", V="Ana"))
    empty = pdf.make_indirect(Dictionary(FT=Name.Sig, T="cliente"))
    value = pdf.make_indirect(Dictionary(Type=Name.Sig, ByteRange=Array([0, 1, 2, 3])))
    kid = pdf.make_indirect(Dictionary(V=value))
    parent = pdf.make_indirect(Dictionary(FT=Name.Sig, T="grupo", Kids=Array([kid])))
    kid.Parent = parent
    for field in (text, empty, parent):
        pdf.Root.AcroForm.Fields.append(field)
    with Pdf.open(io.BytesIO(stamp(saved(pdf), MARK))) as copy:
        assert [str(field.T) for field in copy.Root.AcroForm.Fields] == ["nombre", "cliente"]


def pdfsig(octets: bytes, folder: Path) -> str:
    path = folder / "signed.pdf"
    path.write_bytes(octets)
    done = subprocess.run(["pdfsig", "-nocert", str(path)], capture_output=True, check=False)
    return (done.stdout + done.stderr).decode()


@pytest.mark.parametrize(
    ("octets", "kind"),
    [
        (b"", ErrorKind.DOCUMENT_BROKEN),
        (b"%PDF-1.4 nonsense", ErrorKind.DOCUMENT_BROKEN),
        (pdf_samples.without_pages(), ErrorKind.DOCUMENT_BROKEN),
        (pdf_samples.encrypted(""), ErrorKind.DOCUMENT_ENCRYPTED),
    ],
    ids=["empty", "nonsense", "no pages", "encrypted"],
)
def test_refuses_what_inspection_refuses(octets: bytes, kind: ErrorKind) -> None:
    """Stamping never guesses at a document that cannot be opened."""
    with pytest.raises(GatewayError) as caught:
        stamp(octets, MARK)
    assert caught.value.kind is kind


def test_undecodable_content_is_stamped_all_the_same() -> None:
    """A page whose content no reader can decode was accepted, so it must not stop the work."""
    pdf = Pdf.new()
    page = add_page(pdf)
    page.Contents = pdf.make_stream(b"not deflated")
    page.Contents.Filter = Name.FlateDecode
    octets = saved_raw(pdf)
    assert inspect(octets, "application/pdf", 10**6).pages == 1
    assert LINE in words_of(stamp(octets, MARK))


def saved_raw(pdf: Pdf) -> bytes:
    target = io.BytesIO()
    pdf.save(target, static_id=True, stream_decode_level=StreamDecodeLevel.none)
    return target.getvalue()


COORDINATE = st.one_of(st.integers(-1500, 1500), st.floats(-1500, 1500, width=32))
BOX = st.lists(COORDINATE, min_size=3, max_size=5)
DAMAGE = st.one_of(st.none(), st.text(max_size=3), st.lists(st.booleans(), max_size=4), BOX)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(media=DAMAGE, crop=DAMAGE, rotate=st.integers(-4, 5), unit=st.sampled_from([None, 0, -1, 0.5, 7]))
def test_whatever_is_accepted_can_be_stamped(
    media: object, crop: object, rotate: int, unit: float | None
) -> None:
    """Stamping is total over what inspection accepts: a GUID was given, so work must go on."""
    pdf = Pdf.new()
    page = add_page(pdf)
    for key, value in (("/MediaBox", media), ("/CropBox", crop), ("/UserUnit", unit)):
        if value is not None:
            page[key] = value if not isinstance(value, float) else round(value, 3)
    page.Rotate = rotate * 90
    octets = saved(pdf)
    assert inspect(octets, "application/pdf", 10**6).pages == 1
    with Pdf.open(io.BytesIO(stamp(octets, MARK))) as stamped:
        assert b"/FhF" in stamped.pages[0].obj.Contents[-1].read_bytes()

"""The process that draws one page and ends: whatever a hostile PDF does to PDFium, it does it here.

It is run by its path, with no environment, and imports nothing of ours: it knows no key, no address and no
setting. It reads the document from its input and writes one line of JSON and the picture to its output.
"""

import ctypes
import io
import json
import math
import resource
import sys
from typing import Any

# Blank margins around what a damaged file calls its page would be drawn for nothing.
SMALLEST, LARGEST = 1.0, 20_000.0
LONGEST_TEXT = 20_000
QUALITY = 82


def confine(memory: int, seconds: int) -> None:
    """No more memory, time, files or children than one page needs; no core, which would hold the page."""
    for what, limit in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
    ):
        resource.setrlimit(what, (limit, limit))


def scale_of(size: tuple[float, float], wide: int, most_pixels: int) -> float:
    """So many pixels wide, or fewer where the page would have too many of them."""
    width, height = size
    if not (SMALLEST <= width <= LARGEST and SMALLEST <= height <= LARGEST):
        raise ValueError("a page of no size")
    return min(wide / width, math.sqrt(most_pixels / (width * height)))


def text_of(page: Any) -> str:
    """What the page says, in the order in which the file says it; "" where that cannot be told."""
    try:
        words = page.get_textpage()
        return str(words.get_text_range(0, min(words.count_chars(), LONGEST_TEXT), errors="replace"))
    except Exception:  # A picture without its text is better than neither.
        return ""


def draw(octets: bytes, order: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """Facts and picture of the page; raises whatever PDFium or Pillow raise."""
    import pypdfium2

    with pypdfium2.PdfDocument(octets) as document:
        pages = len(document)
        if document.get_formtype():
            # What fields say is drawn only then; there is no script in this build of PDFium.
            document.init_forms()
        page = document[order["page"]]
        scale = scale_of(page.get_size(), order["width"], order["pixels"])
        picture = page.render(scale=scale, draw_annots=True).to_pil().convert("RGB")
        stream = io.BytesIO()
        if order["format"] == "WEBP":
            picture.save(stream, "WEBP", quality=QUALITY, method=2)
        else:
            picture.quantize(64).save(stream, "PNG")
        width, height = picture.size
        facts = {"pages": pages, "width": width, "height": height, "text": text_of(page)}
    return facts, stream.getvalue()


def main() -> None:
    order = json.loads(sys.argv[1])
    import PIL.Image
    import PIL.PngImagePlugin
    import PIL.WebPImagePlugin  # noqa: F401  Loaded before files may no longer be read at will.
    import pypdfium2  # noqa: F401

    octets = sys.stdin.buffer.read()
    confine(order["memory"], order["seconds"])
    # Whatever the libraries run, it gains no rights by it (prctl PR_SET_NO_NEW_PRIVS).
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(38, 1, 0, 0, 0)
    facts, picture = draw(octets, order)
    line = json.dumps(facts).encode()
    sys.stdout.buffer.write(line + b"\n" + picture)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()

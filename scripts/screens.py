"""Pictures of the pages for the documentation, drawn by Chromium over sample data that is always the same.

usage: python -m scripts.screens ROOM [ROOM...]
Each room has a module `scripts/screens_<room>.py` with `served()`, a context that gives a `Room`. Pictures go
to `docs/screens/<room>-<name>.png`, in few colours, so that a checkout stays small.
"""

import io
import math
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "screens"
DESKTOP, PHONE = (1280, 900), (390, 844)
COLOURS, LARGEST = 96, 150 * 1024
ARGS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--force-color-profile=srgb")


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: a page, the width and height of the window, the part that is scrolled to, and the part
    on which a hand writes first.
    """

    name: str
    path: str
    size: tuple[int, int] = DESKTOP
    scrolled_to: str = ""
    dark: bool = False
    written_on: str = ""


@dataclass(frozen=True, slots=True)
class Room:
    """A served site, what is shown of it, and the cookies of whoever is signed in."""

    origin: str
    shots: Sequence[Shot]
    cookies: Sequence[dict[str, Any]] = field(default_factory=tuple)
    language: str = "es-ES"


def main(rooms: Sequence[str]) -> int:
    if not rooms:
        print(__doc__, file=sys.stderr)
        return 2
    chromium = shutil.which("chromium")
    if chromium is None:
        print("chromium is not installed", file=sys.stderr)
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(ARGS))
        for name in rooms:
            with import_module(f"scripts.screens_{name}").served() as room:
                for shot in room.shots:
                    print(_taken(browser, room, shot, FOLDER / f"{name}-{shot.name}.png"))
        browser.close()
    return 0


def _taken(browser: Browser, room: Room, shot: Shot, file: Path) -> str:
    wide, high = shot.size
    context = browser.new_context(
        viewport={"width": wide, "height": high},
        locale=room.language,
        timezone_id="UTC",
        color_scheme="dark" if shot.dark else "light",
        reduced_motion="reduce",
    )
    context.add_cookies(list(room.cookies))  # type: ignore[arg-type]  # Dictionaries, as Playwright takes them.
    page = context.new_page()
    answer = page.goto(room.origin + shot.path)
    if answer is None or not answer.ok:
        raise RuntimeError(f"{shot.path} has no page to be shown")
    page.evaluate("() => Promise.allSettled([...document.images].map(each => each.decode()))")
    if shot.scrolled_to:
        page.locator(shot.scrolled_to).first.scroll_into_view_if_needed()
        page.evaluate(
            "where => document.querySelector(where).scrollIntoView({block: 'start'})", shot.scrolled_to
        )
    if shot.written_on:
        _write(page, shot.written_on)
    octets = _small(page.screenshot())
    context.close()
    if len(octets) > LARGEST:
        raise RuntimeError(f"{file.name} has {len(octets)} octets")
    file.write_bytes(octets)
    return f"{file.name} {len(octets) // 1024} KiB"


def _write(page: Page, where: str) -> None:
    """Draw a looped line over the element, from left to right, and look at the whole of it."""
    pad = page.locator(where)
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    if box is None:
        raise RuntimeError(f"{where} cannot be written on")
    for n in range(91):
        across = 0.15 + 0.7 * n / 90 + 0.04 * math.sin(n / 3.5)
        down = 0.5 - 0.28 * math.cos(n / 3.5) * (1 - n / 120)
        page.mouse.move(box["x"] + box["width"] * across, box["y"] + box["height"] * down)
        if n == 0:
            page.mouse.down()
    page.mouse.up()


def _small(png: bytes) -> bytes:
    with Image.open(io.BytesIO(png)) as picture:
        few = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
        small = io.BytesIO()
        few.save(small, "PNG", optimize=True)
    return small.getvalue()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

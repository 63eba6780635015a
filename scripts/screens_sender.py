"""What is shown of the web sender: a seller's view of a house that the tests furnish."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any


@contextmanager
def served() -> Iterator[Any]:
    # The tests' house is no part of what is installed, so it is looked for where pictures are taken.
    furnished: Any = import_module("tests.sender_world")
    screens: Any = import_module("scripts.screens")
    with tempfile.TemporaryDirectory() as folder, furnished.world(Path(folder) / "house") as world:
        ready, shot = f"/send/drafts/{world.ready}", screens.Shot
        shots = (
            shot("home", "/send"),
            shot("document", f"/send/drafts/{world.begun}"),
            shot("people", f"{ready}/people"),
            shot("people-phone", f"{ready}/people", size=screens.PHONE),
            shot("review", f"{ready}/review"),
            shot("review-dark", f"{ready}/review", dark=True),
            shot("sent", f"/send/drafts/{world.sent}/sent"),
            shot("story", f"/send/sent/{world.guids[0]}"),
            shot("story-phone", f"/send/sent/{world.guids[0]}", size=screens.PHONE),
            shot("alerts", "/send/alerts"),
        )
        yield screens.Room(world.origin, shots, world.cookies())

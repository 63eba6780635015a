"""What is shown of the support console: an operator's view of a house that the tests furnish."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from gateway.domain.staff import Role
from scripts.screens import PHONE, Room, Shot


@contextmanager
def served() -> Iterator[Room]:
    # The tests' house is no part of what is installed, so it is looked for where pictures are taken.
    furnished: Any = import_module("tests.console_world")
    with tempfile.TemporaryDirectory() as folder, furnished.world(Path(folder) / "house") as world:
        story = f"/console/t/{world.guid}"
        shots = (
            Shot("search", "/console"),
            Shot("story", story),
            Shot("story-timeline", story, scrolled_to="#timeline"),
            Shot("story-phone", story, size=PHONE),
            Shot("action", f"{story}/do/correct?to=1"),
            Shot("batch", f"/console/batches/{furnished.BATCH}"),
            Shot("queues", "/console/queues"),
            Shot("charts", "/console/charts"),
            Shot("charts-dark", "/console/charts", dark=True),
            Shot("audit", "/console/audit"),
        )
        yield Room(world.origin, shots, world.cookies(world.member(Role.OPERATOR)))

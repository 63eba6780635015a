"""The demonstration of calls: a dictated code, an SMS that makes way for a call, and a spoken acceptance.

What the calls say, and what the called person answers, lies as WAV files in `calls/`, to be listened to.
"""

from __future__ import annotations

import shutil
import time
import wave
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from scripts.sample_order import add, element

if TYPE_CHECKING:
    from lxml import etree

    from scripts.demo_service import Stage, Turn

# The installation's pause between two codes is a second.
PAUSE_SECONDS = 1.1


def flow() -> etree._Element:
    """What the issuer adds so that the call records the acceptance."""
    asked = element("flow")
    add(asked, "spoken_acceptance", "true")
    return asked


def by_call(turn: Turn) -> None:
    """VOICE: six digits are dictated; with a spoken acceptance the page waits until it is locked away."""
    turn.portal.request_code().wait_for_code(60)
    _sign(turn)


def by_sms_then_call(turn: Turn) -> None:
    """SMS_VOICE: the SMS is not used, the recipient asks to be called; another code comes, the first is void.

    Where the yes has to be spoken the call comes at once.
    """
    turn.portal.request_code().wait_for_code(60)
    if not turn.stage.asked.spoken:
        unused = turn.stage.outbox.code(turn.stage.guid, turn.position)
        time.sleep(PAUSE_SECONDS)
        turn.portal.request_call().wait_for_code(60)
        print(f"- The SMS's code {unused} is void; a call has dictated another one", flush=True)
    _sign(turn)


def keep(stage: Stage) -> None:
    """The calls as WAV files in `calls/`, in the order in which they were made."""
    folder = stage.installation.folder
    if not shutil.which("espeak-ng"):
        print("- espeak-ng is not installed: the words of the calls were printed, not spoken", flush=True)
    made = sorted((folder / "data" / "outbox" / "calls").glob("*.call.wav"), key=lambda f: f.stat().st_mtime)
    for number, file in enumerate(made, 1):
        _copy(file, folder / "calls" / f"{number}-call.wav")
        answer = file.with_name(file.name.replace(".call.", ".answer."))
        if answer.exists():
            _copy(answer, folder / "calls" / f"{number}-answer.wav")
    if stage.asked.spoken:
        _proven(folder)


def _sign(turn: Turn) -> None:
    turn.portal.sign(turn.stage.outbox.code(turn.stage.guid, turn.position))


def _proven(folder: Path) -> None:
    """The evidence names what was recorded by its digest. Raises LookupError where it does not."""
    evidence = b"".join(file.read_bytes() for file in (folder / "evidence").glob("*.xml"))
    for answer in (folder / "calls").glob("*-answer.wav"):
        if sha256(answer.read_bytes()).hexdigest().encode() not in evidence:
            raise LookupError(f"no evidence names {answer.name}")
        print(f"- The evidence holds the SHA-256 of calls/{answer.name}, and of its locked copy", flush=True)


def _copy(file: Path, to: Path) -> None:
    to.parent.mkdir(exist_ok=True)
    shutil.copyfile(file, to)
    with wave.open(str(to)) as sound:
        seconds = sound.getnframes() / sound.getframerate()
    print(f"- calls/{to.name}: {seconds:.0f} seconds", flush=True)

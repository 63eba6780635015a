"""DEVELOPMENT ONLY: bridged calls that ring nowhere. Both sides are played, and the recording can be heard.

The caller is on the left channel and the called on the right, as providers record in two channels.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from gateway.adapters.channels.voice.speech import PLAIN, available, seconds_of, spoken, stereo
from gateway.adapters.channels.voice.tone import tone
from gateway.domain.bridge import Bridge, Leg
from gateway.domain.voice import CallEvent, CallState

WAV = "audio/wav"
DIALOGUE: dict[str, tuple[tuple[Leg, str], ...]] = {
    "es": (
        (Leg.CALLER, "Buenos días. Le llamo por la carta que le enviamos. ¿La ha recibido?"),
        (Leg.CALLED, "Sí, me llegó ayer, y estoy de acuerdo con lo que dice."),
        (Leg.CALLER, "Muchas gracias. Adiós."),
    ),
    "en": (
        (Leg.CALLER, "Good morning. I am calling about the letter that we sent. Did you get it?"),
        (Leg.CALLED, "Yes, it came yesterday, and I agree with what it says."),
        (Leg.CALLER, "Thank you very much. Goodbye."),
    ),
}


@dataclass(frozen=True, slots=True)
class LocalBridge:
    """`write` puts a file of that name into the folder, synced."""

    folder: Path
    write: Callable[[str, bytes], None]

    def play(self, name: str, bridge: Bridge, state: CallState | None) -> None:
        """`state` is what happens at the called's end, None: they answer. Raises ConnectionError."""
        if state is None:
            self.write(f"{name}.bridge.wav", _recording(bridge))
        self.write(f"{name}.bridge.json", json.dumps({"state": state and state.value}).encode())

    def events(self, call: str, name: str, at: datetime) -> Sequence[CallEvent] | None:
        """The whole call at the moment of its placing, as long as its recording; None for what is none."""
        told = self.folder / f"{name}.bridge.json"
        if not told.exists():
            return None
        ended = json.loads(told.read_bytes())["state"]
        caller = CallEvent(call, at, CallState.ANSWERED, leg=Leg.CALLER)
        if ended is not None:
            return (caller, CallEvent(call, at, CallState(ended), leg=Leg.CALLED))
        seconds = round(seconds_of((self.folder / f"{name}.bridge.wav").read_bytes()))
        return (
            caller,
            CallEvent(call, at, CallState.ANSWERED, leg=Leg.CALLED),
            CallEvent(call, at, CallState.ENDED, seconds, f"{name}.bridge"),
        )


def _recording(bridge: Bridge) -> bytes:
    """The announcement to both, then what each says while the other is silent."""
    if not available():
        return tone()
    lines = DIALOGUE["es" if bridge.language in {"es", "ca", "gl", "eu"} else "en"]
    parts = [({Leg.CALLER, Leg.CALLED}, spoken(bridge.language, [(bridge.announcement, PLAIN)]))]
    parts += [({leg}, spoken(bridge.language, [(text, PLAIN)])) for leg, text in lines]
    return stereo([(Leg.CALLER in who, Leg.CALLED in who, octets) for who, octets in parts])

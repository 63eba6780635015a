"""DEVELOPMENT ONLY: calls that ring nowhere. What they say is rendered as WAV under the console's folder, and
the called person answers as the settings tell.

So codes can be heard here on purpose; a production configuration never names it. The words go through the
console, which knows each id once; without espeak-ng a tone stands for each part.
"""

import os
from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from gateway.adapters.channels.voice.local_bridge import WAV, LocalBridge
from gateway.adapters.channels.voice.speech import DICTATED, PLAIN, available, seconds_of, spoken
from gateway.adapters.channels.voice.tone import tone
from gateway.domain.delivery import Message, Outcome, Receipt
from gateway.domain.voice import CallEvent, CallScript, CallState, Recording
from gateway.usecases.ports import VoiceProvider

YES = {"es": "Sí, acepto.", "en": "Yes, I accept.", "ca": "Sí, accepto.", "gl": "Si, acepto.", "eu": "Bai."}


class Answer(Enum):
    """What the called person does. SILENT: takes the call and says nothing."""

    ACCEPT = "accept"
    SILENT = "silent"
    BUSY = "busy"
    NO_ANSWER = "no-answer"
    MACHINE = "machine"
    FAILED = "failed"


STATES = {
    Answer.BUSY: CallState.BUSY,
    Answer.NO_ANSWER: CallState.NO_ANSWER,
    Answer.MACHINE: CallState.MACHINE,
    Answer.FAILED: CallState.FAILED,
}


class Words(Protocol):
    """The console: it prints what is said, and remembers which calls it knows."""

    def send(self, message: Message) -> Receipt: ...
    def find(self, message_id: str) -> Receipt: ...


class LocalVoice(VoiceProvider):
    """The port `VoiceProvider` over one folder. `answer` may be exchanged while it runs."""

    def __init__(self, folder: Path, words: Words, answer: Answer = Answer.ACCEPT) -> None:
        self._folder = folder
        self._words = words
        self._bridge = LocalBridge(folder, self._write)
        self.answer = answer

    def send(self, message: Message) -> Receipt:
        """Render, then print: once per id. Raises ConnectionError when nothing could be written."""
        script = message.script
        if message.bridge is not None:
            self._bridge.play(_name(message.id), message.bridge, STATES.get(self.answer))
            return _placed(message.id, self._words.send(message))
        if script is None:
            raise ConnectionError("a call without script")
        self._render(message.id, script)
        return _placed(message.id, self._words.send(message))

    def find(self, message_id: str) -> Receipt:
        return _placed(message_id, self._words.find(message_id))

    def events(self, call: str) -> Sequence[CallEvent]:
        """The whole call at the moment at which it was placed: nobody waits for a demonstration to ring."""
        receipt = self.find(call)
        if receipt.outcome is Outcome.NOT_SENT:
            return ()
        bridged = self._bridge.events(call, _name(call), receipt.at)
        if bridged is not None:
            return bridged
        if self.answer in STATES:
            return (CallEvent(call, receipt.at, STATES[self.answer]),)
        return self._answered(call, receipt.at)

    def recording(self, name: str) -> Recording | None:
        file = self._folder / f"{name}.wav"
        return Recording(file.read_bytes(), WAV) if file.exists() else None

    def _answered(self, call: str, at: datetime) -> Sequence[CallEvent]:
        said, name = self._folder / f"{_name(call)}.call.wav", _name(call)
        seconds = round(seconds_of(said.read_bytes())) if said.exists() else 0
        events = (CallEvent(call, at, CallState.ANSWERED), CallEvent(call, at, CallState.ENDED, seconds))
        recorded = self.answer is Answer.ACCEPT and (self._folder / f"{name}.answer.wav").exists()
        return (*events, CallEvent(call, at, recording=f"{name}.answer")) if recorded else events

    def _render(self, call: str, script: CallScript) -> None:
        name, language = _name(call), script.language
        parts = [(part, DICTATED if part == script.dictation else PLAIN) for part in script.parts]
        self._write(f"{name}.call.wav", spoken(language, parts) if available() else tone(len(parts)))
        if script.question and self.answer is Answer.ACCEPT:
            yes = YES.get(language.lower().split("-")[0], YES["en"])
            self._write(f"{name}.answer.wav", spoken(language, [(yes, PLAIN)]) if available() else tone())

    def _write(self, name: str, octets: bytes) -> None:
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            beside = self._folder / f".{name}.part"
            with beside.open("wb") as file:
                file.write(octets)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self._folder / name)
        except OSError as error:
            raise ConnectionError(f"{name}: {error.strerror}") from None


def _name(call: str) -> str:
    """A file's name of an id, short and without what a file system may refuse."""
    return f"call-{sha256(call.encode()).hexdigest()[:16]}"


def _placed(call: str, printed: Receipt) -> Receipt:
    if printed.outcome is Outcome.NOT_SENT:
        return printed
    detail = "development calls" if available() else "development calls, words only: no espeak-ng"
    return Receipt(Outcome.ACCEPTED, printed.at, f"local:{_name(call)}", detail)

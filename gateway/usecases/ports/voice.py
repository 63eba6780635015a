"""The provider of calls. A real one speaks HTTP and tells of its calls by callbacks; it may be asked as well.

`send` places the call that a `Message` bears as its `script` and answers ACCEPTED: that it rang, who took it
and what was said comes later, as `CallEvent`s, by callback to `VoiceEvents` or by asking.
"""

from collections.abc import Sequence
from typing import Protocol

from gateway.domain.voice import CallEvent, Recording
from gateway.usecases.ports.outside import Courier


class VoiceProvider(Courier, Protocol):
    """A courier whose messages are calls; a call's id is its message's. It dictates to people only: an
    answering machine hears nothing."""

    def events(self, call: str) -> Sequence[CallEvent]:
        """What it knows of the call by now, perhaps again and again. Raises ConnectionError."""

    def recording(self, name: str) -> Recording | None:
        """What was recorded, in memory; None while it is not there. Raises ConnectionError."""

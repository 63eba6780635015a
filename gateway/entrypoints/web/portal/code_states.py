"""How an operation code stands: one word for the page and one sentence for its reader, by SMS or by call."""

from dataclasses import dataclass
from datetime import datetime
from math import ceil

from gateway.domain.delivery import Channel
from gateway.domain.voice import CallState
from gateway.entrypoints.web.texts import Words
from gateway.usecases.results import CodeStatus, SpeechState

WAITS = frozenset({"sending", "calling", "recording"})
TYPES = frozenset({"sending", "sent", "calling", "recording"})
UNHEARD = {
    CallState.BUSY: "call.busy",
    CallState.NO_ANSWER: "call.no_answer",
    CallState.MACHINE: "call.machine",
    CallState.FAILED: "call.failed",
}


@dataclass(frozen=True, slots=True)
class CodeState:
    """One word (none, sending, calling, recording, sent, failed, expired) and the sentence that says it."""

    word: str
    text: str

    @property
    def waits(self) -> bool:
        """Whether it may change by itself, so that the page asks again."""
        return self.word in WAITS

    @property
    def types(self) -> bool:
        """Whether there is, or soon will be, a code to type."""
        return self.word in TYPES


def code_state(code: CodeStatus, words: Words, now: datetime) -> CodeState:
    topic, phone = "call" if code.channel is Channel.VOICE else "code", unbroken(code.masked_phone)
    if not code.requested:
        spoken = f" {words('call.spoken')}" if code.spoken else ""
        return CodeState("none", words(f"{topic}.before", phone=phone) + spoken)
    if code.attempts_left <= 0:
        return CodeState("expired", words("code.spent"))
    if code.failed:
        reason = UNHEARD.get(code.call.state, "call.failed") if code.call else f"{topic}.failed"
        return CodeState("failed", words(reason, phone=phone))
    if code.expires_at is not None and code.expires_at <= now:
        return CodeState("expired", words("code.expired"))
    if not code.sent:
        return CodeState("sending", words(f"{topic}.sending", phone=phone))
    return _speaking(code, words) or _arriving(code, words, now, phone)


def unbroken(phone: str) -> str:
    """A number is read in one piece: it never breaks at the end of a line."""
    return phone.replace(" ", "\u00a0")


def _speaking(code: CodeStatus, words: Words) -> CodeState | None:
    """Once the call is over, what matters is whether the voice was recorded."""
    if code.speech is SpeechState.KEPT:
        return CodeState("sent", words("call.kept"))
    if code.speech is SpeechState.MISSING:
        return CodeState("failed", words("call.unspoken"))
    over = code.call is not None and code.call.state.final
    return (
        CodeState("recording", words("call.keeping")) if over and code.speech is SpeechState.AWAITED else None
    )


def _arriving(code: CodeStatus, words: Words, now: datetime, phone: str) -> CodeState:
    if code.call is not None and not code.call.state.final:
        return CodeState("calling", words("call.calling", phone=phone))
    text = words("call.sent" if code.call else "code.sent", phone=phone)
    if code.expires_at is not None:
        left = ceil((code.expires_at - now).total_seconds() / 60)
        text = f"{text} {words('code.valid', minutes=left)}"
    return CodeState("sent", text)

"""What the code's page says of a code by SMS or by call, and when it asks again by itself."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gateway.domain.delivery import Channel
from gateway.domain.voice import Call, CallState
from gateway.entrypoints.web.portal.code_states import code_state
from gateway.entrypoints.web.texts import Words
from gateway.usecases.results import CodeStatus, SpeechState

NOW = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
SPANISH = Words("es")
CALLED = CodeStatus(
    requested=True,
    sent=True,
    failed=False,
    masked_phone="••• ••• 123",
    sends_left=2,
    attempts_left=3,
    expires_at=NOW + timedelta(minutes=10),
    channel=Channel.VOICE,
    call=Call(),
)


def ended(state: CallState) -> CodeStatus:
    return replace(CALLED, call=Call(state), failed=state.unheard, sent=not state.unheard)


@pytest.mark.parametrize(
    ("status", "word", "said"),
    [
        (replace(CALLED, requested=False, sent=False, call=None), "none", "Le llamaremos"),
        (replace(CALLED, sent=False, call=None), "sending", "Vamos a llamar"),
        (CALLED, "calling", "Descuelgue"),
        (ended(CallState.ENDED), "sent", "Le hemos dictado"),
        (ended(CallState.BUSY), "failed", "comunicaba"),
        (ended(CallState.NO_ANSWER), "failed", "no ha contestado nadie"),
        (ended(CallState.MACHINE), "failed", "contestador"),
        (ended(CallState.FAILED), "failed", "No hemos podido llamar"),
        (replace(ended(CallState.ENDED), speech=SpeechState.AWAITED), "recording", "guardando"),
        (replace(ended(CallState.ENDED), speech=SpeechState.KEPT), "sent", "Hemos guardado"),
        (replace(ended(CallState.ENDED), speech=SpeechState.MISSING), "failed", "sí, acepto"),
        (replace(CALLED, channel=Channel.SMS, call=None), "sent", "Código enviado"),
    ],
)
def test_each_moment_of_a_call_has_its_words(status: CodeStatus, word: str, said: str) -> None:
    """One word for the page and plain words for the reader; only what may change is asked again."""
    state = code_state(status, SPANISH, NOW)
    assert (state.word, said in state.text) == (word, True)
    assert state.waits == (word in {"sending", "calling", "recording"})


def test_whoever_is_to_speak_is_told_before() -> None:
    """That the voice will be recorded is said before the call is asked for."""
    asked = replace(CALLED, requested=False, sent=False, call=None, spoken=True)
    assert "Grabaremos su voz" in code_state(asked, SPANISH, NOW).text

"""What a call says, as TwiML: the document that leaves with the request, or that answers a callback.

A code is only in the document that leaves with the request, over TLS: whatever a callback asks for later, it
is answered with words that hold none.
"""

from lxml import etree

from gateway.domain.bridge import Bridge
from gateway.domain.voice import CallScript

# BCP 47 tags that every Twilio-compatible voice knows; Basque has none there, and its readers read Spanish.
LANGUAGES = {"es": "es-ES", "en": "en-GB", "ca": "ca-ES", "gl": "gl-ES", "eu": "es-ES"}
REPEATS = 3
PATIENCE = 5
AGAIN = "1"
# An hour in two channels is 115 MB as it is fetched; more would not be kept.
LONGEST = 3600


def whole(script: CallScript, callback: str, record: int) -> str:
    """Greeting, dictation, and it again: pressing 1 goes on to the next time at once, as does waiting.

    A key that ends a Gather without any other digit is no input, so the call falls through to the repetition
    without asking us, who do not have the code any more. Any other key goes on to what follows.
    """
    response = etree.Element("Response")
    _say(response, script, script.greeting, script.dictation)
    if script.repeat:
        for _ in range(REPEATS):
            gather = etree.SubElement(
                response,
                "Gather",
                input="dtmf",
                numDigits="2",
                finishOnKey=AGAIN,
                timeout=str(PATIENCE),
                action=f"{callback}/key",
            )
            _say(gather, script, script.repeat)
            _say(response, script, script.dictation)
    _rest(response, script, callback, record)
    return _text(response)


def rest(script: CallScript, callback: str, record: int) -> str:
    """What follows once the code was heard: the question and its recording, or the farewell."""
    response = etree.Element("Response")
    _rest(response, script, callback, record)
    return _text(response)


def farewell(script: CallScript | None) -> str:
    response = etree.Element("Response")
    if script is not None:
        _say(response, script, script.farewell)
    etree.SubElement(response, "Hangup")
    return _text(response)


def bridge(asked: Bridge, callback: str, sender: str, ring: int, *, machines: bool) -> str:
    """The announcement, then the called is rung; the two hear each other once the called has heard it too."""
    response = etree.Element("Response")
    _words(response, asked.language, asked.announcement)
    dial = etree.SubElement(
        response,
        "Dial",
        callerId=sender,
        timeout=str(ring),
        timeLimit=str(LONGEST),
        record="record-from-answer-dual",
        recordingStatusCallback=f"{callback}/recording",
        action=f"{callback}/dialled",
    )
    number = etree.SubElement(
        dial,
        "Number",
        url=f"{callback}/announce",
        statusCallback=f"{callback}/called",
        statusCallbackEvent="ringing answered completed",
    )
    if machines:
        number.set("machineDetection", "Enable")
        number.set("amdStatusCallback", f"{callback}/calledmachine")
    number.text = asked.called
    return _text(response)


def announcement(asked: Bridge) -> str:
    """What the called hears before the caller does."""
    response = etree.Element("Response")
    _words(response, asked.language, asked.announcement)
    return _text(response)


def rejection() -> str:
    """For a caller whom nobody expects: the call is not taken, and costs nothing."""
    response = etree.Element("Response")
    etree.SubElement(response, "Reject")
    return _text(response)


def _rest(response: etree._Element, script: CallScript, callback: str, record: int) -> None:
    if script.question:
        _say(response, script, script.question)
        etree.SubElement(
            response,
            "Record",
            action=f"{callback}/spoken",
            maxLength=str(record),
            timeout="3",
            playBeep="true",
            trim="do-not-trim",
            recordingStatusCallback=f"{callback}/recording",
        )
    _say(response, script, script.farewell)
    etree.SubElement(response, "Hangup")


def _say(parent: etree._Element, script: CallScript, *texts: str) -> None:
    _words(parent, script.language, *texts)


def _words(parent: etree._Element, language: str, *texts: str) -> None:
    tag = LANGUAGES.get(language.lower().split("-")[0], "en-GB")
    for text in filter(None, texts):
        etree.SubElement(parent, "Say", language=tag).text = text


def _text(response: etree._Element) -> str:
    return etree.tostring(response, encoding="unicode")

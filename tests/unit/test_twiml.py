"""What calls say as TwiML: short enough for the provider, in order, and without the code where it is gone."""

import pytest
from lxml import etree

from gateway.adapters.channels.voice import twiml
from gateway.catalogues import texts
from gateway.domain.bridge import Bridge, CallWay
from gateway.domain.voice import CallScript

# What Twilio takes of a document that comes with the request.
MOST = 4000
CALLBACK = "https://avisos.una-entidad-certificadora.example/inbound/voice/" + "m" * 32
LONG = {
    "operator": "O" * 60,
    "issuer": "I" * 200,
    "act": "aceptar o rechazar",
    "title": "T" * 80,
    "caller": "C" * 200,
    "called": "D" * 200,
}
LANGUAGES = ("es", "en", "ca", "gl", "eu")


def said(language: str, key: str, **more: str) -> str:
    return texts("gateway.adapters.channels", language)[key].format(**LONG, **more)


def script(language: str, *, question: bool = True) -> CallScript:
    return CallScript(
        language,
        said(language, "call.greeting"),
        said(language, "call.dictation", digits="1, 2, 3, 4, 5, 6"),
        said(language, "call.repeat"),
        said(language, "call.farewell"),
        said(language, "call.question", statement="A, B, C, 1, 2, 3") if question else "",
    )


def verbs(document: str) -> list[str]:
    return [str(each.tag) for each in etree.fromstring(document)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_longest_call_is_short_enough(language: str) -> None:
    """Longer ones are refused by the provider, so no name or title may make them so."""
    announced = said(language, "call.bridged")
    asked = Bridge("+34600000123", "+34910000456", CallWay.RING_BOTH, language, announced)
    notice = CallScript(
        language,
        said(language, "call.notice_greeting"),
        said(language, "call.notice"),
        said(language, "call.notice_repeat"),
        said(language, "call.farewell"),
    )
    for document in (
        twiml.whole(script(language), CALLBACK, 120),
        twiml.whole(notice, CALLBACK, 120),
        twiml.bridge(asked, CALLBACK, "+34910000000", 120, machines=True),
    ):
        assert len(document) < MOST


def test_what_follows_the_code_does_not_hold_it() -> None:
    """The answer to a key is made anew; neither it nor an address bears the digits."""
    whole = etree.fromstring(twiml.whole(script("es"), CALLBACK, 10))
    assert all("1, 2, 3, 4" not in value for each in whole.iter() for value in each.attrib.values())
    assert "1, 2, 3, 4" not in twiml.rest(script("es"), CALLBACK, 10)
    assert verbs(twiml.rest(script("es"), CALLBACK, 10)) == ["Say", "Record", "Say", "Hangup"]
    assert verbs(twiml.rest(script("es", question=False), CALLBACK, 10)) == ["Say", "Hangup"]


def test_pressing_one_goes_on_to_the_repetition() -> None:
    """One alone ends a Gather without digits, after which the dictation stands again."""
    whole = etree.fromstring(twiml.whole(script("es", question=False), CALLBACK, 10))
    children = list(whole)
    gathers = [place for place, each in enumerate(children) if each.tag == "Gather"]
    assert len(gathers) == twiml.REPEATS
    for place in gathers:
        assert children[place].get("finishOnKey") == "1"
        assert "Su código es" in (children[place + 1].text or "")


def test_nobody_is_put_through_unannounced() -> None:
    """The caller hears it before anybody is rung, the called by a document of their own."""
    asked = Bridge("+34600000123", "+34910000456", CallWay.CALL_IN, "en", "This is recorded & kept.")
    document = twiml.bridge(asked, CALLBACK, "+34910000000", 30, machines=False)
    assert verbs(document) == ["Say", "Dial"]
    dial = etree.fromstring(document).find("Dial")
    assert dial is not None
    assert dial.get("record") == "record-from-answer-dual"
    assert dial[0].get("url") == f"{CALLBACK}/announce"
    assert dial[0].get("machineDetection") is None
    assert etree.fromstring(twiml.announcement(asked)).findtext("Say") == "This is recorded & kept."

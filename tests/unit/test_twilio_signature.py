"""The signature of callbacks: against the examples in Twilio's documentation, and against whoever forges."""

import pytest

from gateway.adapters.channels.voice.twilio_signature import genuine, signature

# Twilio, "Security: validating requests": the example of a posted form, as it was printed over the years.
URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
PRINTED = [
    ("+14158675309", "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
    ("+12349013030", "0/KCTR6DLpKmkAf8muzZqo1nDgQ="),
]


def form(caller: str) -> tuple[tuple[str, str], ...]:
    return (
        ("Digits", "1234"),
        ("To", "+18005551212"),
        ("From", caller),
        ("Caller", caller),
        ("CallSid", "CA1234567890ABCDE"),
    )


FORM, SIGNED = form(PRINTED[0][0]), PRINTED[0][1]


@pytest.mark.parametrize(("caller", "signed"), PRINTED)
def test_the_documented_examples(caller: str, signed: str) -> None:
    """Whatever the order in which the form came."""
    assert signature("12345", URL, form(caller)) == signed
    assert genuine("12345", URL, tuple(reversed(form(caller))), signed)


@pytest.mark.parametrize(
    ("token", "url", "asked", "signed"),
    [
        ("12346", URL, FORM, SIGNED),
        ("12345", URL.replace("https", "http"), FORM, SIGNED),
        ("12345", URL, FORM[1:], SIGNED),
        ("12345", URL, (*FORM, ("CallStatus", "busy")), SIGNED),
        ("12345", URL, FORM, ""),
        ("12345", URL, FORM, "ñ"),
    ],
)
def test_anything_else_is_not_genuine(
    token: str, url: str, asked: tuple[tuple[str, str], ...], signed: str
) -> None:
    """Another token, address or form, no signature, or one that is no ASCII."""
    assert not genuine(token, url, asked, signed)

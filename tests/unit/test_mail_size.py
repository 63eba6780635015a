"""What a mail weighs is told before it is made, and never too little."""

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.adapters.channels.email.compose import compose
from gateway.domain.delivery import Attachment, Channel, Message
from gateway.domain.mail_size import weight_of

NOW = datetime(2026, 11, 22, 9, 30, 5, tzinfo=UTC)


@settings(max_examples=60)
@given(st.text(max_size=400), st.lists(st.integers(0, 5000), max_size=4))
def test_no_mail_weighs_more_than_was_said(body: str, sizes: list[int]) -> None:
    """Whatever the words and the files."""
    files = tuple(Attachment("ñ" * 100, "application/pdf", b"\xff" * size) for size in sizes)
    message = Message(
        "m-1", Channel.EMAIL, "a@b.es", "x", body, f"<p>{body}</p>", "y" * 80, files, mark="k7" * 16
    )
    octets = compose(message, "avisos@gateway.example", "ana@example.org", NOW)
    assert len(octets) <= weight_of(body, sizes)

"""What a mail server's no means, by its codes."""

import pytest

from gateway.domain.mail_status import reason, status_of
from gateway.domain.reports import Failure


@pytest.mark.parametrize(
    ("status", "code", "failure"),
    [
        ("5.1.1", 550, Failure.UNKNOWN_ADDRESS),
        ("5.1.10", 556, Failure.UNKNOWN_ADDRESS),
        ("5.2.1", 550, Failure.UNKNOWN_ADDRESS),
        ("5.2.2", 552, Failure.MAILBOX_FULL),
        ("4.2.2", 452, Failure.MAILBOX_FULL),
        ("5.2.3", 552, Failure.CONTENT_BLOCKED),
        ("5.3.4", 552, Failure.CONTENT_BLOCKED),
        ("4.4.1", 0, Failure.SERVER_UNAVAILABLE),
        ("5.3.2", 554, Failure.SERVER_UNAVAILABLE),
        ("5.6.1", 554, Failure.CONTENT_BLOCKED),
        ("5.7.26", 550, Failure.CONTENT_BLOCKED),
        ("5.5.0", 550, Failure.OTHER),
        ("5.0.0", 550, Failure.OTHER),
        ("", 550, Failure.UNKNOWN_ADDRESS),
        ("", 552, Failure.MAILBOX_FULL),
        ("", 554, Failure.OTHER),
        ("9.1.1", 0, Failure.OTHER),
    ],
)
def test_each_no_has_its_reason(status: str, code: int, failure: Failure) -> None:
    """The enhanced status before the basic code; what says nothing is OTHER."""
    assert reason(status, "", code) is failure


@pytest.mark.parametrize(
    ("words", "status"),
    [("550 5.1.1 No such user", "5.1.1"), ("go away", ""), ("10.5.1.1 is blocked", ""), ("", "")],
)
def test_the_status_is_found_in_the_words(words: str, status: str) -> None:
    """An IP address is none."""
    assert status_of(words) == status

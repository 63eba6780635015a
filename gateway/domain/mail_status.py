"""Why a mail was not taken, by the answer's enhanced status code (RFC 3463) or, without one, its basic code.

Pure, and about one answer: what it means for a recipient is decided elsewhere.
"""

import re

from gateway.domain.reports import Failure

STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
# By subject and detail, then by subject alone (RFC 3463, section 3).
BY_DETAIL = {
    ("2", "2"): Failure.MAILBOX_FULL,
    ("2", "3"): Failure.CONTENT_BLOCKED,
    ("3", "4"): Failure.CONTENT_BLOCKED,
}
BY_SUBJECT = {
    "1": Failure.UNKNOWN_ADDRESS,
    "2": Failure.UNKNOWN_ADDRESS,
    "3": Failure.SERVER_UNAVAILABLE,
    "4": Failure.SERVER_UNAVAILABLE,
    "6": Failure.CONTENT_BLOCKED,
    "7": Failure.CONTENT_BLOCKED,
}
# RFC 5321, section 4.2.3, as far as one code means one thing.
BY_CODE = {
    550: Failure.UNKNOWN_ADDRESS,
    551: Failure.UNKNOWN_ADDRESS,
    552: Failure.MAILBOX_FULL,
    553: Failure.UNKNOWN_ADDRESS,
}


def status_of(words: str) -> str:
    """The first enhanced status code in what was said; empty when there is none."""
    found = STATUS.search(words)
    return found[0] if found else ""


def failure_of(status: str, code: int = 0) -> Failure:
    """What kind of failure an enhanced status code tells, or the three digits where there is none."""
    found = STATUS.fullmatch(status)
    if not found:
        return BY_CODE.get(code, Failure.OTHER)
    _, subject, detail = found.groups()
    return BY_DETAIL.get((subject, detail)) or BY_SUBJECT.get(subject, Failure.OTHER)

"""What an SMTP server said, as it is told in evidence: code, words, and what they mean for a failure."""

import re
import smtplib
from dataclasses import dataclass

from gateway.domain.mail_status import reason, status_of

QUEUE_ID = re.compile(r"(?:queued (?:mail for delivery )?as|\bid=)\s*([A-Za-z0-9._-]{4,64})", re.IGNORECASE)
MAX_WORDS = 300


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer (RFC 5321, section 4.2). `code` is 0 where we refuse ourselves."""

    code: int
    words: str

    @classmethod
    def of(cls, code: int, words: bytes) -> "Reply":
        return cls(code, words.decode("utf-8", "replace").replace("\n", " "))

    def __str__(self) -> str:
        return f"{self.code} {self.words}" if self.code else self.words

    @property
    def queued(self) -> str:
        """By what name the server keeps the message, where it says so; empty otherwise."""
        found = QUEUE_ID.search(self.words)
        return found[1] if found else ""

    @property
    def details(self) -> tuple[tuple[str, str], ...]:
        """For event and evidence."""
        status = status_of(self.words)
        failed = self.code >= 500
        pairs = (
            ("reply_code", str(self.code) if self.code else ""),
            ("reply_status", status),
            ("failure", reason(status, self.words, self.code).value if failed else ""),
        )
        return tuple((name, value) for name, value in pairs if value)


def words_of(error: Exception) -> str:
    """What is said of a session that failed: the server's own words, or the failure's."""
    if isinstance(error, smtplib.SMTPResponseException):
        words = error.smtp_error
        octets = words if isinstance(words, bytes) else str(words).encode()
        return str(Reply.of(error.smtp_code, octets))[:MAX_WORDS]
    return f"{type(error).__name__}: {error}"[:MAX_WORDS]

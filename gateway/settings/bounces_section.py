"""The section of the port that mail comes back to."""

from dataclasses import dataclass

from gateway.settings import values as v
from gateway.settings.values import key


def _mailboxes(raw: str) -> tuple[str, ...]:
    found = tuple(part.strip() for part in raw.split(",") if part.strip())
    if not all(0 < each.find("@") < len(each) - 1 for each in found):
        raise ValueError("must be mailboxes, with commas between them")
    return found


@dataclass(frozen=True, slots=True)
class BouncesSection:
    """Bounces, complaints and answers by e-mail; `[email] bounces` says to which addresses they come."""

    protocol: str = key(
        "none", v.choice("none", "lmtp", "smtp"), "How the mail server hands them over; `none`: not at all."
    )
    host: str = key("127.0.0.1", v.text, "Address to listen on.")
    port: int = key("8024", v.integer(1, 65535), "Port to listen on; processes of one machine share it.")
    largest: int = key("20 MiB", v.size, "Largest mail; more is refused.")
    also: tuple[str, ...] = key(
        "", _mailboxes, "Mailboxes whose mail is told by what it quotes: complaint loops, the sender's own."
    )

"""Personal data as support sees it: masked, unless it was unmasked for this transaction and this moment.

Whatever no rule knows is masked whole. Of free words (a relay's answer) what could tell of somebody is cut.
"""

import re
from collections.abc import Iterable

from gateway.domain.parties import Recipient

DOTS = "•••"
# Of identity numbers four signs stay, as the Spanish data protection agency recommends (fourth to seventh).
SHOWN_FROM, SHOWN_TO, SHORTEST_SHOWN = 3, 7, 8
PHONE_TAIL, SHORTEST_PHONE, LONGEST_TYPE = 3, 7, 5
# An address may be quoted, encoded or cut short: everything that hangs on the sign goes.
ADDRESS = re.compile(r"[^\s<>\"'(),;:]*(?:@|%40|=40)[^\s<>\"'(),;]*")
# Telephones, identity and account numbers: five digits or more, whatever stands between them.
NUMBER = re.compile(r"[A-Za-z]?\+?\d(?:[\s().-]?\d){4,}[A-Za-z]?")
# A relay's status (RFC 5321, RFC 3463) begins its answer; it is no telephone.
STATUS = re.compile(r"[2-5]\d\d(?:[ -][245]\.\d{1,3}\.\d{1,3})?(?= |$)")
SHORTEST_WORD = 3
# Details of events that tell of the transaction and never of a person.
SAFE_DETAILS = frozenset(
    {"channel", "effect", "outcome", "challenge", "act", "fate", "attempt", "spent", "failures", "document",
     "sha256", "conditions_sha256", "language", "time_stamp", "tsa", "request_id", "method", "sign_method",
     "months", "old_end", "new_end", "cause", "token", "pack_sha256", "octets", "purpose", "position",
     "identifier_type", "raw_sha256", "certificate_sha256", "xml_sha256", "pdf_sha256", "reason_code",
     "content_digest", "signer_sha256", "by", "message_sha256", "message_id", "relay", "tls", "reply_code",
     "reply_status", "failure", "report", "provider", "part", "received_at", "basis", "deadline"}
)  # fmt: skip
# Words of relays and of other machines: read for what they tell of the fate, so they stay, scrubbed.
SPOKEN_DETAILS = frozenset({"reference", "detail"})


class Mask:
    """For one transaction. `clear` shows all; otherwise the words of `people` are cut out of free text."""

    def __init__(self, people: Iterable[Recipient], *, clear: bool) -> None:
        self.clear = clear
        told = {word for person in people for word in _told(person)}
        # The longest first, lest a part of an address be cut and the rest stay.
        known = sorted((word for word in told if len(word) >= SHORTEST_WORD), key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, known)), re.IGNORECASE) if known else None

    def name(self, text: str) -> str:
        return text if self.clear else " ".join(word[:1] + DOTS for word in text.split())

    def phone(self, text: str) -> str:
        if self.clear or not text:
            return text
        return f"{DOTS} {DOTS} {text[-PHONE_TAIL:]}" if len(text) >= SHORTEST_PHONE else DOTS

    def email(self, text: str) -> str:
        if self.clear or not text:
            return text
        return f"{text[:1]}{DOTS}@{DOTS}"

    def identity(self, text: str) -> str:
        if self.clear or not text:
            return text
        bare = "".join(filter(str.isalnum, text))
        if len(bare) < SHORTEST_SHOWN:
            return DOTS
        return f"{DOTS}{bare[SHOWN_FROM:SHOWN_TO]}{'•' * (len(bare) - SHOWN_TO)}"

    def words(self, text: str) -> str:
        """What somebody wrote: all or nothing."""
        return text if self.clear or not text else DOTS

    def file(self, name: str) -> str:
        """The name of a file keeps its extension."""
        dot = name.rfind(".")
        tail = name[dot:] if dot > 0 and len(name) - dot <= LONGEST_TYPE else ""
        return name if self.clear else f"{DOTS}{tail}"

    def address(self, text: str) -> str:
        """Where a message went, by whatever channel."""
        return self.email(text) if "@" in text else self.phone(text)

    def spoken(self, text: str) -> str:
        """A machine's words without what could tell of somebody."""
        if self.clear:
            return text
        status = STATUS.match(text)
        begins = status[0] if status else ""
        cut = ADDRESS.sub(DOTS, text[len(begins) :])
        if self._known:
            cut = self._known.sub(DOTS, cut)
        return begins + NUMBER.sub(DOTS, cut)

    def detail(self, name: str, value: str) -> str:
        """A detail of an event: shown, scrubbed or masked whole, by its name."""
        if name in SAFE_DETAILS:
            return value
        return self.spoken(value) if name in SPOKEN_DETAILS else self.words(value)


def _told(person: Recipient) -> Iterable[str]:
    """Everything by which a recipient could be told, whole and in its words."""
    yield from (person.full_name, *person.full_name.split(), *person.representative.split())
    yield from (person.email, person.phone, *person.email.split("@"))
    yield from (each.value for each in (person.identity, person.access_identifier) if each)
    if address := person.postal_address:
        yield from (address.line1, address.line2, address.postal_code, address.city)

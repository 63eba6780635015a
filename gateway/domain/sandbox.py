"""The sandbox: outcomes that an issuer's tests may ask for, and the recipients that bring them by themselves.

Nothing of a sandbox transaction is true of anybody, and everything says so. Addresses are in a domain that
nobody can have (RFC 2606), telephones under a country code that nobody has (ITU-T E.164, +999).
"""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from gateway.domain.delivery import Channel, Outcome
from gateway.domain.errors import Text
from gateway.domain.parties import Recipient
from gateway.domain.voice import CallState

DOMAIN = "@sandbox.example"
PHONE = re.compile(r"\+999[0-9]{3,10}([0-9]{2})")
BAND = Text("TEST: sandbox, proves nothing", "PRUEBA: entorno de pruebas, no acredita nada")
# As one line wherever a document has no language of its own; the Spanish one first, as in every stamp.
MARK = f"{BAND.es} / {BAND.en}"
POLICY_SUFFIX = "#sandbox"


class Script(StrEnum):
    """What is to happen to a recipient. Values are stored and in the contract: never rename one."""

    DELIVERED = "DELIVERED"
    ACCEPTED = "ACCEPTED"
    BOUNCED = "BOUNCED"
    UNKNOWN = "UNKNOWN"
    BUSY = "BUSY"
    NO_ANSWER = "NO_ANSWER"
    MACHINE = "MACHINE"
    ACCESSED = "ACCESSED"
    CONSULTED = "CONSULTED"
    SIGNED = "SIGNED"
    REJECTED = "REJECTED"
    WITHDRAWN = "WITHDRAWN"
    WRONG_IDENTIFIER = "WRONG_IDENTIFIER"
    WRONG_CODE = "WRONG_CODE"
    CODE_ATTEMPTS_EXCEEDED = "CODE_ATTEMPTS_EXCEEDED"
    EXPIRED = "EXPIRED"


# The last two digits of a telephone; an address says the word before its @, in small letters, with hyphens.
BY_DIGITS: dict[str, Script] = {
    "01": Script.DELIVERED,
    "02": Script.ACCEPTED,
    "03": Script.BOUNCED,
    "04": Script.UNKNOWN,
    "05": Script.BUSY,
    "06": Script.NO_ANSWER,
    "07": Script.MACHINE,
    "11": Script.ACCESSED,
    "12": Script.CONSULTED,
    "13": Script.SIGNED,
    "14": Script.REJECTED,
    "15": Script.WITHDRAWN,
    "16": Script.WRONG_IDENTIFIER,
    "17": Script.WRONG_CODE,
    "18": Script.CODE_ATTEMPTS_EXCEEDED,
    "19": Script.EXPIRED,
}
OUTCOMES: dict[Script, Outcome] = {
    Script.ACCEPTED: Outcome.ACCEPTED,
    Script.BOUNCED: Outcome.REFUSED,
    Script.UNKNOWN: Outcome.UNKNOWN,
}
CALLS: dict[Script, CallState] = {
    Script.BUSY: CallState.BUSY,
    Script.NO_ANSWER: CallState.NO_ANSWER,
    Script.MACHINE: CallState.MACHINE,
}
# What the channel answers by itself; whoever gets the message does nothing.
OF_THE_CHANNEL = frozenset({Script.DELIVERED, *OUTCOMES, *CALLS})


@dataclass(frozen=True, slots=True)
class SandboxMessage:
    """A message that left nowhere. `text` may hold a link or a code, so it is kept sealed."""

    id: str
    guid: str
    position: int
    channel: Channel
    address: str
    subject: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Directive:
    """What was asked of one recipient of one transaction by `DriveSandbox`; the last word counts."""

    guid: str
    position: int
    script: Script


def script_of(address: str) -> Script | None:
    """What an address or a telephone stands for; a tag after + in the address makes many of one."""
    if address.lower().endswith(DOMAIN):
        word = address.lower().removesuffix(DOMAIN).partition("+")[0].replace("-", "_").upper()
        return Script(word) if word in Script.__members__ else None
    match = PHONE.fullmatch(address)
    return BY_DIGITS.get(match[1]) if match else None


def act_of(recipient: Recipient) -> Script | None:
    """What the recipient does once a message reaches them: their address says it, or their telephone."""
    scripts = (script_of(recipient.email), script_of(recipient.phone))
    return next((each for each in scripts if each and each not in OF_THE_CHANNEL), None)


def outcome_of(address: str) -> Outcome:
    """How the channel answers; whoever acts was reached."""
    script = script_of(address)
    return OUTCOMES.get(script, Outcome.DELIVERED) if script else Outcome.DELIVERED


def call_of(phone: str) -> CallState:
    """How a call to it goes: whoever acts takes it and hears it to the end."""
    script = script_of(phone)
    return CALLS.get(script, CallState.ENDED) if script else CallState.ENDED

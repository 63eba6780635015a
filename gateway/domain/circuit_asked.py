"""What a circuit may ask for: whether its rules can be carried out for these recipients at all."""

from collections.abc import Iterable, Iterator, Sequence

from gateway.domain.circuits import Rule
from gateway.domain.delivery import Channel
from gateway.domain.parties import Recipient
from gateway.domain.quiet import is_zone

NEEDED = {
    Channel.EMAIL: "email",
    Channel.SMS: "phone",
    Channel.VOICE: "phone",
    Channel.POSTAL: "postal_address",
}


def circuit_rules(rules: Sequence[Rule], recipients: Iterable[Recipient], *, told: bool) -> Iterator[str]:
    """What cannot be done; `told`: the service sends its recipients notices, and may send others."""
    if not rules:
        return
    if not told:
        yield "reminders and fallbacks are for services whose recipients are told to come in"
        return
    yield from (f"{rule.name}: nothing is sent by WEB" for rule in rules if rule.channel is Channel.WEB)
    for index, recipient in enumerate(recipients, 1):
        missing = {NEEDED[rule.channel] for rule in rules if not has_contact(recipient, rule.channel)}
        yield from (f"recipient {index}: {each} is missing for the circuit" for each in sorted(missing))


def zone_rules(recipient: Recipient) -> Iterator[str]:
    if recipient.time_zone and not is_zone(recipient.time_zone):
        yield f"there is no time zone {recipient.time_zone}"


def has_contact(recipient: Recipient, channel: Channel) -> bool:
    """Whether the recipient can be reached by it at all; nobody is reached by WEB, which is only there."""
    return channel not in NEEDED or bool(getattr(recipient, NEEDED[channel]))

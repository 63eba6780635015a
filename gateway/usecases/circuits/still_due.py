"""Whether what a circuit queued may leave now: it may have waited for hours until its channel could take it.

What the issuer, or a person, asked for is no circuit's, and always may.
"""

from dataclasses import dataclass

from gateway.domain.circuits import Limits
from gateway.domain.delivery import Channel
from gateway.usecases.circuits.history import FORGONE, circuit_of, queued, standing_of, waived
from gateway.usecases.journal import Happening, Journal
from gateway.usecases.notice_series import Meant, effect_of
from gateway.usecases.outbox import Postpone
from gateway.usecases.ports import UnitOfWork
from gateway.usecases.reports.notices import notices
from gateway.usecases.visit import Visit


@dataclass(frozen=True, slots=True)
class StillDue:
    """`limits` hold for issuers without a circuit."""

    journal: Journal
    limits: Limits

    def __call__(self, uow: UnitOfWork, here: Visit, asked: Meant) -> bool:
        """False when nothing calls for it any more, which is noted. Raises Postpone in quiet hours."""
        if asked.channel is None:
            return True
        name = effect_of(here.recipient, asked.channel)
        own = [each for each in uow.events.of(here.record.guid) if each.position == here.recipient.position]
        rule, _ = queued(own).get(name, ("", None))
        if not rule or _in_hand(uow, here, name):
            return True
        reason = self._reason(uow, here, rule, asked.channel)
        if reason:
            details = (("rule", rule), ("channel", asked.channel.value), ("effect", name), ("reason", reason))
            what = Happening(here.at, here.recipient.position, details=details)
            self.journal.noted(uow, here.record, FORGONE, what)
            return False
        self._wait_for_the_morning(uow, here)
        return True

    def _reason(self, uow: UnitOfWork, here: Visit, name: str, channel: Channel) -> str:
        """Why it is forgone; empty for what is still due."""
        circuit = circuit_of(uow, here.record, self.limits, here.recipient)
        rule = next((each for each in circuit.rules if each.name == name), None)
        standing = standing_of(uow, here.record, here.recipient, frozenset(Channel))
        if standing.acted:
            return "ACTED"
        if standing.opened and (rule is None or not rule.reminds):
            return "OPENED"
        return "WAIVED" if channel is Channel.POSTAL and waived(uow, here.record, here.recipient) else ""

    def _wait_for_the_morning(self, uow: UnitOfWork, here: Visit) -> None:
        limits = circuit_of(uow, here.record, self.limits, here.recipient).limits
        if limits.quiet and limits.quiet.holds(here.at, limits.zone):
            raise Postpone(limits.quiet.after(here.at, limits.zone))


def _in_hand(uow: UnitOfWork, here: Visit, name: str) -> bool:
    """Whether an attempt has no result yet: what became of it is to be found out, whatever the hour."""
    attempts = [each for each in notices(uow, here.recipient) if each.id.startswith(f"{name}.")]
    return any(each.outcome is None for each in attempts)

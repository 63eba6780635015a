"""What recipients get at the end, bound to its adapters."""

from collections.abc import Mapping
from dataclasses import dataclass

from gateway.bootstrap.delivering import delivering
from gateway.bootstrap.technology import Technology
from gateway.domain.copies import CopyPolicy
from gateway.settings import Settings
from gateway.usecases.copies.ask import AskCopy, SendCopy
from gateway.usecases.copies.files import CopyFiles
from gateway.usecases.copies.open import OpenCopy
from gateway.usecases.copies.tell import TellRecipient
from gateway.usecases.journal import Journal
from gateway.usecases.outbox import Handler, Kind
from gateway.usecases.ports import Wake


@dataclass(frozen=True)
class Copies:
    """Asking and opening are the portal's, the rest is done by workers."""

    ask: AskCopy
    open: OpenCopy
    handlers: Mapping[Kind, Handler]


def copies(settings: Settings, tech: Technology, journal: Journal, wake: Wake) -> Copies:
    database, clock, codes = tech.database, tech.clock, tech.codes
    policy = _policy(settings)
    files, base_url = CopyFiles(tech.vault, policy.pack), settings.gateway.base_url
    deliver = delivering(tech)
    tell = TellRecipient(database, deliver, tech.notices, codes, files, journal, policy, clock, base_url)
    send = SendCopy(database, deliver, tech.notices, codes, journal, policy, clock, base_url)
    return Copies(
        ask=AskCopy(database, journal, policy, clock, wake),
        open=OpenCopy(database, codes, files, journal, policy, clock),
        handlers={Kind.TELL_OUTCOME: tell, Kind.SEND_COPY: send},
    )


def _policy(settings: Settings) -> CopyPolicy:
    return CopyPolicy(
        tell=settings.copies.tell,
        mail_limit=settings.copies.mail_limit,
        life=settings.copies.life,
        session=settings.copies.session,
        a_day=settings.copies.a_day,
        pack=settings.copies.pack,
    )

"""What issuers and the operator's people do with transactions that are under way, as one value."""

from dataclasses import dataclass

from gateway.adapters.numbers import PhoneNumbers
from gateway.bootstrap.sandbox import Sandbox, sandbox
from gateway.bootstrap.technology import Technology
from gateway.domain.signing import CodePolicy
from gateway.entrypoints.soap.ports import Handling
from gateway.settings import Settings
from gateway.usecases.access_url import GetAccessUrl
from gateway.usecases.desk.again import Remind, ResendNotice
from gateway.usecases.desk.block import BlockContact
from gateway.usecases.desk.correct import CorrectRecipient
from gateway.usecases.desk.end import CloseByOperator, ExtendByStaff, RetryTask
from gateway.usecases.extend_custody import ExtendCustody
from gateway.usecases.journal import Journal
from gateway.usecases.listing import ListTransactions, States
from gateway.usecases.outbox import Handler, Kind
from gateway.usecases.ports import Wake


@dataclass(frozen=True, slots=True)
class Desk:
    """For the SOAP door and for the consoles."""

    list_page: ListTransactions
    states: States
    correct: CorrectRecipient
    remind: Remind
    resend: ResendNotice
    block: BlockContact
    close: CloseByOperator
    extend_custody: ExtendCustody
    extend: ExtendByStaff
    retry_task: RetryTask
    sandbox: Sandbox
    access_url: GetAccessUrl

    @property
    def handlers(self) -> dict[Kind, Handler]:
        return {Kind.PLAY: self.sandbox.play}


def desk(settings: Settings, tech: Technology, journal: Journal, policy: CodePolicy, wake: Wake) -> Desk:
    database, clock, mark = tech.database, tech.clock, tech.codes.external_mark
    numbers = PhoneNumbers(settings.sms.country)
    block = BlockContact(database, journal, clock, wake)
    extend = ExtendCustody(database, journal, clock, wake, settings.custody.extend_ahead, mark)
    return Desk(
        list_page=ListTransactions(database, tech.codes.page_mark),
        states=States(database, mark),
        correct=CorrectRecipient(database, journal, clock, wake, mark, block, numbers),
        remind=Remind(database, journal, clock, wake, mark, frozenset(tech.couriers)),
        resend=ResendNotice(database, journal, clock, wake),
        block=block,
        close=CloseByOperator(database, journal, clock, wake),
        extend_custody=extend,
        extend=ExtendByStaff(extend),
        retry_task=RetryTask(database, clock, wake),
        sandbox=sandbox(settings, tech, journal, policy, wake),
        access_url=GetAccessUrl(
            database, tech.codes, journal, clock, settings.gateway.base_url, settings.door.ticket_life
        ),
    )


def handling(bound: Desk) -> Handling:
    """What the SOAP door may do of it."""
    return Handling(
        states=bound.states,
        list_page=bound.list_page,
        correct=bound.correct.by_issuer,
        remind=bound.remind,
        drive=bound.sandbox.drive,
        access_url=bound.access_url,
    )

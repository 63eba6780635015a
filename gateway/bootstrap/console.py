"""The support console from adapters and use cases."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from cryptography import x509

from gateway.adapters.batches import report_csv
from gateway.adapters.crypto.tsa import TsaStatus
from gateway.adapters.crypto.tsa_health import TsaState
from gateway.adapters.telemetry import logs
from gateway.bootstrap import accounts, verification
from gateway.bootstrap.system import System
from gateway.bootstrap.technology import Technology
from gateway.domain.errors import GatewayError
from gateway.entrypoints.web.console.app import console_app
from gateway.entrypoints.web.console.use_cases import Actions, ConsoleUseCases
from gateway.settings import Settings
from gateway.usecases.console.audit_view import ViewAudit
from gateway.usecases.console.batches import BatchDesk
from gateway.usecases.console.figures import ViewFigures
from gateway.usecases.console.files import TransactionFiles
from gateway.usecases.console.issuers import IssuerDesk
from gateway.usecases.console.once import Once
from gateway.usecases.console.queues import Probe, WatchQueues
from gateway.usecases.console.search import Search
from gateway.usecases.console.story import TellStory
from gateway.usecases.console.unmask import Unmask
from gateway.usecases.console.verifying import VerifyTransaction
from gateway.usecases.desk.strays import MatchReports

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


def door(settings: Settings, tech: Technology, system: System, session_key: bytes) -> "WSGIApplication":
    """The pages under /console, for whoever is signed in."""
    gate = accounts.gate(settings, system.accounts, session_key)
    return console_app(
        console_use_cases(settings, tech, system),
        gate,
        key=session_key,
        secure=settings.http.secure_cookies,
        clock=tech.clock,
        settle=gate.settle,
        new_id=logs.REQUEST_ID.get,
    )


def console_use_cases(settings: Settings, tech: Technology, system: System) -> ConsoleUseCases:
    database, clock, desk = tech.database, tech.clock, system.desk
    kept = verification.verify_kept(settings, tech, system.deposits)
    return ConsoleUseCases(
        search=Search(database, tech.codes.external_mark),
        story=TellStory(database, tech.vault, clock),
        unmask=Unmask(database, clock),
        once=Once(database, clock),
        actions=Actions(
            resend=desk.resend,
            correct=desk.correct,
            block=desk.block,
            close=desk.close,
            extend=desk.extend,
            retry=desk.retry_task,
            feedback=system.feedback.history,
            match=MatchReports(database, system.channels.receive),
        ),
        files=TransactionFiles(database, system.support, system.queries),
        verify=VerifyTransaction(database, kept.for_staff),
        batches=BatchDesk(database, system.batches.report),
        batch_csv=report_csv.lines,
        issuers=IssuerDesk(database, clock, read_certificate),
        queues=WatchQueues(database, clock, settings.deposit.period, lambda: probes(settings, tech)),
        audit=ViewAudit(database),
        figures=ViewFigures(database, clock),
        ask_export=system.console.ask,
        exports=system.console.take,
    )


def read_certificate(der: bytes) -> tuple[str, datetime, datetime]:
    found = x509.load_der_x509_certificate(der)
    return found.subject.rfc4514_string(), found.not_valid_before_utc, found.not_valid_after_utc


def probes(settings: Settings, tech: Technology) -> Sequence[Probe]:
    """What this process knows of couriers, time-stamping authorities and its clock; nobody is asked."""
    found = [
        Probe("email", settings.email.channel, well=True),
        Probe("sms", settings.sms.channel, well=True),
        *(
            Probe(f"TSA {number}", status.state.value, status.state is not TsaState.RESTING, _offset(status))
            for number, status in enumerate(tech.timestamper.states(), 1)
        ),
    ]
    try:
        tech.timestamper.watch.check()
    except GatewayError:
        return [*found, Probe("clock", "wrong", well=False)]
    return [*found, Probe("clock", "right", well=True)]


def _offset(status: TsaStatus) -> str:
    """Our clock minus the authority's, in seconds, by its last answer."""
    return f"{status.offset.middle.total_seconds():+.1f} s" if status.offset else ""

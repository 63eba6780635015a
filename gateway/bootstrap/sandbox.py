"""The sandbox: the channel that sends nothing, the recipients who act by themselves, and who drives them."""

from dataclasses import dataclass
from functools import partial

from gateway.bootstrap.channels import channels
from gateway.bootstrap.publications import expire_due
from gateway.bootstrap.signing import sign_on_pad
from gateway.bootstrap.technology import Technology
from gateway.domain.signing import CodePolicy
from gateway.settings import Settings
from gateway.usecases.access import Access
from gateway.usecases.begin_signing import BeginSigning
from gateway.usecases.challenge import RequestCode
from gateway.usecases.consult import Consult
from gateway.usecases.decide import Refuse
from gateway.usecases.fill import Fill
from gateway.usecases.finish_reading import FinishReading
from gateway.usecases.journal import Journal
from gateway.usecases.ports import Wake
from gateway.usecases.results import Stage
from gateway.usecases.sandbox.drive import DriveSandbox
from gateway.usecases.sandbox.forward import BringForward
from gateway.usecases.sandbox.play import Play
from gateway.usecases.sandbox.prepare import Prepare
from gateway.usecases.sandbox.scribble import scribble_on
from gateway.usecases.sign import Sign
from gateway.usecases.tick_consents import TickConsents
from gateway.usecases.viewing import Viewing


@dataclass(frozen=True, slots=True)
class Sandbox:
    play: Play
    drive: DriveSandbox


def sandbox(
    settings: Settings, tech: Technology, journal: Journal, policy: CodePolicy, wake: Wake
) -> Sandbox:
    """The very use cases of the portal, bound once more."""
    database, codes, clock = tech.database, tech.codes, tech.clock
    expire = expire_due(settings, tech, journal, wake)
    lines = channels(settings, tech, journal, wake)
    forward = BringForward(database, journal, clock, expire)
    return Sandbox(
        play=Play(
            database,
            codes,
            Access(database, codes, journal, clock),
            Consult(database, tech.vault, tech.conditions, journal, clock),
            RequestCode(database, journal, policy, clock, wake),
            Sign(database, codes, journal, policy, clock, wake),
            FinishReading(database, journal, clock, wake, settings.notification.reading_time),
            Refuse(database, journal, clock, wake),
            forward,
            policy,
            clock,
            BeginSigning(database, journal, clock),
            {Stage.PAD: partial(scribble_on, sign_on_pad(tech, journal, wake))},
            Prepare(
                Fill(database, journal, clock),
                Viewing(database, tech.vault, tech.pages, journal, clock),
                TickConsents(database, journal, clock),
            ),
        ),
        drive=DriveSandbox(
            database, journal, forward, clock, wake, codes.external_mark, receive=lines.receive
        ),
    )

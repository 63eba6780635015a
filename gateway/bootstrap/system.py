"""From adapters to use cases: one value that holds everything the gateway can do."""

from collections.abc import Mapping
from dataclasses import dataclass

from gateway.adapters.numbers import PhoneNumbers
from gateway.bootstrap import accounts, approved, custody, observed, packs, publications
from gateway.bootstrap.batches import Batches, batches
from gateway.bootstrap.calls import calls
from gateway.bootstrap.channels import Channels, channels
from gateway.bootstrap.circuits import limits
from gateway.bootstrap.console_work import ConsoleWork, console_handlers, console_work
from gateway.bootstrap.copies import Copies, copies
from gateway.bootstrap.delivering import delivering
from gateway.bootstrap.deposits import Deposits, deposits
from gateway.bootstrap.desk import Desk, desk
from gateway.bootstrap.door import RecipientsDoor, recipients_door
from gateway.bootstrap.feedback import Feedback, feedback
from gateway.bootstrap.sender import Core, Sender, sender
from gateway.bootstrap.signing import Signing, finish_reading, signing
from gateway.bootstrap.technology import Technology
from gateway.domain.signing import CodePolicy
from gateway.entrypoints.web.accounts.use_cases import AccountUseCases
from gateway.settings import Settings
from gateway.usecases.access import Access
from gateway.usecases.attached import AsSent, StampedCopies
from gateway.usecases.cancel import Cancel
from gateway.usecases.certificate_facts import CertificateFacts
from gateway.usecases.certify import Certify
from gateway.usecases.challenge import RequestCode
from gateway.usecases.circuits.still_due import StillDue
from gateway.usecases.close import Close
from gateway.usecases.consult import Consult
from gateway.usecases.decide import Refuse
from gateway.usecases.end_refusals import EndRefusals
from gateway.usecases.expire import ExpireDue
from gateway.usecases.export_custody import ExportIssuer
from gateway.usecases.extend_custody import ExtendCustody
from gateway.usecases.fixity import Fixity
from gateway.usecases.holds import LegalHolds
from gateway.usecases.import_custody import ImportCustody
from gateway.usecases.journal import Journal
from gateway.usecases.notify import Notify
from gateway.usecases.outbox import Handler, Kind
from gateway.usecases.outcome import TellOutcome
from gateway.usecases.pack import PackQuery
from gateway.usecases.ports import Wake
from gateway.usecases.purge import Purge
from gateway.usecases.queries import Queries
from gateway.usecases.seal import Seal
from gateway.usecases.seal_evidence import SealEvidence
from gateway.usecases.send_code import SendCode
from gateway.usecases.shred import Shred
from gateway.usecases.sign import Sign
from gateway.usecases.stamp import Stamp
from gateway.usecases.submit import Submit
from gateway.usecases.support import Support
from gateway.usecases.templates.compose import ComposeKept
from gateway.usecases.upkeep import Upkeep


@dataclass(frozen=True)
class System:
    """The use cases by what calls them: doors, workers, the alarm clock, the operator."""

    submit: Submit
    batches: Batches
    queries: Queries
    pack_of: PackQuery
    cancel: Cancel
    holds: LegalHolds
    purge: Purge
    end_refusals: EndRefusals
    fixity: Fixity
    export_issuer: ExportIssuer
    import_custody: ImportCustody
    door: RecipientsDoor
    consult: Consult
    request_code: RequestCode
    signing: Signing
    sign: Sign
    refuse: Refuse
    tell_outcome: TellOutcome
    expire_due: ExpireDue
    upkeep: Upkeep
    shred: Shred
    support: Support
    deposits: Deposits
    feedback: Feedback
    sender: Sender
    desk: Desk
    accounts: AccountUseCases
    console: ConsoleWork
    channels: Channels
    handlers: Mapping[str, Handler]

    @property
    def access(self) -> Access:
        return self.door.access

    @property
    def extend_custody(self) -> ExtendCustody:
        return self.desk.extend_custody

    @property
    def copies(self) -> Copies:
        return self.signing.copies


def system(settings: Settings, tech: Technology, wake: Wake) -> System:
    """Bind every use case; `wake` tells this process's workers that a task is due."""
    core, codes, policy = _core(settings, tech, wake), tech.codes, _policy(settings)
    database, vault, clock, journal = tech.database, tech.vault, tech.clock, core.journal
    kept, lots = deposits(settings, tech), batches(settings, tech, core.submit)
    sending, acts = sender(settings, tech, wake, core), desk(settings, tech, journal, policy, wake)
    lines = channels(settings, tech, journal, wake)
    own = _handlers(settings, tech, core, lots, lines, wake)
    return System(
        submit=core.submit,
        batches=lots,
        queries=core.queries,
        pack_of=core.pack_of,
        cancel=core.cancel,
        holds=LegalHolds(database, clock),
        purge=Purge(database, vault, journal, codes, clock, wake, settings.tsa.max_offset),
        end_refusals=EndRefusals(database, vault, clock, settings.custody.refusals, settings.tsa.max_offset),
        fixity=custody.fixity(settings, tech),
        export_issuer=ExportIssuer(database, vault, kept.records),
        import_custody=ImportCustody(database, vault, clock, int(settings.gateway.installation)),
        door=recipients_door(settings, tech, journal, wake),
        consult=Consult(database, vault, tech.conditions, journal, clock),
        request_code=RequestCode(database, journal, policy, clock, wake),
        signing=signing(settings, tech, journal, wake, calls(tech, journal, policy, wake, lines.receive)),
        sign=Sign(database, codes, journal, policy, clock, wake),
        tell_outcome=TellOutcome(database, clock, settings.copies.tell),
        refuse=Refuse(database, journal, clock, wake),
        expire_due=publications.expire_due(settings, tech, journal, wake),
        upkeep=Upkeep(database, clock, wake, settings.worker.keep_done),
        shred=Shred(database, tech.keks, clock, tech.audit.append, settings.vault.shred_after),
        support=_support(settings, tech, core, kept, wake),
        deposits=kept,
        feedback=feedback(settings, tech),
        sender=sending,
        desk=acts,
        accounts=accounts.of_technology(settings, tech),
        console=console_work(tech, lots.spool, wake),
        channels=lines,
        handlers=_observed(tech, wake, own, lines.handlers, acts.handlers, sending.handlers),
    )


def _observed(tech: Technology, wake: Wake, *sets: Mapping[Kind, Handler]) -> dict[str, Handler]:
    return observed.handlers(sets, tech.metrics, wake, tech.traces)


def _support(settings: Settings, tech: Technology, core: Core, kept: Deposits, wake: Wake) -> Support:
    approve = approved.registering(settings, tech.database, tech.clock)
    return Support(tech.database, core.queries, tech.clock, wake, kept.records, approve=approve)


def _core(settings: Settings, tech: Technology, wake: Wake) -> Core:
    database, codes = tech.database, tech.codes
    journal = Journal(tech.sealer, tech.vault, tech.clock)
    return Core(
        journal=journal,
        submit=Submit(
            database,
            tech.guids,
            tech.vault,
            tech.paper,
            journal,
            tech.clock,
            wake,
            codes,
            ComposeKept(database, tech.composer),
            PhoneNumbers(settings.sms.country),
            bool(tech.depositary.certificate_sha256),
            settings.email.largest,
        ),
        queries=Queries(database, tech.vault, codes.external_mark),
        pack_of=PackQuery(database, tech.vault, codes.external_mark),
        cancel=Cancel(database, journal, tech.clock, wake, codes.external_mark),
    )


def _handlers(
    settings: Settings, tech: Technology, core: Core, lots: Batches, lines: Channels, wake: Wake
) -> dict[Kind, Handler]:
    database, vault, clock, sealer = tech.database, tech.vault, tech.clock, tech.sealer
    journal = core.journal
    deliver, copied = delivering(tech), StampedCopies(database, vault)
    seal_evidence = SealEvidence(database, sealer, vault, clock)
    base_url = settings.gateway.base_url
    facts = CertificateFacts(tech.codes, settings.evidence.provider_name, base_url)
    return {
        Kind.STAMP: Stamp(database, vault, tech.paper, journal, clock),
        Kind.SEAL: Seal(database, sealer, journal, clock),
        Kind.NOTIFY: Notify(
            database,
            deliver,
            tech.notices,
            tech.codes,
            journal,
            clock,
            base_url,
            lines.fate,
            copied,
            AsSent(database, vault),
            StillDue(journal, limits(settings)),
        ),
        Kind.SEND_CODE: SendCode(
            database, deliver, tech.notices, tech.codes, journal, _policy(settings), clock
        ),
        Kind.FINISH_READING: finish_reading(settings, tech, journal, wake).later,
        Kind.SEAL_EVIDENCE: seal_evidence,
        Kind.CLOSE: Close(database, journal, seal_evidence, clock),
        Kind.CERTIFY: Certify(database, vault, tech.paper, sealer, tech.pdf_sealer, facts, journal, clock),
        Kind.PACK: packs.pack(tech, journal, facts),
        **calls(tech, journal, _policy(settings), wake, lines.receive).handlers,
        **lots.handlers,
        **copies(settings, tech, journal, wake).handlers,
        **console_handlers(tech, lots.spool),
        **publications.handlers(settings, tech, journal),
    }


def _policy(settings: Settings) -> CodePolicy:
    codes = settings.codes
    return CodePolicy(codes.life, codes.attempts, codes.sends, codes.pause, settings.voice.call_after)

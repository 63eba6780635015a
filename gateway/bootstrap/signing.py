"""What recipients may do beyond codes, bound to its adapters: each sign method and page adds its own here."""

from dataclasses import dataclass

from gateway.adapters.biometrics.iso19794_7 import SignatureTimeSeries
from gateway.adapters.documents.signature_sheet import SheetPaper
from gateway.adapters.signing_programs.autofirma import AutoFirma
from gateway.bootstrap.calls import Calls
from gateway.bootstrap.copies import Copies, copies
from gateway.bootstrap.publications import Publications, publications
from gateway.bootstrap.recipient_trust import recipient_signatures, signing_limits
from gateway.bootstrap.sale import serving
from gateway.bootstrap.technology import Technology
from gateway.settings import Settings
from gateway.usecases.begin_signing import BeginSigning
from gateway.usecases.call_program import CallProgram
from gateway.usecases.consent_book import ConsentBook
from gateway.usecases.fill import Fill
from gateway.usecases.finish_reading import FinishReading
from gateway.usecases.journal import Journal
from gateway.usecases.ports import Wake
from gateway.usecases.reading import ChooseDocuments, ConfirmReading
from gateway.usecases.sale.counter import ServeCustomers
from gateway.usecases.sign_on_pad import SignOnPad
from gateway.usecases.take_signed import TakeSigned
from gateway.usecases.tick_consents import TickConsents
from gateway.usecases.viewing import Viewing


@dataclass(frozen=True)
class Signing:
    publications: Publications
    serve: ServeCustomers
    begin: BeginSigning
    calls: Calls
    take_signed: TakeSigned
    program: CallProgram
    choose: ChooseDocuments
    consents: TickConsents
    consent_book: ConsentBook
    copies: Copies
    confirm_reading: ConfirmReading
    on_pad: SignOnPad
    viewing: Viewing
    fill: Fill
    finish_reading: FinishReading


def signing(settings: Settings, tech: Technology, journal: Journal, wake: Wake, calls: Calls) -> Signing:
    taking = take_signed(settings, tech, journal, wake)
    return Signing(
        publications=publications(tech, journal),
        serve=serving(tech, journal, wake),
        begin=BeginSigning(tech.database, journal, tech.clock),
        calls=calls,
        take_signed=taking,
        program=calling(settings, tech, journal, taking),
        choose=ChooseDocuments(tech.database, journal, tech.clock),
        consents=TickConsents(tech.database, journal, tech.clock),
        consent_book=ConsentBook(tech.database, tech.clock),
        copies=copies(settings, tech, journal, wake),
        confirm_reading=ConfirmReading(tech.database, journal, tech.clock, wake),
        on_pad=sign_on_pad(tech, journal, wake),
        viewing=Viewing(tech.database, tech.vault, tech.pages, journal, tech.clock),
        fill=Fill(tech.database, journal, tech.clock),
        finish_reading=finish_reading(settings, tech, journal, wake),
    )


def finish_reading(settings: Settings, tech: Technology, journal: Journal, wake: Wake) -> FinishReading:
    return FinishReading(tech.database, journal, tech.clock, wake, settings.notification.reading_time)


def sign_on_pad(tech: Technology, journal: Journal, wake: Wake) -> SignOnPad:
    return SignOnPad(
        tech.database,
        tech.vault,
        tech.depositary,
        SignatureTimeSeries(),
        SheetPaper(),
        tech.pdf_sealer,
        journal,
        tech.clock,
        wake,
    )


def take_signed(settings: Settings, tech: Technology, journal: Journal, wake: Wake) -> TakeSigned:
    return TakeSigned(
        tech.database,
        tech.vault,
        recipient_signatures(settings, tech),
        journal,
        tech.clock,
        wake,
        signing_limits(settings),
    )


def calling(settings: Settings, tech: Technology, journal: Journal, taking: TakeSigned) -> CallProgram:
    """AutoFirma is called with the public addresses of the door `autofirma`."""
    door = f"{settings.gateway.base_url.rstrip('/')}/autofirma"
    program = AutoFirma(f"{door}/retrieve", f"{door}/store")
    return CallProgram(
        tech.database, tech.vault, program, taking, journal, tech.clock, signing_limits(settings)
    )

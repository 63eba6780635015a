"""The verifier as every door has it: the same validator, renderers and use cases, by whoever's trust."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from gateway.adapters.crypto.detached import MAX_FILES
from gateway.adapters.crypto.revocation import CachedRevocation
from gateway.adapters.crypto.trust import Anchors
from gateway.adapters.reports import carried, pdf, text, xml
from gateway.adapters.validation.validator import Validator
from gateway.adapters.validation.zip_reading import ZipLimits
from gateway.bootstrap.deposits import Deposits
from gateway.bootstrap.technology import Technology
from gateway.domain.validation import ValidationReport
from gateway.entrypoints.web.verify.use_cases import VerifyUseCases
from gateway.settings import Settings
from gateway.usecases.kept_files import KeptFiles
from gateway.usecases.turns import Turns
from gateway.usecases.verify import VerifyFile
from gateway.usecases.verify_kept import VerifyKept

RENDERS: Mapping[str, Callable[[Sequence[ValidationReport], str], bytes]] = {
    "text": text.render,
    "xml": xml.render,
    "pdf": pdf.render,
}
# Uploads may hold less than what an operator verifies on his own machine, yet each pack of ours.
KEPT_LARGEST = 4 * 1024 * 1024 * 1024
KEPT_LIMITS = ZipLimits(octets=KEPT_LARGEST)
PUBLIC_LIMITS = ZipLimits(files=MAX_FILES + 100, octets=128 * 1024 * 1024)


def verify_file(settings: Settings, tech: Technology, limits: ZipLimits = PUBLIC_LIMITS) -> VerifyFile:
    """By the gateway's roots and those of `[verify]`; revocation by lists in files, never by the network."""
    revocation = CachedRevocation(tech.clock, _lists(settings))
    validator = Validator(
        _anchors(settings),
        tech.algorithms,
        revocation=revocation,
        limits=limits,
        lists=revocation.lists,
    )
    return VerifyFile(validator, tech.clock, settings.verify.largest)


def verify_kept(settings: Settings, tech: Technology, deposits: Deposits) -> VerifyKept:
    """What we keep is as large as it is; only what others send is bounded."""
    verify = replace(verify_file(settings, tech, KEPT_LIMITS), largest=KEPT_LARGEST)
    files = KeptFiles(tech.database, tech.vault, deposits.records, deposits.files)
    return VerifyKept(files, tech.codes, verify, tech.clock)


def page_use_cases(verify: VerifyFile, kept: VerifyKept, at_once: int) -> VerifyUseCases:
    """Of what anybody may ask for, so much at once: the other threads are there for recipients."""
    turns = Turns(at_once)

    def file(name: str, octets: bytes, companions: Mapping[str, bytes]) -> ValidationReport:
        with turns.take():
            return verify(name, octets, companions=companions)

    def printed(guid: str, code: str, address: str) -> Sequence[ValidationReport]:
        with turns.take():
            return kept(guid, code, address)

    return VerifyUseCases(
        file=file,
        kept=printed,
        renders=RENDERS,
        carry=carried.dump,
        carried=carried.load,
        largest=verify.largest,
    )


def at_some_time(
    verify: VerifyFile,
) -> Callable[[str, bytes, datetime | None, Mapping[str, bytes]], ValidationReport]:
    """As SOAP calls it."""
    return lambda name, octets, at, companions: verify(name, octets, at=at, companions=companions)


def _anchors(settings: Settings) -> Anchors:
    own = Anchors.from_file(settings.pki.anchors)
    if settings.verify.anchors is None:
        return own
    return Anchors([*own.roots, *Anchors.from_file(settings.verify.anchors).roots])


def _lists(settings: Settings) -> tuple[Path, ...]:
    """Each file once: the same authority may stand behind seals and issuers."""
    every = (*settings.revocation.lists, *settings.pki.issuer_crls, *settings.verify.lists)
    return tuple(dict.fromkeys(every))

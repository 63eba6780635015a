"""The verifier as every door has it: the same validator, renderers and use cases, by whoever's trust."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from gateway.adapters.crypto.revocation import CachedRevocation
from gateway.adapters.crypto.trust import Anchors
from gateway.adapters.reports import carried, pdf, text, xml
from gateway.adapters.validation.validator import Validator
from gateway.adapters.validation.zip_reading import ZipLimits
from gateway.bootstrap.technology import Technology
from gateway.domain.validation import ValidationReport
from gateway.entrypoints.web.verify.use_cases import VerifyUseCases
from gateway.settings import Settings
from gateway.usecases.verify import VerifyFile, VerifyKept

RENDERS: Mapping[str, Callable[[Sequence[ValidationReport], str], bytes]] = {
    "text": text.render,
    "xml": xml.render,
    "pdf": pdf.render,
}
# What somebody uploads may hold less than what an operator verifies on his own machine.
PUBLIC_LIMITS = ZipLimits(files=500, octets=128 * 1024 * 1024)


def verify_file(settings: Settings, tech: Technology) -> VerifyFile:
    """By the gateway's roots and those of `[verify]`; revocation by lists in files, never by the network."""
    validator = Validator(
        _anchors(settings),
        tech.algorithms,
        revocation=CachedRevocation(tech.clock, _lists(settings)),
        limits=PUBLIC_LIMITS,
    )
    return VerifyFile(validator, tech.clock, settings.verify.largest)


def page_use_cases(verify: VerifyFile, tech: Technology) -> VerifyUseCases:
    kept = VerifyKept(tech.database, tech.vault, tech.codes, verify, tech.clock)
    return VerifyUseCases(
        file=lambda name, octets, companions: verify(name, octets, companions=companions),
        kept=kept,
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

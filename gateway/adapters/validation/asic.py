"""ASiC-E containers with XAdES signatures (ETSI EN 319 162-1): the shape, the signatures, what they cover.

Every file must be covered by a signature that holds, or it is named and the container stays undecided.
CAdES signatures, time-stamps and evidence records of the container are named as not read; nothing here
trusts a file's name.
"""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from gateway.adapters.validation.context import Context
from gateway.adapters.validation.xml import validate_xml
from gateway.adapters.validation.zip_reading import ZipEntry, ZipLimits, ZipRefusedError, read_zip
from gateway.domain.validation import (
    Coverage,
    Indication,
    SignatureReport,
    SubIndication,
    ValidationReport,
)

KIND = "ASIC-E"
MIMETYPE = "mimetype"
MEDIA_TYPE = b"application/vnd.etsi.asic-e+zip"
COMMENTS = {b"", b"mimetype=" + MEDIA_TYPE}
SIGNATURES = re.compile(r"META-INF/[^/]*signatures[^/]*\.xml", re.IGNORECASE)
# The container's own files, about which its signatures say nothing (EN 319 162-1, 4.4.3.2 and A.2).
OWN = re.compile(r"META-INF/(manifest|container)\.xml", re.IGNORECASE)
# Proofs by their name that nobody reads here: they may say anything, so a report must not pass over them.
UNREAD = re.compile(
    r"META-INF/([^/]*(signature|timestamp)[^/]*\.(p7s|tst)|[^/]*evidencerecord[^/]*\.(xml|ers))",
    re.IGNORECASE,
)
MOST_SIGNATURES = 20  # Files of them; each costs the digests of every file.
MANY = 10  # Names of uncovered files that one sentence holds.

Enclosed = Callable[[str, bytes, Mapping[str, bytes]], ValidationReport | None]


@dataclass(frozen=True, slots=True)
class _Container:
    """The files by name; `data` are those that must be covered."""

    files: Mapping[str, bytes]

    @property
    def signatures(self) -> list[str]:
        return [name for name in self.files if SIGNATURES.fullmatch(name)]

    @property
    def data(self) -> list[str]:
        return [name for name in self.files if not self._own(name)]

    @property
    def unread(self) -> list[str]:
        return [name for name in self.files if UNREAD.fullmatch(name)]

    @staticmethod
    def _own(name: str) -> bool:
        patterns = (SIGNATURES, OWN, UNREAD)
        return name == MIMETYPE or any(pattern.fullmatch(name) for pattern in patterns)


def validate_asic(
    name: str, octets: bytes, context: Context, enclosed: Enclosed, limits: ZipLimits
) -> ValidationReport:
    """The container's report; `enclosed` judges one file inside, and gives None for what bears no proof."""
    blank = ValidationReport(name, hashlib.sha256(octets).digest(), KIND, context.at, Indication.FAILED, ())
    try:
        container = _read(octets, limits)
    except ZipRefusedError as refused:
        return replace(blank, sub_indication=SubIndication.FORMAT_FAILURE, detail=str(refused))
    data = {each: container.files[each] for each in container.data}
    found = [
        validate_xml(each, container.files[each], context, detached=data) for each in container.signatures
    ]
    signatures = tuple(
        replace(signature, id=f"{report.name} {signature.id}", coverage=_coverage(signature, data))
        for report in found
        for signature in report.signatures
    )
    judged = _verdict(blank, container, found, signatures)
    inside = (enclosed(each, body, data) for each, body in data.items())
    return replace(judged, enclosed=tuple(report for report in inside if report is not None))


def _read(octets: bytes, limits: ZipLimits) -> _Container:
    entries, comment = read_zip(octets, limits)
    first = entries[0] if entries else None
    if first is None or first.name != MIMETYPE or not _is_type(first):
        raise ZipRefusedError("its first file is not the plain `mimetype` of an ASiC-E container")
    if comment not in COMMENTS:
        raise ZipRefusedError("a comment that is not its media type")
    container = _Container({entry.name: entry.octets for entry in entries})
    if len(container.signatures) > MOST_SIGNATURES:
        raise ZipRefusedError("too many signatures")
    return container


def _is_type(entry: ZipEntry) -> bool:
    """Stored, without extra field: the type stands at the same place in every container (A.1)."""
    return entry.stored and entry.bare and entry.octets == MEDIA_TYPE


def _coverage(signature: SignatureReport, data: Mapping[str, bytes]) -> Coverage:
    return Coverage.FULL if set(data) <= set(signature.covered) else Coverage.PARTIAL


def _verdict(
    blank: ValidationReport,
    container: _Container,
    found: Sequence[ValidationReport],
    signatures: tuple[SignatureReport, ...],
) -> ValidationReport:
    if not found:
        return _without(blank, container)
    worst = max(found, key=lambda report: _GRAVITY[report.indication])
    judged = replace(
        blank,
        indication=worst.indication,
        sub_indication=worst.sub_indication,
        detail=worst.detail,
        signatures=signatures,
    )
    bare = _uncovered(container, signatures)
    if judged.indication is Indication.PASSED and bare:
        return replace(
            judged,
            indication=Indication.INDETERMINATE,
            sub_indication=SubIndication.SIG_CONSTRAINTS_FAILURE,
            detail=f"no signature covers: {_named(bare)}",
        )
    if judged.indication is Indication.PASSED and container.unread:
        return replace(judged, detail=f"not read, and not judged: {_named(container.unread)}")
    return judged


def _named(names: Sequence[str]) -> str:
    return ", ".join(names[:MANY]) + (f" (+{len(names) - MANY})" if len(names) > MANY else "")


def _without(blank: ValidationReport, container: _Container) -> ValidationReport:
    """No signature that is read here: none at all, or only of kinds that are not."""
    if container.unread:
        detail = f"signatures of a kind not read: {_named(container.unread)}"
        return replace(blank, indication=Indication.INDETERMINATE, detail=detail)
    return replace(blank, sub_indication=SubIndication.FORMAT_FAILURE, detail="there is no signature")


def _uncovered(container: _Container, signatures: Sequence[SignatureReport]) -> list[str]:
    holding = (each for each in signatures if each.indication is Indication.PASSED)
    covered = {name for signature in holding for name in signature.covered}
    return [name for name in container.data if name not in covered]


_GRAVITY = {Indication.PASSED: 0, Indication.INDETERMINATE: 1, Indication.FAILED: 2}

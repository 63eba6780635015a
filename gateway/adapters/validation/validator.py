"""The port `Validator`: finds out what a file is, and has it judged by whoever knows such files.

Containers are opened once: what is inside them is judged, what is inside that is not.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from gateway.adapters.crypto.algorithm_policy import AlgorithmPolicy
from gateway.adapters.crypto.trust import Anchors
from gateway.adapters.crypto.validation_data import Revocation
from gateway.adapters.validation.asic import validate_asic
from gateway.adapters.validation.context import Context
from gateway.adapters.validation.memory import Memory
from gateway.adapters.validation.pdf import validate_pdf
from gateway.adapters.validation.record import ROOT, recorded, validate_record
from gateway.adapters.validation.sniff import FileType, sniff
from gateway.adapters.validation.token import validate_file_stamp
from gateway.adapters.validation.xml import validate_xml
from gateway.adapters.validation.zip_reading import ZipLimits
from gateway.adapters.xml.parser import parse
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.validation import ValidationReport

KNOWN = "XML, PDF, ASiC-E, RFC 3161 or RFC 4998 is expected"
NOTHING: Mapping[str, bytes] = {}
# A pack holds a PDF that holds evidence; whatever is deeper nobody meant to be verified.
DEEPEST = 2
# Without these octets, a file of that kind bears no signature, well made or not.
MARKS = {FileType.XML: (b"Signature", b"EvidenceRecord"), FileType.PDF: (b"/ByteRange",)}


@dataclass(frozen=True, slots=True)
class Validator:
    """`revocation` is asked where a file says nothing; without it, and unless `revocation_required` is
    false, a signer of whom nothing is known stays undecided. `lists` gives the lists (DER) that count beside
    whatever a file brings along. Safe across threads."""

    anchors: Anchors
    algorithms: AlgorithmPolicy
    revocation: Revocation | None = None
    revocation_required: bool = True
    policy_required: str = ""
    limits: ZipLimits = field(default_factory=ZipLimits)
    memory: Memory = field(default_factory=Memory)
    lists: Callable[[], Sequence[bytes]] = tuple

    def validate(
        self, name: str, octets: bytes, *, at: datetime, companions: Mapping[str, bytes] = NOTHING
    ) -> ValidationReport:
        """As the port says. Raises GatewayError(MEDIA_TYPE_REFUSED)."""
        context = Context(
            self.anchors,
            self.algorithms,
            at,
            revocation=self.revocation,
            revocation_required=self.revocation_required,
            policy_required=self.policy_required,
            memory=self.memory,
            lists=tuple(self.lists()),
        )
        report = _Judge(context, self.limits).judge(name, octets, companions)
        if report is None:
            raise GatewayError(ErrorKind.MEDIA_TYPE_REFUSED, KNOWN)
        return report


@dataclass(frozen=True, slots=True)
class _Judge:
    """One file and what is inside it, at one time."""

    context: Context
    limits: ZipLimits

    def judge(
        self, name: str, octets: bytes, companions: Mapping[str, bytes], depth: int = 0
    ) -> ValidationReport | None:
        """None for what is no file of a known kind."""
        kind = sniff(octets)
        if kind is FileType.XML:
            if _is_record(octets, self.context.limits.octets):
                return validate_record(name, octets, self.context, self._about(octets, companions, depth))
            return validate_xml(name, octets, self.context, companions)
        if kind is FileType.PDF:
            return validate_pdf(name, octets, self.context, self._inside(depth))
        if kind is FileType.ZIP and not depth:
            return validate_asic(name, octets, self.context, self._inside(depth), self.limits)
        if kind is FileType.TOKEN:
            return validate_file_stamp(name, octets, self.context, companions)
        if kind is FileType.RECORD_DER:
            return validate_record(name, octets, self.context, self._about(octets, companions, depth))
        return None

    def _about(self, record: bytes, companions: Mapping[str, bytes], depth: int) -> Mapping[str, bytes]:
        """Whoever gives files along means all of them; inside a container, a record is about some."""
        return companions if not depth else recorded(record, companions)

    def _inside(self, depth: int) -> "_Inside":
        return _Inside(self, depth + 1)


@dataclass(frozen=True, slots=True)
class _Inside:
    """Judges what is inside a file; what bears no signature there was never meant to bear one."""

    judge: _Judge
    depth: int

    def __call__(self, name: str, octets: bytes, beside: Mapping[str, bytes]) -> ValidationReport | None:
        if self.depth > DEEPEST or not any(mark in octets for mark in MARKS.get(sniff(octets), (b"",))):
            return None
        others = {each: body for each, body in beside.items() if each != name}
        return self.judge.judge(name, octets, others, self.depth)


def _is_record(octets: bytes, limit: int) -> bool:
    try:
        return parse(octets, limit=limit).tag == ROOT
    except GatewayError:
        return False

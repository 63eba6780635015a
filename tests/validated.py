"""Evidence that our own validator passed, with what tests read of it; anything less fails the test."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from lxml import etree

from gateway.adapters.crypto.algorithm_policy import AlgorithmPolicy
from gateway.adapters.crypto.trust import Anchors
from gateway.adapters.validation.context import Context
from gateway.adapters.validation.xml import validate_xml
from gateway.domain.evidence import EvidenceFacts
from gateway.domain.validation import Coverage, Indication, SignatureReport, ValidationReport

SIGNATURE = "{http://www.w3.org/2000/09/xmldsig#}Signature"


@dataclass(frozen=True)
class Validated:
    """One enveloped, time-stamped signature over the whole document, which holds."""

    report: ValidationReport
    octets: bytes

    @property
    def signature(self) -> SignatureReport:
        return self.report.signatures[0]

    @property
    def facts(self) -> EvidenceFacts | None:
        return self.report.facts

    @property
    def root(self) -> etree._Element:
        """The document without its signature."""
        root = etree.fromstring(self.octets)
        root.remove(root[-1])
        return root

    @property
    def root_name(self) -> str:
        return self.report.outline[0][0]

    @property
    def stamped_at(self) -> datetime:
        moment = self.signature.stamps[0].gen_time
        assert moment is not None
        return moment


def judged(octets: bytes, anchors: Anchors, at: datetime | None = None) -> ValidationReport:
    """The report; revocation is not asked for, since most samples are B-T."""
    context = Context(anchors, AlgorithmPolicy.load(), at or datetime.now(UTC), revocation_required=False)
    return validate_xml("sample.xml", octets, context)


def validated(octets: bytes, anchors: Anchors, at: datetime | None = None) -> Validated:
    """What passed, at `at`; by default on the day of its own time-stamp, as somebody then would see it."""
    if at is None:
        stamps = [stamp for each in judged(octets, anchors).signatures for stamp in each.stamps]
        at = next((each.gen_time for each in stamps if each.gen_time), datetime.now(UTC)) + timedelta(
            seconds=1
        )
    report = judged(octets, anchors, at)
    assert report.indication is Indication.PASSED, report
    (signature,) = report.signatures
    assert signature.coverage is Coverage.FULL
    assert signature.level in ("B-T", "B-LT", "B-LTA")
    assert etree.fromstring(octets)[-1].tag == SIGNATURE
    return Validated(report, octets)

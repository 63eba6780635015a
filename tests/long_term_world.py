"""A world whose certificates expire one after the other, and signatures of every level made in it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from lxml import etree

from gateway.adapters.crypto.algorithm_policy import AlgorithmPolicy
from gateway.adapters.crypto.keys import KeyPair
from gateway.adapters.crypto.trust import Anchors
from gateway.adapters.validation.context import Context
from gateway.adapters.validation.xml import validate_xml
from gateway.domain.validation import Indication, SubIndication, ValidationReport
from tests import foreign_signatures as f
from tests.foreign_signatures import DAY, YEAR, Authority

DOCUMENT = b"<contract><party>Ana</party></contract>"
T0 = f.moment("2026-01-01")
SIGNED = T0 + DAY
PASSED = (Indication.PASSED, None)


def undecided(name: str) -> tuple[Indication, SubIndication]:
    return (Indication.INDETERMINATE, SubIndication(name))


def failed(name: str) -> tuple[Indication, SubIndication]:
    return (Indication.FAILED, SubIndication(name))


@dataclass
class World:
    """Everything expires after two years, but for a second authority that comes into being later."""

    root: Authority
    ca: Authority
    signer: KeyPair
    tsa: KeyPair
    late_root: Authority
    late_ca: Authority
    late_tsa: KeyPair

    @classmethod
    def create(cls) -> "World":
        end = T0 + 2 * YEAR
        root = Authority.root("Old root", T0, end)
        ca = root.below("Old CA", T0, end)
        late = T0 + YEAR
        late_root = Authority.root("New root", late, late + 15 * YEAR)
        late_ca = late_root.below("New CA", late, late + 15 * YEAR)
        return cls(
            root,
            ca,
            ca.signer("Signer", T0, T0 + YEAR),
            ca.stamper("Old TSA", T0, end),
            late_root,
            late_ca,
            late_ca.stamper("New TSA", late, late + 12 * YEAR),
        )

    def context(self, at: datetime, **changes: object) -> Context:
        anchors = Anchors([self.root.certificate, self.late_root.certificate])
        return replace(Context(anchors, AlgorithmPolicy.load(), at), **changes)

    def b(self, **changes: object) -> etree._Element:
        return f.enveloped(DOCUMENT, self.signer, **changes)

    def t(self, at: datetime = SIGNED) -> etree._Element:
        root = self.b()
        f.add_signature_stamp(root, self.tsa, at)
        return root

    def crls(self, this: datetime, revoked: dict[int, datetime] | None = None) -> list[bytes]:
        return [self.root.crl(this, this + 30 * DAY), self.ca.crl(this, this + 7 * DAY, revoked)]

    def lt(self, at: datetime = SIGNED, revoked: dict[int, datetime] | None = None) -> etree._Element:
        root = self.t(at)
        chain = [*self.signer.chain, *self.tsa.chain[:1], self.root.certificate]
        f.add_values(root, chain, self.crls(at - timedelta(hours=1), revoked))
        return root

    def archived(self, root: etree._Element, pair: KeyPair, at: datetime) -> etree._Element:
        f.add_archive_stamp(root, pair, at, [f.c14n(etree.fromstring(DOCUMENT))])
        return root

    def verdict(self, root: etree._Element, at: datetime, **changes: object) -> ValidationReport:
        return validate_xml("c.xml", f.octets(root), self.context(at, **changes))


def found(report: ValidationReport) -> tuple[Indication, SubIndication | None]:
    return report.indication, report.sub_indication

"""The port `DepositPaper`: the deposit file in its two forms."""

from dataclasses import dataclass

from gateway.adapters.documents import deposit_pdf, deposit_xml
from gateway.domain.deposit import DepositFacts


@dataclass(frozen=True, slots=True)
class DepositPapers:
    """`depositor` is who deposits, as the notary reads it."""

    depositor: str

    def xml(self, facts: DepositFacts) -> bytes:
        return deposit_xml.render(facts)

    def pdf(self, facts: DepositFacts, xml_sha256: bytes) -> bytes:
        return deposit_pdf.draw(facts, xml_sha256, self.depositor)

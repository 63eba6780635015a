"""Reads the `consents` of a transaction: what is asked beside the acceptance."""

from gateway.adapters.xml.reading import Node
from gateway.domain.consents import Consent, Purpose


def read_consents(transaction: Node) -> tuple[Consent, ...]:
    return tuple(map(_consent, transaction.items("consents", "consent")))


def _consent(node: Node) -> Consent:
    return Consent(
        id=node.line("id"),
        purpose=node.choice("purpose", Purpose) or Purpose.OTHER,
        version=node.line("version"),
        text=node.text("text"),
        mandatory=node.flag("mandatory", default=True),
    )

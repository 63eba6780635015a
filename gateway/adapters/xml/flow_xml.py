"""Reads the `flow` of a transaction: how its recipients are led."""

from gateway.adapters.xml.reading import Node
from gateway.domain.flow import Flow, OnReject
from gateway.domain.letters import LetterKind


def read_flow(transaction: Node) -> Flow:
    """What the transaction says, or what holds when it says nothing."""
    node = transaction.child("flow")
    if node is None:
        return Flow()
    reasons = node.child("reject_reasons")
    return Flow(
        must_scroll=node.flag("must_scroll", default=False),
        send_copy=node.flag("send_copy", default=False),
        on_reject=node.choice("on_reject", OnReject) or OnReject.CONTINUE,
        reject_reasons=reasons.lines("reason") if reasons else (),
        spoken_acceptance=node.flag("spoken_acceptance", default=False),
        letter=node.choice("letter", LetterKind) or LetterKind.REGISTERED,
    )

"""Reads the call of a transaction that is made of one."""

from gateway.adapters.xml.reading import Node
from gateway.domain.bridge import BridgedCall, CallWay, Speaker


def read_call(transaction: Node) -> BridgedCall | None:
    node = transaction.child("call")
    if node is None:
        return None
    [caller, called] = [_speaker(each) for each in (node.child("caller"), node.child("called")) if each]
    way = node.choice("way", CallWay) or CallWay.RING_BOTH
    return BridgedCall(caller, called, way, int(node.line("attempts", "1")))


def _speaker(node: Node) -> Speaker:
    return Speaker(node.line("name"), node.line("phone"))

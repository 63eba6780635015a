"""Who takes part in what: a recipient's role, what they do with each document, and whose turn it is.

It knows the issuer's rules and nothing of rows. A viewer only reads: they hold nothing open and nobody up.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from gateway.domain.documents import DocumentGroup
from gateway.domain.parties import Recipient, RuleAction

if TYPE_CHECKING:
    from gateway.domain.record import RecipientRecord


class Role(Enum):
    """What a recipient's rules make of them: SIGNER signs, APPROVER accepts, VIEWER only reads."""

    SIGNER = "SIGNER"
    APPROVER = "APPROVER"
    VIEWER = "VIEWER"


@dataclass(frozen=True, slots=True)
class Share:
    """What one recipient does with one document. One that is not mandatory is theirs to tick, by `groups`."""

    action: RuleAction
    mandatory: bool = True
    groups: frozenset[str] = frozenset()


EVERYTHING = Share(RuleAction.SIGN)
# The furthest action of several on one document is the one that is asked for.
_FURTHEST = (RuleAction.SIGN, RuleAction.ACCEPT, RuleAction.READ)


def role_of(recipient: Recipient) -> Role:
    """Without rules a signer of everything; with rules, by the furthest of their actions."""
    actions = {rule.action for rule in recipient.rules}
    if not actions or RuleAction.SIGN in actions:
        return Role.SIGNER
    return Role.APPROVER if RuleAction.ACCEPT in actions else Role.VIEWER


def share_of(recipient: Recipient, groups: Sequence[DocumentGroup], document: str) -> Share | None:
    """By the document's id; None when it is not theirs at all."""
    if not recipient.rules:
        return EVERYTHING
    holding = {group.id for group in groups if document in group.documents}
    rules = [rule for rule in recipient.rules if rule.group in holding]
    for action in _FURTHEST:
        same = [rule for rule in rules if rule.action is action]
        if same:
            mandatory = any(rule.mandatory for rule in same)
            return Share(action, mandatory, frozenset(rule.group for rule in same))
    return None


def optional_groups(recipient: Recipient) -> tuple[str, ...]:
    """The groups that they sign or accept only if they tick them."""
    wanted = (rule for rule in recipient.rules if rule.action is not RuleAction.READ)
    return tuple(rule.group for rule in wanted if not rule.mandatory)


def deciders(recipients: "Sequence[RecipientRecord]") -> "Sequence[RecipientRecord]":
    """Those whose outcome makes the transaction's; all of them where nobody signs or accepts."""
    deciding = [each for each in recipients if role_of(each.asked) is not Role.VIEWER]
    return deciding or recipients


def turn_of(recipients: "Sequence[RecipientRecord]") -> int:
    """The lowest order that still has to decide; -1 when nobody is left. Lower orders had their turn."""
    return min((each.asked.order for each in deciders(recipients) if not each.state.terminal), default=-1)


def broken_rules(
    recipients: Sequence[Recipient], groups: Sequence[DocumentGroup], documents: Sequence[str], *, acts: bool
) -> Iterator[str]:
    """What is wrong with the issuer's rules; `acts` says whether the service asks for an act at all."""
    yield from _parts(recipients, groups, documents)
    last = max((each.order for each in recipients if role_of(each) is not Role.VIEWER), default=None)
    if recipients and last is None and acts:
        yield "at least one recipient must sign or accept"
    for index, recipient in enumerate(recipients, 1):
        named = [rule.group for rule in recipient.rules]
        if len(set(named)) != len(named):
            yield f"recipient {index}: two rules name one document group"
        if acts and last is not None and recipient.order > last:
            yield f"recipient {index}: only reads, and comes after everybody who decides"


def _parts(
    recipients: Sequence[Recipient], groups: Sequence[DocumentGroup], documents: Sequence[str]
) -> Iterator[str]:
    if not any(recipient.rules for recipient in recipients):
        return
    grouped = {document for group in groups for document in group.documents}
    for document in documents:
        if document not in grouped:
            yield f"document {document} is in no group although there are rules"
        elif all(share_of(each, groups, document) is None for each in recipients):
            yield f"document {document} is nobody's by the rules"

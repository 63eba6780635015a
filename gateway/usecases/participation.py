"""Who takes part in what: a recipient's role, and the documents that are theirs.

Whoever shows, lists or has documents signed for one recipient asks here, and nowhere else.
"""

from collections.abc import Sequence
from enum import Enum

from gateway.domain.parties import Recipient, RuleAction
from gateway.domain.record import DocumentRecord
from gateway.domain.transaction import Transaction


class Role(Enum):
    """What a recipient's rules make of them: SIGNER signs, APPROVER accepts, VIEWER only reads."""

    SIGNER = "SIGNER"
    APPROVER = "APPROVER"
    VIEWER = "VIEWER"


def role_of(recipient: Recipient) -> Role:
    """Without rules a signer of everything; with rules, by the furthest of their actions."""
    actions = {rule.action for rule in recipient.rules}
    if not actions or RuleAction.SIGN in actions:
        return Role.SIGNER
    return Role.APPROVER if RuleAction.ACCEPT in actions else Role.VIEWER


def documents_for(
    asked: Transaction, recipient: Recipient, documents: Sequence[DocumentRecord]
) -> tuple[DocumentRecord, ...]:
    """Those of `documents` that this recipient may see, in their order."""
    if not recipient.rules:
        return tuple(documents)
    groups = {rule.group for rule in recipient.rules}
    theirs = {each for group in asked.groups if group.id in groups for each in group.documents}
    return tuple(document for document in documents if document.id in theirs)

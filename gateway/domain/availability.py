"""What the contract can already say and this version does not carry out yet.

It is refused at Submit by name: accepting it and leaving it undone would make the evidence false. The
README lists the same words; whoever builds one removes it here.
"""

from collections.abc import Iterator

from gateway.domain.signing import SignMethod
from gateway.domain.transaction import Transaction

BUILT_METHODS = frozenset(SignMethod)


def needs_depositary(transaction: Transaction, default: SignMethod) -> bool:
    """Whether somebody is to give a sample that only the installation's depositary may open."""
    methods = {transaction.method_for(recipient, default) for recipient in transaction.recipients}
    return SignMethod.BIOMETRIC in methods or transaction.flow.spoken_acceptance


def not_available_yet(transaction: Transaction, default: SignMethod) -> Iterator[str]:
    """The parts of this transaction that nobody would carry out."""
    if not transaction.profile.built:
        yield f"service {transaction.service.value}"
    methods = {transaction.method_for(recipient, default) for recipient in transaction.recipients}
    if transaction.profile.codes:
        yield from sorted(f"sign_method {method.value}" for method in methods - BUILT_METHODS)

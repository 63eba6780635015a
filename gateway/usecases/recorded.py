"""What an evidence tells of recordings: how long each lasts, as measured, and its call, as declared."""

from collections.abc import Iterator

from gateway.domain.transaction import Transaction


def recorded(asked: Transaction) -> Iterator[tuple[str, str]]:
    """Details by the recording's number, counted from 1, which is its document's."""
    for number, document in enumerate(asked.documents, 1):
        if document.milliseconds is not None:
            yield f"recording_{number}_milliseconds", str(document.milliseconds)
        if document.call is not None:
            yield from ((f"call_{number}_{name}", value) for name, value in document.call.pairs())

"""What the support console reads beside what every use case does, each by an index that bounds its cost."""

from collections.abc import Sequence
from typing import Protocol

from gateway.domain.search import Found, Place, SearchBy, Span


class Searches(Protocol):
    def mark(self, by: SearchBy, text: str) -> str:
        """The keyed hash by which a person's transactions are found; empty for an empty text."""

    def get(self, guid: str) -> Found | None: ...
    def page(
        self, by: SearchBy, values: Sequence[str | int], place: Place, span: Span, limit: int
    ) -> Sequence[Found]:
        """At most `limit` transactions beyond `place` that have one of the values, newest first.

        Values are marks, external ids, numbers of issuers or ids of batches; RECENT needs none.
        """

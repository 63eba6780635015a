"""What validations remember from one file to the next: parsed certificates, lists, paths. All bounded.

Only what depends on nothing but its own octets and the anchors is kept, never a verdict about a time.
"""

from collections.abc import Callable, Hashable
from typing import Any, TypeVar, cast

from gateway.adapters.validation.certificates import Certificates

MOST = 1000
Value = TypeVar("Value")


class Memory:
    """A bounded store of computed values. Threads may compute one twice, never see half of one."""

    def __init__(self) -> None:
        self.certificates = Certificates()
        self._values: dict[Hashable, Any] = {}

    def recall(self, key: Hashable, compute: Callable[[], Value]) -> Value:
        """The value under `key`, computed when it is not there; what `compute` raises is not kept."""
        missing = object()
        found = self._values.get(key, missing)
        if found is not missing:
            return cast(Value, found)
        value = compute()
        if len(self._values) >= MOST:
            self._values.clear()
        self._values[key] = value
        return value

"""Remembers pages that were drawn a moment ago, in memory alone: they are personal, and never on a disk."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from gateway.usecases.ports import Clock
from gateway.usecases.ports.viewing import DrawnPage, PageDrawer, Sheet


@dataclass
class RememberedPages:
    """The port `PageDrawer` over another one: at most `most` octets of pictures, each for `life`.

    The page and its picture are asked for one after the other, so that one drawing serves both.
    """

    inner: PageDrawer
    clock: Clock
    most: int = 32 * 1024 * 1024
    life: timedelta = timedelta(minutes=2)
    _kept: "OrderedDict[Sheet, tuple[datetime, DrawnPage]]" = field(default_factory=OrderedDict)
    _octets: int = 0
    _lock: Lock = field(default_factory=Lock)

    def draw(self, sheet: Sheet, octets: Callable[[], bytes]) -> DrawnPage:
        now = self.clock.now()
        with self._lock:
            self._forget_before(now - self.life)
            known = self._kept.get(sheet)
        if known is not None:
            return known[1]
        page = self.inner.draw(sheet, octets)
        with self._lock:
            self._keep(sheet, page, now)
        return page

    def _keep(self, sheet: Sheet, page: DrawnPage, now: datetime) -> None:
        if len(page.octets) > self.most or sheet in self._kept:
            return
        self._kept[sheet] = now, page
        self._octets += _weight(page)
        while self._octets > self.most:
            self._drop_oldest()

    def _forget_before(self, earliest: datetime) -> None:
        while self._kept and next(iter(self._kept.values()))[0] < earliest:
            self._drop_oldest()

    def _drop_oldest(self) -> None:
        _, (_, page) = self._kept.popitem(last=False)
        self._octets -= _weight(page)


def _weight(page: DrawnPage) -> int:
    return len(page.octets) + 4 * len(page.text)

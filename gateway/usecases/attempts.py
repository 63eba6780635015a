"""A small limit on wrong tries, in this process's memory: several processes allow so many times more.

It keeps load and noise down. What may be tried must be too long to be guessed at any rate: nothing here
is a defence of six digits.
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.usecases.door_limits import network


@dataclass(slots=True)
class Attempts:
    """Wrong tries within `window`: `most` of one address at one thing, `most_anywhere` of one address, or of
    one network where addresses cost nothing (IPv6).

    A thing alone is never locked: whoever knows its name could then keep everybody else out. At most
    `remembered` counters are held; the one that is longest unused is forgotten first.
    """

    most: int = 5
    most_anywhere: int = 20
    window: timedelta = timedelta(minutes=15)
    remembered: int = 10_000
    _tries: OrderedDict[tuple[str, str], list[datetime]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def check(self, address: str, thing: str, now: datetime) -> None:
        """Raises GatewayError(TOO_MANY_ATTEMPTS) while either limit is reached."""
        address = network(address)
        with self._lock:
            spent = self._count(address, thing, now) >= self.most
            if spent or self._count(address, "", now) >= self.most_anywhere:
                raise GatewayError(ErrorKind.TOO_MANY_ATTEMPTS)

    def failed(self, address: str, thing: str, now: datetime) -> None:
        address = network(address)
        with self._lock:
            for counted in ((address, thing), (address, "")):
                self._tries.setdefault(counted, []).append(now)
                self._tries.move_to_end(counted)
            while len(self._tries) > self.remembered:
                self._tries.popitem(last=False)

    def _count(self, address: str, thing: str, now: datetime) -> int:
        tries = [at for at in self._tries.get((address, thing), ()) if now - at < self.window]
        if tries:
            self._tries[address, thing] = tries
        else:
            self._tries.pop((address, thing), None)
        return len(tries)

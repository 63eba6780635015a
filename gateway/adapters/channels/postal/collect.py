"""Takes what a courier told: every status once, then the file goes, for it holds personal data.

A file is removed only when all that it says is kept durably; whatever breaks before that leaves it there, and
what was taken of it is known the next time. What cannot be read goes to `refused` with the reasons.
"""

import csv
import io
import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

from gateway.adapters.channels.postal.exchange import Clock, Exchange
from gateway.adapters.channels.postal.scans import with_scan
from gateway.adapters.channels.postal.status_files import is_status_file, read_statuses
from gateway.adapters.channels.postal.statuses import Fault, Status, with_details
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.reports import Report, Taken

log = logging.getLogger(__name__)
Receive = Callable[[Report], Taken]


@dataclass
class PostalStatuses:
    """The listener of one courier. `patience` is how long a status waits for its scan; `provider` names the
    courier in evidence."""

    exchange: Exchange
    receive: Receive
    clock: Clock
    zone: ZoneInfo
    provider: str
    poll: float
    patience: timedelta
    _seen: dict[str, datetime] = field(default_factory=dict)
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="post", daemon=True)
        self._thread.start()

    def stop(self, timeout: float) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout)

    def collect(self) -> int:
        """Everything that is there; how many files were dealt with. Raises ConnectionError, or GatewayError
        (TEMPORARILY_UNAVAILABLE) when a status could not be kept: all comes again."""
        names = [name for name in self.exchange.arrived() if is_status_file(name)]
        self._seen = {name: self._seen.get(name, self.clock.now()) for name in names}
        done, failures = 0, list[Exception]()
        for name in names:
            try:
                done += self._file(name)
            except Exception as error:
                # One that fails must not keep the others waiting.
                failures.append(error)
        if failures:
            raise failures[0]
        return done

    def _run(self) -> None:
        while not self._stop.wait(self.poll):
            try:
                self.collect()
            except (ConnectionError, GatewayError) as error:
                log.warning("the courier's statuses were not taken: %s", error)
            except Exception:
                # A listener that ends in silence would let receipts lie for ever.
                log.exception("the courier's statuses were not taken")

    def _file(self, name: str) -> bool:
        octets = self.exchange.read(name)
        if octets is None:
            return False
        try:
            found = read_statuses(name, octets, self.zone)
        except GatewayError as error:
            return self._refused(name, [Fault(0, error.detail)], error.kind)
        told = [each if isinstance(each, Fault) else self._status(name, each) for each in found]
        if None in told:
            return False
        faults = [each for each in told if isinstance(each, Fault)]
        if faults:
            self._refused(name, faults, ErrorKind.STATUS_REFUSED)
        else:
            self.exchange.remove(name)
        # The scans of what was taken, after the status that would ask for them again.
        taken = [each for each, what in zip(found, told, strict=True) if isinstance(what, Taken)]
        for note in {each.note for each in taken if isinstance(each, Status) and each.note}:
            self.exchange.remove(note)
        return True

    def _status(self, name: str, told: Status) -> Taken | Fault | None:
        """None while its scan is on its way."""
        report = told.report(self.provider)
        if not told.note:
            return self.receive(report)
        octets = self.exchange.read(told.note)
        if octets is None:
            if self.clock.now() - self._seen[name] < self.patience:
                return None
            return self.receive(with_details(report, ("delivery_note", "missing")))
        if told.note_sha256 and sha256(octets).hexdigest() != told.note_sha256:
            return Fault(told.number, "the delivery note is not the one of note_sha256")
        try:
            return self.receive(with_scan(report, told.note, octets))
        except ValueError as error:
            return Fault(told.number, str(error))

    def _refused(self, name: str, faults: Sequence[Fault], kind: ErrorKind) -> bool:
        log.warning("%s %s: %s", kind.code, name, kind.text.en)
        text = io.StringIO()
        writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
        writer.writerow(("code", "number", "en", "es", "detail"))
        for each in faults:
            writer.writerow((kind.code, each.number, kind.text.en, kind.text.es, each.why))
        self.exchange.refuse(name, text.getvalue().encode("utf-8"))
        return True

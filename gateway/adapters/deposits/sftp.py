"""Deposits over SFTP. Each file goes under another name first and is renamed when it is whole."""

from collections.abc import Mapping
from dataclasses import dataclass

from gateway.adapters.crypto.clock import Clock
from gateway.adapters.sftp import FAILURES, UNFINISHED, SftpServer, put, session
from gateway.domain.delivery import Outcome, Receipt
from gateway.domain.deposit import Deposit

__all__ = ["UNFINISHED", "SftpSender", "SftpServer"]


@dataclass(frozen=True, slots=True)
class SftpSender:
    """The same files again are found to be there and left alone."""

    server: SftpServer
    clock: Clock
    idempotent: bool = True

    def send(self, deposit: Deposit, files: Mapping[str, bytes]) -> Receipt:
        """Raises ConnectionError when there is no session: no route, another host key, no such user."""
        with session(self.server) as opened:
            try:
                others = [name for name in files if not put(opened, self.server.folder, name, files[name])]
            except FAILURES as error:
                return self._receipt(Outcome.UNKNOWN, f"{type(error).__name__}: {error}")
        if others:
            return self._receipt(Outcome.REFUSED, f"another file of that name is there: {others[0]}")
        return self._receipt(Outcome.DELIVERED, "", self.server.place(f"{deposit.file_name}.xml"))

    def _receipt(self, outcome: Outcome, detail: str, reference: str = "") -> Receipt:
        return Receipt(outcome, self.clock.now(), reference, detail)

"""Deposits over SFTP to a server whose host key is known beforehand; needs the extra `sftp`.

Each file goes under another name first and is renamed when it is whole. Nothing is overwritten.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import paramiko

from gateway.adapters.crypto.clock import Clock
from gateway.domain.delivery import Outcome, Receipt
from gateway.domain.deposit import Deposit

UNFINISHED = ".unfinished-"
FAILURES = (OSError, EOFError, paramiko.SSHException)


@dataclass(frozen=True, slots=True)
class SftpServer:
    """Where the notary takes deposits. `timeout` is in seconds; `known_hosts` as OpenSSH writes it."""

    host: str
    port: int
    user: str
    key: Path
    known_hosts: Path
    folder: str
    timeout: float = 30.0
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class SftpSender:
    """The same files again are found to be there and left alone."""

    server: SftpServer
    clock: Clock
    idempotent: bool = True

    def send(self, deposit: Deposit, files: Mapping[str, bytes]) -> Receipt:
        """Raises ConnectionError when there is no session: no route, another host key, no such user."""
        with self._session() as session:
            try:
                others = [name for name in files if not self._put(session, name, files[name])]
            except FAILURES as error:
                return self._receipt(Outcome.UNKNOWN, f"{type(error).__name__}: {error}")
        if others:
            return self._receipt(Outcome.REFUSED, f"another file of that name is there: {others[0]}")
        return self._receipt(Outcome.DELIVERED, "", self._place(f"{deposit.file_name}.xml"))

    def _put(self, session: Any, name: str, octets: bytes) -> bool:
        """Whether the file is there in the end, with these octets."""
        place, draft = self._place(name), self._place(UNFINISHED + name)
        there = _octets(session, place)
        if there is None:
            with session.open(draft, "wb") as file:
                file.set_pipelined(True)
                file.write(octets)
            session.posix_rename(draft, place)
            there = _octets(session, place)
        return there == octets

    def _place(self, name: str) -> str:
        return f"{self.server.folder.rstrip('/')}/{name}"

    @contextmanager
    def _session(self) -> Iterator[Any]:
        server, client = self.server, paramiko.SSHClient()
        client.set_missing_host_key_policy(paramiko.RejectPolicy())
        try:
            try:
                client.load_host_keys(str(server.known_hosts))
                client.connect(
                    server.host,
                    server.port,
                    server.user,
                    key_filename=str(server.key),
                    passphrase=server.password or None,
                    timeout=server.timeout,
                    banner_timeout=server.timeout,
                    auth_timeout=server.timeout,
                    allow_agent=False,
                    look_for_keys=False,
                )
                session = client.open_sftp()
                session.get_channel().settimeout(server.timeout)
            except (*FAILURES, ValueError) as error:
                reason = f"{type(error).__name__}: {error}"
                raise ConnectionError(f"{server.host}:{server.port}: {reason}") from None
            yield session
        finally:
            client.close()

    def _receipt(self, outcome: Outcome, detail: str, reference: str = "") -> Receipt:
        return Receipt(outcome, self.clock.now(), reference, detail)


def _octets(session: Any, place: str) -> bytes | None:
    try:
        with session.open(place, "rb") as file:
            octets: bytes = file.read()
            return octets
    except FileNotFoundError:
        return None

"""Sessions over SFTP with a server whose host key is known beforehand; needs the extra `sftp`.

Whatever goes there goes under another name first and is renamed when it is whole. Nothing is overwritten.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import paramiko

UNFINISHED = ".unfinished-"
FAILURES = (OSError, EOFError, paramiko.SSHException)


@dataclass(frozen=True, slots=True)
class SftpServer:
    """Where files are taken. `timeout` is in seconds; `known_hosts` as OpenSSH writes it."""

    host: str
    port: int
    user: str
    key: Path
    known_hosts: Path
    folder: str
    timeout: float = 30.0
    password: str = field(default="", repr=False)

    def place(self, name: str) -> str:
        return f"{self.folder.rstrip('/')}/{name}"


@contextmanager
def session(server: SftpServer) -> Iterator[Any]:
    """Raises ConnectionError when there is none: no route, another host key, no such user."""
    client = paramiko.SSHClient()
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
            opened = client.open_sftp()
            opened.get_channel().settimeout(server.timeout)
        except (*FAILURES, ValueError) as error:
            reason = f"{type(error).__name__}: {error}"
            raise ConnectionError(f"{server.host}:{server.port}: {reason}") from None
        yield opened
    finally:
        client.close()


def put(opened: Any, folder: str, name: str, octets: bytes) -> bool:
    """Whether the file is there in the end, with these octets. Raises one of FAILURES."""
    place, draft = f"{folder.rstrip('/')}/{name}", f"{folder.rstrip('/')}/{UNFINISHED}{name}"
    there = read(opened, place)
    if there is None:
        with opened.open(draft, "wb") as file:
            file.set_pipelined(True)
            file.write(octets)
        opened.posix_rename(draft, place)
        there = read(opened, place)
    return there == octets


def read(opened: Any, place: str) -> bytes | None:
    try:
        with opened.open(place, "rb") as file:
            octets: bytes = file.read()
            return octets
    except FileNotFoundError:
        return None

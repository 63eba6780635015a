"""A real SFTP server on loopback, by paramiko, over one folder; it takes one key and refuses others."""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import paramiko
from paramiko.sftp import SFTP_FAILURE, SFTP_OK


class Door(paramiko.ServerInterface):
    def __init__(self, allowed: paramiko.PKey) -> None:
        self._allowed = allowed

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        known = username == "gateway" and key == self._allowed
        return paramiko.AUTH_SUCCESSFUL if known else paramiko.AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return paramiko.OPEN_SUCCEEDED

    def get_allowed_auths(self, username: str) -> str:
        return "publickey"


class Files(paramiko.SFTPServerInterface):
    """Files below `root`, which each server makes its own by a subclass; `broken` refuses to rename."""

    root = Path()
    broken = False

    def _path(self, path: str) -> Path:
        return self.root / self.canonicalize(path).lstrip("/")

    def open(self, path: str, flags: int, attr: Any) -> Any:
        try:
            mode = "wb" if flags & os.O_WRONLY else "rb"
            file = os.fdopen(os.open(self._path(path), flags, 0o600), mode)
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno or 0)
        handle = paramiko.SFTPHandle(flags)
        handle.readfile = handle.writefile = file  # type: ignore[attr-defined]
        return handle

    def stat(self, path: str) -> Any:
        try:
            return paramiko.SFTPAttributes.from_stat(self._path(path).stat())
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno or 0)

    lstat = stat

    def list_folder(self, path: str) -> Any:
        try:
            return [self._listed(each) for each in sorted(self._path(path).iterdir())]
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno or 0)

    def remove(self, path: str) -> int:
        try:
            self._path(path).unlink()
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno or 0)
        return SFTP_OK

    def _listed(self, file: Path) -> Any:
        attributes = paramiko.SFTPAttributes.from_stat(file.stat())
        attributes.filename = file.name
        return attributes

    def posix_rename(self, oldpath: str, newpath: str) -> int:
        if self.broken:
            return SFTP_FAILURE
        self._path(oldpath).replace(self._path(newpath))
        return SFTP_OK


@dataclass(frozen=True)
class Served:
    """Where the server listens, its folder, and the files that a client needs to reach it."""

    port: int
    folder: Path
    key: Path
    known_hosts: Path


@contextmanager
def sftp_server(folder: Path, *, broken: bool = False) -> Iterator[Served]:
    """Serve until the block is left."""
    root = folder / "server"
    root.mkdir()
    host_key, user_key = paramiko.RSAKey.generate(2048), paramiko.RSAKey.generate(2048)
    user_key.write_private_key_file(str(folder / "id"))
    files = type("TheseFiles", (Files,), {"root": root, "broken": broken})
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    known = folder / "known_hosts"
    known.write_text(f"[127.0.0.1]:{port} {host_key.get_name()} {host_key.get_base64()}\n")
    transports: list[paramiko.Transport] = []

    def serve() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                transport = paramiko.Transport(connection)
                transports.append(transport)
                transport.add_server_key(host_key)
                transport.set_subsystem_handler("sftp", paramiko.SFTPServer, files)
                with suppress(paramiko.SSHException, EOFError):
                    transport.start_server(server=Door(user_key))

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield Served(port, root, folder / "id", known)
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)
        for transport in transports:
            transport.close()

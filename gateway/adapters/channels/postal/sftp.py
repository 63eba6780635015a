"""The exchange over SFTP: `out`, `in` and `in/refused` below the courier's folder, made by the courier."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from gateway.adapters.channels.postal.exchange import IN, LIMIT, NAME, OUT, REFUSED, Exchange, Uncertain
from gateway.adapters.sftp import FAILURES, SftpServer, put, read, session


@dataclass(frozen=True, slots=True)
class SftpExchange(Exchange):
    """A session for each step: couriers' servers end idle ones."""

    server: SftpServer

    def hand_over(self, files: Mapping[str, bytes]) -> str:
        with session(self.server) as opened:
            last = [*files][-1]
            for name, octets in files.items():
                try:
                    if not put(opened, self.server.place(OUT), name, octets):
                        return name
                except FAILURES as error:
                    kind = Uncertain if name == last else ConnectionError
                    raise kind(f"{self.server.host}: {type(error).__name__}: {error}") from None
        return ""

    def holds(self, name: str) -> bool:
        with self._asking() as opened:
            return read(opened, self.server.place(f"{OUT}/{name}")) is not None

    def arrived(self) -> Sequence[str]:
        with self._asking() as opened:
            return sorted(name for name in opened.listdir(self.server.place(IN)) if self._whole(opened, name))

    def read(self, name: str) -> bytes | None:
        place = self.server.place(f"{IN}/{name}")
        with self._asking() as opened, suppress(FileNotFoundError):
            if (opened.stat(place).st_size or 0) <= LIMIT:
                return read(opened, place)
        return None

    def remove(self, name: str) -> None:
        with self._asking() as opened, suppress(FileNotFoundError):
            opened.remove(self.server.place(f"{IN}/{name}"))

    def refuse(self, name: str, why: bytes) -> None:
        with self._asking() as opened:
            with suppress(FileNotFoundError):
                opened.posix_rename(self.server.place(f"{IN}/{name}"), self.server.place(f"{REFUSED}/{name}"))
            put(opened, self.server.place(REFUSED), f"{name}.errors.csv", why)

    def _whole(self, opened: Any, name: str) -> bool:
        """A file, which the `refused` folder is not."""
        if not NAME.fullmatch(name):
            return False
        mode = opened.stat(self.server.place(f"{IN}/{name}")).st_mode or 0
        return bool(mode & 0o100000)

    @contextmanager
    def _asking(self) -> Iterator[Any]:
        """What breaks here has changed nothing that cannot be done again."""
        with session(self.server) as opened:
            try:
                yield opened
            except FAILURES as error:
                if isinstance(error, FileNotFoundError):
                    raise ConnectionError(f"{self.server.host}: a folder is missing") from None
                raise ConnectionError(f"{self.server.host}: {type(error).__name__}: {error}") from None

"""The exchange over folders: a mounted share, or the demonstration's simulated courier."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from gateway.adapters.channels.postal.exchange import IN, LIMIT, NAME, OUT, REFUSED, Exchange, Uncertain
from gateway.adapters.vault.synced import make_folder, sync_folder, write_all


@dataclass(frozen=True, slots=True)
class FolderExchange(Exchange):
    """Files are written beside their place, synced and renamed."""

    folder: Path

    def hand_over(self, files: Mapping[str, bytes]) -> str:
        try:
            out = self._folder(OUT)
            there = {name: self._octets(out / name) for name in files}
            other = [name for name, octets in there.items() if octets not in (None, files[name])]
            if other:
                return other[0]
            write_all(out, {name: files[name] for name, octets in there.items() if octets is None})
        except OSError as error:
            if self.holds([*files][-1]):
                raise Uncertain(f"{self.folder}: {error.strerror}") from None
            raise ConnectionError(f"{self.folder}: {error.strerror}") from None
        return ""

    def holds(self, name: str) -> bool:
        return (self.folder / OUT / name).exists()

    def arrived(self) -> Sequence[str]:
        try:
            return sorted(
                file.name
                for file in self._folder(IN).iterdir()
                if NAME.fullmatch(file.name) and file.is_file() and not file.is_symlink()
            )
        except OSError as error:
            raise ConnectionError(f"{self.folder}: {error.strerror}") from None

    def read(self, name: str) -> bytes | None:
        file = self.folder / IN / name
        try:
            return file.read_bytes() if file.stat().st_size <= LIMIT else None
        except FileNotFoundError:
            return None
        except OSError as error:
            raise ConnectionError(f"{file}: {error.strerror}") from None

    def remove(self, name: str) -> None:
        try:
            (self.folder / IN / name).unlink(missing_ok=True)
        except OSError as error:
            raise ConnectionError(f"{name}: {error.strerror}") from None

    def refuse(self, name: str, why: bytes) -> None:
        try:
            refused = self._folder(REFUSED)
            with suppress(FileNotFoundError):
                # Another process of ours may have been quicker.
                (self.folder / IN / name).replace(refused / name)
            write_all(refused, {f"{name}.errors.csv": why})
            sync_folder(self.folder / IN)
        except OSError as error:
            raise ConnectionError(f"{name}: {error.strerror}") from None

    def _folder(self, name: str) -> Path:
        make_folder(self.folder / name)
        return self.folder / name

    def _octets(self, file: Path) -> bytes | None:
        return file.read_bytes() if file.exists() else None

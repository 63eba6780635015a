"""Deposits into a folder: a mounted share, or what somebody carries to the notary. Nothing is overwritten."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from gateway.adapters.crypto.clock import Clock
from gateway.adapters.vault.synced import make_folder, write_all
from gateway.domain.delivery import Outcome, Receipt
from gateway.domain.deposit import Deposit


@dataclass(frozen=True, slots=True)
class FolderSender:
    """Each file whole or not at all, synced; one that is there already with the same octets is left alone."""

    folder: Path
    clock: Clock
    idempotent: bool = True

    def send(self, deposit: Deposit, files: Mapping[str, bytes]) -> Receipt:
        """Raises ConnectionError when the folder cannot be written."""
        try:
            make_folder(self.folder)
            there = {name: self._octets(name) for name in files}
            others = [name for name, octets in there.items() if octets not in (None, files[name])]
            if others:
                return self._receipt(Outcome.REFUSED, f"another file of that name is there: {others[0]}")
            write_all(self.folder, {name: files[name] for name, octets in there.items() if octets is None})
        except OSError as error:
            raise ConnectionError(f"{self.folder}: {error.strerror}") from None
        return self._receipt(Outcome.DELIVERED, "", str(self.folder / f"{deposit.file_name}.xml"))

    def _octets(self, name: str) -> bytes | None:
        file = self.folder / name
        return file.read_bytes() if file.exists() else None

    def _receipt(self, outcome: Outcome, detail: str, reference: str = "") -> Receipt:
        return Receipt(outcome, self.clock.now(), reference, detail)

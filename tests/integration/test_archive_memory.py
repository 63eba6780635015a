"""An archive's memory does not grow with the number of its transactions."""

import gc
import tracemalloc
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.adapters.archive.writer import ArchiveWriter
from gateway.domain.archive import ArchivedTransaction
from gateway.domain.parties import Issuer
from gateway.domain.record import CertificateRecord
from gateway.domain.states import State
from tests.storage_samples import NOW, guid, transaction

ISSUER = Issuer(1, "Banco Ejemplo, S.A.", "A00000000", "ayuda@banco.example")


# Other tests' threads allocate too, and pathlib grows the interpreter's table of interned names.
OURS = tracemalloc.Filter(True, "*/gateway/adapters/archive/*")


def archived(number: int) -> ArchivedTransaction:
    return ArchivedTransaction(
        record=replace(transaction(number), state=State.CLOSED, custody_until=NOW),
        recipients=(),
        documents=(),
        events=(),
        evidences=(),
        certificate=CertificateRecord(guid(number), b"<x/>", bytes(32), b"%PDF", bytes(32), NOW),
        pack=None,
        records=(),
        stamp=None,
        effects=(),
        challenges=(),
        extensions=(),
        holds=(),
        contents=(b"x" * 10_000,),
    )


def kept(target: Path, count: int) -> int:
    """Octets that archive code still holds when `count` transactions are written."""
    with ArchiveWriter(target, "a long enough passphrase", lambda octets: octets) as writer:
        writer.add(archived(1))
        tracemalloc.start()
        try:
            for number in range(2, count):
                writer.add(archived(number))
            gc.collect()
            ours = tracemalloc.take_snapshot().filter_traces([OURS])
            return sum(trace.size for trace in ours.traces)
        finally:
            tracemalloc.stop()


def test_a_folder_takes_constant_memory(tmp_path: Path) -> None:
    """A thousand transactions more hold no more; an index line of each would show."""
    few, many = kept(tmp_path / "few", 100), kept(tmp_path / "many", 1100)
    assert many < few + 50_000


def interrupted(target: Path) -> None:
    with ArchiveWriter(target, "a long enough passphrase", lambda octets: octets) as writer:
        writer.add(archived(1))
        raise KeyboardInterrupt


def test_what_is_not_finished_leaves_nothing(tmp_path: Path) -> None:
    """Leaving early removes folder and file."""
    for name in ("export", "export.zip"):
        with pytest.raises(KeyboardInterrupt):
            interrupted(tmp_path / name)
    assert list(tmp_path.iterdir()) == []

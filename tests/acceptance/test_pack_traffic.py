"""What left by a channel and what it told, octet by octet, in the pack and in what moves to another house."""

import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest

from gateway.adapters.archive import bundle
from gateway.adapters.crypto import devpki
from gateway.domain.archive import ArchiveEntry, Imported
from gateway.usecases.commands import Reference
from tests.house import BANK, House
from tests.postal_samples import Post


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    post = Post(tmp_path / "here")
    yield post
    post.house.close()


def delivered(post: Post) -> tuple[str, bytes, dict[str, bytes]]:
    """The GUID of a closed letter, what was printed, and the files of its pack."""
    guid, [taken] = post.sent()
    printed = (post.courier.bag / f"{taken.reference}.pdf").read_bytes()
    post.told(taken, "ADMITTED")
    note, _ = post.courier.scan(taken.reference)
    post.told(taken, "DELIVERED", received_by="Ana", note=note)
    # Told when all was over: kept, and no part of what was sealed.
    post.told(taken, "RETURNED")
    post.house.drain()
    container = zipfile.ZipFile(BytesIO(post.house.system.pack_of(BANK, Reference(guid)).octets))
    return guid, printed, {name: container.read(name) for name in container.namelist()}


def test_the_pack_holds_the_letter_and_every_receipt_that_its_evidence_names(post: Post) -> None:
    """Print file and statuses are there as they were, their digests in the sealed evidence; what came after
    the closing is not."""
    guid, printed, files = delivered(post)
    assert files["messages/01-01.pdf"] == printed
    receipts = sorted(name for name in files if name.startswith("receipts/"))
    assert receipts == ["receipts/01-postal-sent.csv", "receipts/02-postal-delivered.eml"]
    evidence = b"".join(octets for name, octets in files.items() if name.startswith("evidence/"))
    for name in ("messages/01-01.pdf", *receipts):
        assert sha256(files[name]).hexdigest().encode() in evidence
    assert "MESSAGE_RETURNED" in post.house.kinds(guid)
    for guide in ("LEEME.txt", "README.txt"):
        assert {b"messages/", b"receipts/"} <= {line.split()[0] for line in files[guide].splitlines() if line}


def test_another_house_takes_messages_and_receipts_over(post: Post, tmp_path: Path) -> None:
    """Exported and imported: the same rows, the late receipt among them, and the same octets."""
    guid, printed, _ = delivered(post)
    [archived] = post.house.system.export_issuer(BANK.number).archived
    archived = bundle.unpack(bundle.pack(archived))
    folder = tmp_path / "other-pki"
    devpki.create(folder, now=datetime.now(UTC))
    there = House(tmp_path / "there", installation="002002", pki=folder)
    try:
        there.clock.advance(timedelta(days=1))
        entry = ArchiveEntry(guid, b"\0" * 32, 1)
        assert there.system.import_custody("archive-1", entry, archived, BANK.number) is Imported.ADDED
        with there.tech.database.read() as uow:
            key, [kept], rows = uow.keys.get(guid), uow.kept_messages.of(guid), uow.reports.of(guid)
        assert there.tech.vault.get(guid, key, kept.sha256) == printed
        assert sorted(row.report.kind.value for row in rows) == ["DELIVERED", "RETURNED", "SENT"]
        for row in rows:
            raw = there.tech.vault.get(guid, key, row.raw_sha256)
            assert sha256(raw).digest() == row.raw_sha256
    finally:
        there.close()

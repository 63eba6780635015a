"""A deposit's hash tree over many digests on one core, beside plain SHA-256 of as many 64-octet blocks.

usage: python -m benchmarks.deposit [--leaves N] [--whole N]
Also: reduced hash trees and evidence records written, per second. `--whole` makes a deposit of that many
owners with two files each on a new SQLite: queue, leaves, tree, token, file, and one record (wall clock).
"""

import argparse
import hashlib
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from gateway import settings as configuration
from gateway.adapters.crypto import evidence_record_asn1, evidence_record_xml
from gateway.adapters.crypto.evidence_record_parts import Chain, Stamp, lists_of
from gateway.adapters.crypto.merkle import HashTree
from gateway.bootstrap.deposits import deposits
from gateway.bootstrap.technology import Technology, technology
from gateway.domain.guid import Guid
from scripts.installation import Installation, free_port

MILLION = 1_000_000
RECORDS = 20_000
BATCH = 5_000
TOKEN = bytes(2_000)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--leaves", type=int, default=MILLION)
    parser.add_argument("--whole", type=int, default=0)
    asked = parser.parse_args()
    if asked.whole:
        whole(asked.whole)
        return
    count = asked.leaves
    leaves = [hashlib.sha256(b"%d" % number).digest() for number in range(count)]
    blocks = [left + right for left, right in zip(leaves, reversed(leaves), strict=True)]
    plain = _seconds(lambda: [hashlib.sha256(block).digest() for block in blocks])
    trees: list[HashTree] = []
    ours = _seconds(lambda: trees.append(HashTree("sha256", leaves)))
    _line(f"plain sha256 of {count} blocks of 64 octets", plain, count)
    _line(f"hash tree over {count} digests", ours, count)
    print(f"tree / plain\t{ours / plain:.2f}")
    (tree,) = trees
    step = max(count // RECORDS, 1)
    places = range(0, count, step)
    _line("reduced hash trees", _seconds(lambda: [tree.path(at) for at in places]), len(places))
    chains = [_chain(tree, leaves[at], at) for at in places]
    written = _seconds(lambda: [evidence_record_xml.write(chain) for chain in chains])
    _line("evidence records, XML", written, len(chains))
    written = _seconds(lambda: [evidence_record_asn1.write(chain) for chain in chains])
    _line("evidence records, ASN.1", written, len(chains))


def whole(owners: int) -> None:
    """One deposit from its queue to an evidence record."""
    with tempfile.TemporaryDirectory() as name:
        installation = Installation(Path(name) / "gateway", free_port())
        installation.create()
        tech = technology(configuration.load(installation.config))
        made = deposits(configuration.load(installation.config), tech)
        _fill(tech, owners)
        started = time.perf_counter()
        if made.make.at_once() is None:
            raise RuntimeError("another process makes the deposit")
        _line(f"deposit of {owners} owners, {2 * owners} files", time.perf_counter() - started, owners)
        started = time.perf_counter()
        (record,) = made.records.of(_owner(owners // 2))
        _line(f"evidence record of {len(record.octets)} octets", time.perf_counter() - started, 1)
        tech.database.close()


def _owner(number: int) -> str:
    return str(Guid(1001, 1, number + 1))


def _fill(tech: Technology, owners: int) -> None:
    """Data keys and queued digests of owners that have nothing else."""
    now = tech.clock.now()
    for start in range(0, owners, BATCH):
        with tech.database.write(synced=False) as uow:
            for number in range(start, min(start + BATCH, owners)):
                uow.keys.add(_owner(number), tech.vault.new_key())
                for file in ("documents/1/original", "documents/1/stamped"):
                    digest = hashlib.sha256(f"{number}{file}".encode()).digest()
                    uow.deposit_queue.add(_owner(number), file, digest, now)
            uow.commit()


def _chain(tree: HashTree, leaf: bytes, at: int) -> list[Chain]:
    return [Chain("sha256", (Stamp(lists_of([leaf], tree.path(at)), TOKEN),))]


def _seconds(work: Callable[[], object]) -> float:
    """CPU time of this thread."""
    started = time.thread_time()
    work()
    return time.thread_time() - started


def _line(what: str, seconds: float, count: int) -> None:
    print(f"{what}\t{seconds:.2f} s\t{count / seconds:,.0f}/s")


if __name__ == "__main__":
    main()

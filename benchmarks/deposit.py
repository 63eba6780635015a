"""A deposit's hash tree over many digests on one core, beside plain SHA-256 of as many 64-octet blocks.

usage: python -m benchmarks.deposit [--leaves N]
Also: reduced hash trees handed out, and evidence records written, per second.
"""

import argparse
import hashlib
import time
from collections.abc import Callable

from gateway.adapters.crypto import evidence_record_asn1, evidence_record_xml
from gateway.adapters.crypto.evidence_record_parts import Chain, Stamp, lists_of
from gateway.adapters.crypto.merkle import HashTree

MILLION = 1_000_000
RECORDS = 20_000
TOKEN = bytes(2_000)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--leaves", type=int, default=MILLION)
    count = parser.parse_args().leaves
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

"""Contents put and read per second: a folder beside an S3 bucket, and beside a plain synced file.

usage: python -m benchmarks.vault [--endpoint URL --bucket NAME] [--size N] [--blobs N] [--threads N]
Credentials for the bucket come from the environment, as boto3 looks for them; it is left as it was found.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from gateway.adapters.vault import kek_files
from gateway.adapters.vault.bucket import Bucket, BucketAddress
from gateway.adapters.vault.files import FileVault
from gateway.adapters.vault.keyring import Keyring
from gateway.adapters.vault.s3 import S3Vault


def rate(count: int, threads: int, work: Callable[[int], object]) -> float:
    began = time.perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(work, range(count)))
    return count / (time.perf_counter() - began)


def plain(folder: Path, octets: bytes) -> Callable[[int], None]:
    """One file written and synced, with nothing around it."""

    def write(number: int) -> None:
        with (folder / f"plain-{number}").open("wb") as file:
            file.write(octets)
            file.flush()
            os.fsync(file.fileno())

    return write


def measure(vault: FileVault | S3Vault, octets: bytes, count: int, threads: int) -> tuple[float, float]:
    """Puts and gets a second, each owner with one blob of its own."""
    key = vault.new_key()
    blobs = [number.to_bytes(8, "big") + octets for number in range(count)]
    digests: dict[int, bytes] = {}

    def put(number: int) -> None:
        [digests[number]] = vault.put(f"owner-{number}", key, [blobs[number]])

    puts = rate(count, threads, put)
    gets = rate(count, threads, lambda number: vault.get(f"owner-{number}", key, digests[number]))
    for number in range(count):
        vault.forget(f"owner-{number}")
    return puts, gets


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--endpoint", default="")
    options.add_argument("--bucket", default="")
    options.add_argument("--size", type=int, default=40_000)
    options.add_argument("--blobs", type=int, default=400)
    options.add_argument("--threads", type=int, default=8)
    asked = options.parse_args()
    octets = os.urandom(asked.size)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        kek_files.create(folder / "keys", datetime.now(UTC))
        keyring = Keyring(folder / "keys")
        vaults: dict[str, FileVault | S3Vault] = {"files": FileVault(folder / "vault", keyring)}
        if asked.bucket:
            address = BucketAddress(asked.bucket, asked.endpoint, path_style=True, connections=asked.threads)
            vaults["s3"] = S3Vault(Bucket(address), "benchmark", keyring)
        for threads in (1, asked.threads):
            reference = rate(asked.blobs, threads, plain(folder, octets))
            print(f"{threads} threads, {asked.size} octets; plain synced files {reference:.0f}/s")
            for store, vault in vaults.items():
                puts, gets = measure(vault, octets, asked.blobs, threads)
                print(f"| {store} | {threads} | {puts:.0f} | {puts / reference:.2f} | {gets:.0f} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())

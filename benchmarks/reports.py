"""Receipts through the one door of reports, beside plain rows that are synced one by one.

usage: python -m benchmarks.reports [--receipts N]
A batch of 100,000 SMS brings 100,000 receipts: each is kept sealed, told as an event, and answered only when
it is durable. Measured with one thread: a first receipt, the same again, and one of an unknown message.
"""

import argparse
import sqlite3
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from gateway.domain.delivery import Channel
from gateway.domain.reports import Report, ReportKind, Taken
from tests.couriers import Scripted
from tests.house import House
from tests.orders import order

RAW = "id:{} sub:001 dlvrd:001 submit date:2611251030 done date:2611251031 stat:DELIVRD err:000 text:"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--receipts", type=int, default=300)
    names = [f"op-{number}" for number in range(options.parse_args().receipts)]
    with tempfile.TemporaryDirectory() as folder:
        plain = per_second(_row_after_row(Path(folder) / "plain.sqlite"), names)
        print(f"rows synced one by one           {plain:8.0f}/s   1.00")
        house = House(Path(folder) / "house")
        try:
            for what, rate in _of_the_door(house, names).items():
                print(f"{what:32} {rate:8.0f}/s   {rate / plain:.2f}")
        finally:
            house.close()


def per_second(act: Callable[[str], object], names: list[str]) -> float:
    start = time.perf_counter()
    for name in names:
        act(name)
    return len(names) / (time.perf_counter() - start)


def _row_after_row(file: Path) -> Callable[[str], object]:
    """The same octets into a table with an index, committed and synced like ours."""
    database = sqlite3.connect(file, isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.execute("CREATE TABLE receipts (name TEXT PRIMARY KEY, raw BLOB)")
    return lambda name: database.execute(
        "INSERT INTO receipts VALUES (?, ?)", (name, RAW.format(name).encode())
    )


def _of_the_door(house: House, names: list[str]) -> dict[str, float]:
    sms = Scripted(house, Channel.SMS)
    for name in names:
        sms.script.append(lambda message, name=name: replace(sms.accept(message), parts=(name,)))  # type: ignore[misc]  # Lambdas have no types.
        house.submit(order())
        house.drain()

    def told(name: str) -> Taken:
        raw = RAW.format(name).encode()
        at = house.clock.now().replace(microsecond=0)
        report = Report(
            Channel.SMS, ReportKind.DELIVERED, at, raw, "text/plain", reference=name, key="DELIVRD"
        )
        return house.system.channels.receive(report)

    return {
        "first receipts": per_second(told, names),
        "the same once more": per_second(told, names),
        "of messages that nobody knows": per_second(told, [f"stray-{name}" for name in names]),
    }


if __name__ == "__main__":
    main()

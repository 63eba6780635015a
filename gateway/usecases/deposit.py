"""The deposit of a period: its set is fixed, its tree built, its root time-stamped, its file sealed.

Each step is found in what is stored and ends in one compare-and-set, so that a process that takes over
after a crash goes on with the same deposit, and of two processes one makes it.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from gateway.domain.deposit import (
    FIRST_DIGEST,
    Deposit,
    DepositFacts,
    Phase,
    RecordPath,
    header_document,
    heads_of,
    previous_of,
)
from gateway.usecases.deposit_leaves import MakeLeaves
from gateway.usecases.ports import Clock, Database, DepositPaper, RecordMaker, Sealer

LEASE = timedelta(minutes=10)
BATCH = 1000
# A slice keeps the other writers of an SQLite database waiting for some twenty milliseconds.
TAKEN_AT_ONCE = 1000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
XML_FILE, PDF_FILE = "deposit.xml", "deposit.pdf"


@dataclass(frozen=True, slots=True)
class MakeDeposit:
    """`period` begins at midnight UTC, in multiples since the epoch; a period without anything sealed is
    deposited too, so that no day can be removed unseen. `most_listed` bounds the leaves that a file lists.
    """

    database: Database
    leaves: MakeLeaves
    maker: RecordMaker
    paper: DepositPaper
    sealer: Sealer
    clock: Clock
    installation: str
    period: timedelta
    most_listed: int

    def __call__(self) -> Deposit | None:
        """What the alarm clock does: finish what is unfinished, or begin what is due; the deposit made."""
        return self._made(now_due=False)

    def at_once(self) -> Deposit | None:
        """Deposit now what is there, before the period ends; None while another process does it."""
        return self._made(now_due=True)

    def _made(self, *, now_due: bool) -> Deposit | None:
        with self.database.read() as uow:
            newest = uow.deposits.newest()
            oldest = None if newest else uow.deposit_queue.oldest()
        if newest is None or newest.phase is Phase.SEALED:
            if not now_due and not self._due(newest, oldest):
                return None
            newest = self._closed(newest, oldest)
        if newest is None or not self._claimed(newest.number):
            return None
        try:
            return self._finished(newest.number)
        finally:
            self._released(newest.number)

    def _due(self, newest: Deposit | None, oldest: datetime | None) -> bool:
        """Whether the period that the newest deposit (or the first file) belongs to has ended.

        One that was closed while the clock was far ahead counts from its sealing, lest none follow for long.
        """
        since = min(newest.period_to, newest.sealed_at or newest.period_to) if newest else oldest
        return since is not None and self._period_of(self.clock.now()) > self._period_of(since)

    def _period_of(self, moment: datetime) -> int:
        return (moment - EPOCH) // self.period

    def _closed(self, newest: Deposit | None, oldest: datetime | None) -> Deposit | None:
        """Fix the set of the next deposit; None when somebody else did."""
        now = self.clock.now().replace(microsecond=0)
        begins = newest.period_to if newest else min((oldest or now).replace(microsecond=0), now)
        number, previous = (newest.number + 1, newest.xml_sha256) if newest else (1, None)
        self._take_ahead(number)
        with self.database.write() as uow:
            period = (begins, max(now, begins))
            header = header_document(number, self.installation, period, previous, uow.audit.heads())
            deposit = Deposit(number, Phase.CLOSED, *period, header)
            if not uow.deposits.add(deposit):
                return None
            uow.deposit_queue.take(number)
            uow.audit.append("deposit-closed", deposit.tree)
            uow.commit()
        return deposit

    def _take_ahead(self, number: int) -> None:
        """Most of the files, slice by slice, so that closing itself keeps nobody waiting for long.

        What a crash leaves taken is part of the deposit of that number, whoever closes it.
        """
        taken = TAKEN_AT_ONCE
        while taken == TAKEN_AT_ONCE:
            with self.database.write() as uow:
                newest = uow.deposits.newest()
                if newest is not None and newest.number >= number:
                    return
                taken = uow.deposit_queue.take_some(number, TAKEN_AT_ONCE)
                uow.commit()

    def _claimed(self, number: int) -> bool:
        now = self.clock.now()
        with self.database.write() as uow:
            won = uow.deposits.claim(number, now, now + LEASE)
            uow.commit()
        return won

    def _released(self, number: int) -> None:
        with self.database.write() as uow:
            uow.deposits.release(number)
            uow.commit()

    def _finished(self, number: int) -> Deposit:
        self.leaves(number)
        deposit = self._rooted(number)
        self._stamped(deposit)
        return self._sealed(deposit)

    def _rooted(self, number: int) -> Deposit:
        """Build the tree and keep the way of each leaf to its root."""
        deposit, leaves = self._known(number)
        if deposit.phase is not Phase.CLOSED:
            return deposit
        header = hashlib.sha256(deposit.header).digest()
        tree = self.maker.tree(FIRST_DIGEST, [header, *(sha256 for sha256, _ in leaves)])
        paths = (
            RecordPath(number, owner, 0, deposit.tree, path := b"".join(tree.path(place)), path)
            for place, (_, owner) in enumerate(leaves, 1)
        )
        for batch in batches(paths):
            with self.database.write() as uow:
                for each in batch:
                    uow.records.add_path(each)
                uow.commit()
        with self.database.write() as uow:
            uow.deposits.rooted(number, tree.root, len(leaves) + 1)
            uow.commit()
        return self._known(number)[0]

    def _known(self, number: int) -> tuple[Deposit, list[tuple[bytes, str]]]:
        with self.database.read() as uow:
            deposit = uow.deposits.get(number)
            leaves = list(uow.deposit_leaves.digests(number))
        if deposit is None:
            raise ValueError("a deposit is never deleted")
        return deposit, leaves

    def _stamped(self, deposit: Deposit) -> None:
        """Ask for the time-stamp outside of any transaction; the first one that is stored counts."""
        with self.database.read() as uow:
            if uow.records.stamps(deposit.tree):
                return
        stamp = self.maker.stamp(deposit.tree, 0, FIRST_DIGEST, deposit.root or b"")
        with self.database.write() as uow:
            uow.records.add_stamp(stamp)
            uow.commit()

    def _sealed(self, deposit: Deposit) -> Deposit:
        if deposit.phase is Phase.SEALED:
            return deposit
        facts = self.facts(deposit)
        xml = self.sealer.seal(self.paper.xml(facts)).octets
        sha256 = hashlib.sha256(xml).digest()
        pdf = self.paper.pdf(facts, sha256)
        with self.database.write() as uow:
            if uow.deposits.sealed(deposit.number, sha256, self.clock.now()):
                uow.deposits.add_file(deposit.number, XML_FILE, xml)
                uow.deposits.add_file(deposit.number, PDF_FILE, pdf)
                uow.audit.append("deposit-sealed", deposit.tree, sha256=sha256.hex())
                uow.commit()
        return self._known(deposit.number)[0]

    def facts(self, deposit: Deposit) -> DepositFacts:
        """What the file of a rooted and stamped deposit says: the same each time."""
        with self.database.read() as uow:
            stamp = uow.records.stamps(deposit.tree)[0]
            leaves = deposit.leaves or 0
            listed = uow.deposit_leaves.digests(deposit.number) if leaves <= self.most_listed + 1 else []
        return DepositFacts(
            number=deposit.number,
            installation=self.installation,
            period_from=deposit.period_from,
            period_to=deposit.period_to,
            previous_sha256=previous_of(deposit.header),
            heads=heads_of(deposit.header),
            header=deposit.header,
            digest=FIRST_DIGEST,
            root=deposit.root or b"",
            leaves=leaves,
            token=stamp.token,
            gen_time=stamp.gen_time,
            authority=stamp.authority,
            listed=tuple(sha256 for sha256, _ in listed),
        )


def batches(paths: Iterator[RecordPath]) -> Iterator[list[RecordPath]]:
    """At most BATCH at a time, so that no unit of work keeps others waiting for long."""
    batch: list[RecordPath] = []
    for path in paths:
        batch.append(path)
        if len(batch) == BATCH:
            yield batch
            batch = []
    yield batch

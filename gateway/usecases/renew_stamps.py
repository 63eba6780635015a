"""Time-stamp renewal (RFC 6283 clause 4.2.1, RFC 4998 clause 5.2) before an authority or its algorithms end.

The records of one deposit share their time-stamps, so one leaf for each deposit and syntax renews them
all, and all of these share one tree and one token.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from gateway.domain.deposit import TreeStamp
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.usecases.evidence_records import ASN1, XML
from gateway.usecases.ports import Clock, Database, RecordMaker

BATCH = 2000
PAGE = 200


@dataclass(frozen=True, slots=True)
class DueStamps:
    """Stamps that end soon, and those that ended unrenewed: nothing can renew these any more."""

    due: tuple[TreeStamp, ...]
    lost: tuple[TreeStamp, ...]


@dataclass(frozen=True, slots=True)
class RenewStamps:
    """`margin` is how long before its end a time-stamp is renewed."""

    database: Database
    maker: RecordMaker
    clock: Clock
    margin: timedelta

    def due(self) -> DueStamps:
        """The newest time-stamps of trees whose digest stays good, by when they end."""
        now = self.clock.now()
        ends = ((stamp, self._end(stamp)) for stamp in self._newest() if self._stays(stamp.digest))
        # In the order of time, whatever the trees are called.
        soon = sorted(
            ((stamp, end) for stamp, end in ends if end <= now + self.margin),
            key=lambda each: (each[0].gen_time, each[0].tree),
        )
        return DueStamps(
            tuple(stamp for stamp, end in soon if end > now),
            tuple(stamp for stamp, end in soon if end <= now),
        )

    def __call__(self) -> tuple[int, tuple[str, ...]]:
        """Renew what is due: how many time-stamps, and the trees that cannot be any more.

        These ended unrenewed, or their authority was revoked. Raises GatewayError(CONFIGURATION) when the
        authority's own certificate ends too soon.
        """
        found = self.due()
        renewed, lost = 0, [stamp.tree for stamp in found.lost]
        for batch in _alike(found.due):
            sound: list[TreeStamp] = []
            for stamp in batch:
                try:
                    sound.append(settled(self.database, self.maker, stamp))
                except GatewayError as error:
                    if error.kind is not ErrorKind.CERTIFICATE_REFUSED:
                        raise
                    lost.append(stamp.tree)
            renewed += self._renew(sound) if sound else 0
        return renewed, tuple(lost)

    def _newest(self) -> Iterator[TreeStamp]:
        """Page by page, for years of deposits carry much validation data."""
        last = ""
        while True:
            with self.database.read() as uow:
                page = uow.records.newest_stamps(last, PAGE)
            yield from page
            if len(page) < PAGE:
                return
            last = page[-1].tree

    def _end(self, stamp: TreeStamp) -> datetime:
        """One that leads to no trusted root any more has ended: it keeps no other from being renewed."""
        try:
            return self.maker.ends(stamp.token)
        except GatewayError:
            return stamp.gen_time

    def _stays(self, digest: str) -> bool:
        return self.maker.digest_ends(digest) > self.clock.now() + self.margin

    def _renew(self, stamps: Sequence[TreeStamp]) -> int:
        digest, leaves = stamps[0].digest, [*self._leaves(stamps)]
        tree = self.maker.tree(digest, leaves)
        token = self.maker.stamp("", 0, digest, tree.root)
        end = self.maker.ends(token.token)
        longer(end, self.clock.now() + self.margin)
        with self.database.write() as uow:
            won = sum(
                uow.records.add_stamp(
                    replace(
                        token,
                        tree=stamp.tree,
                        position=stamp.position + 1,
                        xml_path=b"".join(tree.path(2 * place)),
                        asn1_path=b"".join(tree.path(2 * place + 1)),
                    )
                )
                for place, stamp in enumerate(stamps)
            )
            uow.audit.append("stamps-renewed", f"{won}", root=tree.root.hex())
            uow.commit()
        return won

    def _leaves(self, stamps: Sequence[TreeStamp]) -> Iterator[bytes]:
        for stamp in stamps:
            yield self.maker.stamp_leaf(XML, stamp)
            yield self.maker.stamp_leaf(ASN1, stamp)


def settled(database: Database, maker: RecordMaker, stamp: TreeStamp) -> TreeStamp:
    """The stamp with its validation data fixed for good: from now on renewals cover it."""
    if stamp.final:
        return stamp
    try:
        evidence = maker.evidence(stamp.token)
    except GatewayError as error:
        if error.kind is not ErrorKind.TEMPORARILY_UNAVAILABLE:
            raise
        evidence = stamp.evidence
    with database.write() as uow:
        uow.records.settle(stamp.tree, stamp.position, evidence)
        found = uow.records.stamps(stamp.tree)[stamp.position]
        uow.commit()
    return found


def longer(end: datetime, than: datetime) -> None:
    """Raises GatewayError(CONFIGURATION) when a new time-stamp would be due for renewal at once."""
    if end <= than:
        raise GatewayError(
            ErrorKind.CONFIGURATION, "the time-stamping authority itself ends within [deposit] renew_before"
        )


def _alike(stamps: Sequence[TreeStamp]) -> Iterator[list[TreeStamp]]:
    """Batches of one digest algorithm each, for a tree has one."""
    for digest in sorted({stamp.digest for stamp in stamps}):
        same = [stamp for stamp in stamps if stamp.digest == digest]
        for at in range(0, len(same), BATCH):
            yield same[at : at + BATCH]

"""The deposit queue and deposits, on both databases."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from gateway.adapters.storage.tables import deposit_queue
from gateway.adapters.storage.unit_of_work import SqlDatabase
from gateway.domain.delivery import Outcome, Receipt
from gateway.domain.deposit import Deposit, Item, Leaf, Phase, RecordPath, Sending, TreeStamp
from tests.storage_samples import NOW, guid

DAY = timedelta(days=1)


def test_the_queue_keeps_what_was_fixed_and_when(database: SqlDatabase) -> None:
    """A queued file comes with owner, name, digest and time, and is in no deposit yet."""
    with database.write() as unit:
        unit.deposit_queue.add(guid(1), "certificate.xml", b"\x01" * 32, NOW)
        unit.commit()
    with database.engine.connect() as connection:
        (row,) = connection.execute(select(deposit_queue))
    assert (row.owner, row.name, row.sha256, row.deposit) == (
        guid(1),
        "certificate.xml",
        b"\x01" * 32,
        None,
    )


def test_what_is_rolled_back_was_never_queued(database: SqlDatabase) -> None:
    """The queue shares the fate of the unit of work that fixed the file."""
    with database.write() as unit:
        unit.deposit_queue.add(guid(1), "certificate.xml", b"\x01" * 32, NOW)
    with database.engine.connect() as connection:
        assert connection.execute(select(deposit_queue)).all() == []


def _deposit(number: int = 1) -> Deposit:
    return Deposit(number, Phase.CLOSED, NOW, NOW + DAY, b"header")


def test_a_number_is_given_once(database: SqlDatabase) -> None:
    """Of two who close the same deposit one wins, and the loser's unit of work goes on."""
    with database.write() as unit:
        assert unit.deposits.newest() is None
        assert unit.deposits.add(_deposit())
        assert not unit.deposits.add(replace(_deposit(), header=b"other"))
        assert unit.deposits.add(_deposit(2))
        assert unit.deposits.newest() == _deposit(2)
        assert unit.deposits.all() == [_deposit(), _deposit(2)]


def test_a_deposit_goes_forward_one_step_at_a_time(database: SqlDatabase) -> None:
    """CLOSED, ROOTED, SEALED, receipt: each once, in this order, and with what belongs to it."""
    with database.write() as unit:
        unit.deposits.add(_deposit())
        assert not unit.deposits.sealed(1, b"\x02" * 32, NOW)
        assert not unit.deposits.received(1, "2026/17", None, NOW)
        assert unit.deposits.rooted(1, b"\x01" * 32, 5)
        assert not unit.deposits.rooted(1, b"\x09" * 32, 5)
        assert unit.deposits.sealed(1, b"\x02" * 32, NOW)
        assert unit.deposits.received(1, "2026/17", b"\x03" * 32, NOW)
        assert not unit.deposits.received(1, "2026/18", None, NOW)
        assert unit.deposits.get(1) == replace(
            _deposit(),
            phase=Phase.SEALED,
            root=b"\x01" * 32,
            leaves=5,
            xml_sha256=b"\x02" * 32,
            sealed_at=NOW,
            protocol="2026/17",
            receipt_sha256=b"\x03" * 32,
            receipt_at=NOW,
        )


def test_a_lease_keeps_others_away_until_it_ends(database: SqlDatabase) -> None:
    """One process works on a deposit; when it dies another takes over, and nobody once it is sealed."""
    with database.write() as unit:
        unit.deposits.add(_deposit())
        assert unit.deposits.claim(1, NOW, NOW + DAY)
        assert not unit.deposits.claim(1, NOW, NOW + DAY)
        assert unit.deposits.claim(1, NOW + DAY, NOW + 2 * DAY)
        unit.deposits.release(1)
        assert unit.deposits.claim(1, NOW, NOW + DAY)
        unit.deposits.rooted(1, b"\x01" * 32, 1)
        unit.deposits.sealed(1, b"\x02" * 32, NOW)
        assert not unit.deposits.claim(1, NOW + 3 * DAY, NOW + 4 * DAY)


def test_what_a_deposit_took_belongs_to_it(database: SqlDatabase) -> None:
    """Files queued later wait for the next deposit; owners go one by one as their leaves are made."""
    with database.write() as unit:
        assert unit.deposit_queue.oldest() is None
        for owner, name in (("b", "x"), ("a", "x"), ("a", "y")):
            unit.deposit_queue.add(owner, name, name.encode() * 32, NOW)
        assert unit.deposit_queue.oldest() == NOW
        assert unit.deposit_queue.take(1) == 3
        unit.deposit_queue.add("a", "late", b"\x01" * 32, NOW + DAY)
        assert unit.deposit_queue.oldest() == NOW + DAY
        assert unit.deposit_queue.owners(1, 1) == ["a"]
        assert unit.deposit_queue.items(1, "a") == [Item("x", b"x" * 32), Item("y", b"y" * 32)]
        assert unit.deposit_queue.drop(1, "a") == 2
        assert unit.deposit_queue.owners(1, 9) == ["b"]
        assert unit.deposit_queue.take(2) == 1


def test_leaves_come_in_order_of_their_digests(database: SqlDatabase) -> None:
    """An owner has one leaf in a deposit; the tree's order is that of the digests."""
    one, two = Leaf(1, "a", b"\x02" * 32, b"body"), Leaf(1, "b", b"\x01" * 32, b"body")
    later = Leaf(2, "a", b"\x03" * 32, b"body")
    with database.write() as unit:
        unit.deposits.add(_deposit())
        unit.deposits.add(_deposit(2))
        assert unit.deposit_leaves.add(one)
        assert not unit.deposit_leaves.add(replace(one, body=b"other"))
        assert unit.deposit_leaves.add(later)
        assert unit.deposit_leaves.add(two)
        assert unit.deposit_leaves.digests(1) == [(b"\x01" * 32, "b"), (b"\x02" * 32, "a")]
        assert unit.deposit_leaves.of("a") == [one, later]
        assert unit.deposit_leaves.get(1, "b") == two
        assert unit.deposit_leaves.get(2, "b") is None


def test_a_sending_has_one_result(database: SqlDatabase) -> None:
    """The intent comes first, its result once; another attempt is another row."""
    sent = Sending(1, "folder", 1, NOW)
    receipt = Receipt(Outcome.ACCEPTED, NOW + DAY, "ref", "x" * 3000)
    with database.write() as unit:
        unit.deposits.add(_deposit())
        assert unit.deposit_sendings.intend(sent)
        assert not unit.deposit_sendings.intend(sent)
        assert unit.deposit_sendings.finish(1, "folder", 1, receipt)
        assert not unit.deposit_sendings.finish(1, "folder", 1, receipt)
        assert unit.deposit_sendings.intend(replace(sent, attempt=2))
        first, second = unit.deposit_sendings.of(1)
        assert (first.outcome, first.reference, len(first.detail)) == (Outcome.ACCEPTED, "ref", 1000)
        assert second.outcome is None


def _stamp(position: int = 0, tree: str = "deposit-1", digest: str = "sha256") -> TreeStamp:
    return TreeStamp(tree, position, digest, b"token", NOW + position * DAY, "CN=TSA", b"old")


def test_stamps_follow_one_another_and_settle_once(database: SqlDatabase) -> None:
    """One stamp a position; its validation data is fixed once; the newest of each tree is found."""
    with database.write() as unit:
        assert unit.records.add_stamp(_stamp())
        assert not unit.records.add_stamp(replace(_stamp(), token=b"other"))
        assert unit.records.add_stamp(_stamp(1))
        assert unit.records.add_stamp(_stamp(0, "deposit-2"))
        assert unit.records.settle("deposit-1", 0, b"new")
        assert not unit.records.settle("deposit-1", 0, b"newer")
        first, second = unit.records.stamps("deposit-1")
        assert (first.evidence, first.final, second.evidence, second.final) == (b"new", True, b"old", False)
        newest = unit.records.newest_stamps("", 10)
        assert {each.tree: each for each in newest} == {
            "deposit-2": _stamp(0, "deposit-2"),
            _stamp(1).tree: _stamp(1),
        }
        assert [*newest] == [
            *unit.records.newest_stamps("", 1),
            *unit.records.newest_stamps(newest[0].tree, 1),
        ]


def test_chains_by_an_ended_digest_are_found_until_they_are_renewed(database: SqlDatabase) -> None:
    """Only the newest chain of a record counts, and pages go on where the last one ended."""
    with database.write() as unit:
        unit.deposits.add(_deposit())
        unit.records.add_stamp(_stamp())
        unit.records.add_stamp(_stamp(0, "renewal-1", "sha512"))
        for owner in ("a", "b", "c"):
            assert unit.records.add_path(RecordPath(1, owner, 0, "deposit-1", b"xx", b"yy"))
        renewed = RecordPath(1, "a", 1, "renewal-1", b"xx", b"", 1, b"members")
        assert unit.records.add_path(renewed)
        assert not unit.records.add_path(renewed)
        assert unit.records.paths(1, "a")[1] == renewed
        due = unit.records.by_digest("sha256", (0, ""), 1)
        assert [path.owner for path in due] == ["b"]
        assert [path.owner for path in unit.records.by_digest("sha256", (1, "b"), 9)] == ["c"]
        assert [path.chain for path in unit.records.by_digest("sha512", (0, ""), 9)] == [1]


def test_files_of_a_deposit_are_kept(database: SqlDatabase) -> None:
    """By number and name; what is not there is nothing."""
    with database.write() as unit:
        unit.deposits.add(_deposit())
        unit.deposits.add_file(1, "deposit.xml", b"<xml/>")
        assert unit.deposits.file(1, "deposit.xml") == b"<xml/>"
        assert unit.deposits.file(1, "receipt") is None

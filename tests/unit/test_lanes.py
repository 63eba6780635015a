"""Interactive work goes before bulk work, which is never starved for ever."""

from gateway.adapters.work.lanes import BulkShare, LaneQueue
from gateway.domain.record import BULK


def test_queue_prefers_interactive_and_starves_nobody() -> None:
    """Of both lanes full, three of four places are interactive work's, in order within each lane."""
    queue: LaneQueue[str] = LaneQueue()
    for number in range(8):
        queue.put(f"b{number}", BULK)
        queue.put(f"i{number}")
    assert [queue.get() for _ in range(9)] == ["i0", "i1", "i2", "b0", "i3", "i4", "i5", "b1", "i6"]


def test_latecomer_goes_before_what_waits_in_bulk() -> None:
    """However much bulk work waits, interactive work that comes is next."""
    queue: LaneQueue[str] = LaneQueue()
    for number in range(100):
        queue.put(f"b{number}", BULK)
    assert queue.get() == "b0"
    queue.put("i0")
    assert [queue.get(), queue.get()] == ["i0", "b1"]
    assert [queue.get_nowait() for _ in range(99)][-2:] == ["b99", None]


def test_share_of_places_adds_up() -> None:
    """Whatever rooms a claimer fills, a quarter of all places is bulk work's, never more than there are."""
    share = BulkShare()
    rooms = [1, 1, 1, 1, 2, 2, 3, 4, 1, 16]
    given = [share.of(room) for room in rooms]
    assert given == [0, 0, 0, 1, 0, 1, 0, 1, 1, 4]
    assert all(places <= room for places, room in zip(given, rooms, strict=True))

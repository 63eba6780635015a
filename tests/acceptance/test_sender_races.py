"""Many at once on one draft: processes that share a database send each row once and lose no change."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from gateway.domain.draft import Draft, DraftStatus
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.usecases.sender.track import Filter
from tests.house import House
from tests.sending import Sending, people

RIVALS = 4


def test_four_clicks_and_the_task_send_each_row_once(house: House) -> None:
    """Four windows and a worker at the same moment: five transactions, and no sixth."""
    sending = Sending(house)
    draft = sending.draft(*people(5))

    def click(_: int) -> Draft:
        return sending.send(draft)

    with ThreadPoolExecutor(RIVALS) as pool:
        ended = list(pool.map(click, range(RIVALS)))
    assert all(each.status is not DraftStatus.PENDING for each in ended)
    house.wait(house.settings.worker.lease)
    last = house.system.sender.drafts.get(sending.asking, draft.id)
    assert (last.status, last.sent) == (DraftStatus.FINISHED, 5)
    assert len(set(sending.guids(last))) == 5
    page = house.system.sender.tracking.page(sending.asking, Filter())
    assert sorted(item.record.guid for item in page.items) == sorted(sending.guids(last))


def test_of_four_windows_one_saves(house: House) -> None:
    """The others are told that the draft changed."""
    sending = Sending(house)
    draft, refusals = sending.draft(), list[ErrorKind]()

    def save(number: int) -> bool:
        said = replace(draft.composition, subject=f"Ventana {number}")
        try:
            house.system.sender.drafts.save(sending.asking, draft.id, draft.version, said)
        except GatewayError as error:
            refusals.append(error.kind)
            return False
        return True

    with ThreadPoolExecutor(RIVALS) as pool:
        assert sum(pool.map(save, range(RIVALS))) == 1
    assert refusals == [ErrorKind.DRAFT_CHANGED] * (RIVALS - 1)


def test_sending_and_deleting_at_once(house: House) -> None:
    """Either it is sent or it is deleted: never half of each."""
    sending = Sending(house)
    for _ in range(5):
        draft = sending.draft()

        def delete(draft: Draft = draft) -> bool:
            try:
                house.system.sender.drafts.delete(sending.asking, draft.id, draft.version)
            except GatewayError:
                return False
            return True

        def send(draft: Draft = draft) -> bool:
            try:
                sending.send(draft)
            except GatewayError:
                return False
            return True

        with ThreadPoolExecutor(2) as pool:
            deleted, sent = pool.submit(delete), pool.submit(send)
            assert deleted.result() != sent.result()
        house.wait(house.settings.worker.lease)
        with house.tech.database.read() as uow:
            assert (uow.drafts.get(draft.id) is None) == deleted.result()

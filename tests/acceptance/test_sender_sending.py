"""A draft is sent: signed in its issuer's name, once whatever happens in between, up to state 12."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from secrets import token_hex
from typing import Any

import pytest

from gateway.adapters.xml import parser, transaction_xml
from gateway.domain.draft import DraftStatus
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.staff import Role
from gateway.usecases.commands import Reference
from gateway.usecases.results import DocumentKind
from gateway.usecases.sender.desk import Asking
from gateway.usecases.sender.send import SendDraft
from gateway.usecases.sender.track import Filter
from tests.house import House, refused
from tests.pdf_samples import plain
from tests.sending import SELLER, SHOP, Sending, people


@pytest.fixture
def sending(house: House) -> Sending:
    return Sending(house)


@pytest.fixture
def small(small_house: House) -> Sending:
    return Sending(small_house)


def transactions(sending: Sending) -> list[str]:
    page = sending.house.system.sender.tracking.page(sending.asking, Filter())
    return [item.record.guid for item in page.items]


def test_a_contract_is_sent_and_signed(sending: Sending) -> None:
    """From the draft to state 12, by the recipient's own signature; the draft's words are destroyed."""
    house, draft = sending.house, sending.draft()
    sent = sending.send(draft)
    assert (sent.status, sent.sent, sent.refused) == (DraftStatus.FINISHED, 1, 0)
    (guid,) = sending.guids(sent)
    house.drain()
    house.guest(guid).decide()
    house.drain()
    assert house.state(guid) == (12, 7)
    story = house.system.sender.tracking.story(sending.asking, guid)
    assert story.certified
    assert story.packed
    assert story.status.record.issuer == SHOP.number
    with house.tech.database.read() as uow:
        assert uow.keys.find(draft.owner) is None
    assert house.tech.vault.held(draft.owner) == []


def test_what_was_sent_bears_the_issuers_signature(sending: Sending) -> None:
    """The kept request is valid by its schema, and event 0 says whose certificate signed and who asked."""
    house = sending.house
    (guid,) = sending.guids(sending.send(sending.draft()))
    with house.tech.database.read() as uow:
        record, key = uow.transactions.get(guid), uow.keys.get(guid)
    assert record is not None
    root = parser.parse(house.tech.vault.get(guid, key, record.raw_sha256), limit=20_000_000)
    assert root[-1].tag == "{http://www.w3.org/2000/09/xmldsig#}Signature"
    assert transaction_xml.read(root).external_id == record.external_id
    assert transaction_xml.content_digest(root) == record.content_digest
    received = dict(house.events(guid)[0].details)
    assert received["asked_by"] == SELLER.id
    assert received["session"] == "session-1"
    with house.tech.database.read() as uow:
        owner = uow.issuers.by_certificate(bytes.fromhex(received["signer_sha256"]))
    assert owner is not None
    assert owner.number == SHOP.number


def test_a_document_that_no_xml_holds_is_sent_beside_it(small: Sending) -> None:
    """Above seven megabytes its digest is signed, and its octets are kept and delivered as any other's."""
    octets = plain(1, b"% " + token_hex(7_500_000).encode() + b"\n")
    assert len(octets) > 7_000_000
    draft = small.draft(octets=octets)
    (guid,) = small.guids(small.send(draft))
    files = small.house.system.queries.documents(SHOP, Reference(guid), DocumentKind.ORIGINAL)
    assert [file.octets for file in files] == [octets]
    with small.house.tech.database.read() as uow:
        record, key = uow.transactions.get(guid), uow.keys.get(guid)
    assert record is not None
    raw = small.house.tech.vault.get(guid, key, record.raw_sha256)
    assert hashlib.sha256(octets).hexdigest() in raw.decode()
    assert len(raw) < 20_000


def test_asked_again_it_is_sent_once(sending: Sending) -> None:
    """A second click, the back button, another window: the same transaction, told again."""
    draft = sending.draft()
    first, second, third = sending.send(draft), sending.send(draft), sending.send(draft)
    assert first.status is second.status is third.status is DraftStatus.FINISHED
    sending.house.drain()
    assert transactions(sending) == sending.guids(third)
    assert len(transactions(sending)) == 1


STEPS: tuple[tuple[str, str], ...] = (
    ("signer", "sign"),
    ("submit", "__call__"),
    ("self", "_settle"),
    ("self", "_tallied"),
    ("vault", "forget"),
)


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
@pytest.mark.parametrize("step", STEPS, ids=lambda step: ".".join(step))
def test_a_crash_at_any_step_sends_once(
    small: Sending, step: tuple[str, str], before: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process dies before or after each step; asked again, it ends in one transaction."""
    sender, draft = small.house.system.sender, small.draft()
    owner: Any = type(sender.send) if step[0] == "self" else type(getattr(sender.send, step[0]))
    if step[0] == "submit":
        owner, name = type(small.house.system.submit), step[1]
    else:
        name = step[1]
    whole: Callable[..., Any] = getattr(owner, name)

    def dies(*arguments: Any, **more: Any) -> Any:
        if not before:
            whole(*arguments, **more)
        raise SystemExit("killed")

    with monkeypatch.context() as patch:
        patch.setattr(owner, name, dies)
        with pytest.raises(SystemExit):
            small.send(draft)
    small.house.open()
    small.send(draft)
    small.house.wait(small.house.settings.worker.lease)
    ended = small.house.system.sender.drafts.get(small.asking, draft.id)
    assert ended.status is DraftStatus.FINISHED
    assert len(transactions(small)) == 1
    assert small.guids(ended) == transactions(small)


def test_the_task_finishes_what_a_crash_left(small: Sending, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody comes back: the task that was committed with the claim sends it."""
    draft = small.draft()
    with monkeypatch.context() as patch:
        patch.setattr(SendDraft, "_advance", lambda *_: (_ for _ in ()).throw(SystemExit))
        with pytest.raises(SystemExit):
            small.send(draft)
    assert transactions(small) == []
    small.house.wait(small.house.settings.worker.lease)
    assert len(transactions(small)) == 1


def test_many_are_sent_in_the_background_each_once(sending: Sending) -> None:
    """Fifty recipients are fifty transactions of one signer, counted as they go."""
    draft = sending.draft(*people(50))
    begun = sending.send(draft)
    assert (begun.status, begun.sent, begun.waiting) == (DraftStatus.SENDING, 20, 30)
    sending.house.wait(sending.house.settings.worker.lease)
    ended = sending.house.system.sender.drafts.get(sending.asking, draft.id)
    assert (ended.status, ended.sent, ended.refused) == (DraftStatus.FINISHED, 50, 0)
    guids = sending.guids(ended)
    assert len(set(guids)) == 50
    assert all(len(sending.house.recipients(guid)) == 1 for guid in guids)


def test_many_go_on_after_a_kill(small: Sending, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed at the seventh row, resumed by the task: none twice, none left out."""
    draft, calls, whole = small.draft(*people(12)), [0], SendDraft._settle

    def dies(*arguments: Any) -> None:
        calls[0] += 1
        if calls[0] == 7:
            raise SystemExit
        whole(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(SendDraft, "_settle", dies)
        with pytest.raises(SystemExit):
            small.send(draft)
    small.house.wait(small.house.settings.worker.lease)
    ended = small.house.system.sender.drafts.get(small.asking, draft.id)
    assert (ended.status, ended.sent) == (DraftStatus.FINISHED, 12)
    assert len(transactions(small)) == 12


def test_nothing_is_sent_without_a_registered_key(small: Sending) -> None:
    """A retired certificate signs nothing more, and the draft stays a draft; a new key cures it."""
    house, draft = small.house, small.draft()
    digest = house.system.sender.keys.held(SHOP.number)[0].sha256
    assert house.system.sender.keys.retire(SHOP.number, digest)
    refused(ErrorKind.SENDER_KEY_MISSING, small.send, draft)
    assert house.system.sender.drafts.get(small.asking, draft.id).status is DraftStatus.PENDING
    house.system.support.add_issuer(SHOP, small.issue(SHOP))
    assert small.send(draft).status is DraftStatus.FINISHED


def test_a_refused_row_gives_the_draft_back(small: Sending, monkeypatch: pytest.MonkeyPatch) -> None:
    """What Submit refuses is told with its code; corrected and sent again, it is one transaction."""
    draft = small.draft()

    def refuse(*_: object) -> None:
        raise GatewayError(ErrorKind.RULE_BROKEN, "time_to_close is not after the start")

    with monkeypatch.context() as patch:
        patch.setattr(type(small.house.system.submit), "keep", refuse)
        back = small.send(draft)
    assert (back.status, back.refused) == (DraftStatus.PENDING, 1)
    (row,) = small.house.system.sender.drafts.rows(small.asking, draft.id)
    assert (row.code, row.detail) == ("E000501", "time_to_close is not after the start")
    assert small.send(back).status is DraftStatus.FINISHED
    assert len(transactions(small)) == 1


def test_an_old_review_sends_nothing(small: Sending) -> None:
    """What was saved since it was reviewed has to be reviewed again."""
    draft = small.draft()
    drafts = small.house.system.sender.drafts
    drafts.save(small.asking, draft.id, draft.version, draft.composition)
    refused(ErrorKind.DRAFT_CHANGED, small.send, draft)
    assert transactions(small) == []


def test_cancelled_with_a_reason(small: Sending) -> None:
    """The issuer takes it back: result 99932, who asked stands in the audit log."""
    (guid,) = small.guids(small.send(small.draft()))
    small.house.drain()
    tracking = small.house.system.sender.tracking
    refused(ErrorKind.RULE_BROKEN, tracking.cancel, small.asking, guid, "  ")
    tracking.cancel(small.asking, guid, "Se equivocó de documento")
    small.house.drain()
    assert small.house.state(guid) == (12, 99932)
    refused(ErrorKind.CLOSED, tracking.cancel, small.asking, guid, "otra vez")


def test_a_purge_takes_the_row_along(small: Sending) -> None:
    """Nothing of a purged transaction is left in what the sender keeps of it."""
    draft = small.draft()
    (guid,) = small.guids(small.send(draft))
    with small.house.tech.database.write() as uow:
        uow.tombstones.erase(guid)
        uow.commit()
    assert small.guids(draft) == []
    assert small.house.system.sender.drafts.rows(small.asking, draft.id) == []


def test_roles_and_houses(small: Sending) -> None:
    """Only a SENDER of an active issuer may use it."""
    drafts = small.house.system.sender.drafts
    for person in (
        replace(SELLER, role=Role.OPERATOR),
        replace(SELLER, issuer=None),
        replace(SELLER, active=False),
    ):
        refused(ErrorKind.ACCESS_DENIED, drafts.pending, Asking(person))
    small.house.system.support.disable_issuer(SHOP.number)
    refused(ErrorKind.ACCESS_DENIED, drafts.pending, small.asking)

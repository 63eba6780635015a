"""POSTAL_NOTIFICATION from Submit to certificate, by a simulated courier, for every way that it can end."""

import email
import hashlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.domain.delivery import Channel
from gateway.domain.errors import ErrorKind
from gateway.domain.results import RecipientState, Result
from tests.couriers import Scripted
from tests.house import refused
from tests.postal_samples import MADRID, Post, letters

PARIS = {"line1": "12, rue de la Paix", "postal_code": "75002", "city": "Paris", "country": "FR"}


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    post = Post(tmp_path)
    yield post
    post.house.close()


def events(post: Post, guid: str) -> list[str]:
    return [each.event.value.rpartition("/")[2] for each in post.house.evidence_of(guid)]


def test_delivered_with_who_signed_and_the_scan_kept(post: Post) -> None:
    """Admission, an attempt and the delivery end it as completed; evidence says when, who signed and the
    scan's digest, and the scan itself is kept with the status."""
    guid, [taken] = post.sent()
    assert post.house.state(guid) == (4, 0)
    post.told(taken, "ADMITTED")
    post.told(taken, "ATTEMPTED", attempt="1", form="xml")
    assert post.house.state(guid) == (4, 0)
    note, digest = post.courier.scan(taken.reference)
    post.told(taken, "DELIVERED", received_by="Pere Vidal", note=note, note_sha256=digest)
    assert post.house.state(guid) == (12, Result.COMPLETED)
    assert post.house.certificates(guid)
    assert {"RelayToNonERDS", "ContentConsignment"} <= {*events(post, guid)}
    [delivered] = [each for each in post.house.events(guid) if each.kind == "DELIVERED"]
    details = dict(delivered.details)
    assert (details["received_by"], details["delivery_note_sha256"]) == ("Pere Vidal", digest)
    assert (post.house.settings.post.folder / "in").exists()
    assert not [*(post.house.settings.post.folder / "in").glob("*")]
    assert any(digest.encode() in each.octets for each in post.house.evidence(guid))


def test_the_scan_comes_out_of_what_is_kept_octet_by_octet(post: Post) -> None:
    """What the vault keeps of a delivery is a message that holds status and scan as they came."""
    guid, [taken] = post.sent()
    note, digest = post.courier.scan(taken.reference)
    post.told(taken, "DELIVERED", received_by="Pere Vidal", note=note)
    with post.house.tech.database.read() as uow:
        [row], key = uow.reports.of(guid), uow.keys.get(guid)
    kept = email.message_from_bytes(post.house.tech.vault.get(guid, key, row.raw_sha256))
    parts = [part.get_payload(decode=True) for part in kept.walk() if not part.is_multipart()]
    assert b"Pere Vidal" in parts[0]
    assert hashlib.sha256(parts[1]).hexdigest() == digest


@pytest.mark.parametrize(
    ("status", "more", "result", "state", "evidence"),
    [
        ("REFUSED", {}, Result.REJECTED, RecipientState.REJECTED, "ConsignmentRejection"),
        ("ABSENT", {}, Result.NOTICE_FAILED, RecipientState.UNREACHABLE, "ContentConsignmentFailure"),
        ("INCOMPLETE", {}, Result.NOTICE_FAILED, RecipientState.UNREACHABLE, "ContentConsignmentFailure"),
        (
            "RETURNED",
            {"reason": "UNKNOWN"},
            Result.NOTICE_FAILED,
            RecipientState.UNREACHABLE,
            "ContentConsignmentFailure",
        ),
    ],
)
def test_every_other_ending(
    post: Post, status: str, more: dict[str, str], result: Result, state: RecipientState, evidence: str
) -> None:
    """Refused, absent and returned, address incomplete, returned: state 12, and evidence that says so."""
    guid, [taken] = post.sent()
    post.told(taken, "ADMITTED")
    post.told(taken, status, form="xml", **more)
    assert post.house.state(guid) == (12, result)
    assert post.house.recipients(guid)[0].state is state
    assert evidence in events(post, guid)
    assert post.house.certificates(guid)


def test_statuses_in_any_order_and_twice_change_nothing_but_the_record(post: Post) -> None:
    """The delivery comes first, then what was before it, all twice: one outcome, each told once."""
    guid, [taken] = post.sent()
    now = post.house.clock.now()
    before = [(now - timedelta(days=n)).strftime("%Y-%m-%dT%H:%M:%SZ") for n in (0, 1, 2)]
    for _ in range(2):
        post.told(taken, "DELIVERED", before[0], received_by="Ana")
        post.told(taken, "ATTEMPTED", before[1], attempt="1")
        post.told(taken, "ADMITTED", before[2], form="xml")
    assert post.house.state(guid) == (12, Result.COMPLETED)
    kinds = post.house.kinds(guid)
    assert [kinds.count(kind) for kind in ("DELIVERED", "MESSAGE_ATTEMPTED", "MESSAGE_SENT")] == [1, 1, 1]
    [admitted] = [each for each in post.house.events(guid) if each.kind == "MESSAGE_SENT"]
    assert admitted.at.strftime("%Y-%m-%dT%H:%M:%SZ") == before[2]
    assert admitted.recorded_at > admitted.at + timedelta(days=1)


def test_a_letter_that_comes_back_after_its_delivery_was_told_moves_nothing(post: Post) -> None:
    """The first final status decides; the other one is kept as event and evidence."""
    guid, [taken] = post.sent()
    post.told(taken, "DELIVERED", received_by="Ana")
    post.told(taken, "RETURNED")
    assert post.house.state(guid) == (12, Result.COMPLETED)
    assert "MESSAGE_RETURNED" in post.house.kinds(guid)


def test_each_recipient_has_a_letter_and_an_outcome_of_their_own(post: Post) -> None:
    """One delivered at home, one refused abroad: partially completed, by two letters of two references."""
    guid, taken = post.sent(MADRID, PARIS, letter="BUROFAX")
    assert [(each.scope, each.kind) for each in taken] == [
        ("DOMESTIC", "BUROFAX"),
        ("INTERNATIONAL", "BUROFAX"),
    ]
    assert taken[0].reference != taken[1].reference
    post.told(taken[0], "DELIVERED", received_by="Ana")
    assert post.house.state(guid)[0] < 10
    post.told(taken[1], "REFUSED")
    assert post.house.state(guid) == (12, Result.PARTIALLY_COMPLETED)


def test_a_shipment_without_any_status_expires(post: Post) -> None:
    """Time runs out by itself, never before the deadline, with evidence that nothing was consigned."""
    guid, _ = post.sent(time_to_close="P10D")
    post.house.clock.advance(timedelta(days=9))
    assert not post.house.expire()
    post.house.clock.advance(timedelta(days=1, minutes=2))
    post.house.expire()
    post.house.drain()
    assert post.house.state(guid) == (12, Result.EXPIRED)
    assert "ContentConsignmentFailure" in events(post, guid)


def test_what_was_printed_is_kept_and_named_by_its_digest(post: Post) -> None:
    """The print file is what is certified: its octets are in the vault, its digest in the evidence."""
    guid, [taken] = post.sent()
    printed = (post.courier.bag / f"{taken.reference}.pdf").read_bytes()
    digest = hashlib.sha256(printed)
    with post.house.tech.database.read() as uow:
        [kept] = uow.kept_messages.of(guid)
        key = uow.keys.get(guid)
    assert kept.sha256 == digest.digest()
    assert post.house.tech.vault.get(guid, key, kept.sha256) == printed
    assert any(digest.hexdigest().encode() in each.octets for each in post.house.evidence(guid))


def test_a_worker_that_dies_after_the_hand_over_sends_no_second_letter(post: Post) -> None:
    """The courier took it, nobody wrote so down: UNKNOWN, until a status tells; there is one letter."""
    by_post = Scripted(post.house, Channel.POSTAL)
    by_post.script.append(by_post.die_after)
    guid = post.house.submit(letters(MADRID)).guid
    post.house.drain()
    [taken] = post.courier.take()
    post.house.wait(timedelta(minutes=2))
    assert not post.courier.take()
    assert "NOTICE_UNKNOWN" in post.house.kinds(guid)
    assert post.house.state(guid)[0] == 3
    post.told(taken, "DELIVERED", received_by="Ana")
    assert len(by_post.sent) == 1
    assert post.house.state(guid) == (12, Result.COMPLETED)


def test_an_address_that_no_post_could_serve_is_refused_at_submit(post: Post) -> None:
    """No such country, letters that are not Latin, more than fits the window: nothing is accepted."""
    for wrong in (
        {**MADRID, "country": "XX"},
        {**MADRID, "city": "Москва", "country": "RU"},
        {**MADRID, "line1": "Calle muy larga " * 15},
    ):
        refused(ErrorKind.RULE_BROKEN, post.house.submit, letters(wrong))

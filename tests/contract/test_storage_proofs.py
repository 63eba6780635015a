"""Evidence, keys, certificates, stamps, effects, challenges, replays and issuers, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest

from gateway.adapters.storage.unit_of_work import SqlDatabase
from gateway.domain.delivery import Outcome, Receipt
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.record import CertificateRecord, DataKey, DigestStamp, EvidenceStatus, Rejection
from gateway.domain.signing import ChallengeState, SignMethod
from tests.storage_samples import ISSUER, NOW, challenge, column_keys, effect, evidence, furnished, guid

RIVALS = 8
LATER = NOW + timedelta(seconds=9)


def test_evidence_comes_in_order_of_event_then_of_insertion(database: SqlDatabase) -> None:
    """The order of a certificate's timeline does not depend on how rows happen to lie."""
    rows = [evidence(3, LATER), evidence(2), evidence(1)]
    with database.write() as unit:
        for row in rows:
            unit.evidences.add(row)
        unit.evidences.add(evidence(4, owner="request-1"))
        assert unit.evidences.of(guid(1)) == [rows[1], rows[2], rows[0]]
        assert [row.id for row in unit.evidences.of("request-1")] == ["evidence-4"]


def _sealed(number: int) -> Any:
    return replace(
        evidence(),
        status=EvidenceStatus.SEALED,
        body=b"sealed %d" % number,
        sealed_sha256=bytes([number]) * 32,
        stamped_at=LATER,
        signer_sha256="cd" * 32,
    )


def test_one_of_racing_seals_is_published(database: SqlDatabase) -> None:
    """Many workers may seal the same evidence; exactly one signature is published, whole."""
    with database.write() as unit:
        unit.evidences.add(evidence())
        unit.commit()
    start = Barrier(RIVALS)

    def publish(number: int) -> bool:
        start.wait()
        with database.write() as unit:
            won = unit.evidences.publish(_sealed(number))
            unit.commit()
        return won

    with ThreadPoolExecutor(RIVALS) as pool:
        won = list(pool.map(publish, range(RIVALS)))
    assert won.count(True) == 1
    with database.read() as unit:
        assert unit.evidences.of(guid(1)) == [_sealed(won.index(True))]


def test_seal_of_other_octets_is_not_published(database: SqlDatabase) -> None:
    """A signature over anything but the stored rendering is refused."""
    with database.write() as unit:
        unit.evidences.add(evidence())
        assert not unit.evidences.publish(replace(_sealed(1), rendered_sha256=b"\x09" * 32))
        assert unit.evidences.of(guid(1)) == [evidence()]


def test_keys_are_found_or_missed(database: SqlDatabase) -> None:
    """A data key round-trips; a destroyed or unknown one is NOT_FOUND."""
    key = DataKey("kek", b"\x00wrapped\xff")
    with database.write() as unit:
        unit.keys.add("request-1", key)
        assert unit.keys.get("request-1") == key
        with pytest.raises(GatewayError) as caught:
            unit.keys.get("request-2")
    assert caught.value.kind is ErrorKind.NOT_FOUND


def test_destroyed_keys_are_gone(database: SqlDatabase) -> None:
    """Destroying a data key tells whether there was one, spares its neighbours, and cannot be undone."""
    with database.write() as unit:
        unit.keys.add(guid(1), DataKey("kek", b"1"))
        unit.keys.add(guid(2), DataKey("kek", b"2"))
        unit.commit()
    with database.write() as unit:
        assert unit.keys.destroy(guid(1))
        assert not unit.keys.destroy(guid(1))
        unit.commit()
    with database.read() as unit:
        assert unit.keys.get(guid(2)) == DataKey("kek", b"2")
        with pytest.raises(GatewayError) as caught:
            unit.keys.get(guid(1))
    assert caught.value.kind is ErrorKind.NOT_FOUND


def test_second_key_of_an_owner_is_an_error(database: SqlDatabase) -> None:
    """A data key is never replaced, for blobs under the first would be lost."""
    with database.write() as unit:
        unit.keys.add("request-1", DataKey("kek", b"1"))
        unit.commit()
    with pytest.raises(GatewayError) as caught, database.write() as unit:
        unit.keys.add("request-1", DataKey("kek", b"2"))
    assert caught.value.kind is ErrorKind.INTERNAL


def test_a_transaction_has_one_certificate(database: SqlDatabase) -> None:
    """The second certificate is refused, the first one stays, and the unit goes on."""
    furnished(database)
    first = CertificateRecord(guid(1), b"<xml/>", b"\x01" * 32, b"%PDF", b"\x02" * 32, NOW)
    with database.write() as unit:
        assert unit.certificates.get(guid(1)) is None
        assert unit.certificates.add(first)
        assert not unit.certificates.add(replace(first, xml=b"other"))
        assert unit.certificates.get(guid(1)) == first


def test_digest_stamp_round_trips(database: SqlDatabase) -> None:
    """Manifest, token and time come back as they were stored."""
    furnished(database)
    stamp = DigestStamp(guid(1), b"manifest", b"\x30\x00", NOW, "CN=TSA, C=ES")
    with database.write() as unit:
        assert unit.stamps.get(guid(1)) is None
        unit.stamps.add(stamp)
        assert unit.stamps.get(guid(1)) == stamp


def test_rejection_needs_a_known_issuer(database: SqlDatabase) -> None:
    """A refusal is stored for a registered issuer, even with a very long detail, and for no other."""
    furnished(database)
    rejection = Rejection("r1", 1, "E000501", "ñ" * 3000, NOW, b"\x01" * 32, "ab" * 32)
    with database.write() as unit:
        unit.keys.add("r1", column_keys().keyring.new_key())
        unit.rejections.add(rejection)
        unit.commit()
    with pytest.raises(GatewayError) as caught, database.write() as unit:  # noqa: PT012
        unit.keys.add("r2", column_keys().keyring.new_key())
        unit.rejections.add(replace(rejection, request_id="r2", issuer=7))
    assert caught.value.kind is ErrorKind.INTERNAL


def test_effect_is_intended_once_and_finished_once(database: SqlDatabase) -> None:
    """The same intent twice is refused, and so is a second result: nothing is done or told twice."""
    furnished(database)
    receipt = Receipt(Outcome.ACCEPTED, LATER, "r" * 500, "250 " + "x" * 3000)
    with database.write() as unit:
        assert unit.effects.get("effect-1") is None
        assert unit.effects.intend(effect())
        assert not unit.effects.intend(replace(effect(), address="+1"))
        assert unit.effects.get("effect-1") == effect()
        assert unit.effects.intend(effect(2))
        assert unit.effects.finish("effect-1", receipt)
        assert not unit.effects.finish("effect-1", replace(receipt, outcome=Outcome.REFUSED))
        assert not unit.effects.finish("effect-9", receipt)
        done, waiting = unit.effects.of(guid(1))
    assert waiting == effect(2)
    assert done == replace(
        effect(),
        outcome=Outcome.ACCEPTED,
        finished_at=LATER,
        reference="r" * 400,
        detail=("250 " + "x" * 3000)[:1000],
    )


CHANGED = replace(
    challenge(),
    state=ChallengeState.HANDED_OVER,
    method=SignMethod.VOICE,
    key_id="k1",
    digest=b"\x05" * 32,
    attempts=1,
    handed_over_at=NOW,
    expires_at=LATER,
)


@pytest.mark.parametrize("field", ["state", "key_id", "digest", "attempts", "handed_over_at", "expires_at"])
def test_challenge_replace_is_compare_and_set(database: SqlDatabase, field: str) -> None:
    """A code's row changes only while it still equals, in every field, what the caller saw."""
    furnished(database)
    other = replace(challenge(), **{field: getattr(CHANGED, field)})
    with database.write() as unit:
        unit.challenges.add(challenge())
        assert not unit.challenges.replace(other, CHANGED)
        assert unit.challenges.replace(challenge(), other)
        assert not unit.challenges.replace(challenge(), CHANGED)
        assert unit.challenges.replace(other, CHANGED)
        assert unit.challenges.get("challenge-1") == CHANGED


def test_one_of_racing_redemptions_wins(database: SqlDatabase) -> None:
    """A code is used once, however many requests bring it at the same moment."""
    furnished(database)
    with database.write() as unit:
        unit.challenges.add(CHANGED)
        unit.commit()
    start = Barrier(RIVALS)

    def redeem(_: int) -> bool:
        start.wait()
        with database.write() as unit:
            won = unit.challenges.replace(CHANGED, replace(CHANGED, state=ChallengeState.USED))
            unit.commit()
        return won

    with ThreadPoolExecutor(RIVALS) as pool:
        assert sum(pool.map(redeem, range(RIVALS))) == 1


def test_challenges_come_oldest_first(database: SqlDatabase) -> None:
    """Codes of one recipient are listed by time, equal times by insertion; other recipients' are not."""
    furnished(database)
    with database.write() as unit:
        unit.challenges.add(replace(challenge(3), requested_at=LATER))
        unit.challenges.add(challenge(2))
        unit.challenges.add(challenge(1))
        unit.challenges.add(replace(challenge(4), position=1))
        found = [row.id for row in unit.challenges.of(guid(1), 0)]
        assert unit.challenges.get("challenge-9") is None
    assert found == ["challenge-2", "challenge-1", "challenge-3"]


def test_replays_are_claimed_once_until_they_expire(database: SqlDatabase) -> None:
    """A digest is new once; purging forgets only what has expired."""
    with database.write() as unit:
        assert unit.replays.claim(b"\x01" * 32, NOW, LATER)
        assert not unit.replays.claim(b"\x01" * 32, NOW, LATER)
        assert unit.replays.purge(LATER) == 0
        assert unit.replays.purge(LATER + timedelta(microseconds=1)) == 1
        assert unit.replays.claim(b"\x01" * 32, LATER, LATER)


def test_issuers_are_registered_and_disabled(database: SqlDatabase) -> None:
    """Issuers round-trip in order of number; a taken number is refused by name."""
    other = replace(ISSUER, number=0, active=False, default_sign_method=SignMethod.VOICE)
    with database.write() as unit:
        unit.issuers.add(ISSUER)
        unit.issuers.add(other)
        assert unit.issuers.all() == [other, ISSUER]
        assert unit.issuers.get(0) == other
        assert unit.issuers.get(2) is None
        assert unit.issuers.set_active(1, False)
        assert not unit.issuers.set_active(2, False)
        assert unit.issuers.get(1) == replace(ISSUER, active=False)
        with pytest.raises(GatewayError) as caught:
            unit.issuers.add(ISSUER)
    assert caught.value.kind is ErrorKind.CONFIGURATION


def test_certificate_names_exactly_one_active_issuer(database: SqlDatabase) -> None:
    """Unknown certificates, disabled issuers and certificates that two active issuers share name nobody."""
    digest = b"\x0a" * 32
    with database.write() as unit:
        unit.issuers.add(ISSUER)
        unit.issuers.add(replace(ISSUER, number=2))
        assert unit.issuers.by_certificate(digest) is None
        unit.issuers.add_certificate(1, digest, b"der", NOW)
        unit.issuers.add_certificate(1, digest, b"der", NOW)
        assert unit.issuers.by_certificate(digest) == ISSUER
        unit.issuers.add_certificate(2, digest, b"der", NOW)
        assert unit.issuers.by_certificate(digest) is None
        unit.issuers.set_active(1, False)
        assert unit.issuers.by_certificate(digest) == replace(ISSUER, number=2)
        unit.issuers.set_active(2, False)
        assert unit.issuers.by_certificate(digest) is None


def test_certificate_of_an_unknown_issuer_is_refused(database: SqlDatabase) -> None:
    """No certificate is registered for nobody."""
    with pytest.raises(GatewayError), database.write() as unit:
        unit.issuers.add_certificate(5, b"\x0a" * 32, b"der", NOW)


def test_refusals_come_by_age_page_by_page_and_go_once(database: SqlDatabase) -> None:
    """Oldest first, those of one instant by request id, beyond the last one seen; a row is removed once, and
    is read as it was kept while its data key is there."""
    furnished(database)
    names = ("r3", "r1", "r2")
    kept = [Rejection(name, 1, "E000501", "ñ", NOW, b"\x01" * 32, "ab" * 32) for name in names]
    kept.append(replace(kept[0], request_id="r0", received_at=LATER))
    with database.write() as unit:
        for rejection in kept:
            unit.keys.add(rejection.request_id, column_keys().keyring.new_key())
            unit.rejections.add(rejection)
        unit.commit()
    soon = LATER + timedelta(microseconds=1)
    with database.write() as unit:
        assert unit.rejections.ended(NOW, None, 9) == []
        first = unit.rejections.ended(soon, None, 2)
        assert first == [(NOW, "r1"), (NOW, "r2")]
        assert unit.rejections.ended(soon, first[-1], 2) == [(NOW, "r3"), (LATER, "r0")]
        assert unit.rejections.get("r3") == kept[0]
        assert unit.rejections.remove("r3")
        assert not unit.rejections.remove("r3")
        assert unit.rejections.get("r3") is None
        assert unit.keys.destroy("r1")
        with pytest.raises(GatewayError) as caught:
            unit.rejections.get("r1")
        assert caught.value.kind is ErrorKind.KEY_DESTROYED

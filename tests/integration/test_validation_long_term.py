"""Validation in the past: control times, proofs of existence, and what becomes of signatures in ten years."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from gateway.adapters.crypto.algorithm_policy import AlgorithmPolicy
from gateway.domain.validation import Indication, SubIndication
from tests import foreign_signatures as f
from tests.foreign_signatures import DAY, YEAR, Authority
from tests.long_term_world import PASSED, SIGNED, T0, World, failed, found, undecided


@pytest.fixture(scope="module")
def world() -> World:
    return World.create()


def test_levels(world: World) -> None:
    """Each level is recognised by what holds in it."""
    soon = SIGNED + DAY
    drafts = [world.b(), world.t(), world.lt(), world.archived(world.lt(), world.tsa, soon)]
    reports = [world.verdict(each, soon, revocation_required=False) for each in drafts]
    assert [each.signatures[0].level for each in reports] == ["B-B", "B-T", "B-LT", "B-LTA"]
    assert [found(each) for each in reports] == [PASSED] * 4
    assert reports[0].signatures[0].best_time == soon
    assert reports[1].signatures[0].best_time == SIGNED


@pytest.mark.parametrize(
    ("level", "at", "expected"),
    [
        ("b", SIGNED + DAY, undecided("TRY_LATER")),
        ("t", SIGNED + DAY, undecided("TRY_LATER")),
        ("lt", SIGNED + DAY, PASSED),
        # The list is stale by then, but was fresh when the signature is proven to have existed.
        ("lt", SIGNED + 100 * DAY, PASSED),
        # The signer's certificate has expired; the time-stamp's has not, and proves the time before.
        ("lt", T0 + YEAR + DAY, PASSED),
        # Now the time-stamp's has expired too, and nothing proves when it was made.
        ("lt", T0 + 2 * YEAR + DAY, undecided("OUT_OF_BOUNDS_NO_POE")),
        ("b", T0 + YEAR + DAY, undecided("OUT_OF_BOUNDS_NO_POE")),
    ],
)
def test_growing_old(
    world: World, level: str, at: datetime, expected: tuple[Indication, SubIndication | None]
) -> None:
    """A signature is as good as what proves its time, and for as long."""
    assert found(world.verdict(getattr(world, level)(), at)) == expected


def test_ten_years_on(world: World) -> None:
    """B-LTA passes offline when everything but the newest archive time-stamp's chain has expired."""
    root = world.archived(world.lt(), world.late_tsa, T0 + YEAR + 100 * DAY)
    report = world.verdict(root, T0 + 10 * YEAR)
    (signature,) = report.signatures
    assert (*found(report), signature.level, signature.best_time) == (*PASSED, "B-LTA", SIGNED)
    assert [each.indication for each in signature.stamps] == [Indication.PASSED] * 2


def test_archive_after_archive(world: World) -> None:
    """An expired archive time-stamp still counts when a newer one is over it and over its validation data."""
    root = world.archived(world.lt(), world.tsa, SIGNED + DAY)
    data = f.values_text([world.tsa.chain[0]], world.crls(SIGNED + 2 * DAY), "x4:TimeStampValidationData")
    f.append_property(root, data)
    world.archived(root, world.late_tsa, T0 + YEAR + 100 * DAY)
    report = world.verdict(root, T0 + 10 * YEAR)
    assert found(report) == PASSED
    assert [each.indication for each in report.signatures[0].stamps] == [Indication.PASSED] * 3


def test_archived_too_late(world: World) -> None:
    """An archive time-stamp made when the certificates had expired already proves nothing about them."""
    root = world.archived(world.lt(), world.late_tsa, T0 + 2 * YEAR + DAY)
    assert found(world.verdict(root, T0 + 10 * YEAR)) == undecided("OUT_OF_BOUNDS_NO_POE")


def test_archive_of_an_expired_chain(world: World) -> None:
    """When the newest archive time-stamp's own chain has expired, the standard decides nothing."""
    root = world.archived(world.lt(), world.tsa, SIGNED + DAY)
    assert found(world.verdict(root, T0 + 10 * YEAR)) == undecided("OUT_OF_BOUNDS_NO_POE")


def test_values_outside_the_archive_stamp(world: World) -> None:
    """Revocation data that was added after the archive time-stamp has no proof of its age."""
    root = world.archived(world.t(), world.late_tsa, T0 + YEAR + 100 * DAY)
    chain = [*world.signer.chain, *world.tsa.chain[:1], world.root.certificate]
    f.add_values(root, chain, world.crls(SIGNED - timedelta(hours=1)))
    assert world.verdict(root, T0 + 10 * YEAR).indication is Indication.INDETERMINATE


@pytest.mark.parametrize(
    ("revoked_at", "stamped_at", "expected"),
    [
        (SIGNED + 2 * DAY, SIGNED, PASSED),
        # The signer says so itself: it claims a time after the revocation.
        (T0 + timedelta(hours=1), SIGNED, failed("REVOKED")),
        # It claims a time before, but only a later one is proven.
        (SIGNED + timedelta(hours=1), SIGNED + DAY, undecided("REVOKED_NO_POE")),
    ],
)
def test_revoked(
    world: World,
    revoked_at: datetime,
    stamped_at: datetime,
    expected: tuple[Indication, SubIndication | None],
) -> None:
    """A revocation spoils what is not proven to be older."""
    root = world.t(stamped_at)
    serial = world.signer.certificate.serial_number
    f.add_values(root, world.signer.chain, world.crls(SIGNED + 3 * DAY, {serial: revoked_at}))
    assert found(world.verdict(root, SIGNED + 5 * DAY)) == expected


def test_revoked_in_ten_years(world: World) -> None:
    """Also in the past: signed before the revocation, with a proof, passes; after it, not."""
    serial = world.signer.certificate.serial_number
    for stamped_at, expected in ((SIGNED, PASSED), (SIGNED + 2 * DAY, undecided("REVOKED_NO_POE"))):
        root = world.t(stamped_at)
        crls = world.crls(SIGNED + 3 * DAY, {serial: SIGNED + DAY})
        f.add_values(root, [*world.signer.chain, world.tsa.chain[0]], crls)
        world.archived(root, world.late_tsa, T0 + YEAR + 100 * DAY)
        assert found(world.verdict(root, T0 + 10 * YEAR)) == expected


def test_revoked_authority(world: World) -> None:
    """A revoked authority spoils what is below it: REVOKED_CA_NO_POE without a proof, nothing with one."""
    serial = world.ca.certificate.serial_number
    this = SIGNED + 3 * DAY
    lists = [
        world.root.crl(this, this + 30 * DAY, {serial: SIGNED + DAY}),
        world.ca.crl(this, this + 7 * DAY),
    ]
    root = world.b()
    f.add_values(root, world.signer.chain, lists)
    assert found(world.verdict(root, SIGNED + 5 * DAY)) == undecided("REVOKED_CA_NO_POE")


@pytest.mark.parametrize("broken", ["stranger", "tampered"])
def test_foreign_revocation_data(world: World, broken: str) -> None:
    """A list that is not signed by the issuer says nothing."""
    root = world.t()
    stranger = Authority.root("Old CA", T0, T0 + 2 * YEAR)
    this = SIGNED - timedelta(hours=1)
    lists = [world.root.crl(this, this + 30 * DAY), stranger.crl(this, this + 7 * DAY)]
    if broken == "tampered":
        good = world.ca.crl(this, this + 7 * DAY)
        lists[1] = good[:-1] + bytes((good[-1] ^ 1,))
    f.add_values(root, world.signer.chain, lists)
    assert found(world.verdict(root, SIGNED + DAY)) == undecided("TRY_LATER")


def test_stale_list(world: World) -> None:
    """A list whose time was over before the signature says nothing about it."""
    root = world.t()
    f.add_values(root, world.signer.chain, world.crls(SIGNED - 20 * DAY))
    assert found(world.verdict(root, SIGNED + DAY)) == undecided("TRY_LATER")


def test_at_a_past_time(world: World) -> None:
    """`at` is the present: the same file passes then and is undecided now."""
    root = world.lt()
    assert found(world.verdict(root, SIGNED + DAY)) == PASSED
    assert found(world.verdict(root, T0 + 5 * YEAR)) == undecided("OUT_OF_BOUNDS_NO_POE")


def test_order_of_time_stamps(world: World) -> None:
    """An archive time-stamp older than the signature's time-stamp that it covers is impossible."""
    root = world.archived(world.lt(SIGNED + 5 * DAY), world.tsa, SIGNED + DAY)
    assert found(world.verdict(root, SIGNED + 9 * DAY)) == undecided("TIMESTAMP_ORDER_FAILURE")


def test_algorithm_that_ended(world: World) -> None:
    """After an algorithm's end only what was proven to exist before it stands."""
    policy = AlgorithmPolicy.load()
    end = SIGNED + 200 * DAY
    ended = replace(policy, signatures={**policy.signatures, "ecdsa": ((256, end),)})
    root = world.lt()
    report = world.verdict(root, SIGNED + 100 * DAY, algorithms=ended)
    assert found(report) == PASSED
    report = world.verdict(root, SIGNED + 210 * DAY, algorithms=ended)
    assert found(report) == undecided("CRYPTO_CONSTRAINTS_FAILURE_NO_POE")
    never = replace(policy, signatures={})
    report = world.verdict(root, SIGNED + DAY, algorithms=never)
    assert found(report) == undecided("CRYPTO_CONSTRAINTS_FAILURE")

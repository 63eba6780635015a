"""People, sessions, recovery codes, pauses and approvals on both databases."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from gateway.adapters.storage.unit_of_work import SqlDatabase, SqlUnitOfWork
from gateway.domain.accounts import Account, StaffSession, Way
from gateway.domain.approval import Approval, ApprovalState, Change
from gateway.domain.parties import Issuer
from gateway.domain.staff import Person, Role
from tests.storage_samples import column_keys

NOW = datetime(2031, 3, 4, 5, 6, 7, 890123, tzinfo=UTC)
LUZ = Person("staff-1", "Luz.Marín", "Luz Marín Ñ", Role.SUPPORT)


def add(database: SqlDatabase, person: Person = LUZ) -> Account:
    account = Account(person, "$argon2id$x", must_change=True)
    with database.write() as unit:
        unit.keys.add(person.id, column_keys().keyring.new_key())
        assert unit.staff.add(account, NOW)
        unit.commit()
    return account


def done(database: SqlDatabase, act: Callable[[SqlUnitOfWork], bool]) -> bool:
    with database.write() as unit:
        found = act(unit)
        unit.commit()
    return found


def test_a_person_comes_back_whole(database: SqlDatabase) -> None:
    """By id, by login whatever its case, in the list; a login is taken once."""
    account = add(database)
    with database.read() as unit:
        assert unit.staff.get("staff-1") == account
        assert unit.staff.by_login("LUZ.MARÍN") == account
        assert unit.staff.by_login("otra") is None
        assert unit.staff.all() == [account]
    again = Account(replace(LUZ, id="staff-2", login="luz.marín"), "y")
    with database.write() as unit:
        unit.keys.add("staff-2", column_keys().keyring.new_key())
        assert not unit.staff.add(again, NOW)


def test_names_and_secrets_stand_nowhere_in_clear(database: SqlDatabase) -> None:
    """Rows hold neither login, name, second factor, token, recovery code nor address."""
    add(database)
    session = StaffSession("", "staff-1", Way.LOGIN, NOW, NOW, NOW + timedelta(hours=1))
    with database.write() as unit:
        unit.staff.set_secret("staff-1", b"secret-octets-of-luz")
        unit.staff.set_subject("staff-1", "subject-of-luz")
        unit.staff_sessions.add("token-of-luz", session)
        unit.staff_codes.replace("staff-1", ["code-of-luz"])
        unit.pauses.take("address/203.0.113.7", NOW, NOW)
        unit.commit()
    found = ""
    with database.engine.connect() as connection:
        for table in ("staff", "staff_sessions", "staff_codes", "sign_in_pauses"):
            for row in connection.execute(text(f"SELECT * FROM {table}")):
                found += " ".join(
                    bytes(each).hex() if isinstance(each, bytes | memoryview) else str(each) for each in row
                )
    for clear in ("Marín", "Luz", "secret-octets", "subject-of", "token-of", "code-of", "203.0.113"):
        assert clear not in found
        assert clear.encode().hex() not in found


def test_credentials_change_by_compare_and_set(database: SqlDatabase) -> None:
    """A password only from the one that was seen; a secret comes into force once; a step is used once."""
    add(database)
    assert not done(database, lambda unit: unit.staff.set_password("staff-1", "other", "new", False))
    assert done(database, lambda unit: unit.staff.set_password("staff-1", "$argon2id$x", "", False))
    assert done(database, lambda unit: unit.staff.set_password("staff-1", "", "new", False))
    assert not done(database, lambda unit: unit.staff.enrol("staff-1", NOW, 5))
    assert done(database, lambda unit: unit.staff.set_secret("staff-1", b"s" * 20))
    assert done(database, lambda unit: unit.staff.enrol("staff-1", NOW, 5))
    assert not done(database, lambda unit: unit.staff.enrol("staff-1", NOW, 6))
    used = [
        done(database, lambda unit, step=step: unit.staff.use_step("staff-1", step)) for step in (5, 4, 6, 6)
    ]
    assert used == [False, False, True, False]
    with database.read() as unit:
        account = unit.staff.get("staff-1")
    assert account is not None
    assert (account.password, account.secret, account.enrolled, account.last_step) == (
        "new",
        b"s" * 20,
        True,
        6,
    )


def test_profile_changes(database: SqlDatabase) -> None:
    """Role with issuer, activity, language, and who one is at the provider, which is one person's only."""
    add(database)
    add(database, replace(LUZ, id="staff-2", login="eva"))
    with database.write() as unit:
        unit.issuers.add(Issuer(7, "Siete", "A7", "mailto:a@b.example"))
        assert unit.staff.set_role("staff-1", Role.SENDER, 7)
        assert unit.staff.set_active("staff-1", False)
        assert unit.staff.set_language("staff-1", "en")
        assert unit.staff.set_subject("staff-1", "s")
        assert not unit.staff.set_subject("staff-2", "s")
        assert unit.staff.set_subject("staff-1", "s")
        assert not unit.staff.set_active("nobody", True)
        unit.commit()
    with database.read() as unit:
        found = unit.staff.by_subject("s")
    assert found is not None
    assert found.person == replace(LUZ, role=Role.SENDER, issuer=7, active=False, language="en")
    assert found.provided


def test_sessions_are_found_by_their_token_only(database: SqlDatabase) -> None:
    """Seen, listed, ended one by one, all but one, or when they are over."""
    add(database)
    for place, token in enumerate(("a", "b", "c")):
        start = NOW + timedelta(minutes=place)
        proven = start if place else None
        session = StaffSession("", "staff-1", Way.PROVIDER, start, start, NOW + timedelta(hours=1), proven)
        with database.write() as unit:
            unit.staff_sessions.add(token, session)
            unit.commit()
    with database.read() as unit:
        first, second = unit.staff_sessions.get("a"), unit.staff_sessions.get("b")
        assert [each.started_at.minute for each in unit.staff_sessions.of("staff-1")] == [8, 7, 6]
        assert unit.staff_sessions.get("") is None
        assert first is not None
        assert second is not None
        assert unit.staff_sessions.get(first.id) is None
    assert (first.proven_at, second.proven_at) == (None, NOW + timedelta(minutes=1))
    later = NOW + timedelta(minutes=10)
    assert done(database, lambda unit: unit.staff_sessions.see(first, later))
    assert not done(database, lambda unit: unit.staff_sessions.see(first, later))
    with database.write() as unit:
        assert unit.staff_sessions.end_all("staff-1", but=first.id) == 2
        assert unit.staff_sessions.end_old(NOW + timedelta(minutes=5), NOW + timedelta(minutes=9)) == 0
        assert unit.staff_sessions.end_old(NOW + timedelta(minutes=5), later) == 1
        assert not unit.staff_sessions.end(first.id)
        unit.commit()


def test_recovery_codes_are_one_persons_and_good_once(database: SqlDatabase) -> None:
    """New ones replace the old."""
    add(database)
    add(database, replace(LUZ, id="staff-2", login="eva"))
    with database.write() as unit:
        unit.staff_codes.replace("staff-1", ["x", "y"])
        unit.staff_codes.replace("staff-2", ["x"])
        unit.commit()
    assert not done(database, lambda unit: unit.staff_codes.use("staff-2", "y"))
    assert done(database, lambda unit: unit.staff_codes.use("staff-1", "x"))
    assert not done(database, lambda unit: unit.staff_codes.use("staff-1", "x"))
    with database.write() as unit:
        assert (unit.staff_codes.left("staff-1"), unit.staff_codes.left("staff-2")) == (1, 1)
        unit.staff_codes.replace("staff-1", ["z"])
        assert not unit.staff_codes.use("staff-1", "y")
        unit.commit()


def test_tries_are_counted_until_they_are_forgotten(database: SqlDatabase) -> None:
    """A paused name counts nothing; success forgets all, giving back takes one away; a day later it is 1."""
    day = timedelta(days=1)

    def take(at: datetime) -> int:
        with database.write() as unit:
            found = unit.pauses.take("login/luz", at, at - day)
            unit.commit()
        return found

    assert [take(NOW), take(NOW)] == [1, 2]
    with database.write() as unit:
        unit.pauses.pause("login/luz", NOW + timedelta(seconds=8))
        unit.commit()
    assert [take(NOW + timedelta(seconds=7)), take(NOW + timedelta(seconds=8))] == [0, 3]
    with database.write() as unit:
        unit.pauses.give_back("login/luz", NOW)
        unit.commit()
    assert take(NOW + timedelta(minutes=1)) == 3
    assert take(NOW + 2 * day) == 1
    with database.write() as unit:
        unit.pauses.succeed("login/luz")
        assert unit.pauses.until("login/luz") is None
        unit.commit()
    assert take(NOW) == 1
    with database.write() as unit:
        assert unit.pauses.forget(NOW + 3 * day) == 1
        unit.commit()


def test_tries_at_once_are_many(database: SqlDatabase) -> None:
    """Whoever tries with a hundred hands is counted a hundred times, in every process."""
    counted: list[int] = []

    def attempt() -> None:
        with database.write() as unit:
            counted.append(unit.pauses.take("login/luz", NOW, NOW - timedelta(days=1)))
            unit.commit()

    hands = [threading.Thread(target=attempt) for _ in range(8)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert sorted(counted) == list(range(1, 9))


@pytest.mark.parametrize("approve", [True, False])
def test_an_approval_goes_its_way_once(database: SqlDatabase, approve: bool) -> None:
    """Asked for, decided, carried out: each a compare-and-set."""
    asked = Approval(
        "approval-1", Change.ANCHORS, b"d" * 32, "ca.pem", "rotación", "staff-1", NOW, NOW + timedelta(days=3)
    )
    state = ApprovalState.APPROVED if approve else ApprovalState.REFUSED
    with database.write() as unit:
        unit.approvals.add(asked)
        assert not unit.approvals.carry_out("approval-1", NOW)
        assert unit.approvals.decide("approval-1", state, "staff-2", NOW)
        assert not unit.approvals.decide("approval-1", ApprovalState.APPROVED, "staff-3", NOW)
        assert unit.approvals.carry_out("approval-1", NOW) is approve
        assert not unit.approvals.carry_out("approval-1", NOW)
        unit.commit()
    with database.read() as unit:
        [found] = unit.approvals.newest(10)
        expected = ApprovalState.DONE if approve else ApprovalState.REFUSED
        at = NOW if approve else None
        assert found == replace(asked, state=expected, decided_by="staff-2", decided_at=NOW, done_at=at)
        assert unit.approvals.get("approval-1") == found
        assert unit.approvals.of(Change.ANCHORS, expected) == [found]
        assert unit.approvals.of(Change.SEAL_KEYS, expected) == []
        assert unit.approvals.get("approval-2") is None

"""Passwords, codes by time and the rules of signing in, against their standards' own numbers."""

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from gateway.adapters.crypto.passwords import MEMORY_KIB, Argon2Passwords
from gateway.adapters.crypto.totp import TimeCodes
from gateway.domain.accounts import Account, SignInRules, StaffSession, Step, Way, password_flaw, step
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.staff import Person, Role
from gateway.entrypoints.web.accounts.addresses import safe_next

NOW = datetime(2030, 1, 1, tzinfo=UTC)
SECRET = b"12345678901234567890"


@pytest.mark.parametrize(
    ("moment", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"),
     (2000000000, "279037"), (20000000000, "353130")],
)  # fmt: skip
def test_codes_are_those_of_the_standard(moment: int, code: str) -> None:
    """The last six digits of RFC 6238, appendix B, and only in their step and its neighbours."""
    codes, at = TimeCodes("Prueba"), datetime.fromtimestamp(moment, UTC)
    assert codes.step(SECRET, code, at) == moment // 30
    assert codes.step(SECRET, code, at + timedelta(seconds=30)) == moment // 30
    assert codes.step(SECRET, code, at - timedelta(seconds=30)) == moment // 30
    assert codes.step(SECRET, code, at + timedelta(seconds=60)) is None
    for other in ("", code[:5], code + "0", "ñ" * 6, "٢٨٧٠٨٢"):
        assert codes.step(SECRET, other, at) is None


def test_the_address_for_applications_names_both_sides() -> None:
    """`otpauth:` with operator, login and secret; its picture is an SVG without script."""
    codes = TimeCodes("Operadora, S.A.")
    address = codes.address(SECRET, "luz")
    assert address.startswith("otpauth://totp/")
    assert "secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" in address
    assert "issuer=Operadora" in address
    picture = codes.picture(address)
    assert picture.startswith(b"<svg")
    assert b"script" not in picture
    assert len(codes.new_secret()) == 20
    assert codes.new_secret() != codes.new_secret()


def test_passwords_are_kept_as_owasp_says() -> None:
    """argon2id with 19 MiB and two rounds, a salt each; older parameters are stale."""
    passwords = Argon2Passwords()
    one, other = passwords.hash("una frase"), passwords.hash("una frase")
    assert one.startswith(f"$argon2id$v=19$m={MEMORY_KIB},t=2,p=1$")
    assert one != other
    assert passwords.check(one, "una frase")
    assert not passwords.check(one, "otra frase")
    assert not passwords.stale(one)
    assert passwords.stale(Argon2Passwords(memory=8192, rounds=1).hash("x"))
    for broken in ("", "plain", "$argon2id$", "$2b$12$aaaaaaaaaaaaaaaaaaaaaa"):
        assert not passwords.check(broken, "una frase")


def test_an_unknown_login_costs_the_same_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no hash, one of the same parameters is verified: by construction, not by luck."""
    passwords, verified = Argon2Passwords(), []
    real = type(passwords._hasher).verify
    monkeypatch.setattr(
        type(passwords._hasher),
        "verify",
        lambda self, hashed, word: (verified.append(hashed), real(self, hashed, word))[1],
    )
    known = passwords.hash("una frase")
    assert not passwords.check(known, "mala")
    assert not passwords.check("", "mala")
    assert not passwords.check("", "nobody's")
    shapes = {each.rsplit("$", 2)[0] for each in verified}
    assert (len(verified), len(shapes)) == (3, 1)


def test_only_so_many_hashes_run_at_once() -> None:
    """A hundred sign-ins at once take the memory of two; who waits too long is refused."""
    passwords = Argon2Passwords(at_once=1, patience=0.05)
    passwords._turns.acquire()
    with pytest.raises(GatewayError) as caught:
        passwords.check("", "x")
    assert caught.value.kind is ErrorKind.TEMPORARILY_UNAVAILABLE
    passwords._turns.release()
    running, most, lock = 0, 0, threading.Lock()
    passwords = Argon2Passwords(at_once=2)
    real = passwords._hasher.hash

    class Counting:
        def hash(self, word: str) -> str:
            nonlocal running, most
            with lock:
                running += 1
                most = max(most, running)
            time.sleep(0.01)
            try:
                return real(word)
            finally:
                with lock:
                    running -= 1

    passwords._hasher = Counting()  # type: ignore[assignment]
    hands = [threading.Thread(target=passwords.hash, args=("x",)) for _ in range(12)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert most == 2


def test_pauses_grow_and_end() -> None:
    """Nothing while tries are free, then 2, 4, 8 seconds and so on, a quarter of an hour at most."""
    rules = SignInRules()
    found = [rules.pause(failures, 5).total_seconds() for failures in (1, 4, 5, 6, 7, 14, 15, 10**6)]
    assert found == [0, 0, 2, 4, 8, 900, 900, 900]


def test_what_a_session_lacks() -> None:
    """Second factor before all else, then the password's renewal, then enrolment by role."""
    rules = SignInRules(sender_two_factors=False)
    person = Person("staff-1", "luz", "Luz", Role.SUPPORT)
    sender = Person("staff-2", "eva", "Eva", Role.SENDER, 1)

    def lacks(account: Account, way: Way = Way.LOGIN, proven: datetime | None = None) -> Step:
        return step(account, StaffSession("", account.person.id, way, NOW, NOW, NOW, proven), rules)

    enrolled = Account(person, "h", True, b"s", NOW)
    assert lacks(enrolled) is Step.SECOND_FACTOR
    assert lacks(enrolled, Way.PROVIDER) is Step.SECOND_FACTOR
    assert lacks(enrolled, proven=NOW) is Step.RENEWAL
    assert lacks(enrolled, Way.PROVIDER, NOW) is Step.IN
    assert lacks(Account(person, "h", must_change=True)) is Step.RENEWAL
    assert lacks(Account(person, "h")) is Step.ENROL
    assert lacks(Account(person, "h", secret=b"s")) is Step.ENROL
    assert lacks(Account(person), Way.PROVIDER) is Step.ENROL
    assert lacks(Account(person), Way.PROVIDER, NOW) is Step.IN
    assert lacks(Account(sender, "h")) is Step.IN


@pytest.mark.parametrize(
    ("password", "flaw"),
    [
        ("corta", "short"),
        ("x" * 257, "long"),
        ("aaaaaaaaaaaaaaaa", "plain"),
        ("marimar1marimar1", ""),
        ("luzmarina.abcdefgh", "login"),
        ("la frase de luzmarina larga", ""),
        ("correcto caballo batería", ""),
        ("Ñandúes😀 sueltos", ""),
    ],
)
def test_password_rules(password: str, flaw: str) -> None:
    """Length counts, the login does not; no rule of composition."""
    assert password_flaw(password, "luzmarina") == flaw


@pytest.mark.parametrize(
    "address", ["/console", "/console/t/001001-0001-1.par?tab=2", "/send/drafts", "/account"]
)
def test_places_of_ours_are_led_back_to(address: str) -> None:
    """With their query."""
    assert safe_next(address) == address


@pytest.mark.parametrize(
    "address",
    ["", "//evil.example", "/\\evil.example", "https://evil.example", "/console//evil", "/console/../a/tok",
     "/console/%2e%2E/a", "/console/%2F/evil.example",
     "javascript:alert(1)", "/console\n", "/console\r\nSet-Cookie: a=b", "/evil", "/consoles", "/a/token",
     "/console?next=//evil.example", "/console#x", "/account/sign-out", "/account/sign-in?next=/console",
     "/account/provider", " /console", "/console" + "x" * 600, "/consolé"],
)  # fmt: skip
def test_no_other_place_is(address: str) -> None:
    """No open redirect, no header smuggled in, no way round in circles."""
    assert safe_next(address) == ""

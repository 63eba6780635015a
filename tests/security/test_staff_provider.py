"""Sign-in by an identity provider, against a real one on loopback that can be told to misbehave."""

import hashlib
import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import jwt
import pytest
import requests
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from werkzeug.test import TestResponse

from gateway.domain.staff import Role
from tests.house import House
from tests.oidc_provider import Provider, new_key, provider
from tests.staff import SECRET, Browser, Member, member, signed_in

START = "/account/provider?next=/account/password"


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    made = House(Path(tmp_path_factory.mktemp("house")))
    yield made
    made.close()


@pytest.fixture
def at(bare: House) -> Iterator[Provider]:
    with provider(bare.clock.now) as served:
        yield served


@pytest.fixture
def house(bare: House, at: Provider) -> House:
    """The house with this provider in its settings."""
    oidc = replace(bare.settings.oidc, issuer=at.issuer, client_id=at.client, name="Acme", acr="mfa")
    bare.settings = replace(bare.settings, oidc=oidc)
    bare.close()
    bare.open()
    return bare


@pytest.fixture
def eva(house: House, at: Provider) -> Member:
    """Enrolled, and bound to a subject of her own."""
    made = signed_in(house)
    at.subject = f"sub-of-{made.person.login}"
    house.system.accounts.people.bind(None, made.person.id, at.subject)
    return replace(made, browser=Browser(house))


def led(browser: Browser, start: str = START) -> str:
    """To the provider, which lets everybody in at once; the path that it leads back to."""
    leaving = browser.get(start)
    assert leaving.status_code == 303, leaving.text
    answer = requests.get(leaving.location, allow_redirects=False, timeout=10)
    parts = urlsplit(answer.headers["Location"])
    return f"{parts.path}?{parts.query}"


def come(browser: Browser) -> TestResponse:
    return browser.get(led(browser))


def test_the_provider_vouches_for_one_factor(eva: Member) -> None:
    """A bound person is in after their second factor, where they wanted to go."""
    assert "Continuar con Acme" in eva.browser.get("/account/sign-in").text
    back = come(eva.browser)
    assert back.location == "/account/second-factor?next=%2Faccount%2Fpassword"
    assert eva.browser.post("/account/second-factor", code=eva.code()).status_code == 303
    assert eva.browser.get("/account").status_code == 200


def test_a_strong_sign_in_there_counts_for_both(eva: Member, at: Provider) -> None:
    """By the context class of the settings alone; what else the provider calls itself counts for nothing."""
    at.acr = "something"
    assert "/second-factor" in come(eva.browser).location
    eva.browser = Browser(eva.house)
    at.acr = "mfa"
    assert come(eva.browser).location == "/account/password"
    assert eva.browser.get("/account").status_code == 200


@pytest.mark.parametrize("ago", [None, 3600, -3600, "now"])
def test_a_session_kept_open_there_proves_nothing_here(eva: Member, at: Provider, ago: object) -> None:
    """What counts for both factors must be recent, for it also proves anew that somebody is themself."""
    at.acr = "mfa"
    at.claims = {"auth_time": int(eva.house.clock.now().timestamp()) - ago if isinstance(ago, int) else ago}
    assert come(eva.browser).status_code == 403
    assert "max_age=600" in eva.browser.get(START).location
    at.acr = ""
    assert "/second-factor" in come(eva.browser).location


def test_who_has_never_typed_a_password_needs_none(house: House, at: Provider) -> None:
    """A person who only comes by the provider, strongly, is in; their first password asks for nothing."""
    new, at.acr, at.subject = member(house, Role.AUDITOR), "mfa", "sub-new"
    house.system.accounts.people.bind(None, new.person.id, "sub-new")
    assert come(new.browser).location == "/account/password"
    assert new.browser.get("/account").status_code == 200


def test_a_first_factor_is_no_way_around_proving_anew(house: House, at: Provider) -> None:
    """A session that is in without a factor of ours, and not fresh, enrols none: that would prove it."""
    boss, at.acr, at.subject = member(house, Role.OPERATOR), "mfa", "sub-boss"
    house.system.accounts.people.bind(None, boss.person.id, "sub-boss")
    come(boss.browser)
    assert SECRET.search(boss.browser.get("/account/enrol").text)
    house.clock.advance(house.system.accounts.sessions.rules.fresh)
    confirm = "/account/confirm?next=%2Faccount%2Fenrol"
    assert boss.browser.get("/account/enrol").location == confirm
    assert boss.browser.get("/account/enrol/picture.svg").status_code == 404
    known = house.system.accounts.people.get(boss.person.id).secret or b""
    code = replace(boss, secret=known).code()
    assert boss.browser.post("/account/enrol", code=code).location == confirm
    assert not house.system.accounts.people.get(boss.person.id).enrolled
    come(boss.browser)
    assert SECRET.search(boss.browser.get("/account/enrol").text)


def test_strangers_and_disabled_people_stay_outside(house: House, eva: Member, at: Provider) -> None:
    """A subject that is nobody's, and one whose person may come no more: nothing is made of them."""
    known, at.subject = at.subject, "sub-stranger"
    assert come(Browser(house)).status_code == 403
    at.subject = known
    house.system.accounts.people.set_active(None, eva.person.id, False)
    assert come(eva.browser).status_code == 403


def test_a_role_in_the_token_is_not_believed(eva: Member, at: Provider) -> None:
    """Whoever configures claims at the provider makes no operators here."""
    at.acr, at.claims = "mfa", {"role": "OPERATOR", "roles": ["OPERATOR"], "groups": ["admins"]}
    come(eva.browser)
    assert eva.browser.get("/account/people").status_code == 403


def test_state_binds_the_answer_to_the_browser_that_asked(eva: Member, house: House) -> None:
    """Another browser's answer, a changed state, none, or one used before lead nowhere."""
    theirs = led(Browser(house))
    assert eva.browser.get(theirs).status_code == 403
    mine = led(eva.browser)
    assert eva.browser.get(mine.replace("state=", "state=x")).status_code == 403
    assert eva.browser.get(mine.partition("&state")[0]).status_code == 403
    assert eva.browser.get(mine).status_code == 303
    assert eva.browser.get(mine).status_code == 403
    late = led(eva.browser)
    house.clock.advance(timedelta(minutes=11))
    assert eva.browser.get(late).status_code == 403


def test_a_stolen_code_is_worth_nothing(eva: Member, house: House) -> None:
    """In another browser's flow: its verifier is another one (RFC 7636)."""
    victim, thief = led(eva.browser), Browser(house)
    own = led(thief)
    code = victim.split("code=")[1].split("&")[0]
    swapped = own.replace(own.split("code=")[1].split("&")[0], code)
    assert thief.get(swapped).status_code == 403


def test_another_providers_answer_is_refused(eva: Member, at: Provider) -> None:
    """The `iss` of the answer (RFC 9207) must be the one that was asked, and there where it is promised."""
    mine = led(eva.browser)
    assert eva.browser.get(mine.replace("iss=", "iss=https%3A%2F%2Fevil.example&x=")).status_code == 403
    assert eva.browser.get(mine.partition("&iss=")[0]).status_code == 403
    assert eva.browser.get("/account/provider/back?error=access_denied&state=x").status_code == 403


@pytest.mark.parametrize(
    "wrong",
    [
        {"aud": "somebody-else"},
        {"aud": ["fehaciente", "other"]},
        {"aud": ["fehaciente", "other"], "azp": "other"},
        {"azp": "other"},
        {"aud": None},
        {"iss": "https://evil.example"},
        {"iss": None},
        {"nonce": "another"},
        {"nonce": None},
        {"exp": 1},
        {"exp": None},
        {"exp": "tomorrow"},
        {"iat": 1},
        {"iat": 99_999_999_999},
        {"nbf": 99_999_999_999},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
    ],
    ids=str,
)
def test_a_token_for_others_or_other_times_is_refused(
    eva: Member, at: Provider, wrong: dict[str, object]
) -> None:
    """Audience, issuer, nonce, times and subject, each of them alone (OpenID Connect Core, 3.1.3.7)."""
    at.claims = wrong
    assert come(eva.browser).status_code == 403
    assert eva.browser.get("/account").status_code == 303


def _unsigned(claims: dict[str, object]) -> str:
    return jwt.encode(claims, None, "none", headers={"kid": "k1"})


def _encoded(octets: bytes) -> str:
    return urlsafe_b64encode(octets).rstrip(b"=").decode()


def _hashed_with_public_key(at: Provider) -> Callable[[dict[str, object]], str]:
    """The public key taken for a shared secret: the oldest confusion of algorithms."""
    secret = at.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def sign(claims: dict[str, object]) -> str:
        head = _encoded(json.dumps({"alg": "HS256", "kid": "k1"}).encode())
        body = f"{head}.{_encoded(json.dumps(claims).encode())}"
        return f"{body}.{_encoded(hmac.digest(secret, body.encode(), hashlib.sha256))}"

    return sign


def test_forged_signatures_are_refused(eva: Member, at: Provider) -> None:
    """No signature, the public key as a secret, another key, a key that is not there, a key brought along."""
    other = new_key()
    forgeries: list[Callable[[dict[str, object]], str]] = [
        _unsigned,
        _hashed_with_public_key(at),
        lambda claims: jwt.encode(claims, other, "RS256", headers={"kid": "k1"}),
        lambda claims: jwt.encode(claims, other, "RS256", headers={"kid": "k9"}),
        lambda claims: jwt.encode(
            claims, other, "RS256",
            headers={"jwk": json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(other.public_key()))},
        ),
        lambda claims: at.sign(claims)[:-4] + "AAAA",
        lambda _claims: "no.token.atall",
        lambda _claims: "",
    ]  # fmt: skip
    for forge in forgeries:
        at.signed = forge
        assert come(eva.browser).status_code == 403
    at.signed = None
    assert come(eva.browser).status_code == 303


def test_the_providers_key_may_change(eva: Member, at: Provider, house: House) -> None:
    """A new key is looked for, but not more often than strangers' tokens could make us."""
    assert come(eva.browser).status_code == 303
    at.key, at.kid = new_key(), "k2"
    assert come(Browser(house)).status_code == 403
    house.clock.advance(timedelta(seconds=31))
    assert come(Browser(house)).status_code == 303


def test_a_provider_that_lies_about_itself_is_refused(house: House, at: Provider) -> None:
    """Discovery must name the issuer that was asked, and addresses of https (or this machine)."""
    for lie in (
        {"issuer": "https://evil.example"},
        {"authorization_endpoint": "http://provider.example/authorize"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": 7},
    ):
        at.metadata = lie
        house.close()
        house.open()
        assert Browser(house).get(START).status_code == 403, lie
    at.metadata = {"token_endpoint": f"{at.issuer}/nowhere"}
    house.close()
    house.open()
    browser = Browser(house)
    assert browser.get(led(browser)).status_code in {403, 503}


def test_a_silent_provider_stops_nobody_else(house: House, at: Provider, bare: House) -> None:
    """The way there answers 503; passwords go on."""
    ana = signed_in(house)
    oidc = replace(house.settings.oidc, issuer="http://127.0.0.1:9")
    house.settings = replace(house.settings, oidc=oidc)
    house.close()
    house.open()
    assert Browser(house).get(START).status_code == 503
    other = ana.elsewhere()
    other.sign_in()
    assert other.browser.get("/account").status_code == 200


def test_where_to_go_afterwards_is_ours(eva: Member, at: Provider) -> None:
    """An address elsewhere does not survive the way to the provider and back."""
    at.acr = "mfa"
    back = eva.browser.get(led(eva.browser, "/account/provider?next=https://evil.example"))
    assert back.location == "/console"


def test_without_a_provider_there_is_no_such_page(tmp_path: Path) -> None:
    """Neither the way there nor the way back."""
    house = House(tmp_path)
    browser = Browser(house)
    assert browser.get("/account/provider").status_code == 404
    assert browser.get("/account/provider/back?code=1&state=2").status_code == 404
    assert "provider" not in browser.get("/account/sign-in").text
    house.close()

"""Openings and links of e-mails, from the mail that left to the evidence: people's and machines'."""

import re
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from gateway.bootstrap import keys
from gateway.bootstrap.doors import wsgi
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.results import Result
from gateway.usecases.track import Track
from tests.mail_samples import ANA, Mail, read
from tests.orders import order

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0"
TARGET = "https://bank.example/recibo?a=1&b=2"


@pytest.fixture
def mail(tmp_path: Path) -> Iterator[Mail]:
    mail = Mail(tmp_path, more="")
    with mail.server.serving():
        yield mail
        mail.close()


def sent(mail: Mail, number: int = 0) -> tuple[str, EmailMessage]:
    """A certified mail with a link, a minute after it left; its GUID."""
    words = TARGET.replace("&", "&amp;")
    octets = order(ANA, service="CERTIFIED_EMAIL").replace(
        b"Le enviamos el contrato para su firma.", f"Vea {words} o llame.".encode()
    )
    guid = mail.house.submit(octets).guid
    mail.house.drain()
    mail.house.clock.advance(timedelta(minutes=1))
    return guid, read(mail.server.mails[number])


def html(message: EmailMessage) -> str:
    body = message.get_body(("html",))
    assert body is not None
    return str(body.get_content())


def picture(message: EmailMessage) -> str:
    [found] = re.findall(r'<img src="([^"]+)"', html(message))
    return str(found)


def link(message: EmailMessage) -> str:
    [found] = [each for each in re.findall(r'href="([^"]+)"', html(message)) if "/t/" in each]
    return unescape(found)


def ask(
    mail: Mail, address: str, agent: str = BROWSER, method: str = "GET", **headers: str
) -> tuple[str, dict[str, str]]:
    """Status and headers of what the gateway answers."""
    parts, told = urlsplit(address), list[Any]()
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "PATH_INFO": parts.path,
        "QUERY_STRING": parts.query,
        "HTTP_USER_AGENT": agent,
        "REMOTE_ADDR": "198.51.100.7",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(),
    }
    house = mail.house
    doors = wsgi(house.settings, house.tech, house.system, keys.session_key(house.settings))
    list(doors(environ | headers, lambda status, given: told.append((status, dict(given)))))
    house.drain()
    return told[0]  # type: ignore[no-any-return]


def seen(mail: Mail, guid: str) -> list[str]:
    kinds = {"MESSAGE_OPENED", "MESSAGE_CLICKED", "MESSAGE_FETCHED"}
    return [each for each in mail.house.kinds(guid) if each in kinds]


def test_a_person_opens_and_follows_once_each(mail: Mail) -> None:
    """However often: one event and one evidence for each; and the reader has received it."""
    guid, message = sent(mail)
    for _ in range(3):
        status, headers = ask(mail, picture(message))
        assert (status, headers["Content-Type"]) == ("200 OK", "image/gif")
        assert "no-store" in headers["Cache-Control"]
        status, headers = ask(mail, link(message))
        assert (status, headers["Location"]) == ("302 Found", TARGET)
    assert seen(mail, guid) == ["MESSAGE_OPENED", "MESSAGE_CLICKED"]
    assert [each for each in mail.told(guid) if each in {"MessageOpened", "LinkClicked"}] == [
        "MessageOpened",
        "LinkClicked",
    ]
    [clicked] = [dict(each.details) for each in mail.house.events(guid) if each.kind == "MESSAGE_CLICKED"]
    assert (clicked["target"], clicked["user_agent"]) == (TARGET, BROWSER)
    with mail.house.tech.database.read() as uow:
        rows, key = uow.reports.of(guid), uow.keys.get(guid)
    raw = mail.house.tech.vault.get(guid, key, rows[0].raw_sha256)
    assert b"X-Client-Address: 198.51.100.7" in raw
    mail.over()
    assert mail.house.state(guid) == (12, Result.COMPLETED)


def test_machines_prove_nothing(mail: Mail) -> None:
    """A proxy of pictures, a scanner of links, HEAD: no sign that anybody read it."""
    guid, message = sent(mail)
    for method, agent, more in (
        ("HEAD", BROWSER, {}),
        ("GET", "Mozilla/5.0 (via ggpht.com GoogleImageProxy)", {}),
        ("GET", BROWSER, {"HTTP_SEC_PURPOSE": "prefetch"}),
        ("GET", "", {}),
    ):
        assert ask(mail, picture(message), agent, method, **more)[0] == "200 OK"
    assert ask(mail, link(message), "curl/8.11")[0] == "302 Found"
    assert seen(mail, guid) == ["MESSAGE_FETCHED", "MESSAGE_FETCHED"]
    mail.over()
    assert mail.house.state(guid) == (12, Result.EXPIRED)


def test_who_only_asks_where_a_link_leads_has_not_followed_it(mail: Mail) -> None:
    """HEAD is answered with the target and leaves no trace, whoever asks; a false link is not there."""
    guid, message = sent(mail)
    status, headers = ask(mail, link(message), method="HEAD")
    assert (status, headers["Location"]) == ("302 Found", TARGET)
    assert ask(mail, link(message) + "x", method="HEAD")[0] == "404 Not Found"
    assert seen(mail, guid) == []
    ask(mail, link(message))
    assert seen(mail, guid) == ["MESSAGE_CLICKED"]


@pytest.mark.parametrize(
    "error", [GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE), OSError("postgresql://ana:secret@db is away")]
)
def test_people_are_led_on_though_nothing_can_be_kept(
    mail: Mail, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    """Whatever fails behind it, picture and link are answered as ever; the log names nobody and no secret."""
    guid, message = sent(mail)

    def failing(*_: object) -> None:
        raise error

    with monkeypatch.context() as broken:
        broken.setattr(Track, "_seen", failing)
        assert ask(mail, picture(message))[0] == "200 OK"
        assert ask(mail, link(message))[1]["Location"] == TARGET
        assert ask(mail, link(message) + "x")[0] == "404 Not Found"
    assert "secret" not in caplog.text
    assert seen(mail, guid) == []
    ask(mail, picture(message))
    assert seen(mail, guid) == ["MESSAGE_OPENED"]


def test_who_follows_every_link_at_once_is_no_person(mail: Mail) -> None:
    """The second link within a moment of the first is a machine's; one that comes later is not."""
    other = "https://bank.example/ayuda"
    octets = order(ANA, service="CERTIFIED_EMAIL").replace(
        b"Le enviamos el contrato para su firma.",
        f"{other} {other}/2 {other}/3".encode(),
    )
    guid = mail.house.submit(octets).guid
    mail.house.drain()
    mail.house.clock.advance(timedelta(minutes=1))
    first, second, third = re.findall(r'href="([^"]+/t/[^"]+)"', html(read(mail.server.mails[0])))
    ask(mail, unescape(first))
    ask(mail, unescape(second))
    mail.house.clock.advance(timedelta(minutes=1))
    ask(mail, unescape(third))
    assert seen(mail, guid) == ["MESSAGE_CLICKED", "MESSAGE_FETCHED", "MESSAGE_CLICKED"]
    [machine] = [dict(each.details) for each in mail.house.events(guid) if each.kind == "MESSAGE_FETCHED"]
    assert machine["machine"] == "several at once"


def test_a_scanner_that_calls_itself_a_browser_is_too_quick(mail: Mail) -> None:
    """Within moments of its leaving nobody reads a mail."""
    guid, message = sent(mail)
    mail.house.clock.advance(-timedelta(seconds=59))
    ask(mail, picture(message))
    assert seen(mail, guid) == ["MESSAGE_FETCHED"]


def test_nobody_makes_us_lead_people_elsewhere(mail: Mail) -> None:
    """Another target, another message's proof, a script, no target: nothing is there, and nothing is told."""
    guid, message = sent(mail)
    address, target = link(message).split("?to=")
    token, proof = urlsplit(address).path.split("/")[2:]
    other = f"http://x/t/{'a' * 32}/{proof}?to={target}"
    for wrong in (
        f"{address}?to=https%3A%2F%2Fevil.example",
        other,
        f"{address}?to=javascript:alert(1)",
        address,
        f"{address}?to={target}&to={target}",
        f"http://x/t/{token}",
        f"http://x/t/{token}/../..",
    ):
        assert ask(mail, wrong)[0] == "404 Not Found"
    assert ask(mail, picture(message), method="POST")[0] == "405 Method Not Allowed"
    assert ask(mail, f"http://x/t/{'b' * 32}.gif")[0] == "200 OK"
    assert seen(mail, guid) == []
    with mail.house.tech.database.read() as uow:
        assert not uow.reports.stray(10)


def test_a_link_tells_nothing_of_the_return_path(mail: Mail) -> None:
    """Who sees a picture's address cannot forge a bounce; text alternative and kept mail are as sent."""
    guid, message = sent(mail)
    assert mail.mark(guid) not in html(message)
    text = message.get_body(("plain",))
    assert text is not None
    assert TARGET in text.get_content()
    [(row, octets)] = mail.kept(guid)
    assert read(octets).as_bytes() == message.as_bytes()
    assert row.sha256.hex().encode() in b"".join(each.octets for each in mail.house.evidence(guid))


@pytest.mark.parametrize("opens", ["content", "all"])
def test_notices_are_watched_if_the_settings_say_so(tmp_path: Path, opens: str) -> None:
    """Their openings at most: the access link is a secret and stays as it is."""
    mail = Mail(tmp_path, more=f"[tracker]\nopens = {opens}\n")
    with mail.server.serving():
        guid = mail.sent(service="NOTIFICATION")
        message = read(mail.server.mails[0])
        assert ("<img" in html(message)) is (opens == "all")
        assert "/a/" in html(message)
        assert "?to=" not in html(message)
        if opens == "all":
            mail.house.clock.advance(timedelta(minutes=1))
            ask(mail, picture(message))
            assert seen(mail, guid) == ["MESSAGE_OPENED"]
        mail.close()


def test_what_tells_of_the_end_is_not_watched(tmp_path: Path) -> None:
    """Of everything that reaches a mailbox, notices and certified mails alone tell that they are opened."""
    mail = Mail(tmp_path, more="[tracker]\nopens = all\n")
    with mail.server.serving():
        mail.sent(service="NOTIFICATION")
        mail.over()
        notice, outcome = (html(read(octets)) for octets in mail.server.mails)
        assert "/t/" in notice
        assert "/t/" not in outcome
        mail.close()


def test_after_the_end(mail: Mail) -> None:
    """An opening after state 12 is supplementary and alters nothing."""
    guid, message = sent(mail)
    mail.over()
    before = mail.house.certificates(guid)
    ask(mail, picture(message))
    assert seen(mail, guid) == ["MESSAGE_OPENED"]
    assert mail.house.certificates(guid) == before
    assert mail.house.state(guid)[0] == 12

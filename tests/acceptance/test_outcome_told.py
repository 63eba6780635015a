"""At the end each recipient is told, once, how it ended; copies go to whose they are, and to nobody else."""

import base64
import hashlib
import re
from dataclasses import replace
from datetime import timedelta

from werkzeug.test import Client

from gateway.bootstrap import keys
from gateway.bootstrap.doors import wsgi
from gateway.domain.delivery import Channel, Message, Outcome, Purpose, Receipt
from gateway.domain.errors import ErrorKind
from gateway.usecases.ports import Courier
from tests.house import House, refused
from tests.orders import ANA, EVA, LUIS, Paper, Person, order
from tests.pdf_samples import plain

CSRF = re.compile(r'name="csrf" value="([^"]+)"')
LINK = re.compile(r"/copy/([\w-]{40,})")
PAPERS = [Paper(plain(), "Contrato.pdf"), Paper(plain(), "Anexo.pdf")]
GROUPS = {"contract": [0], "annex": [1]}
ANA_BY_MAIL = replace(ANA, notice_method="EMAIL", rules=(("contract", "SIGN", True),))
LUIS_BY_SMS = replace(LUIS, rules=(("annex", "SIGN", True),))


def closed(house: House, *people: Person, reject: tuple[int, ...] = (), **more: str) -> str:
    guid = house.submit(order(*people, papers=PAPERS, groups=GROUPS, **more)).guid
    house.drain()
    for position in range(len(people)):
        guest = house.guest(guid, position)
        guest.read()
        if position in reject:
            guest.reject()
        else:
            guest.ask()
            guest.sign()
        house.drain()
    return guid


def told(house: House, guid: str) -> list[dict]:  # type: ignore[type-arg]
    return house.messages(f"outcome-{guid}-")


def test_each_is_told_once_by_their_own_channel(house: House) -> None:
    """After the certificate, without a link, a signature or a word of any other recipient."""
    guid = closed(house, ANA_BY_MAIL, LUIS_BY_SMS, reject=(1,))
    assert house.state(guid) == (12, 16)
    ana, luis = told(house, guid)
    assert (ana["channel"], ana["address"]) == ("EMAIL", ANA.email)
    assert (luis["channel"], luis["address"]) == ("SMS", LUIS.phone)
    for words in ("Banco de Pruebas", "Su contrato", "Usted firmó", "Completada parcialmente", guid):
        assert words in ana["text"]
    assert "Usted rechaz" in luis["text"]
    for text in (ana["text"] + ana["html"], luis["text"]):
        assert "/a/" not in text
        assert "/copy/" not in text
    for secret in (LUIS.name, LUIS.phone, LUIS.email, LUIS.identifier, "Anexo.pdf", "No estoy de acuerdo"):
        assert secret not in ana["text"] + ana["html"] + ana["subject"]
    assert not ana["attachments"]
    kinds = house.kinds(guid)
    assert kinds.index("CERTIFIED") < kinds.index("OUTCOME_SENT")
    assert kinds.count("OUTCOME_SENT") == 2
    with house.tech.database.read() as uow:
        effects = [each for each in uow.effects.of(guid) if each.purpose is Purpose.OUTCOME]
    assert [each.outcome for each in effects] == [Outcome.DELIVERED] * 2


def test_in_their_language(small_house: House) -> None:
    """In Catalan, Galician, Basque and English as in Spanish."""
    guid = closed(small_house, ANA_BY_MAIL, LUIS_BY_SMS, language="ca")
    assert "El procés ha acabat" in told(small_house, guid)[0]["text"]


def test_a_stranger_is_told_nothing(small_house: House) -> None:
    """Who said that it is not their phone gets no further message; who was never notified neither."""
    house = small_house
    guid = house.submit(order(ANA, replace(LUIS, order=2), on_reject="END")).guid
    house.drain()
    house.guest(guid).enter()
    house.system.refuse.withdraw(house.guest(guid).session)
    house.drain()
    house.guest(guid, 1).enter()
    house.guest(guid, 1).reject()
    house.drain()
    assert [message["id"].split("-")[-2] for message in told(house, guid)] == ["1"]


def test_the_copy_goes_along_where_the_issuer_wants_it(house: House) -> None:
    """Certificate and the reader's own documents, whole, and of nobody else."""
    guid = closed(house, ANA_BY_MAIL, LUIS_BY_SMS, send_copy="true")
    ana, luis = told(house, guid)
    names = [each["name"] for each in ana["attachments"]]
    assert names == ["certificate.pdf", "1-Contrato.pdf"]
    sent = [base64.b64decode(each["octets"]) for each in ana["attachments"]]
    assert sent[0] == next(each.octets for each in house.certificates(guid) if "pdf" in each.media_type)
    assert sent[1] == house.documents(guid, "STAMPED")[0]
    assert not luis["attachments"]


def test_a_copy_goes_only_to_who_acted(small_house: House) -> None:
    """Who rejected is told, and is sent no document that they did not want."""
    guid = closed(small_house, ANA_BY_MAIL, LUIS_BY_SMS, reject=(0,), send_copy="true")
    assert not told(small_house, guid)[0]["attachments"]


class Losing(Courier):
    """A channel whose worker dies once right after handing over a message about the outcome."""

    def __init__(self, house: House) -> None:
        self.inner, self.dead = house.couriers[Channel.SMS], False

    def send(self, message: Message) -> Receipt:
        receipt = self.inner.send(message)
        if message.id.startswith("outcome-") and not self.dead:
            self.dead = True
            raise SystemExit
        return receipt

    def find(self, message_id: str) -> Receipt | None:
        return self.inner.find(message_id)


def test_a_worker_that_dies_tells_nobody_twice(small_house: House) -> None:
    """The intent is known again by its stable id, and its fate is asked of the channel."""
    house = small_house
    losing = Losing(house)
    house.couriers[Channel.SMS] = losing  # type: ignore[assignment]
    guid = house.submit(order()).guid
    house.drain()
    house.guest(guid).decide()
    house.drain()
    house.wait(timedelta(minutes=5))
    assert losing.dead
    assert len(told(house, guid)) == 1
    assert house.kinds(guid).count("OUTCOME_SENT") == 1


def test_too_large_for_an_email(tmp_path, database_url: str) -> None:  # type: ignore[no-untyped-def]
    """Then a one-time link is sent, which opens once, in one browser, and is kept nowhere in clear."""
    house = House(tmp_path, database_url, more="[copies]\nmail_limit = 1 KiB\n")
    try:
        guid = closed(house, ANA_BY_MAIL, LUIS_BY_SMS, send_copy="true")
        (ana, _) = told(house, guid)
        assert not ana["attachments"]
        found = LINK.search(ana["text"])
        assert found
        copies = house.system.copies.open
        assert copies.look(found[1]).guid == guid
        view = copies.redeem(found[1])
        assert [file.name for file in view.files] == ["certificate.pdf", "certificate.xml", "1-Contrato.pdf"]
        refused(ErrorKind.COPY_LINK_SPENT, copies.redeem, found[1])
        refused(ErrorKind.COPY_LINK_SPENT, copies.look, found[1])
    finally:
        house.close()


def ask(house: House, guid: str, identifier: str, address: str = "192.0.2.1") -> str | None:
    """The token that came, if one came."""
    before = len(house.messages(f"copy-{guid}-"))
    house.system.copies.ask(guid, identifier, address)
    house.drain()
    came = house.messages(f"copy-{guid}-")[before:]
    found = LINK.search(came[0]["text"]) if came else None
    return found[1] if found else None


def test_whoever_is_right_gets_a_link_to_their_contact(house: House) -> None:
    """By GUID and identifier, once all is closed; each file fetched is an event with its digest."""
    guid = closed(house, ANA_BY_MAIL, LUIS_BY_SMS)
    token = ask(house, guid, LUIS.identifier)
    assert token
    (message,) = house.messages(f"copy-{guid}-1-")
    assert message["address"] == LUIS.email
    view = house.system.copies.open.redeem(token)
    names = [file.name for file in view.files]
    assert names == ["certificate.pdf", "certificate.xml", "2-Anexo.pdf"]
    for name in names:
        file, octets = house.system.copies.open.fetch(view.guid, view.position, name)
        assert hashlib.sha256(octets).digest() == file.sha256
    refused(ErrorKind.DOCUMENT_NOT_FOUND, house.system.copies.open.fetch, guid, 1, "1-Contrato.pdf")
    kinds = house.kinds(guid)
    assert kinds.count("COPY_FETCHED") == 3
    for kind in ("COPY_ASKED", "COPY_SENT", "COPY_OPENED"):
        assert kinds.count(kind) == 1


def test_whoever_is_wrong_is_told_the_same(small_house: House) -> None:
    """Nothing tells a wrong identifier, an open or an unknown transaction from a right question."""
    house = small_house
    open_guid = house.submit(order(EVA)).guid
    house.drain()
    done = closed(house, ANA_BY_MAIL, LUIS_BY_SMS)
    for guid, identifier in ((done, "nobody's"), (open_guid, EVA.identifier), ("no such", ANA.identifier)):
        assert ask(house, guid, identifier) is None
    assert "COPY_ASKED" not in house.kinds(done) + house.kinds(open_guid)


def test_the_pages_of_a_copy(small_house: House) -> None:
    """Ask, one answer for all, a link that a scanner does not spend, one browser's files, and no other's."""
    house = small_house
    guid = closed(house, ANA_BY_MAIL, LUIS_BY_SMS)
    key = keys.session_key(house.settings)
    doors = wsgi(house.settings, house.tech, house.system, key)
    answers = []
    for identifier in ("nobody's", ANA.identifier):
        browser = Client(doors)
        form = browser.get("/copy").text
        csrf = CSRF.search(form)
        assert csrf
        sent = {"csrf": csrf[1], "guid": guid, "identifier": identifier}
        answers.append(browser.post("/copy", data=sent, follow_redirects=True).text)
    assert answers[0] == answers[1]
    house.drain()
    (message,) = house.messages(f"copy-{guid}-")
    path = "/copy/" + LINK.search(message["text"])[1]  # type: ignore[index]
    for _ in range(2):
        page = browser.get(path)
        assert page.status_code == 200
    assert "1-Contrato.pdf" not in page.text
    assert Client(doors).get(f"{path}/0").status_code == 410
    csrf = CSRF.search(page.text)
    assert csrf
    opened = browser.post(path, data={"csrf": csrf[1]}, follow_redirects=True)
    assert "1-Contrato.pdf" in opened.text
    assert "2-Anexo.pdf" not in opened.text
    files = [browser.get(f"{path}/{place}") for place in range(3)]
    assert [each.status_code for each in files] == [200] * 3
    assert files[2].data == house.documents(guid, "STAMPED")[0]
    assert "attachment" in files[2].headers["Content-Disposition"]
    assert Client(doors).get(path).status_code == 410
    assert browser.get(f"{path}/3").status_code == 404
    status, closed_page = house.get(f"/a/{house.link_token(guid)}")
    assert status.startswith("403")
    assert b'href="/copy"' in closed_page


def test_links_end_and_nobody_fills_a_mailbox(small_house: House) -> None:
    """A link of yesterday is spent; three links a day, and five questions from one address."""
    house = small_house
    guid = closed(house, ANA_BY_MAIL, LUIS_BY_SMS)
    tokens = [ask(house, guid, ANA.identifier, f"192.0.2.{number}") for number in range(5)]
    assert [token is not None for token in tokens] == [True, True, True, False, False]
    for _ in range(5):
        house.system.copies.ask(guid, "wrong", "192.0.2.99")
    refused(ErrorKind.TOO_MANY_ATTEMPTS, house.system.copies.ask, guid, ANA.identifier, "192.0.2.99")
    house.wait(timedelta(hours=25))
    refused(ErrorKind.COPY_LINK_SPENT, house.system.copies.open.redeem, tokens[0])
    assert ask(house, guid, ANA.identifier)


def test_whoever_was_shown_nothing_gets_no_pack(tmp_path, database_url: str) -> None:  # type: ignore[no-untyped-def]
    """The pack holds the documents: who never opened them, as who never took a notification, reads none."""
    house = House(tmp_path, database_url, more="[copies]\npack = yes\n")
    try:
        guid = house.submit(order(ANA_BY_MAIL, LUIS_BY_SMS, papers=PAPERS, groups=GROUPS)).guid
        house.drain()
        house.guest(guid).decide()
        house.guest(guid, 1).enter()
        house.guest(guid, 1).reject()
        house.drain()
        assert house.state(guid) == (12, 16)
        shown = house.system.copies.open.shown
        names = [[file.name for file in shown(guid, place).files] for place in (0, 1)]
        assert "pack.asice" in names[0]
        assert names[1] == ["certificate.pdf", "certificate.xml"]
    finally:
        house.close()

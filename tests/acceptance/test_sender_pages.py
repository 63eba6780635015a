"""The web sender's pages without script: from signing in to a signed contract, and everything on the way."""

import io
from pathlib import Path

import pytest

from gateway.domain.draft import DraftStatus
from gateway.usecases.commands import Reference
from gateway.usecases.results import DocumentKind
from tests.house import House
from tests.pdf_samples import encrypted, plain
from tests.sender_pages import Seller, seller
from tests.sending import SHOP, Sending


@pytest.fixture
def shop(small_house: House) -> Seller:
    Sending(small_house)
    return seller(small_house)


def test_from_signing_in_to_a_signed_contract(shop: Seller) -> None:
    """Document, people, review, sent: then the recipient signs, and every file can be had."""
    house = shop.house
    shop.compose()
    assert "¿A quién?" in shop.words
    shop.add()
    assert "ana@example.org" in shop.words
    shop.see(f"/send/drafts/{shop.draft}/review")
    for said in (
        "Su contrato",
        "Le enviamos el contrato.",
        "Contrato.pdf",
        "Ana García",
        "12345678Z",
        "30 días",
    ):
        assert said in shop.words
    shop.fill("send-form")
    assert "El envío está hecho." in shop.words
    guid = shop.guid()
    house.drain()
    house.guest(guid).decide()
    house.drain()
    assert house.state(guid) == (12, 7)
    shop.see(f"/send/sent/{guid}")
    for said in (guid, "Terminado", "Completada", "Ha firmado", "Certificado generado"):
        assert said in shop.words
    links = shop.page.xpath('//a[contains(@href, "/send/sent/")]/@href')
    files = [link for link in links if link.count("/") > 3]
    assert len(files) > 10
    for link in files:
        answer = shop.browser.get(link)
        assert (answer.status_code, bool(answer.data)) == (200, True), link
        inline = "inline" in answer.headers["Content-Disposition"]
        assert inline == (answer.content_type == "application/pdf")


def test_sent_again_by_the_back_button(shop: Seller) -> None:
    """The form of the review, posted once more, leads to the same sending."""
    shop.compose()
    shop.add()
    shop.see(f"/send/drafts/{shop.draft}/review")
    review = shop.page
    shop.fill("send-form")
    first = shop.guid()
    shop.page = review
    shop.fill("send-form")
    assert shop.guid() == first
    shop.see(f"/send/drafts/{shop.draft}")
    assert shop.visited[-1].endswith(shop.draft)
    assert shop.answer.headers["Location"].endswith("/sent")


@pytest.mark.parametrize(
    ("octets", "name", "words"),
    [
        (b"no pdf at all", "a.pdf", "dañado"),
        (encrypted("secret"), "a.pdf", "contraseña"),
        (plain()[:400], "a.pdf", "dañado"),
        (b"", "", "Elija el documento"),
    ],
)
def test_a_bad_document_is_told_on_the_page(shop: Seller, octets: bytes, name: str, words: str) -> None:
    """At once, in words that help, with everything else as it was typed."""
    shop.see("/send/new")
    file = (io.BytesIO(octets), name)
    answer = shop.fill("compose-form", document=file, subject="Mi asunto", body="Mi mensaje")
    assert answer.status_code == 422
    assert words in shop.words
    assert shop.page.xpath('//input[@id="subject"]/@value') == ["Mi asunto"]
    assert "Mi mensaje" in shop.words
    shop.see("/send")
    assert "Mi asunto" not in shop.words


def test_a_document_that_is_too_large_is_told(tmp_path: Path) -> None:
    """By the operator's own limit, with its size."""
    house = House(tmp_path, more="[limits]\ndocument_size = 64 KiB\n")
    Sending(house)
    shop = seller(house)
    answer = shop.compose(b"x" * 70_000, "a.bin")
    assert answer.status_code == 422
    assert "demasiado grande: hasta 65 kB" in shop.words
    house.close()


def test_any_media_type_can_be_sent(shop: Seller) -> None:
    """A spreadsheet, for instance; it is never shown inside the browser."""
    shop.compose(b"<script>alert(1)</script>", "datos.html")
    answer = shop.browser.get(f"/send/drafts/{shop.draft}/document")
    assert answer.content_type == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_two_windows_lose_nothing(shop: Seller) -> None:
    """The second to save is told, sees both, and may save over it."""
    shop.compose()
    shop.see(f"/send/drafts/{shop.draft}")
    stale = shop.page
    shop.fill("compose-form", subject="El primero")
    shop.page = stale
    answer = shop.fill("compose-form", subject="El segundo")
    assert answer.status_code == 422
    assert "mientras tanto" in shop.words
    assert "El primero" in shop.words
    assert shop.page.xpath('//input[@id="subject"]/@value') == ["El segundo"]
    shop.fill("compose-form")
    shop.see("/send")
    assert "El segundo" in shop.words
    assert "El primero" not in shop.words


def test_a_form_sent_twice_makes_one_draft(shop: Seller) -> None:
    """The draft's id comes with the form."""
    shop.see("/send/new")
    form = shop.page
    for _ in range(2):
        shop.page = form
        shop.fill("compose-form", document=(io.BytesIO(plain()), "a.pdf"), subject="Una vez")
    shop.see("/send")
    assert shop.words.count("Una vez") == 3  # The link, and what readers of links hear twice.


def test_recipients_are_added_corrected_and_removed(shop: Seller) -> None:
    """Several rows at once, each told by its own place when something is wrong."""
    shop.compose()
    answer = shop.fill("add-form", name=["Ana", "Luis"], surname=["", ""], email=["a@b.example", "mal"],
                       phone=["600000123", "600000456"], identifier=["12345678Z", "X1234567L"],
                       company=["", ""], notice=["email", "sms"])  # fmt: skip
    assert answer.status_code == 422
    assert "Destinatario 2: el correo electrónico no es válido" in shop.words
    assert shop.page.xpath('//input[@id="email-1"]/@aria-invalid') == ["true"]
    assert shop.page.xpath('//input[@id="name-0"]/@value') == ["Ana"]
    shop.fill("add-form", name=["Ana", "Luis"], surname=["", ""], email=["a@b.example", "l@b.example"],
              phone=["600000123", "600000456"], identifier=["12345678Z", "X1234567L"],
              company=["", ""], notice=["email", "sms"])  # fmt: skip
    assert "Destinatarios: 2" in shop.words
    shop.see(f"/send/drafts/{shop.draft}/people?edit=1")
    assert shop.page.xpath('//input[@id="name-0"]/@value') == ["Luis"]
    shop.fill("add-form", name="Lucas")
    assert "Destinatarios: 2" in shop.words
    assert "Lucas" in shop.words
    assert "Luis" not in shop.words
    shop.fill("people/drop")
    assert "Destinatarios: 1" in shop.words


def test_a_list_of_people_becomes_as_many_sendings(shop: Seller) -> None:
    """The sample is downloaded, filled in and uploaded; progress and outcome of each row can be seen."""
    shop.compose()
    sample = shop.browser.get(f"/send/drafts/{shop.draft}/people/sample.csv")
    assert sample.headers["Content-Disposition"] == 'attachment; filename="destinatarios.csv"'
    rows = "nombre;correo;telefono;identificador\n" + "".join(
        f"Persona {number};p{number}@example.org;600000{number:03};D{number}\n" for number in range(30)
    )
    shop.fill("list-form", list=(io.BytesIO(rows.encode("cp1252")), "lista.csv"))
    assert "Lista admitida: 30 destinatarios" in shop.words
    shop.see(f"/send/drafts/{shop.draft}/review")
    assert "Enviar a 30 destinatarios" in shop.words
    shop.fill("send-form")
    assert "Puede cerrar esta página" in shop.words
    progress = shop.browser.get(f"/send/drafts/{shop.draft}/progress").json
    assert progress == {"done": 20, "total": 30, "over": False}
    shop.house.wait(shop.house.settings.worker.lease)
    shop.see(f"/send/drafts/{shop.draft}/sent")
    assert "Hechos 30 envíos de 30." in shop.words
    report = shop.browser.get(f"/send/drafts/{shop.draft}/report.csv").data.decode("utf-8-sig")
    assert report.count(".par") == 30
    assert "Persona" not in report
    shop.see("/send?phase=OPEN")
    assert len(shop.page.xpath("//tbody/tr")) == 25
    (later,) = shop.page.xpath('//a[@rel="next"]/@href')
    shop.see(later)
    assert len(shop.page.xpath("//tbody/tr")) == 5


def test_a_bad_list_changes_nothing(shop: Seller) -> None:
    """Each bad row is named by its line, and those who were there stay."""
    shop.compose()
    shop.add()
    answer = shop.fill("list-form", list=(io.BytesIO(b"nombre;correo\nEva;mal\n;x\n"), "l.csv"))
    assert answer.status_code == 422
    assert "Línea 2: el correo electrónico no es válido" in shop.words
    assert "Línea 3: falta el nombre" in shop.words
    assert "Destinatarios: 1" in shop.words


def test_what_is_missing_keeps_it_from_being_sent(shop: Seller) -> None:
    """The review says whom it is about, and offers no button."""
    shop.compose()
    shop.fill("add-form", name="Eva", email="eva@example.org")
    shop.see(f"/send/drafts/{shop.draft}/review")
    assert "falta el teléfono móvil" in shop.words
    assert "falta el identificador" in shop.words
    assert not shop.page.xpath('//form[@id="send-form"]')
    token = shop.page.xpath('//input[@name="csrf"]/@value')[0]
    answer = shop.browser.post(f"/send/drafts/{shop.draft}/send", token, version="2")
    assert answer.status_code == 409
    shop.see("/send")
    assert "Todavía no hay envíos" in shop.words


def test_a_template_fills_a_contract_for_each(shop: Seller) -> None:
    """Kept with its versions; common values and each row's own meet in the document."""
    shop.see("/send/templates/new")
    shop.fill(
        "template-form",
        name="Alquiler",
        text="# Contrato\n\n{{quien}} paga {{renta}} en {{sitio}}.",
        what="save",
    )
    shop.see("/send/new")
    (chosen,) = shop.page.xpath('//select[@id="template"]/option/@value')
    shop.fill("compose-form", source="template", template=chosen, subject="Alquiler")
    shop.draft = shop.visited[-1].rpartition("/")[2]
    assert "Rellene los campos" in shop.words
    shop.fill("compose-form", **{"field.sitio": "Soria"})
    rows = b"nombre;correo;telefono;dni;quien;renta\nAna;a@b.example;600000123;12345678Z;Ana;750\n"
    shop.fill("list-form", list=(io.BytesIO(rows), "l.csv"))
    preview = shop.browser.get(f"/send/drafts/{shop.draft}/document")
    assert (preview.status_code, preview.content_type) == (200, "application/pdf")
    shop.see(f"/send/drafts/{shop.draft}/review")
    shop.fill("send-form")
    guid = shop.guid()
    shop.house.drain()
    (made,) = shop.house.system.queries.documents(SHOP, Reference(guid), DocumentKind.ORIGINAL)
    assert made.octets == preview.data


def test_an_empty_field_of_a_template_is_named(shop: Seller) -> None:
    """Before it is sent, not after."""
    shop.see("/send/templates/new")
    shop.fill("template-form", name="Alquiler", text="Paga {{renta}}.", what="save")
    shop.see("/send/new")
    (chosen,) = shop.page.xpath('//select[@id="template"]/option/@value')
    shop.fill("compose-form", source="template", template=chosen, subject="Alquiler")
    shop.draft = shop.visited[-1].rpartition("/")[2]
    shop.see(f"/send/drafts/{shop.draft}/people")
    shop.add()
    shop.see(f"/send/drafts/{shop.draft}/review")
    assert "el campo renta de la plantilla está vacío" in shop.words


def test_a_template_changed_in_two_windows(shop: Seller) -> None:
    """The second is told, keeps what they wrote, and makes the next version."""
    shop.see("/send/templates/new")
    shop.fill("template-form", name="T", text="Uno", what="save")
    (link,) = shop.page.xpath('//td/a[contains(@href, "/send/templates/")]/@href')
    shop.see(link)
    stale = shop.page
    shop.fill("template-form", text="Dos", what="save")
    shop.page = stale
    answer = shop.fill("template-form", text="Tres", what="save")
    assert answer.status_code == 422
    assert "Tres" in shop.words
    shop.fill("template-form", what="save")
    shop.see(link)
    assert "Tres" in shop.words
    assert shop.page.xpath('//input[@name="version"]/@value') == ["3"]


def test_cancelled_from_its_story(shop: Seller) -> None:
    """With a reason, while nothing is decided; afterwards there is no button."""
    shop.compose()
    shop.add()
    shop.see(f"/send/drafts/{shop.draft}/review")
    shop.fill("send-form")
    guid = shop.guid()
    shop.house.drain()
    shop.see(f"/send/sent/{guid}")
    assert shop.fill("cancel-form", reason=" ").status_code == 422
    assert "Escriba el motivo" in shop.words
    late = shop.page
    shop.fill("cancel-form", reason="Se equivocó de persona")
    assert "El envío se ha anulado" in shop.words
    shop.page = late
    assert shop.fill("cancel-form", reason="Otra vez").status_code == 409
    assert not shop.page.xpath('//form[@id="cancel-form"]')
    shop.house.drain()
    assert shop.house.state(guid) == (12, 99932)


def test_alerts_all_or_none(shop: Seller) -> None:
    """Off at first; on, each step is told once, in the words of the trade, with a count of what is unread."""
    shop.see("/send/alerts")
    assert "están desactivados" in shop.words
    shop.fill("turn-form")
    shop.see("/send/new")
    shop.compose()
    shop.add()
    shop.see(f"/send/drafts/{shop.draft}/review")
    shop.fill("send-form")
    guid = shop.guid()
    shop.house.drain()
    shop.see("/send")
    assert "2 sin leer" in shop.words
    shop.see("/send/alerts")
    assert f"Envío Generado – Identificador: WEB-{shop.draft}-00001" in shop.words
    assert f"Envío Tramitado. Guid: {guid}" in shop.words
    shop.fill("alerts/read")
    shop.house.guest(guid).decide()
    shop.house.drain()
    shop.see("/send")
    assert "1 sin leer" in shop.words
    shop.see("/send/alerts")
    assert f"Envío Finalizado. Guid: {guid}" in shop.words
    shop.fill("turn-form")
    shop.see("/send")
    assert "sin leer" not in shop.words


def test_found_by_guid_and_by_identifier(shop: Seller) -> None:
    """And nothing else is found, in either language."""
    shop.compose()
    shop.add()
    shop.see(f"/send/drafts/{shop.draft}/review")
    shop.fill("send-form")
    guid = shop.guid()
    for words in (guid, f"WEB-{shop.draft}-00001"):
        assert shop.see(f"/send/search?q={words}").headers["Location"].endswith(guid)
    for words in ("", "nada", "000001-0001-000000000000009.par"):
        assert shop.see(f"/send/search?q={words}").headers["Location"].endswith("/send")
    shop.see("/send?lang=en")
    shop.see("/send?phase=DONE&result=7&from=2020-01-01&before=x")
    assert "There are no sendings here yet." in shop.words


def test_a_draft_is_deleted_and_expires(shop: Seller) -> None:
    """With its key and its files, by its owner or by time."""
    for expire in (False, True):
        shop.compose(subject="Efímero")
        owner = f"draft-{shop.draft}"
        assert shop.house.tech.vault.held(owner)
        if expire:
            shop.house.clock.advance(shop.house.settings.sender.draft_life * 2)
            assert shop.house.system.sender.drafts.forget_expired() == 1
        else:
            shop.see(f"/send/drafts/{shop.draft}/review")
            shop.fill("/delete")
            assert "El borrador se ha eliminado" in shop.words
        assert not shop.house.tech.vault.held(owner)
        with shop.house.tech.database.read() as uow:
            assert uow.keys.find(owner) is None
            assert uow.drafts.of(SHOP.number, DraftStatus.PENDING, 10) == []
        if not expire:
            assert shop.see(f"/send/drafts/{shop.draft}").status_code == 404

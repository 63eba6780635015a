"""The web sender against strangers: other issuers, other roles, other sites, bombs, and what people write."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.staff import Role
from gateway.entrypoints.web.sender.app import sender_urls
from gateway.usecases.sender.desk import Asking
from gateway.usecases.sender.drafts import Upload
from tests.house import House
from tests.orders import ANA, LUIS, order
from tests.pdf_samples import plain
from tests.sender_pages import Seller, seller, shops
from tests.sending import CONTRACT, RIVAL, SHOP, SPY, Sending
from tests.staff import Browser, signed_in
from tests.storage_samples import stored_text

EVIL = "<script>alert(1)</script>\"'&{{7*7}}"


@pytest.fixture
def own_house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    yield house
    house.close()


@dataclass
class Scene:
    """The shop with a draft, a template and a sending; and its rival's seller."""

    shop: Seller
    rival: Seller
    draft: str
    template: str
    guid: str
    evidence: str


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    house = House(tmp_path_factory.mktemp("scene"))
    shop, rival = shops(house)
    shop.see("/send/templates/new")
    shop.fill("template-form", name="T", text="Uno", what="save")
    (link,) = shop.page.xpath('//td/a[contains(@href, "/send/templates/")]/@href')
    shop.compose()
    shop.add()
    shop.see(f"/send/drafts/{shop.draft}/review")
    shop.fill("send-form")
    guid = shop.guid()
    house.drain()
    shop.compose(subject="Secreto")
    shop.add(name="Personasecreta")
    return Scene(shop, rival, shop.draft, link.rpartition("/")[2], guid, house.evidence_of(guid)[0].id)


def addresses(scene: Scene) -> list[tuple[str, str]]:
    """Every address of the sender that names something, with its method."""
    values = {
        "draft": scene.draft,
        "template": scene.template,
        "guid": scene.guid,
        "evidence": scene.evidence,
        "position": 0,
        "kind": "original",
        "form": "pdf",
    }
    found = []
    urls = sender_urls().bind("staff")
    for rule in sender_urls().iter_rules():
        if rule.arguments:
            path = urls.build(rule.endpoint, {name: values[name] for name in rule.arguments})
            found += [(method, path) for method in rule.methods or () if method in {"GET", "POST"}]
    assert len(found) > 20
    return found


def test_another_issuers_things_do_not_exist(scene: Scene) -> None:
    """Whatever is named, and however it is asked for: 404, nothing shown, nothing changed."""
    before = scene.shop.browser.get("/send").text.count("Secreto")
    for method, path in addresses(scene):
        browser = scene.rival.browser
        token = browser.token("/send/alerts")
        answer = browser.get(path) if method == "GET" else browser.post(path, token, version="1", reason="x")
        if path.endswith("/save"):
            # Another's template cannot be told from none: a first version would have to be another id.
            assert answer.status_code in {404, 422}, path
        else:
            assert answer.status_code == 404, (method, path)
        for secret in ("Secreto", "Personasecreta", "ana@example.org", "12345678Z"):
            assert secret not in answer.text, path
    assert scene.shop.browser.get("/send").text.count("Secreto") == before
    assert scene.shop.browser.get(f"/send/templates/{scene.template}").text.count("Uno")
    assert scene.shop.house.state(scene.guid)[0] < 10


def test_nobody_in_particular_is_led_to_sign_in(scene: Scene) -> None:
    """Nothing answers without a session, whatever the method."""
    browser = Browser(scene.shop.house)
    for method, path in [*addresses(scene), ("GET", "/send"), ("GET", "/send/new"), ("POST", "/send/new")]:
        answer = browser.client.open(path, method=method)
        assert answer.status_code == 303, path
        assert "/account/sign-in" in answer.headers["Location"], path


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.SUPERVISOR, Role.OPERATOR, Role.AUDITOR])
def test_the_operators_own_people_send_nothing(scene: Scene, role: Role) -> None:
    """The sender belongs to issuers' people alone."""
    browser = signed_in(scene.shop.house, role).browser
    token = browser.token("/account")
    pages = [("GET", "/send"), ("GET", "/send/new"), ("GET", "/send/templates/new"), ("POST", "/send/new")]
    for method, path in [*addresses(scene), *pages]:
        more = {"source": "upload", "what": "preview", "text": "x", "version": "1", "reason": "x"}
        answer = browser.get(path) if method == "GET" else browser.post(path, token, **more)
        assert answer.status_code == 403, (method, path)


def test_a_repeated_or_foreign_form_harms_no_document(own_house: House) -> None:
    """The same form sent again, by its author or with another issuer's id in it, leaves the draft's file
    readable."""
    sending, octets = Sending(own_house), plain()
    drafts, upload = own_house.system.sender.drafts, Upload("c.pdf", "application/pdf", octets)
    first = drafts.create(sending.asking, "d" * 32, CONTRACT, upload)
    assert first.composition.document is not None
    assert drafts.create(sending.asking, "d" * 32, CONTRACT, upload) == first
    with pytest.raises(GatewayError) as caught:
        drafts.create(Asking(SPY), "d" * 32, CONTRACT, upload)
    assert caught.value.kind is ErrorKind.DRAFT_NOT_FOUND
    with pytest.raises(GatewayError) as caught:
        drafts.create(Asking(replace(SPY, role=Role.SUPPORT)), "e" * 32, CONTRACT, upload)
    assert caught.value.kind is ErrorKind.ACCESS_DENIED
    assert drafts.document(sending.asking, "d" * 32)[1] == octets


def test_no_form_of_another_site_is_taken(scene: Scene) -> None:
    """Without the token of this very session every POST is refused, and does nothing."""
    foreign = scene.rival.browser.token("/send/alerts")
    for method, path in addresses(scene):
        if method == "POST":
            for token in ("x", foreign):
                answer = scene.shop.browser.post(path, token, version="1", reason="x")
                assert answer.status_code == 403, path
                assert "E000601" in answer.text, path
    shown = scene.shop.browser.get(f"/send/drafts/{scene.draft}/people").text
    assert "Personasecreta" in shown


def test_what_is_too_large_is_refused(scene: Scene) -> None:
    """The whole form is bounded before it is read; and so are the number of its parts and its fields."""
    browser = scene.shop.browser
    token = browser.token("/send/new")
    address = {"REMOTE_ADDR": browser.address}

    answer = browser.client.open(
        "/send/new",
        method="POST",
        input_stream=io.BytesIO(),
        environ_overrides={"CONTENT_LENGTH": "50000000"},
        content_type="multipart/form-data; boundary=x",
        environ_base=address,
    )
    assert answer.status_code == 413
    many = {f"f{number}": "x" for number in range(700)} | {"csrf": token, "document": (io.BytesIO(b"x"), "a")}
    many_parts = browser.client.post("/send/new", data=many, environ_base=address)
    assert many_parts.status_code in {403, 413}
    long = browser.client.post("/send/new", data={"csrf": token, "body": "x" * 600_000}, environ_base=address)
    assert long.status_code in {413, 422}


def test_nothing_that_people_write_is_markup(own_house: House) -> None:
    """Subject, text, names, file names and lists come back as text on every page."""
    Sending(own_house)
    shop = seller(own_house)
    shop.compose(plain(), f"{EVIL}.pdf", subject=EVIL, body=EVIL)
    name = EVIL.replace('"', '""')
    rows = f'nombre;correo;telefono;dni\n"{name}";a@b.example;600000123;{EVIL[:30]}\n'
    shop.fill("list-form", list=(io.BytesIO(rows.encode()), EVIL))
    seen = [shop.answer.text, *(shop.see(path).text for path in (
        f"/send/drafts/{shop.draft}", f"/send/drafts/{shop.draft}/people?edit=0",
        f"/send/drafts/{shop.draft}/review", "/send"))]  # fmt: skip
    shop.see(f"/send/drafts/{shop.draft}/review")
    shop.fill("send-form")
    guid = shop.guid()
    own_house.drain()
    seen += [shop.see(path).text for path in ("/send", f"/send/sent/{guid}")]
    shop.see("/send/templates/new")
    shop.fill("template-form", name=EVIL, text=EVIL, what="save")
    seen += [shop.answer.text, shop.see("/send/new").text]
    for text in seen:
        assert "<script>alert" not in text
        assert "&lt;script&gt;" in text
        assert "49" not in text.partition("&lt;script&gt;alert(1)")[2][:60]


def test_pages_bear_a_strict_policy(scene: Scene) -> None:
    """No inline script or style, no framing, no cache; and the pages keep to it."""
    for path in ("/send", "/send/new", f"/send/drafts/{scene.draft}/people", f"/send/sent/{scene.guid}"):
        answer = scene.shop.browser.get(path)
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["Cache-Control"] == "no-store"
        assert " style=" not in answer.text
        assert "onclick" not in answer.text


def test_personal_data_stays_sealed(scene: Scene) -> None:
    """No table of the sender's, and no audit row, holds in clear whom something is about."""
    text = stored_text(scene.shop.house.tech.database)
    for secret in ("Personasecreta", "Secreto", "ana@example.org", "12345678Z", "600000123"):
        assert secret not in text


def test_a_bomb_of_a_list_is_refused(scene: Scene) -> None:
    """Too many rows, cells and quotation marks: told, in bounded time."""
    for octets in (b"nombre\n" + b"A\n" * 20_000, b"nombre;" * 50_000, b'nombre\n"' + b"x" * 400_000):
        scene.shop.see(f"/send/drafts/{scene.draft}/people")
        token = scene.shop.page.xpath('//form[@id="list-form"]//input[@name="csrf"]/@value')[0]
        with io.BytesIO(octets) as file:
            answer = scene.shop.browser.client.post(
                f"/send/drafts/{scene.draft}/people/list",
                data={"csrf": token, "version": "2", "list": (file, "l.csv")},
                environ_base={"REMOTE_ADDR": scene.shop.browser.address},
            )
        assert answer.status_code == 422
        answer.close()


def test_an_issuer_without_integration_sets_no_method_by_soap(own_house: House) -> None:
    """Submit itself refuses what only the profile decides, whichever door it came through."""
    Sending(own_house)
    with pytest.raises(GatewayError) as method:
        own_house.submit(order(), SHOP)
    assert method.value.kind is ErrorKind.RULE_BROKEN
    assert "sign_method" in method.value.detail
    plainly = order(ANA, LUIS).replace(b"<sign_method>SMS</sign_method>", b"")
    with pytest.raises(GatewayError) as several:
        own_house.submit(plainly, RIVAL)
    assert "several signers" in several.value.detail
    alone = order(ANA).replace(b"<sign_method>SMS</sign_method>", b"")
    assert own_house.submit(alone, SHOP).guid

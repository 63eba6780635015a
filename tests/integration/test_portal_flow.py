"""The way through the portal, over WSGI: each stage, both languages, downloads, each ending."""

from datetime import timedelta
from time import monotonic
from urllib.parse import unquote

import pytest

from gateway.domain.catalogue import Service
from gateway.domain.results import RecipientState
from tests.browser.portal_double import GUID, RETURN_URL, PortalDouble
from tests.browser.visitor import Visitor, contract, other_code


@pytest.fixture
def double() -> PortalDouble:
    return PortalDouble()


def place(person: Visitor) -> str:
    return person.answer.request.path.removeprefix(person.door).strip("/")


def test_an_express_contract_is_signed_with_one_code(double: PortalDouble) -> None:
    """Identify, accept, read, ask for the code, sign: in this order and nothing else."""
    person = Visitor(double).identify()
    assert place(person) == "conditions"
    person.send("conditions-form", accept="yes")
    assert place(person) == "documents"
    person.code()
    assert place(person) == "sign"
    person.send("code-form", code=double.inbox[-1])
    assert person.page.xpath("string(//*[@id='done']/@data-outcome)") == "signed"
    assert double.calls == ["identify", "accept_conditions", "show_documents", "request_code", "sign"]


def test_a_contract_needs_a_code_to_open_and_another_to_sign(double: PortalDouble) -> None:
    """Documents stay shut until the first code; the second is another one."""
    person = Visitor(contract(double)).accept()
    assert place(person) == "unlock"
    person.see("documents")
    assert place(person) == "unlock"
    assert person.see("documents/0").request.path.endswith("/unlock")
    person.code()
    first = double.inbox[-1]
    person.send("code-form", code=first)
    assert place(person) == "documents"
    person.code()
    assert place(person) == "sign"
    person.send("code-form", code=double.inbox[-1])
    assert double.recipient.state is RecipientState.SIGNED
    assert len(double.inbox) == 2


@pytest.mark.parametrize(("service", "total"), [(Service.CONTRACT_EXPRESS, 4), (Service.CONTRACT, 5)])
def test_the_steps_are_counted(double: PortalDouble, service: Service, total: int) -> None:
    """The person knows how far it goes; a service with two codes has one step more."""
    double.service = service
    assert f"Paso 2 de {total}" in Visitor(double).identify().words


@pytest.mark.parametrize("outcome", ["signed", "rejected", "withdrawn"])
def test_each_ending_says_what_happened(double: PortalDouble, outcome: str) -> None:
    """The last page tells the outcome, the GUID, the issuer and the way back to them."""
    person = Visitor(double).finish(outcome)
    assert person.page.xpath("string(//*[@id='done']/@data-outcome)") == outcome
    assert person.page.xpath("string(//*[@id='guid'])") == GUID
    assert person.page.xpath("string(//*[@id='return-link']/@href)") == RETURN_URL
    assert "Banco Ejemplar" in person.words


def test_the_last_page_lives_ten_minutes(double: PortalDouble) -> None:
    """Afterwards it answers like every other page of a closed process."""
    person = Visitor(double).finish("signed")
    assert person.see("done").status_code == 200
    double.clock.passed += timedelta(minutes=10, seconds=1)
    assert person.see("done").status_code == 403
    assert person.refusal == "E000101"


@pytest.mark.parametrize("outcome", ["signed", "rejected", "withdrawn"])
@pytest.mark.parametrize("back", ["", "conditions", "documents", "documents/0", "sign", "reject", "help"])
def test_going_back_after_deciding_finds_the_process_closed(
    double: PortalDouble, outcome: str, back: str
) -> None:
    """Whatever page the back button asks for again, the answer is 403 E000101."""
    person = Visitor(double).finish(outcome)
    assert person.see(back).status_code == 403
    assert person.refusal == "E000101"


def test_nobody_identifies_themself_once_it_is_closed(double: PortalDouble) -> None:
    """A form that was open all the time is refused as the link itself is."""
    late = Visitor(double)
    late.see()
    Visitor(double).finish("withdrawn")
    late.send("identify-form", identifier="12345678Z")
    assert (late.answer.status_code, late.refusal) == (403, "E000101")


def test_a_form_sent_twice_ends_on_the_last_page(double: PortalDouble) -> None:
    """The second click on "sign" finds the process closed by the first, and no error is shown."""
    person = Visitor(double).challenge()
    data = {"csrf": person.page.xpath('string(//*[@id="code-form"]//@value)'), "code": double.inbox[-1]}
    session = {**person.cookies()}
    assert person.ask("sign", "POST", data=data).location.endswith("/done")
    for name, value in session.items():
        person.client.set_cookie(name, value)
    assert person.see("sign", method="POST", data=data).status_code == 200
    assert person.page.xpath("string(//*[@id='done']/@data-outcome)") == "signed"
    assert double.calls.count("sign") == 1


def test_a_form_sent_again_after_the_answer_ends_there_too(double: PortalDouble) -> None:
    """Who sends the form once the session is over, but has decided just now, sees how it ended."""
    person = Visitor(double).challenge()
    data = {"csrf": person.page.xpath('string(//*[@id="code-form"]//@value)'), "code": double.inbox[-1]}
    person.ask("sign", "POST", data=data)
    assert person.see("sign", method="POST", data=data).status_code == 200
    assert person.page.xpath("string(//*[@id='done']/@data-outcome)") == "signed"


def test_a_lost_answer_is_told_once_more(double: PortalDouble) -> None:
    """A browser that threw the first answer away, cookies and all, sends the form again: it is told."""
    person = Visitor(double).challenge()
    form = {"csrf": person.page.xpath('string(//*[@id="code-form"]//@value)'), "code": double.inbox[-1]}
    before = person.cookies()
    person.ask("sign", "POST", data=form)
    for name in person.cookies():
        person.client.delete_cookie(name, path="/")
    for name, value in before.items():
        person.client.set_cookie(name, value)
    assert person.see("sign", method="POST", data=form).status_code == 200
    assert person.page.xpath("string(//*[@id='done']/@data-outcome)") == "signed"
    assert double.calls.count("sign") == 1


@pytest.mark.parametrize("late", [True, False])
def test_nothing_else_is_answered_after_the_decision(double: PortalDouble, late: bool) -> None:
    """Another decision, or the same one when it is no news any more, finds the process closed."""
    first, second = Visitor(double).challenge(), Visitor(double)
    second.identify()
    if not late:
        second.see("reject")
    code = double.inbox[-1]
    first.send("code-form", code=code)
    if late:
        double.clock.passed += timedelta(minutes=11)
        second.send("code-form", code=code)
    else:
        second.send("reject-form", reason="No")
    assert (second.answer.status_code, second.refusal) == (403, "E000101")


def test_a_code_can_be_asked_for_again_after_the_pause(double: PortalDouble) -> None:
    """At once it is refused with a reason; later it is sent, and the newest one signs."""
    person = Visitor(double).challenge()
    person.send("request-form")
    assert person.answer.status_code == 429
    assert "Espere unos segundos" in person.problem
    assert len(double.codes) == 1
    double.clock.passed += timedelta(seconds=21)
    person.code()
    assert len(double.inbox) == 2
    person.send("code-form", code=double.inbox[-1])
    assert double.recipient.state is RecipientState.SIGNED


def test_a_reload_never_sends_anything_again(double: PortalDouble) -> None:
    """Every form is answered by a redirect, right or wrong, so that a reload only reads."""
    person = Visitor(double).challenge()
    for fields in ({"code": "12"}, {"code": other_code(double)}, {"code": double.inbox[-1]}):
        answer = person.send("code-form", follow=False, **fields)
        assert answer.status_code == 303
        person.see("sign")
        if fields["code"] != double.inbox[-1]:
            assert person.answer.status_code == 422
            assert person.see("sign").status_code == 200


@pytest.mark.parametrize("typed", ["{} ", " {}", "spaced"])
def test_a_code_may_be_typed_as_it_is_read(double: PortalDouble, typed: str) -> None:
    """Blanks around and between the digits do not matter."""
    person = Visitor(double).challenge()
    code = double.inbox[-1]
    person.send("code-form", code=f"{code[:3]} {code[3:]}" if typed == "spaced" else typed.format(code))
    assert double.recipient.state is RecipientState.SIGNED


def test_the_page_tells_how_the_code_stands(double: PortalDouble) -> None:
    """The script's question is answered in JSON, and asking does not keep the session alive."""
    person = Visitor(double).accept().code(arrived=False)
    waiting = person.ask("code-status")
    assert waiting.json is not None
    assert waiting.json["state"] == "sending"
    double.clock.passed += double.delay
    told = person.ask("code-status")
    assert told.json is not None
    assert told.json["state"] == "sent"
    assert "•••\u00a0•••\u00a0123" in told.json["text"]
    assert "Set-Cookie" not in told.headers


def test_waiting_for_a_code_holds_no_thread(double: PortalDouble) -> None:
    """While a code takes an hour to leave, asking for it and after it is answered at once."""
    double.delay = timedelta(hours=1)
    begun = monotonic()
    person = Visitor(double).accept().code(arrived=False)
    for _ in range(5):
        told = person.ask("code-status").json
        assert told is not None
        assert told["state"] == "sending"
    assert monotonic() - begun < 10


@pytest.mark.parametrize(("kept", "chosen", "word"), [("es", "en", "Continue"), ("en", "es", "Continuar")])
def test_the_language_is_chosen_before_and_after_identification(
    double: PortalDouble, kept: str, chosen: str, word: str
) -> None:
    """The issuer's language first; the person's choice stays for every later page, the last one too."""
    double.language = kept
    person = Visitor(double)
    assert person.see().text.count(f'<html lang="{kept}"') == 1
    answer = person.ask(f"?lang={chosen}")
    assert (answer.status_code, answer.location) == (303, person.door)
    person.identify()
    assert person.page.get("lang") == chosen
    assert word in person.words
    person.see(f"conditions?lang={kept}")
    assert person.page.get("lang") == kept
    person.send("conditions-form", accept="yes")
    person.code().send("code-form", code=double.inbox[-1])
    assert person.page.get("lang") == kept
    person.see(f"done?lang={chosen}")
    assert person.page.get("lang") == chosen
    person.see()
    assert (person.refusal, person.page.get("lang")) == ("E000101", chosen)


@pytest.mark.parametrize("tag", ["fr", "", "es;rm", "../en"])
def test_no_other_language_is_taken(double: PortalDouble, tag: str) -> None:
    """An unknown language is no choice: nothing is kept."""
    person = Visitor(double)
    answer = person.ask(query_string={"lang": tag})
    assert answer.status_code == 200
    assert "fehaciente-language" not in person.cookies()


@pytest.mark.parametrize(("query", "kind"), [("", "inline"), ("?download=1", "attachment")])
def test_a_document_is_handed_over_under_its_own_name(double: PortalDouble, query: str, kind: str) -> None:
    """Spanish letters, quotes and brackets survive in the name, and cannot break the header."""
    person = Visitor(double).accept()
    for number, name in enumerate(("Contrato de préstamo.pdf", 'Anexo "tarifas" <2026>.pdf')):
        answer = person.ask(f"documents/{number}{query}")
        assert answer.data.startswith(b"%PDF-")
        assert answer.content_type == "application/pdf"
        header = answer.headers["Content-Disposition"]
        assert header.isascii()
        assert header.startswith(f'{kind}; filename="')
        plain, _, encoded = header.removeprefix(f'{kind}; filename="').partition("\"; filename*=UTF-8''")
        assert '"' not in plain
        assert unquote(encoded) == name
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_the_conditions_are_a_file(double: PortalDouble) -> None:
    """They are downloaded as PDF before being accepted."""
    person = Visitor(double).identify()
    answer = person.ask("conditions.pdf")
    assert answer.data.startswith(b"%PDF-")
    assert answer.headers["Content-Disposition"].startswith("attachment;")


def test_a_document_that_does_not_exist_is_not_found(double: PortalDouble) -> None:
    """A number beyond the list answers 404 with its code, in a page."""
    person = Visitor(double).accept()
    person.see("documents/7")
    assert (person.answer.status_code, person.refusal) == (404, "E000202")


@pytest.mark.parametrize("link", ["reject", "withdraw", "sign", "unlock", "documents", "documents/0"])
def test_steps_cannot_be_skipped(double: PortalDouble, link: str) -> None:
    """Before the conditions are accepted every later page leads back to them."""
    person = Visitor(double).identify()
    person.see(link)
    assert place(person) == "conditions"
    assert double.calls == ["identify"]


def test_static_files_are_kept_and_typed(double: PortalDouble) -> None:
    """Style, script and pictures bear their type, may be kept for ever, and are this site's own."""
    person = Visitor(double)
    person.see()
    for link in set(person.page.xpath("//link/@href | //script/@src | //img/@src")):
        answer = person.ask(link)
        assert answer.status_code == 200
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.content_type.split(";")[0] in {"text/css", "text/javascript", "image/svg+xml"}
    assert person.ask("/static/../app.py").status_code == 404
    assert person.ask("/static/%2e%2e%2fapp.py").status_code == 404

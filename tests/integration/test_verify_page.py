"""The verification page over WSGI: its forms, its answers, and everything that it must not do."""

import io
import re
from hashlib import sha256

import pytest

from gateway.adapters.crypto.signature_level import Level
from gateway.adapters.xml.parser import parse
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.entrypoints.web.verify.app import VerifyRequest
from tests.browser.verify_site import CODE, GUID, LARGEST, Caller, VerifySite
from tests.seal_samples import Workshop, rendered


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return Workshop.create(tmp_path_factory.mktemp("page") / "pki")


@pytest.fixture
def site(workshop: Workshop) -> VerifySite:
    return VerifySite(workshop)


@pytest.fixture
def caller(site: VerifySite) -> Caller:
    caller = Caller(site)
    caller.see()
    return caller


def file(octets: bytes, name: str = "evidence.xml") -> tuple[io.BytesIO, str]:
    return io.BytesIO(octets), name


def test_a_valid_evidence_is_reported(site: VerifySite, caller: Caller) -> None:
    """Verdict, coverage, signer, stamp and facts, in the browser's language."""
    answer = caller.send("upload-form", {"file": file(site.evidence())})
    assert answer.status_code == 200
    for words in ("TOTAL-PASSED", "el documento completo", "B-LT", "María Núñez", "contrato.pdf", GUID):
        assert words in caller.words
    assert [each.text_content().split()[-1] for each in caller.page.xpath("//h2")] == ["TOTAL-PASSED"]


def test_an_altered_evidence_is_failed(site: VerifySite, caller: Caller) -> None:
    """With its reason, and without repeating what it states."""
    caller.send("upload-form", {"file": file(site.evidence().replace(b"Banco", b"Banca"))})
    assert "TOTAL-FAILED" in caller.words
    assert "HASH_FAILURE" in caller.words
    assert "Banca" not in caller.words


def test_the_language_can_be_chosen(site: VerifySite, caller: Caller) -> None:
    """The switch keeps what came in the address, and its choice holds for the report."""
    caller.see(f"/verify?guid={GUID}&code={CODE}")
    (english,) = caller.page.xpath('//a[@hreflang="en"]/@href')
    answer = caller.see(english)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/verify?guid={GUID}&code={CODE}")
    caller.see(answer.headers["Location"])
    assert "Verify a file" in caller.words
    caller.send("upload-form", {"file": file(site.evidence())})
    assert "The signature covers" in caller.words
    assert "the whole document" in caller.words


def test_a_get_verifies_nothing(site: VerifySite, caller: Caller) -> None:
    """The address of the QR code only fills the form in: previews and scanners spend no attempt."""
    answer = caller.see(f"/verify?guid={GUID}&code={CODE}")
    assert answer.status_code == 200
    assert caller.page.xpath('//input[@name="guid"]/@value') == [GUID]
    assert caller.page.xpath('//input[@name="code"]/@value') == [CODE]
    assert site.asked == []


def test_the_printed_code(site: VerifySite, caller: Caller) -> None:
    """GUID and code give a report on everything that is kept, each file by itself."""
    caller.send("code-form", {"guid": GUID, "code": CODE}, environ_base={"REMOTE_ADDR": "192.0.2.1"})
    assert site.asked == [(GUID, CODE, "192.0.2.1")]
    headings = [" ".join(each.text_content().split()) for each in caller.page.xpath("//h2")]
    assert headings == ["01-Signed.xml TOTAL-PASSED", "02-plain.xml TOTAL-FAILED"]


def test_a_wrong_code(caller: Caller) -> None:
    """Said above the form, which keeps what was typed; after some tries, too many."""
    for _ in range(3):
        answer = caller.send("code-form", {"guid": GUID, "code": "0" * 32})
        assert answer.status_code == 403
        assert "no corresponden" in caller.problem
        assert caller.page.xpath('//input[@name="guid"]/@value') == [GUID]
    answer = caller.send("code-form", {"guid": GUID, "code": CODE})
    assert answer.status_code == 429
    assert "Demasiados intentos" in caller.problem


@pytest.mark.parametrize(
    ("form", "fields", "field"),
    [
        ("upload-form", {}, "file"),
        ("upload-form", {"file": (io.BytesIO(b""), "")}, "file"),
        ("code-form", {"guid": "", "code": CODE}, "guid"),
        ("code-form", {"guid": GUID, "code": " "}, "code"),
    ],
)
def test_what_is_missing_is_named(
    site: VerifySite, caller: Caller, form: str, fields: dict[str, object], field: str
) -> None:
    """The summary leads to the input that is empty, and nothing was verified."""
    more = {"content_type": "multipart/form-data"} if form == "upload-form" else {}
    answer = caller.send(form, fields, **more)
    assert answer.status_code == 422
    assert caller.page.xpath('//*[@id="problem-summary"]//a/@href') == [f"#{field}"]
    assert caller.page.xpath(f'//input[@id="{field}"]/@aria-invalid') == ["true"]
    assert site.asked == []


def test_a_file_of_no_known_kind(caller: Caller) -> None:
    """415, said at the form."""
    answer = caller.send("upload-form", {"file": file(b"plain text", "note.txt")})
    assert answer.status_code == 415
    assert "No es un fichero que se sepa verificar" in caller.problem


def test_companions(site: VerifySite, workshop: Workshop, caller: Caller) -> None:
    """A bare time-stamp is verified over the file that came along; a path before its name is dropped."""
    token = workshop.client().timestamp(sha256(b"data").digest()).der
    fields = {"file": file(token, "a.tst"), "companion": [file(b"data", "C:/dir/data.txt"), file(b"", "x")]}
    caller.send("upload-form", fields)
    assert site.asked == [("a.tst", "data.txt")]
    assert "TOTAL-PASSED" in caller.words


@pytest.mark.parametrize("kind", ["pdf", "xml"])
def test_the_report_can_be_downloaded(site: VerifySite, caller: Caller, kind: str) -> None:
    """From the page alone, which carries it: the file is not sent again, and the server kept nothing."""
    caller.send("upload-form", {"file": file(site.evidence())})
    answer = caller.send(f"download-{kind}", {})
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == f'attachment; filename="validation-report.{kind}"'
    assert len(site.asked) == 1
    if kind == "pdf":
        assert answer.data.startswith(b"%PDF-")
    else:
        root = parse(answer.data, limit=10**6)
        assert root.tag == "{http://uri.etsi.org/19102/v1.2.1#}ValidationReport"


def test_a_forged_report_is_not_rendered(site: VerifySite, caller: Caller) -> None:
    """Only what this server signed comes out as a report of this server."""
    caller.send("upload-form", {"file": file(site.evidence())})
    (good,) = set(caller.page.xpath('//input[@name="carried"]/@value'))
    page = caller.answer
    for forged in ("", good[:-1], "A" + good[1:], good.rpartition(".")[0]):
        caller.answer = page
        assert caller.send("download-pdf", {"carried": forged}).status_code == 400
    caller.answer = page
    assert caller.send("download-pdf", {"format": "html"}).status_code == 400


@pytest.mark.parametrize(
    ("headers", "fields"),
    [({}, {"csrf": ""}), ({}, {"csrf": "0" * 80}), ({"Sec-Fetch-Site": "cross-site"}, {})],
)
def test_another_sites_form_is_refused(
    site: VerifySite, caller: Caller, headers: dict[str, str], fields: dict[str, str]
) -> None:
    """Without this page's token nothing is verified; the form comes again, ready to be sent."""
    sent = {"guid": GUID, "code": CODE, **fields}
    answer = caller.send("code-form", sent, headers=headers)
    assert answer.status_code == 403
    assert "caducado" in caller.problem
    assert site.asked == []
    assert caller.send("code-form", {"guid": GUID, "code": CODE}).status_code == 200


def test_without_cookies_the_form_says_so(site: VerifySite) -> None:
    """A browser that keeps no cookie is told, and nothing is verified."""
    caller = Caller(site)
    caller.client._cookies = None
    caller.see()
    assert caller.send("code-form", {"guid": GUID, "code": CODE}).status_code == 403
    assert "cookies" in caller.problem


def test_too_much_is_refused(site: VerifySite, caller: Caller) -> None:
    """More than the limit is answered 413 and never read whole."""
    answer = caller.send("upload-form", {"file": file(bytes(LARGEST + 100_000))})
    assert answer.status_code == 413
    assert "demasiado grande" in caller.words
    assert site.asked == []
    caller.see()
    answer = caller.send("upload-form", {"file": file(b"<" + bytes(LARGEST))})
    assert answer.status_code == 413


def test_uploads_leave_nothing_on_the_disk() -> None:
    """Also a large upload is read into memory, and stays there."""
    body = (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.xml"\r\n'
        b"Content-Type: application/xml\r\n\r\n" + b"<a>" + b" " * 1_500_000 + b"\r\n--x--\r\n"
    )
    environ = {
        "REQUEST_METHOD": "POST",
        "CONTENT_TYPE": "multipart/form-data; boundary=x",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
    }
    stream = VerifyRequest(environ).files["file"].stream
    assert type(stream) is io.BytesIO
    assert len(stream.getvalue()) == 1_500_003


@pytest.mark.parametrize("secure", [True, False])
def test_headers(workshop: Workshop, secure: bool) -> None:
    """The strict policy of the portal, no cache, no framing; the cookie is bound to the host over TLS."""
    caller = Caller(VerifySite(workshop, secure=secure))
    answer = caller.see()
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert ("Strict-Transport-Security" in answer.headers) is secure
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-fehaciente-verify=" if secure else "fehaciente-verify=")
    assert "HttpOnly" in cookie
    assert ("Secure" in cookie) is secure


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/verify/code", 405), ("PUT", "/verify", 405), ("GET", "/verify/other", 404)],
)
def test_other_addresses_and_methods(site: VerifySite, method: str, path: str, status: int) -> None:
    """Refused as HTTP says, as a page."""
    answer = Caller(site).client.open(path, method=method)
    assert answer.status_code == status
    assert ("Allow" in answer.headers) is (status == 405)
    assert answer.content_type.startswith("text/html")


@pytest.mark.parametrize(
    ("failure", "status"),
    [(GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE), 503), (RuntimeError("secret 42"), 500)],
)
def test_our_own_failures_tell_nothing(
    site: VerifySite, caller: Caller, failure: Exception, status: int
) -> None:
    """A page with a reference, and not a word of what went wrong inside."""
    site.failure = failure
    answer = caller.send("upload-form", {"file": file(b"<a/>")})
    assert answer.status_code == status
    assert "secret" not in answer.text
    reference = caller.page.xpath('string(//*[@id="refusal"])')
    assert answer.headers["X-Request-Id"] in reference


def test_hostile_facts_cannot_turn_the_text_around(
    workshop: Workshop, site: VerifySite, caller: Caller
) -> None:
    """Also what a trusted signer states is shown without bidirectional marks and as text."""
    details = (("a\u202eb", "<b>\u2066x\u0007"),)
    octets = workshop.sealer(level=Level.B_LT).seal(rendered(details=details)).octets
    caller.send("upload-form", {"file": file(octets)})
    assert "TOTAL-PASSED" in caller.words
    assert not set("\u202e\u2066\u0007") & set(caller.answer.text)
    assert "<b>" not in caller.answer.text


def test_hostile_names_are_shown_as_text(site: VerifySite, caller: Caller) -> None:
    """Markup and controls in a file's name do nothing but stand there."""
    name = "<script>alert(1)</script>\u202e.xml"
    caller.send("upload-form", {"file": file(b"<a/>", name)})
    assert "<script>alert" not in caller.answer.text
    assert not re.search("\u202e", caller.answer.text)
    assert site.asked[0][0].endswith(">\ufffd.xml")

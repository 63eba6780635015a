"""A recipient without a browser: opens the link, reads the forms of the portal's HTML and sends them.

It knows only what a page shows (forms by their id, hidden fields as given), for the quickstart, benchmarks
and tests. Standard library and lxml.html alone; nothing of the gateway is imported.
"""

from __future__ import annotations

import http.client
import json
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from http.cookies import SimpleCookie
from types import TracebackType
from urllib.parse import urlencode, urljoin, urlsplit

from lxml import html

_REDIRECTS = {301, 302, 303, 307, 308}
_MOST_REDIRECTS = 5
# A form's fields by name; a name of several boxes has several values.
Fields = Mapping[str, "str | bytes | Sequence[str]"]


class PortalRefusal(Exception):
    """The portal did not do what was asked: HTTP status, the catalogue's code if any, and the words shown."""

    def __init__(self, status: int, code: str, text: str) -> None:
        super().__init__(f"{status} {code} {text}".strip())
        self.status = status
        self.code = code
        self.text = text


class PortalDriver:
    """One recipient at one link. Steps return the driver, so that they read as a sentence."""

    def __init__(self, url: str, *, context: ssl.SSLContext | None = None, timeout: float = 30) -> None:
        self.url = url
        self.status = 0
        self.body = b""
        self._ticked: tuple[str, ...] = ()
        self._cookies: dict[str, str] = {}
        parts = urlsplit(url)
        host = parts.hostname or ""
        self._connection: http.client.HTTPConnection = (
            http.client.HTTPSConnection(host, parts.port, timeout=timeout, context=context)
            if parts.scheme == "https"
            else http.client.HTTPConnection(host, parts.port, timeout=timeout)
        )

    def __enter__(self) -> PortalDriver:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def identify(self, value: str) -> PortalDriver:
        return self._get(self.url)._send("identify-form", identifier=value)

    def join(self, **told: str) -> PortalDriver:
        """At a publication: become a recipient, by what one says of oneself."""
        return self._get(self.url)._send("join-form", **told)

    def accept_conditions(self) -> PortalDriver:
        return self._send("conditions-form", accept="yes")

    def unlock(self, code: str) -> PortalDriver:
        """The first of two codes opens the documents."""
        return self._send("code-form", code=code)

    def documents(self) -> list[bytes]:
        """Every document of the page, downloaded; leaves the page itself open."""
        page, here = self.body, self.url
        found = [self._fetch(link) for link in self._page().xpath('//a[contains(@class, "download")]/@href')]
        self.body, self.url = page, here
        return found

    def read_documents(self) -> PortalDriver:
        self.documents()
        return self

    def tick(self, *consents: str) -> PortalDriver:
        """Tick the boxes of these consents, by their ids; they go with the form that leads to the act."""
        self._ticked = consents
        return self

    def request_code(self) -> PortalDriver:
        return self._send("request-form", **self._boxes())

    def request_call(self) -> PortalDriver:
        """Be called in place of the SMS."""
        return self._send("call-form")

    def wait_for_code(self, seconds: float = 15) -> PortalDriver:
        """Until the page says that the code was sent, or dictated and what had to be recorded is kept.

        Raises TimeoutError, or PortalRefusal if it failed.
        """
        source = str(self._page().xpath('string(//*[@id="code-text"]/@data-source)'))
        here, until = self.url, time.monotonic() + seconds
        while True:
            state = json.loads(self._fetch(source))
            self.url = here
            if state["state"] == "sent":
                return self._get(here)
            if not state["waits"]:
                raise PortalRefusal(200, "", state["text"])
            if time.monotonic() > until:
                raise TimeoutError(state["text"])
            time.sleep(0.1)

    def sign(self, code: str) -> PortalDriver:
        return self._send("code-form", code=code)

    def begin(self) -> PortalDriver:
        """From the documents to the page of a method without a code."""
        return self._send("begin-form", **self._boxes())

    def draw(self, drawing: str) -> PortalDriver:
        """Sign on the pad with what its script would have written."""
        return self._send("pad-form", drawing=drawing)

    def finish(self) -> PortalDriver:
        """An acknowledged notification has been read."""
        return self._send("finish-form")

    def upload_signed(self, octets: bytes) -> PortalDriver:
        """A document, or a signature about it, that was signed elsewhere."""
        return self._send("upload-form", signed=octets)

    def call_program(self, program: Callable[[str], object]) -> PortalDriver:
        """Have the signing program called, let it do its work, and say that it is done."""
        self._send("call-form")
        program(str(self._page().xpath('string(//a[@id="program-link"]/@href)')))
        return self._send("arrived-form")

    def reject(self, reason: str) -> PortalDriver:
        return self._follow("reject-link")._send("reject-form", reason=reason)

    def withdraw(self) -> PortalDriver:
        return self._follow("withdraw-link")._send("withdraw-form")

    @property
    def outcome(self) -> str:
        """signed, rejected or withdrawn once the last page is open, else ""."""
        return str(self._page().xpath('string(//*[@id="done"]/@data-outcome)'))

    @property
    def guid(self) -> str:
        """As the open page shows it; "" before identification."""
        return str(self._page().xpath('string(//*[@id="guid"])'))

    @property
    def return_url(self) -> str:
        return str(self._page().xpath('string(//*[@id="return-link"]/@href)'))

    @property
    def heading(self) -> str:
        return str(self._page().xpath("string(//h1)")).strip()

    def _page(self) -> html.HtmlElement:
        return html.document_fromstring(self.body)

    def _get(self, url: str) -> PortalDriver:
        return self._ask("GET", url)

    def _follow(self, link: str) -> PortalDriver:
        found = self._page().xpath("//a[@id=$id]/@href", id=link)
        if not found:
            raise PortalRefusal(self.status, "", f"the page {self.heading!r} has no {link}")
        return self._get(urljoin(self.url, found[0]))

    def _boxes(self) -> dict[str, Sequence[str]]:
        return {"consent": self._ticked} if self._ticked else {}

    def _send(self, form_id: str, **fields: str | bytes | Sequence[str]) -> PortalDriver:
        """Fill the form in as it stands: its own action, its hidden fields, and what the person gives."""
        found = self._page().xpath("//form[@id=$id]", id=form_id)
        if not found:
            raise PortalRefusal(self.status, "", f"the page {self.heading!r} has no {form_id}")
        form = found[0]
        names = set(form.xpath(".//input/@name | .//textarea/@name"))
        if not set(fields) <= names:
            raise PortalRefusal(self.status, "", f"{form_id} has no {sorted(set(fields) - names)}")
        hidden = {each.get("name"): each.get("value") for each in form.xpath('.//input[@type="hidden"]')}
        return self._ask("POST", urljoin(self.url, form.get("action")), hidden | fields)

    def _ask(self, method: str, url: str, fields: Fields | None = None) -> PortalDriver:
        for _ in range(_MOST_REDIRECTS):
            location = self._once(method, url, fields)
            if location is None:
                self._refuse_problems()
                return self
            method, url, fields = "GET", urljoin(url, location), None
        raise PortalRefusal(self.status, "", "too many redirects")

    def _fetch(self, link: str) -> bytes:
        """One answer that is no page; raises PortalRefusal for anything but success."""
        if self._once("GET", urljoin(self.url, link), None) is not None or self.status != 200:
            raise PortalRefusal(self.status, "", f"{self.url.rsplit('/', 1)[-1]} was not served")
        return self.body

    def _once(self, method: str, url: str, fields: Fields | None) -> str | None:
        parts = urlsplit(url)
        headers = {"Accept": "text/html", "Host": parts.netloc}
        if self._cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        body = None
        if fields is not None:
            body, headers["Content-Type"] = _encoded(fields)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        try:
            self._connection.request(method, target, body, headers)
        except (BrokenPipeError, http.client.CannotSendRequest):
            # The server ended an idle connection before it took anything of this request.
            self._connection.close()
            self._connection.request(method, target, body, headers)
        answer = self._connection.getresponse()
        self.body, self.status, self.url = answer.read(), answer.status, url
        for line in answer.headers.get_all("Set-Cookie") or []:
            self._keep(line)
        return answer.headers["Location"] if answer.status in _REDIRECTS else None

    def _keep(self, line: str) -> None:
        for name, cookie in SimpleCookie(line).items():
            if cookie["max-age"] == "0":
                self._cookies.pop(name, None)
            else:
                self._cookies[name] = cookie.value

    def _refuse_problems(self) -> None:
        if self.status < 400:
            return
        page = self._page()
        code = str(page.xpath('string(//*[@id="refusal"]/@data-code)'))
        shown = page.xpath('string(//*[@id="problem-summary"]/p[2])') or page.xpath("string(//h1)")
        raise PortalRefusal(self.status, code, " ".join(str(shown).split()))


def _encoded(fields: Fields) -> tuple[bytes, str]:
    """A form with its media type; one with files as a browser sends it (RFC 7578)."""
    if not any(isinstance(value, bytes) for value in fields.values()):
        return urlencode(fields, doseq=True).encode(), "application/x-www-form-urlencoded"
    boundary = "a-line-that-no-document-holds-7d1f2e"
    parts = []
    for name, value in fields.items():
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"'
        if isinstance(value, bytes):
            head += '; filename="signed"\r\nContent-Type: application/octet-stream'
        octets = value if isinstance(value, bytes) else str(value).encode()
        parts.append(head.encode() + b"\r\n\r\n" + octets + b"\r\n")
    return b"".join(parts) + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"

"""The verification page over a real verifier; only what the gateway keeps is a double, with one transaction.

For tests over WSGI and in Chromium. It asserts nothing by itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import html
from werkzeug.test import Client, TestResponse

from gateway.adapters.crypto.algorithm_policy import AlgorithmPolicy
from gateway.adapters.crypto.signature_level import Level
from gateway.adapters.reports import carried
from gateway.adapters.validation.validator import Validator
from gateway.bootstrap.verification import RENDERS
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.validation import ValidationReport
from gateway.entrypoints.web.app import portal_app
from gateway.entrypoints.web.verify.app import verify_app
from gateway.entrypoints.web.verify.use_cases import VerifyUseCases
from gateway.usecases.attempts import Attempts
from gateway.usecases.verify import VerifyFile
from tests.browser.portal_double import PortalDouble
from tests.seal_samples import Workshop, rendered

KEY = b"k" * 32
GUID = "001001-0001-000000000123456.par"
CODE = "0123456789abcdef" * 2
LARGEST = 200 * 1024


@dataclass
class VerifySite:
    """`failure` is raised instead of verifying, when it is set; `asked` are files and codes that arrived."""

    workshop: Workshop
    secure: bool = False
    failure: Exception | None = None
    asked: list[tuple[str, ...]] = field(default_factory=list)
    attempts: Attempts = field(default_factory=lambda: Attempts(most=3))

    def __post_init__(self) -> None:
        validator = Validator(self.workshop.anchors, AlgorithmPolicy.load())
        self.verify = VerifyFile(validator, self.workshop.clock, LARGEST)
        use_cases = VerifyUseCases(
            self._file, self._kept, RENDERS, carried.dump, carried.load, largest=LARGEST
        )
        page = verify_app(use_cases, key=KEY, secure=self.secure)
        double = PortalDouble()
        portal = portal_app(double.use_cases, key=KEY, secure=self.secure, clock=double.clock)

        def application(environ: dict[str, Any], start_response: Any) -> Any:
            ours = environ["PATH_INFO"].startswith("/verify")
            return (page if ours else portal)(environ, start_response)

        self.application = application

    def evidence(self) -> bytes:
        """Long-term, so that nothing but the file and the root is needed."""
        return self.workshop.sealer(level=Level.B_LT).seal(rendered()).octets

    def _file(self, name: str, octets: bytes, companions: Mapping[str, bytes]) -> ValidationReport:
        self.asked.append((name, *companions))
        if self.failure:
            raise self.failure
        return self.verify(name, octets, companions=companions)

    def _kept(self, guid: str, code: str, address: str) -> tuple[ValidationReport, ...]:
        now = self.workshop.clock.now()
        self.asked.append((guid, code, address))
        self.attempts.check(address, guid, now)
        if (guid, code) != (GUID, CODE):
            self.attempts.failed(address, guid, now)
            raise GatewayError(ErrorKind.ACCESS_DENIED)
        return (self.verify("01-Signed.xml", self.evidence()), self.verify("02-plain.xml", b"<a/>"))


class Caller:
    """A browser without script, over WSGI: keeps cookies and sends the forms of the page that it sees."""

    def __init__(self, site: VerifySite) -> None:
        self.client = Client(site.application)
        self.base = "https://gateway.example" if site.secure else "http://localhost"
        self.answer: TestResponse

    def see(self, path: str = "/verify", **more: Any) -> TestResponse:
        self.answer = self.client.get(path, base_url=self.base, **more)
        return self.answer

    def send(self, form: str, fields: Mapping[str, Any], **more: Any) -> TestResponse:
        """Send a form of the page, with its hidden fields and these."""
        (found,) = self.page.xpath("//form[@id=$id]", id=form)
        hidden = {each.get("name"): each.get("value") for each in found.xpath('.//input[@type="hidden"]')}
        self.answer = self.client.post(
            found.get("action"), base_url=self.base, data={**hidden, **fields}, **more
        )
        return self.answer

    @property
    def page(self) -> html.HtmlElement:
        return html.document_fromstring(self.answer.data)

    @property
    def words(self) -> str:
        """The visible text, with blanks folded."""
        return " ".join(self.page.text_content().split())

    @property
    def problem(self) -> str:
        return " ".join(self.page.xpath('string(//*[@id="problem-summary"])').split())

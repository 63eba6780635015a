"""A recipient at the portal, as the tests of use cases see one. It holds no expectation of any test."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gateway.domain.catalogue import Act
from gateway.domain.strokes import Drawing
from gateway.usecases.commands import Session
from gateway.usecases.ports.viewing import Picture
from gateway.usecases.sandbox.scribble import scribble

if TYPE_CHECKING:
    from tests.house import House


@dataclass
class Guest:
    """A recipient at the portal, with the link and the codes that came to their phone."""

    house: "House"
    guid: str
    position: int = 0

    @property
    def session(self) -> Session:
        return Session(self.guid, self.position)

    def enter(self, identifier: str = "") -> Session:
        """Open the link and identify themself, rightly unless told otherwise."""
        token = self.house.link_token(self.guid, self.position)
        self.house.system.access.open_link(token)
        return self.house.system.access.identify(token, identifier or self._identifier())

    def read(self) -> None:
        """Enter, accept the conditions, type the first code where there is one, see every document."""
        consult = self.house.system.consult
        session = self.enter()
        consult.accept_conditions(session)
        if self.house.status(self.guid).record.profile.codes > 1:
            self.ask()
            self.house.system.sign.unlock(session, self.code)
        if self.house.status(self.guid).record.profile.act is Act.ACKNOWLEDGE:
            return
        self._see(session)

    def _see(self, session: Session) -> None:
        consult = self.house.system.consult
        consult.show_documents(session)
        for document in consult.view(session).documents:
            consult.read_document(session, document.position)

    def look(self, document: int, page: int) -> None:
        """Have one page shown, as the browser asks for its picture."""
        self.house.system.signing.viewing.picture(self.session, document, page, 0, Picture.WEBP)

    def ask(self) -> None:
        """Ask for a code and wait until it was sent."""
        self.house.system.request_code(self.session)
        self.house.drain()

    @property
    def code(self) -> str:
        return self.house.code(self.guid, self.position)

    @property
    def wrong_code(self) -> str:
        return f"{(int(self.code) + 1) % 10**6:06d}"

    def consent(self, *ids: str) -> None:
        """Tick the boxes of these consents."""
        self.house.system.signing.consents(self.session, ids)

    def sign(self, code: str = "") -> str:
        return self.house.system.sign.sign(self.session, code or self.code)

    def decide(self) -> None:
        """Everything from the link to the signature."""
        self.read()
        self.ask()
        self.sign()

    def draw(self, drawing: Drawing | None = None) -> str:
        """From the documents to a signature on the pad, for what the pad shows."""
        signing = self.house.system.signing
        signing.begin(self.session)
        shown = signing.on_pad.bound(self.session).sha256.hex()
        return signing.on_pad(self.session, drawing or scribble(), shown)

    def finish(self) -> None:
        """Read what was acknowledged, and say that one has done."""
        self._see(self.session)
        self.house.system.signing.finish_reading(self.session)

    def reject(self, reason: str = "No estoy de acuerdo") -> str:
        return self.house.system.refuse.reject(self.session, reason)

    def _identifier(self) -> str:
        identifier = self.house.recipients(self.guid)[self.position].asked.identifier
        return identifier.value if identifier else ""

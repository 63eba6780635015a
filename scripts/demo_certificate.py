"""The demonstration of a signature with a citizen's own certificate, by each of the two ways."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from gateway.adapters.crypto import devpki
from scripts.autofirma import AutoFirma
from scripts.citizen import Citizen

if TYPE_CHECKING:
    from scripts.demo_service import Turn


def with_certificate(turn: Turn) -> None:
    """CERTIFICATE: the last document through AutoFirma's protocol, by a stand-in; the others, and what every
    second recipient signs, are signed elsewhere and uploaded."""
    pki = turn.stage.installation.folder / "data" / "pki"
    number = f"IDCES-{turn.who.identifier}"
    name = f"{turn.who.name} {turn.who.surname}"
    user = Citizen(*devpki.issue_citizen(pki, number, name, now=datetime.now(UTC)))
    portal = turn.portal
    documents = portal.documents()
    portal.begin()
    for document in documents[:-1]:
        portal.upload_signed(user.sign_pdf(document))
    if turn.position % 2:
        portal.upload_signed(user.sign_xml(documents[-1]))
    else:
        portal.call_program(lambda uri: AutoFirma(user).open(uri))

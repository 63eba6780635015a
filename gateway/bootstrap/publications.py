"""Publications, bound to their adapters: what workers do, what ends them, and their pages."""

from collections.abc import Mapping
from dataclasses import dataclass

from gateway.adapters.channels.web_reader import WebReader
from gateway.adapters.telemetry import logs
from gateway.bootstrap.router import Wsgi
from gateway.bootstrap.technology import Technology
from gateway.entrypoints.web.publication.app import publication_app
from gateway.entrypoints.web.publication.use_cases import PublicationUseCases
from gateway.settings import Settings
from gateway.usecases.attempts import Attempts
from gateway.usecases.conclude import Conclude
from gateway.usecases.expire import ExpireDue
from gateway.usecases.journal import Journal
from gateway.usecases.outbox import Handler, Kind
from gateway.usecases.ports import PublicReader, Wake
from gateway.usecases.publications.check import CheckPublication
from gateway.usecases.publications.end import EndPublication
from gateway.usecases.publications.join import JoinPublication
from gateway.usecases.publications.publish import Publish
from gateway.usecases.publications.view import ViewPublication


@dataclass(frozen=True)
class Publications:
    view: ViewPublication
    join: JoinPublication


def expire_due(settings: Settings, tech: Technology, journal: Journal, wake: Wake) -> ExpireDue:
    """What ends in time, publications too."""
    end = EndPublication(tech.database, tech.vault, journal, tech.clock)
    return ExpireDue(
        tech.database, journal, tech.clock, wake, settings.tsa.max_offset, end, Conclude(journal, tech.clock)
    )


def publications(tech: Technology, journal: Journal) -> Publications:
    return Publications(
        view=ViewPublication(tech.database, tech.vault, tech.clock),
        join=JoinPublication(tech.database, tech.codes, journal, tech.clock, Attempts()),
    )


def handlers(
    settings: Settings, tech: Technology, journal: Journal, reader: PublicReader | None = None
) -> Mapping[Kind, Handler]:
    """`reader` reads from outside; without one, over HTTP."""
    base_url = settings.gateway.base_url
    outside = reader or WebReader(settings.publication.address or base_url)
    every = settings.publication.check_every
    return {
        Kind.PUBLISH: Publish(tech.database, journal, tech.clock, base_url),
        Kind.CHECK_PUBLICATION: CheckPublication(tech.database, outside, journal, tech.clock, every),
    }


def door(settings: Settings, found: Publications, session_key: bytes) -> Wsgi:
    return publication_app(
        PublicationUseCases(page=found.view.page, document=found.view.document, join=found.join),
        key=session_key,
        secure=settings.http.secure_cookies,
        new_id=logs.REQUEST_ID.get,
    )

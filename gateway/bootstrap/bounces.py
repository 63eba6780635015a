"""The port that mail comes back to, as the settings say."""

from collections.abc import Sequence

from gateway.adapters.bounces.listener import BounceListener, Place, Receive
from gateway.adapters.bounces.return_paths import ReturnPaths
from gateway.bootstrap.technology import Technology
from gateway.domain.delivery import Channel
from gateway.settings import Settings


def returned_mail(settings: Settings, tech: Technology, receive: Receive) -> Sequence[BounceListener]:
    """None unless a protocol is chosen."""
    bounces, email = settings.bounces, settings.email
    if bounces.protocol == "none":
        return ()

    def address_of(mark: str) -> str | None:
        with tech.database.read() as uow:
            part = uow.message_parts.find(Channel.EMAIL, mark)
            effect = uow.effects.get(part.effect) if part else None
        return effect.address if effect else None

    place = Place(bounces.host, bounces.port, bounces.protocol, email.hostname, bounces.largest)
    paths = ReturnPaths(email.bounces, bounces.also)
    return (BounceListener(place, paths, address_of, receive, tech.clock),)

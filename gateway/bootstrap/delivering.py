"""What hands messages over, once for everybody who sends: nothing of the sandbox leaves by a real channel."""

from gateway.adapters.channels.sandbox import SandboxCourier
from gateway.bootstrap.technology import Technology
from gateway.usecases.deliver import Deliver


def nowhere(tech: Technology) -> SandboxCourier:
    return SandboxCourier(tech.database, tech.clock)


def delivering(tech: Technology) -> Deliver:
    return Deliver(
        tech.database, tech.couriers, tech.clock, nowhere(tech), tech.vault, tech.codes.message_mark
    )

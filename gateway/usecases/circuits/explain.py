"""What a circuit will do next, and why: for support. It changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.domain.circuits import Circuit, Limits, Prospect, Standing, Step, next_step, prospects
from gateway.domain.delivery import Channel
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.usecases.circuits.history import circuit_of, standing_of
from gateway.usecases.ports import Clock, Database


@dataclass(frozen=True, slots=True)
class Explained:
    """One recipient's circuit; `prospects` are empty before anything was sent."""

    position: int
    circuit: Circuit
    standing: Standing
    step: Step
    prospects: Sequence[Prospect]


@dataclass(frozen=True, slots=True)
class ExplainCircuit:
    database: Database
    clock: Clock
    limits: Limits
    served: frozenset[Channel]

    def __call__(self, guid: str) -> Sequence[Explained]:
        """By recipient. Raises GatewayError(NOT_FOUND)."""
        with self.database.read() as uow:
            record = uow.transactions.get(guid)
            if record is None:
                raise GatewayError(ErrorKind.NOT_FOUND)
            now, explained = self.clock.now(), []
            for each in uow.recipients.of(guid):
                circuit = circuit_of(uow, record, self.limits, each)
                standing = standing_of(uow, record, each, self.served)
                seen = prospects(circuit, standing, now) if standing.sendings else []
                step = next_step(circuit, standing, now)
                explained.append(Explained(each.position, circuit, standing, step, seen))
        return explained

"""An issuer's circuit: what holds for its transactions that bring no rules of their own."""

import hashlib
from dataclasses import dataclass

from gateway.domain.circuits import Circuit, Limits
from gateway.domain.delivery import Channel
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.quiet import is_zone
from gateway.usecases.ports import Clock, Database

MOST_RULES = 20


@dataclass(frozen=True, slots=True)
class IssuerCircuit:
    """`limits` are those of the installation."""

    database: Database
    clock: Clock
    limits: Limits

    def __call__(self, number: int, circuit: Circuit | None) -> Circuit:
        """Set it, for what is submitted from now on; None only asks. Raises GatewayError: ISSUER_UNKNOWN,
        CIRCUIT_REFUSED."""
        if circuit is not None:
            _check(circuit)
        with self.database.write() as uow:
            if uow.issuers.get(number) is None:
                raise GatewayError(ErrorKind.ISSUER_UNKNOWN)
            now = self.clock.now()
            if circuit is None:
                return uow.circuits.at(number, now) or Circuit((), self.limits)
            uow.circuits.put(number, circuit, now)
            digest = hashlib.sha256(repr(circuit).encode()).hexdigest()
            uow.audit.append(
                "issuer-circuit-set", f"{number:04d}", rules=str(len(circuit.rules)), sha256=digest
            )
            uow.commit()
        return circuit


def _check(circuit: Circuit) -> None:
    limits = circuit.limits
    if len(circuit.rules) > MOST_RULES:
        raise GatewayError(ErrorKind.CIRCUIT_REFUSED, f"there are more than {MOST_RULES} rules")
    if any(rule.channel is Channel.WEB for rule in circuit.rules):
        raise GatewayError(ErrorKind.CIRCUIT_REFUSED, "nothing is sent by WEB")
    if not is_zone(limits.zone):
        raise GatewayError(ErrorKind.CIRCUIT_REFUSED, f"there is no zone {limits.zone}")
    if limits.most < 0 or limits.a_day < 1:
        raise GatewayError(ErrorKind.CIRCUIT_REFUSED, "most is 0 at least, and a day 1")

"""The CAPTCHA: asked for only after wrong identifiers, single use, for one link and one network."""

import hashlib
from dataclasses import dataclass

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.usecases.commands import Arrival
from gateway.usecases.door_limits import DoorPolicy, Tried, counted, failed, failures, network
from gateway.usecases.ports import Clock, Codes, Database, UnitOfWork
from gateway.usecases.ports.captchas import Captchas


@dataclass(frozen=True, slots=True)
class Captcha:
    database: Database
    codes: Codes
    captchas: Captchas
    policy: DoorPolicy
    clock: Clock

    def challenge(self, token: str, address: str) -> str:
        """A fresh one, or "" while none is needed. Changes nothing."""
        now = self.clock.now()
        with self.database.read() as uow:
            found = uow.recipients.by_link(self.codes.token_digest(token))
            if found is None or not self._needed(uow, counted(uow, found), address):
                return ""
        return self.captchas.issue(_place(token, address), now)

    def file(self, token: str, address: str, challenge: str, kind: str) -> tuple[bytes, str]:
        """Picture or recording, and its media type. Raises GatewayError(NOT_FOUND)."""
        return self.captchas.file(challenge, kind, _place(token, address), self.clock.now())

    def demand(self, uow: UnitOfWork, token: str, guid: str, arrival: Arrival) -> None:
        """Use it up. Commits and raises GatewayError(CAPTCHA_WRONG) when it is needed and not solved.

        Who comes without a browser is none whom a CAPTCHA could tell from a robot.
        """
        if not arrival.session or not self._needed(uow, guid, arrival.address):
            return
        now, place = self.clock.now(), _place(token, arrival.address)
        solved = self.captchas.solved(arrival.captcha, arrival.answer, place, now)
        if solved is not None:
            claim, until, right = solved
            if uow.replays.claim(claim, now, until) and right:
                return
        if arrival.captcha:
            failed(uow, self.policy, Tried(address=arrival.address), now)
        uow.commit()
        raise GatewayError(ErrorKind.CAPTCHA_WRONG)

    def _needed(self, uow: UnitOfWork, guid: str, address: str) -> bool:
        since = self.clock.now() - self.policy.window
        return failures(uow, self.policy, Tried(guid, address=address), since) >= self.policy.captcha_after


def _place(token: str, address: str) -> bytes:
    return hashlib.sha256(f"{network(address)} {token}".encode()).digest()

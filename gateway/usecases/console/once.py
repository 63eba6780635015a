"""A form is done once, however often a browser sends it: its token is claimed before anything is done."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from gateway.domain.staff import Person
from gateway.usecases.ports import Clock, Database

LIFE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Once:
    """Whoever dies between the claim and the deed has done nothing: the page shows it, and is opened anew."""

    database: Database
    clock: Clock

    def __call__(self, person: Person, token: str) -> bool:
        """Whether this token was never claimed before by this person."""
        digest = hashlib.sha256(f"console form\0{person.id}\0{token}".encode()).digest()
        now = self.clock.now()
        with self.database.write() as uow:
            first = uow.replays.claim(digest, now, now + LIFE)
            uow.commit()
        return first

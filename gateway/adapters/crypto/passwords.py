"""Passwords as argon2id hashes (RFC 9106), by the parameters of OWASP's password storage cheat sheet.

Each hash takes its memory for as long as it runs: only so many run at once in a process, the others wait.
"""

import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from gateway.domain.errors import ErrorKind, GatewayError

MEMORY_KIB, ROUNDS, LANES = 19 * 1024, 2, 1
AT_ONCE, PATIENCE = 2, 10.0


class Argon2Passwords:
    """The port `Passwords`. `at_once` hashes run together; who waits longer than `patience` seconds is
    refused."""

    def __init__(
        self,
        at_once: int = AT_ONCE,
        patience: float = PATIENCE,
        *,
        memory: int = MEMORY_KIB,
        rounds: int = ROUNDS,
    ) -> None:
        self._hasher = PasswordHasher(time_cost=rounds, memory_cost=memory, parallelism=LANES)
        self._turns = threading.BoundedSemaphore(at_once)
        self._patience = patience
        # Nobody's: it is compared where there is no hash, so that an unknown login takes as long as a known.
        self._nobody = self._hasher.hash("nobody's")

    def hash(self, password: str) -> str:
        self._wait()
        try:
            return self._hasher.hash(password)
        finally:
            self._turns.release()

    def check(self, encoded: str, password: str) -> bool:
        self._wait()
        try:
            return self._hasher.verify(encoded or self._nobody, password) and bool(encoded)
        except (VerificationError, InvalidHashError):
            return False
        finally:
            self._turns.release()

    def stale(self, encoded: str) -> bool:
        return self._hasher.check_needs_rehash(encoded)

    def _wait(self) -> None:
        if not self._turns.acquire(timeout=self._patience):
            raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE, "too many sign-ins at once")

"""GUIDs from blocks that each process reserves in the database: unique for ever, gaps allowed."""

import os
import threading

from gateway.adapters.storage.unit_of_work import SqlDatabase
from gateway.domain.guid import Guid


class DatabaseGuids:
    """Draws GUIDs of one installation; a block costs one commit for each issuer and process.

    Call it before a unit of work that writes is opened, for reserving a block writes in one of its own.
    """

    def __init__(self, database: SqlDatabase, installation: int, block: int = 1000) -> None:
        self._database = database
        self._installation = installation
        self._block = block
        self._lock = threading.Lock()
        self._process = os.getpid()
        self._left: dict[int, range] = {}

    def next(self, issuer: int) -> Guid:
        """Raises GatewayError(TEMPORARILY_UNAVAILABLE) when no block can be reserved."""
        with self._lock:
            if os.getpid() != self._process:
                # A fork copies the rest of the block, which stays its parent's.
                self._left, self._process = {}, os.getpid()
            left = self._left.get(issuer) or self._reserve(issuer)
            self._left[issuer] = left[1:]
            return Guid(self._installation, issuer, left[0])

    def _reserve(self, issuer: int) -> range:
        with self._database.write() as unit:
            first = unit.guid_blocks.reserve(self._installation, issuer, self._block)
            unit.commit()
        return range(first, first + self._block)

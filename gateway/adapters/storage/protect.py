"""The upkeep after revision 0004: seals old rows in small commits until no owner waits.

Where nobody waits it is one look at an empty table. What lies in freed pages and dead row versions is the
database's to overwrite: see docs/backup.md.
"""

import logging

from gateway.adapters.storage.unit_of_work import SqlDatabase
from gateway.domain.errors import ErrorKind, GatewayError

log = logging.getLogger(__name__)
BATCH = 50
MOST = 5000


def protect(database: SqlDatabase, most: int = MOST) -> int:
    """Seal the rows of up to `most` owners; how many rows. An owner whose key does not open is passed over.

    Raises GatewayError(TEMPORARILY_UNAVAILABLE); what was committed by then stays sealed.
    """
    sealed, seen, last = 0, 0, ""
    while seen < most:
        with database.read() as unit:
            owners = unit.protection.waiting(last, min(BATCH, most - seen))
        if not owners:
            break
        sealed += _batch(database, owners)
        seen, last = seen + len(owners), owners[-1]
    return sealed


def _batch(database: SqlDatabase, owners: list[str]) -> int:
    try:
        with database.write() as unit:
            sealed = sum(unit.protection.seal(owner) for owner in owners)
            unit.commit()
    except GatewayError as error:
        if error.kind is ErrorKind.TEMPORARILY_UNAVAILABLE:
            raise
        if len(owners) > 1:
            return sum(_batch(database, [owner]) for owner in owners)
        log.error("rows of %s stay in clear: %s", owners[0], error.kind.code)
        return 0
    return sealed

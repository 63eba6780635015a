"""The log of accesses as a file: one JSON object a line, in the order of time, the same whoever writes it."""

import json
from collections.abc import Sequence

from gateway.domain.publication import PublicVisit


def log_of(visits: Sequence[PublicVisit]) -> bytes:
    """UTF-8, sorted by time and id; documents by number from 1, instants in UTC with their offset."""
    return b"".join(_line(visit) for visit in sorted(visits, key=lambda visit: (visit.at, visit.id)))


def _line(visit: PublicVisit) -> bytes:
    told: dict[str, object] = {"id": visit.id, "at": visit.at.isoformat(), "kind": visit.kind.value}
    if visit.document is not None:
        told["document"] = visit.document + 1
    told |= {"address": visit.address, "agent": visit.agent}
    return (json.dumps(told, ensure_ascii=False, separators=(",", ":")) + "\n").encode()

"""Issuers' circuits, each from an instant on; none is ever changed."""

import json
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, insert, select

from gateway.adapters.storage.session import Session
from gateway.adapters.storage.tables import issuer_circuits
from gateway.domain.circuits import Circuit, Condition, Limits, Rule
from gateway.domain.delivery import Channel
from gateway.domain.quiet import QuietHours
from gateway.domain.retention import Duration

C = issuer_circuits.c
ADD = insert(issuer_circuits)
AT = (
    select(C.body)
    .where(and_(C.issuer == bindparam("number"), C.since <= bindparam("at")))
    .order_by(C.since.desc())
    .limit(1)
)


class CircuitStore:
    def __init__(self, session: Session) -> None:
        self._session = session

    def put(self, issuer: int, circuit: Circuit, since: datetime) -> None:
        body = json.dumps({"rules": [_rule_to(rule) for rule in circuit.rules], **_limits_to(circuit.limits)})
        self._session.add(ADD, [{"issuer": issuer, "since": since, "body": body}])

    def at(self, issuer: int, at: datetime) -> Circuit | None:
        """The one that was in force then; None where none was ever set."""
        row = self._session.first(AT, {"number": issuer, "at": at})
        if row is None:
            return None
        stored = json.loads(row.body)
        return Circuit(tuple(map(_rule_from, stored.pop("rules"))), _limits_from(stored))


def _rule_to(rule: Rule) -> dict[str, Any]:
    return asdict(rule) | {"channel": rule.channel.value, "condition": rule.condition.value}


def _rule_from(stored: dict[str, Any]) -> Rule:
    typed = {
        "after": Duration(**stored["after"]),
        "channel": Channel(stored["channel"]),
        "condition": Condition(stored["condition"]),
    }
    return Rule(**(stored | typed))


def _limits_to(limits: Limits) -> dict[str, Any]:
    return {
        "quiet": str(limits.quiet or ""),
        "zone": limits.zone,
        "most": limits.most,
        "a_day": limits.a_day,
        "apart": int(limits.apart.total_seconds()),
    }


def _limits_from(stored: dict[str, Any]) -> Limits:
    quiet, apart = QuietHours.parse(stored["quiet"]), timedelta(seconds=stored["apart"])
    return Limits(**(stored | {"quiet": quiet, "apart": apart}))

"""The words of the schemas are those of the domain, so that valid messages can be read and answered."""

from collections.abc import Iterable
from enum import Enum

import pytest

from gateway import resources
from gateway.adapters.xml import parser
from gateway.domain.cancellation import CancelCode
from gateway.domain.catalogue import Service
from gateway.domain.delivery import Channel
from gateway.domain.parties import IdentityType, NoticeMethod, RuleAction
from gateway.domain.record import EvidenceStatus
from gateway.domain.results import RecipientState, Result
from gateway.domain.retention import MINIMUM_CUSTODY_MONTHS, Duration
from gateway.domain.sandbox import Script
from gateway.domain.signing import SignMethod
from gateway.domain.states import State
from gateway.domain.transaction import SigningChannel
from gateway.usecases.results import DocumentKind

XS = "{http://www.w3.org/2001/XMLSchema}"


def facets(file: str, kind: str, facet: str) -> list[str]:
    root = parser.parse((resources.folder("xsd") / f"{file}.xsd").read_bytes(), limit=10**6)
    return [found.get("value", "") for found in root.iterfind(f"{XS}simpleType[@name='{kind}']//{XS}{facet}")]


def values(words: Iterable[Enum]) -> list[str]:
    return [str(word.value) for word in words]


@pytest.mark.parametrize(
    ("file", "kind", "words"),
    [
        ("transaction", "Service", values(Service)),
        ("transaction", "SigningChannel", values(SigningChannel)),
        ("transaction", "FallbackCondition", ["UNDELIVERED", "UNOPENED"]),
        ("recipients", "SignMethod", values(SignMethod)),
        ("recipients", "NoticeMethod", values(NoticeMethod)),
        ("recipients", "IdentityType", values(IdentityType)),
        ("recipients", "RuleAction", values(RuleAction)),
        ("common", "Channel", values(Channel)),
        ("state", "StateName", [state.name for state in State]),
        ("state", "ResultName", [result.name for result in Result]),
        ("state", "ResultNumber", values(Result)),
        ("state", "RecipientState", values(RecipientState)),
        ("operations", "DocumentKind", values(DocumentKind)),
        ("operations", "EvidenceStatus", values(EvidenceStatus)),
        ("operations", "CancelCode", values(CancelCode)),
        ("operations", "SandboxScript", values(Script)),
    ],
)
def test_enumeration_is_the_domains(file: str, kind: str, words: list[str]) -> None:
    """Each enumeration lists exactly the domain's words, in its order."""
    assert facets(file, kind, "enumeration") == words


def test_states_end_where_the_table_ends() -> None:
    """The greatest state number on the wire is the domain's last state."""
    assert facets("state", "StateNumber", "maxInclusive") == [str(max(State).value)]


def test_shortest_custody_is_the_domains() -> None:
    """The schema's minimum of time_to_save is the one that the business rules enforce."""
    (minimum,) = facets("transaction", "TimeToSave", "minInclusive")
    assert Duration.parse(minimum) == Duration(months=MINIMUM_CUSTODY_MONTHS)

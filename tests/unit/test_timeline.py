"""Every entry of a timeline has a name for people, in both languages."""

import re
from pathlib import Path

import pytest

from gateway.domain.errors import Text
from gateway.domain.evidence import ErdsEvent
from gateway.domain.results import Result
from gateway.domain.states import Event
from gateway.domain.timeline import LABELS, OUTCOMES, RESULTS, label

USECASES = Path(__file__).parents[2] / "gateway" / "usecases"
# A word that names itself is a member of an enumeration, and no event.
NOTED = re.compile(r'(?:(\w+) = )?"([A-Z]+(?:_[A-Z]+)+)"')


def test_every_event_of_the_state_table_has_its_label() -> None:
    """The kinds that move a state, and those that use cases note beside them."""
    found = (match for file in USECASES.glob("*.py") for match in NOTED.findall(file.read_text("utf-8")))
    noted = {kind for name, kind in found if name != kind}
    assert "CODE_WRONG" in noted
    assert {event.value for event in Event} | noted <= set(LABELS)


def test_every_result_has_its_text() -> None:
    assert set(RESULTS) == set(Result)


@pytest.mark.parametrize("text", [*LABELS.values(), *OUTCOMES.values(), *RESULTS.values()])
def test_texts_stand_in_both_languages(text: Text) -> None:
    """Neither is empty, neither is the other."""
    english, spanish = text.en, text.es
    assert english
    assert spanish
    assert english != spanish


def test_a_decision_is_named_by_its_evidence() -> None:
    """A judge reads who signed, not that an outcome was fixed."""
    assert label("DECIDED_ALL", ErdsEvent.SIGNED).es == "Firmada por el destinatario"
    assert label("DECIDED_ALL").en == LABELS["DECIDED_ALL"].en
    assert label("NEVER_HEARD_OF").es == "NEVER_HEARD_OF"

"""Answers to an issuer's form: one spelling for each, and one plain fault for what cannot be one."""

import pytest

from gateway.domain.documents import FormField
from gateway.domain.forms import Answer, Fault, answered, checked, form_rules


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        ("TEXT", "  Calle Mayor, 3 ", "Calle Mayor, 3"),
        ("TEXT", "a\x00b", "a\ufffdb"),
        ("NUMBER", "1 234,50", "1234.50"),
        ("NUMBER", "+7", "7"),
        ("NUMBER", "-0.5", "-0.5"),
        ("DATE", "2026-02-28", "2026-02-28"),
        ("DATE", "1/2/2026", "2026-02-01"),
        ("EMAIL", "ana@example.org", "ana@example.org"),
        ("PHONE", "+34 600 000-123", "+34600000123"),
        ("BOOLEAN", "true", "true"),
        ("BOOLEAN", "on", "false"),
        ("NUMBER", "", ""),
    ],
)
def test_answers_have_one_spelling(kind: str, typed: str, kept: str) -> None:
    """However people write it, the evidence has it in one way."""
    assert checked([FormField("a", "A", kind)], {"a": typed}) == ((Answer("a", kept),), {})


@pytest.mark.parametrize(
    ("kind", "typed", "fault"),
    [
        ("TEXT", " ", Fault.MISSING),
        ("TEXT", "x" * 2001, Fault.LONG),
        ("NUMBER", "seven", Fault.NUMBER),
        ("NUMBER", "٣", Fault.NUMBER),
        ("NUMBER", "1.234", Fault.THOUSANDS),
        ("NUMBER", "1.234,50", Fault.THOUSANDS),
        ("DATE", "30/02/2026", Fault.DATE),
        ("DATE", "2026", Fault.DATE),
        ("DATE", "99999-1-1", Fault.DATE),
        ("EMAIL", "ana@example", Fault.EMAIL),
        ("EMAIL", "ana@example.org, eva@example.org", Fault.EMAIL),
        ("PHONE", "12", Fault.PHONE),
        ("BOOLEAN", "", Fault.UNTICKED),
    ],
)
def test_what_is_no_answer_has_its_fault(kind: str, typed: str, fault: Fault) -> None:
    """Nothing is guessed: what may mean two things, or nothing, is asked again."""
    assert checked([FormField("a", "A", kind, required=True)], {"a": typed}) == ((), {"a": fault})


def test_a_choice_is_one_of_its_options() -> None:
    """What the page did not offer is refused, as it would be for a form that was sent by hand."""
    field = FormField("a", "A", options=("Sí", "No"))
    assert checked([field], {"a": "Sí"})[1] == {}
    assert checked([field], {"a": "Quizá"})[1] == {"a": Fault.OPTION}


def test_a_form_is_answered_once_every_field_is() -> None:
    """Answers to another form, or to a part of it, are none."""
    fields = (FormField("a", "A", required=True), FormField("b", "B"))
    assert answered(fields, (Answer("a", "x"), Answer("b", "")))
    assert not answered(fields, (Answer("a", "x"),))
    assert not answered(fields, (Answer("a", ""), Answer("b", "")))
    assert answered((), ())


def test_forms_have_rules_of_their_own() -> None:
    """What would break the page or the evidence is refused at Submit."""
    wrong = [FormField("a", "A", "BOOLEAN", options=("x",)), FormField("b" * 121, "B", options=("x", "x"))]
    assert len(list(form_rules(wrong))) == 3

"""Forms that an issuer asks to be filled before the act: their rules, and what an answer must look like.

Answers are kept in one spelling (decimal point, ISO dates, digits of a number), the same in every language.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum

from gateway.domain.documents import FormField
from gateway.domain.wording import keepable

LONGEST = 2000
LONGEST_NAME = 120
# What evidence calls an answer: the field's name with this before it.
PREFIX = "form."
TRUE, FALSE = "true", "false"
_NUMBER = re.compile(r"[+-]?[0-9]{1,20}(?:[.,][0-9]{1,10})?")
# A point means thousands in Spain and decimals elsewhere: what could be read both ways is asked again.
_AMBIGUOUS = re.compile(r"[+-]?[0-9]{1,3}[.,][0-9]{3}")
_DAY_FIRST = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")
_EMAIL = re.compile(r"[^@\s<>\",;]{1,64}@[^@\s<>\",;]{1,190}\.[^@\s<>\",;.]{2,63}")
_PHONE = re.compile(r"\+?[0-9]{6,15}")


class Fault(Enum):
    """What is wrong with an answer; every one has its own plain words."""

    MISSING = "missing"
    UNTICKED = "unticked"
    LONG = "long"
    NUMBER = "number"
    THOUSANDS = "thousands"
    DATE = "date"
    EMAIL = "email"
    PHONE = "phone"
    OPTION = "option"


class Wrong(Exception):
    """An answer that is not accepted."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered to the field of that name; "" where it was left empty."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class FormAnswers:
    """One recipient's last answers, in the fields' order."""

    guid: str
    position: int
    at: datetime
    answers: tuple[Answer, ...]


def form_rules(fields: Sequence[FormField]) -> Iterator[str]:
    """What a form may not ask; its names and types are the schema's."""
    for field in fields:
        if len(field.name) > LONGEST_NAME:
            yield f"form field {field.name[:20]}…: its name is longer than {LONGEST_NAME} characters"
        if field.options and field.type == "BOOLEAN":
            yield f"form field {field.name}: BOOLEAN has no options"
        if len(set(field.options)) != len(field.options):
            yield f"form field {field.name}: its options repeat"


def checked(
    fields: Sequence[FormField], given: Mapping[str, str]
) -> tuple[tuple[Answer, ...], dict[str, Fault]]:
    """The answers in their one spelling, in the fields' order, and what is wrong by field."""
    answers, faults = [], dict[str, Fault]()
    for field in fields:
        try:
            answers.append(Answer(field.name, _checked(field, given.get(field.name, ""))))
        except Wrong as wrong:
            faults[field.name] = wrong.fault
    return tuple(answers), faults


def answered(fields: Sequence[FormField], answers: Sequence[Answer]) -> bool:
    """Whether these answers are to all of these fields, none left out that is required."""
    given = {answer.name: answer.value for answer in answers}
    return given.keys() == {field.name for field in fields} and not checked(fields, given)[1]


def _checked(field: FormField, text: str) -> str:
    value = keepable(text.strip())
    if field.type == "BOOLEAN":
        if field.required and value != TRUE:
            raise Wrong(Fault.UNTICKED)
        return TRUE if value == TRUE else FALSE
    if not value:
        if field.required:
            raise Wrong(Fault.MISSING)
        return ""
    if field.options:
        if value not in field.options:
            raise Wrong(Fault.OPTION)
        return value
    if len(value) > LONGEST:
        raise Wrong(Fault.LONG)
    return _READERS.get(field.type, str)(value)


def _number(value: str) -> str:
    digits = "".join(value.split())
    if _AMBIGUOUS.fullmatch(digits) or re.search(r"[.,].*[.,]", digits):
        raise Wrong(Fault.THOUSANDS)
    if not _NUMBER.fullmatch(digits):
        raise Wrong(Fault.NUMBER)
    return digits.replace(",", ".").removeprefix("+")


def _date(value: str) -> str:
    day_first = _DAY_FIRST.fullmatch(value)
    year_first = "-".join(reversed(day_first.groups())) if day_first else value
    parts = year_first.split("-")
    try:
        year, month, day = (int(part) for part in parts if part.isascii() and part.isdigit())
        return date(year, month, day).isoformat()
    except ValueError:
        raise Wrong(Fault.DATE) from None


def _email(value: str) -> str:
    if not _EMAIL.fullmatch(value):
        raise Wrong(Fault.EMAIL)
    return value


def _phone(value: str) -> str:
    digits = "".join(mark for mark in value if mark not in " .-()/\u00a0")
    if not _PHONE.fullmatch(digits):
        raise Wrong(Fault.PHONE)
    return digits


_READERS: dict[str, Callable[[str], str]] = {
    "NUMBER": _number,
    "DATE": _date,
    "EMAIL": _email,
    "PHONE": _phone,
}

"""Telephone numbers: one spelling, by the numbering plans, and no number that there cannot be."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.adapters.numbers import PhoneNumbers
from gateway.domain.errors import ErrorKind, GatewayError

SPAIN = PhoneNumbers("ES")


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("+34600000123", "+34600000123"),
        ("600 000 123", "+34600000123"),
        ("0034 600-000-123", "+34600000123"),
        ("+44 (0)20 7946 0018", "+442079460018"),
        ("+4402079460018", "+442079460018"),
        ("+390612345678", "+390612345678"),
        ("+99900000011", "+99900000011"),
    ],
)
def test_one_spelling(written: str, number: str) -> None:
    """National numbers are the installation's country's; a trunk zero goes where it is none of the number;
    the sandbox's telephones, which nobody has, stay."""
    assert SPAIN(written) == number


def test_national_numbers_are_of_the_country_that_is_set() -> None:
    assert PhoneNumbers("PT")("912 345 678") == "+351912345678"


@pytest.mark.parametrize(
    "written", ["+346000001", "+34600000123456", "+1", "600", "hola", "", "+34600000123 ext. 4"]
)
def test_numbers_that_there_cannot_be(written: str) -> None:
    """Refused with their own code, without telling the number."""
    with pytest.raises(GatewayError) as caught:
        SPAIN(written)
    assert caught.value.kind is ErrorKind.PHONE_IMPOSSIBLE
    assert caught.value.kind.code == "E000655"
    assert not caught.value.detail


@given(st.text(max_size=30))
def test_whatever_is_written_is_a_number_or_a_refusal(written: str) -> None:
    """And what came out stays as it is."""
    with suppress(GatewayError):
        number = SPAIN(written)
        assert SPAIN(number) == number

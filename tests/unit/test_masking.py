"""Masking: nothing that tells of a recipient is left, in no spelling, and unmasking shows all of it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.parties import Identity, IdentityType
from gateway.usecases.console.masking import Mask
from tests.storage_samples import COMPANY, PERSON

HIDDEN, SHOWN = Mask([PERSON, COMPANY], clear=False), Mask([PERSON, COMPANY], clear=True)


@pytest.mark.parametrize(
    ("kind", "value", "masked"),
    [
        ("name", "Íñigo Núñez", "Í••• N•••"),
        ("name", "", ""),
        ("phone", "+34600000123", "••• ••• 123"),
        ("phone", "112", "•••"),
        ("email", "inigo@ejemplo.example", "i•••@•••"),
        ("identity", "12345678Z", "•••4567••"),
        ("identity", "n-42", "•••"),
        ("words", "Contrato de Ana", "•••"),
        ("file", "contrato de Ana.pdf", "•••.pdf"),
        ("file", "Ana.García", "•••"),
        ("address", "a@b.example", "a•••@•••"),
        ("address", "+34600000123", "••• ••• 123"),
    ],
)
def test_each_kind_has_its_mask(kind: str, value: str, masked: str) -> None:
    """What stays is too little to know somebody by; unmasked everything stays."""
    assert getattr(HIDDEN, kind)(value) == masked
    assert getattr(SHOWN, kind)(value) == value


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("550 5.1.1 <inigo@ejemplo.example>: unknown", "550 5.1.1 <•••>: unknown"),
        ("relayed for inigo%40ejemplo.example", "relayed for •••"),
        ("no route to +34 600 000 123", "no route to •••"),
        ("INIGO and NÚÑEZ", "••• and •••"),
        ("12.345.678-Z was refused", "••• was refused"),
        ("Signed by Íñigo at Calle Mayor 1, 28001 Madrid", "Signed by ••• at •••, ••• •••"),
        ("250 2.0.0 Ok", "250 2.0.0 Ok"),
    ],
)
def test_what_machines_say_is_scrubbed(said: str, left: str) -> None:
    """The fate of a message stays readable; whom it went to does not."""
    assert HIDDEN.spoken(said) == left


def test_unknown_details_are_masked_whole() -> None:
    """A detail that nobody listed here is not shown."""
    assert HIDDEN.detail("sha256", "ab" * 32) == "ab" * 32
    assert HIDDEN.detail("reply_status", "5.1.1") == "5.1.1"
    assert HIDDEN.detail("reference", "to inigo@ejemplo.example") == "to •••"
    assert HIDDEN.detail("typed_by_somebody", "Íñigo") == "•••"
    assert SHOWN.detail("typed_by_somebody", "Íñigo") == "Íñigo"


@given(
    st.text(st.characters(codec="utf-8", categories=["L", "N"]), min_size=3, max_size=20),
    st.text(max_size=30),
)
def test_no_known_word_survives_a_relay(word: str, around: str) -> None:
    """Whatever a recipient is called, and whatever stands around it."""
    identity = Identity(IdentityType.OTHER, word)
    mask = Mask([replace(PERSON, name=word, surname="", identity=identity)], clear=False)
    assert word not in mask.spoken(f"{around} {word} {around}").replace("•••", "")

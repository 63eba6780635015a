"""An issuer's colour is seen and read wherever the pages put it, or refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.brand import DARK, LIGHT, checked_colour, contrast, dark, light
from gateway.domain.errors import ErrorKind, GatewayError

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@given(COLOURS)
def test_every_shade_of_an_accepted_colour_keeps_wcag_aa(colour: str) -> None:
    """Text on a button 4.5:1, pressed or not; the colour as text 4.5:1; the button itself 3:1."""
    try:
        named = checked_colour(colour)
    except GatewayError:
        return
    for shades, grounds in ((light(named), LIGHT), (dark(named), DARK)):
        assert contrast(shades.on_brand, shades.brand) >= 4.5
        assert contrast(shades.on_brand, shades.pressed) >= 4.5
        for ground in grounds:
            assert contrast(shades.text, ground) >= 4.5
            assert contrast(shades.brand, ground) >= 3


def test_contrast_is_the_standards() -> None:
    """The extremes, and the grey that is known to be just enough on white."""
    assert round(contrast("#000000", "#ffffff"), 2) == 21
    assert contrast("#123456", "#123456") == 1
    assert 4.5 < contrast("#767676", "#ffffff") < 4.6


@pytest.mark.parametrize("colour", ["#ffff00", "#ffffff", "blue", "#12345", "#0b3d66;}", "", "url(x)"])
def test_what_nobody_could_see_or_is_no_colour_is_refused(colour: str) -> None:
    """Yellow on white, and whatever could smuggle something else into a style sheet."""
    with pytest.raises(GatewayError) as caught:
        checked_colour(colour)
    assert caught.value.kind is ErrorKind.COLOUR_REFUSED

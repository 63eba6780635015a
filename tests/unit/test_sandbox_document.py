"""The document of the sandbox tells every script as it is."""

from pathlib import Path

from gateway.domain.sandbox import BY_DIGITS, script_of

DOCUMENT = Path(__file__).parents[2] / "docs" / "integration" / "sandbox.md"


def test_every_script_is_documented() -> None:
    """Word, address and digits of each row mean that script."""
    rows = [line.split("|") for line in DOCUMENT.read_text("utf-8").splitlines() if "@sandbox" in line]
    told = {cells[1].strip(" `"): cells for cells in rows if len(cells) == 7}
    assert set(told) == {script.value for script in BY_DIGITS.values()}
    for digits, script in BY_DIGITS.items():
        cells = told[script.value]
        assert script_of(cells[2].strip(" `")) is script
        assert cells[3].strip(" `") == digits

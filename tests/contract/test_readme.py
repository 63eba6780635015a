"""The README says what the code does: its generated parts are up to date, its request really verifies."""

from datetime import UTC, datetime
from pathlib import Path

from gateway.adapters.crypto import wsse
from gateway.adapters.crypto.wsse_policy import Policy
from gateway.adapters.xml import schemas
from gateway.adapters.xml.parser import parse
from scripts.readme_tables import PARTS, README, regenerated

REQUEST = README.parent / "docs" / "signed-request.xml"
CREATED = datetime(2026, 11, 22, 3, 8, 11, tzinfo=UTC)


def test_generated_parts_are_up_to_date() -> None:
    """State table, results, services, errors, commands and settings are what the code says."""
    text = README.read_text(encoding="utf-8")
    assert regenerated(text) == text
    assert all(f"<!-- generated: {name} -->" in text for name in PARTS)


def test_the_documented_request_is_a_good_one() -> None:
    """Its signature verifies at its own time, and its body follows the schema."""
    envelope = parse(REQUEST.read_bytes(), limit=1_000_000)
    verified = wsse.verify(envelope, now=CREATED, policy=Policy())
    schemas.validate(next(verified.body.iterchildren()), "operations")


def test_links_of_the_readme_lead_somewhere() -> None:
    """Every relative link names a file or folder of the checkout."""
    text = README.read_text(encoding="utf-8")
    targets = [part.partition(")")[0] for part in text.split("](")[1:]]
    missing = [
        target for target in targets if "//" not in target and not Path(README.parent, target).exists()
    ]
    assert targets
    assert missing == []

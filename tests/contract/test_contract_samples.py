"""Sample transactions: each good one is read, each bad one is refused for the rule that it names."""

import re
from pathlib import Path

import pytest
import xmlschema
from lxml import etree

from gateway import resources
from gateway.adapters.xml import parser, transaction_xml
from gateway.domain.catalogue import Service
from gateway.domain.errors import GatewayError

SAMPLES = Path(__file__).parents[1] / "samples"
GOOD = sorted(SAMPLES.glob("*.xml"))
BAD = sorted((SAMPLES / "bad").glob("*.xml"))
HEADER = re.compile(r"<!-- rule: (?P<rule>.+) \| refused: (?P<code>E\d{6}) \| says: (?P<says>.+) -->")


def load(path: Path) -> etree._Element:
    return parser.parse(path.read_bytes(), limit=10**6)


@pytest.fixture(scope="module")
def second_engine() -> xmlschema.XMLSchema10:
    return xmlschema.XMLSchema10(str(resources.folder("xsd") / "transaction.xsd"))


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_good_sample_is_read(path: Path) -> None:
    """A good sample becomes a transaction of the service that its file is named after."""
    assert transaction_xml.read(load(path)).service is Service(path.stem.upper())


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_good_sample_is_valid_in_the_second_engine(path: Path, second_engine: xmlschema.XMLSchema10) -> None:
    """xmlschema agrees with libxml2 that a good sample is valid."""
    second_engine.validate(load(path))


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_bad_sample_is_refused_for_its_rule(path: Path) -> None:
    """A bad sample is refused with the code, and for the reason, that its header states."""
    header = HEADER.search(path.read_text(encoding="utf-8"))
    assert header, "a bad sample begins with the rule that it breaks"
    with pytest.raises(GatewayError) as refusal:
        transaction_xml.read(load(path))
    assert refusal.value.kind.code == header["code"]
    assert header["says"] in refusal.value.detail


# Engines differ on a comment inside a value, which is why the reader refuses it whatever they say.
ALIKE = [path for path in BAD if path.stem != "content_with_comment"]


@pytest.mark.parametrize("path", ALIKE, ids=lambda path: path.stem)
def test_bad_sample_is_judged_alike_by_the_second_engine(
    path: Path, second_engine: xmlschema.XMLSchema10
) -> None:
    """What libxml2 refuses by schema xmlschema refuses too; what only the reader refuses is valid in both."""
    header = HEADER.search(path.read_text(encoding="utf-8"))
    assert header
    assert second_engine.is_valid(load(path)) is (header["code"] != "E000305")

"""Our own seals of every level, judged today and in ten years, by nothing but the file and the roots."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway.adapters.crypto import devpki_lists
from gateway.adapters.crypto.algorithm_policy import AlgorithmPolicy
from gateway.adapters.crypto.augment import Augmenter
from gateway.adapters.crypto.revocation import CachedRevocation
from gateway.adapters.crypto.seal_key import SealTrust
from gateway.adapters.crypto.signature_level import Level
from gateway.adapters.crypto.trust import Anchors
from gateway.adapters.crypto.tsa import TimestampClient, TsaSource
from gateway.adapters.validation.context import Context
from gateway.adapters.validation.xml import validate_xml
from gateway.domain.validation import Indication, SubIndication
from tests.seal_samples import POLICY, SetClock, Workshop, rendered

YEAR = timedelta(days=365)
NOW = datetime.now(UTC)
EXPIRED = SubIndication.OUT_OF_BOUNDS_NO_POE


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return Workshop.create(tmp_path_factory.mktemp("seals") / "pki")


@pytest.mark.parametrize(
    ("level", "years", "sub"),
    [
        (Level.B_B, 0, SubIndication.TRY_LATER),
        (Level.B_T, 0, SubIndication.TRY_LATER),
        (Level.B_LT, 0, None),
        (Level.B_LT, 2, None),
        (Level.B_LT, 6, EXPIRED),
        (Level.B_LTA, 0, None),
        (Level.B_LTA, 2, None),
        (Level.B_LTA, 6, EXPIRED),
    ],
)
def test_levels(workshop: Workshop, level: Level, years: int, sub: SubIndication | None) -> None:
    """B-LT and B-LTA pass offline for as long as the time-stamp's certificate lives, the others never do."""
    octets = workshop.sealer(level=level).seal(rendered()).octets
    at = datetime.now(UTC) + years * YEAR
    report = validate_xml("e.xml", octets, Context(workshop.anchors, AlgorithmPolicy.load(), at))
    (found,) = report.signatures
    assert report.sub_indication is sub
    if sub is None:
        assert report.indication is Indication.PASSED
        assert found.level == f"B-{level.name.removeprefix('B_')}"
        assert report.facts is not None


def test_ten_years_on(tmp_path: Path) -> None:
    """Renewed by new authorities after four and eight years, a seal passes after ten; unrenewed, not."""
    policy = AlgorithmPolicy.load()
    first = Workshop.create(tmp_path / "0", NOW)
    first.clock.moment = NOW + timedelta(minutes=1)
    octets = first.sealer(level=Level.B_LTA).seal(rendered(event_time=NOW)).octets
    workshops, versions = [first], [octets]
    for years in (4, 8):
        clock = SetClock(NOW + years * YEAR)
        for known in workshops:
            devpki_lists.renew(known.folder, now=clock.now())
        workshops.append(Workshop.create(tmp_path / str(years), clock.now() - timedelta(days=1)))
        anchors = Anchors([root for each in workshops for root in each.anchors.roots])
        lists = [each.folder / f"{name}.crl" for each in workshops for name in ("ca", "intermediate")]
        trust = SealTrust(anchors, CachedRevocation(clock, lists, None), policy)
        workshops[-1].clock.moment = clock.now()
        source = TsaSource("new", workshops[-1].authority().respond, POLICY)
        augmenter = Augmenter(TimestampClient([source], anchors, clock), trust)
        versions.append(augmenter.raise_to(versions[-1], Level.B_LTA))
    reports = [validate_xml("e.xml", each, Context(anchors, policy, NOW + 10 * YEAR)) for each in versions]
    assert [each.sub_indication for each in reports] == [EXPIRED, EXPIRED, None]
    (found,) = reports[-1].signatures
    assert reports[-1].indication is Indication.PASSED
    assert found.level == "B-LTA"
    assert found.best_time == NOW + timedelta(minutes=1)
    assert [each.indication for each in found.stamps] == [Indication.PASSED] * 4

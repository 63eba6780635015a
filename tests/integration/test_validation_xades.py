"""Our own seals, validated in the words of EN 319 102-1."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gateway.adapters.crypto.algorithm_policy import AlgorithmPolicy
from gateway.adapters.validation.context import Context, Limits
from gateway.adapters.validation.xml import validate_xml
from gateway.domain.validation import Coverage, Indication, SubIndication
from tests.seal_samples import Workshop, rendered


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return Workshop.create(tmp_path_factory.mktemp("validation") / "pki")


@pytest.fixture(scope="module")
def sealed(workshop: Workshop) -> bytes:
    return workshop.sealer().seal(rendered()).octets


@pytest.fixture
def context(workshop: Workshop) -> Context:
    return Context(workshop.anchors, AlgorithmPolicy.load(), datetime.now(UTC), revocation_required=False)


@pytest.mark.parametrize("name", ["seal", "seal-rsa"])
def test_baseline_t_passes(workshop: Workshop, context: Context, name: str) -> None:
    """A B-T seal passes: whole document, signer, path, time-stamp and facts are reported."""
    octets = workshop.sealer(name).seal(rendered()).octets
    report = validate_xml("e.xml", octets, replace(context, at=datetime.now(UTC)))
    (signature,) = report.signatures
    assert report.indication is signature.indication is Indication.PASSED
    assert (signature.level, signature.coverage, signature.covered) == ("B-T", Coverage.FULL, ("Evidence",))
    assert len(signature.path) == 3
    assert signature.path[0] == signature.signer
    (stamp,) = signature.stamps
    assert stamp.indication is Indication.PASSED
    assert signature.best_time == stamp.gen_time
    assert report.facts is not None
    assert report.facts.result == 7
    assert report.outline[0][0] == "Evidence"


def test_revocation_unknown(context: Context, sealed: bytes) -> None:
    """Offline, without any revocation data, nothing is decided about the signer: TRY_LATER."""
    report = validate_xml("e.xml", sealed, replace(context, revocation_required=True))
    assert (report.indication, report.sub_indication) == (
        Indication.INDETERMINATE,
        SubIndication.TRY_LATER,
    )
    assert report.facts is None


@pytest.mark.parametrize(
    ("octets", "limits"),
    [
        (b"", Limits()),
        (b"no xml", Limits()),
        (b"<!DOCTYPE a><a/>", Limits()),
        (b"<a/>", Limits()),
        (b"<a" + b"a" * 100 + b"/>", Limits(octets=50)),
        (b"<a><b/><b/></a>", Limits(elements=2)),
    ],
)
def test_unreadable(context: Context, octets: bytes, limits: Limits) -> None:
    """What is no XML, too large, or without any signature is a FORMAT_FAILURE, and no exception."""
    report = validate_xml("x", octets, replace(context, limits=limits))
    assert (report.indication, report.sub_indication) == (Indication.FAILED, SubIndication.FORMAT_FAILURE)
    assert report.signatures == ()


def test_before_it_was_made(context: Context, sealed: bytes) -> None:
    """At a present before its time-stamp, a seal does not pass."""
    report = validate_xml("e.xml", sealed, replace(context, at=context.at - timedelta(minutes=20)))
    assert report.indication is not Indication.PASSED

"""Damaged PDF and containers: whatever octets arrive, there is an answer, and never a wrong one."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.adapters.crypto.algorithm_policy import AlgorithmPolicy
from gateway.adapters.crypto.revocation import CachedRevocation
from gateway.adapters.crypto.signature_level import Level
from gateway.adapters.validation.validator import Validator
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.validation import Indication, SubIndication
from tests import pades_samples
from tests.asic_samples import container
from tests.seal_samples import Workshop, rendered

Verdict = Callable[[bytes], Indication]
PLACES = st.integers(min_value=0, max_value=10**9)


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return Workshop.create(tmp_path_factory.mktemp("damage") / "pki")


@pytest.fixture(scope="module")
def verdict(workshop: Workshop) -> Verdict:
    """The indication; FAILED as well for what is refused as no file of a known kind."""
    lists: tuple[Path, ...] = (workshop.folder / "ca.crl", workshop.folder / "intermediate.crl")
    revocation = CachedRevocation(workshop.clock, lists)
    validator = Validator(workshop.anchors, AlgorithmPolicy.load(), revocation)

    def judge(octets: bytes) -> Indication:
        try:
            return validator.validate("x", octets, at=datetime.now(UTC)).indication
        except GatewayError as error:
            if error.kind is not ErrorKind.MEDIA_TYPE_REFUSED:
                raise
            return Indication.FAILED

    return judge


@pytest.fixture(scope="module")
def pdf(workshop: Workshop) -> bytes:
    """One signature over all of the file but its own value."""
    return pades_samples.signed(workshop, "B-T")


@pytest.fixture(scope="module")
def pack(workshop: Workshop) -> bytes:
    evidence = workshop.sealer(level=Level.B_LT).seal(rendered()).octets
    return container(workshop, {"evidence.xml": evidence, "b.bin": bytes(500)})


@given(place=PLACES, change=st.integers(1, 255))
@settings(max_examples=150, deadline=None)
def test_no_changed_octet_of_a_pdf_passes(pdf: bytes, verdict: Verdict, place: int, change: int) -> None:
    """Anywhere under the signature, a single changed octet is never overlooked."""
    start = pdf.index(b"/Contents <") + len(b"/Contents <")
    value = range(start, pdf.index(b">", start))
    at = place % (len(pdf) - len(value))
    at = at if at < value.start else at + len(value)
    damaged = pdf[:at] + bytes([pdf[at] ^ change]) + pdf[at + 1 :]
    assert verdict(damaged) is not Indication.PASSED


@given(place=PLACES, length=st.integers(1, 60), octets=st.binary(max_size=60), packed=st.booleans())
@settings(max_examples=250, deadline=None)
def test_nothing_makes_it_raise(
    pdf: bytes, pack: bytes, verdict: Verdict, place: int, length: int, octets: bytes, packed: bool
) -> None:
    """Octets replaced, removed and inserted anywhere: there is always an answer."""
    whole = pack if packed else pdf
    at = place % len(whole)
    assert verdict(whole[:at] + octets + whole[at + length :]) in Indication


def test_octets_hidden_in_the_signatures_place_are_seen(workshop: Workshop, pdf: bytes) -> None:
    """The zeros that fill the room of the signature's value stay zeros, though no digest covers them."""
    start = pdf.index(b"/Contents <") + len(b"/Contents <")
    end = pdf.index(b">", start)
    assert pdf[end - 8 : end] == b"00000000"
    hidden = pdf[: end - 8] + b"DEADBEEF" + pdf[end:]
    report = Validator(workshop.anchors, AlgorithmPolicy.load()).validate("x", hidden, at=datetime.now(UTC))
    assert report.sub_indication is SubIndication.FORMAT_FAILURE


def test_a_damaged_archive_time_stamp_makes_it_doubtful(workshop: Workshop) -> None:
    """A document time-stamp over something else than what stands before it is not passed over."""
    archived = pades_samples.signed(workshop, "B-LTA")
    at = archived.index(b"/DSS")
    store = archived.rindex(b"stream\n", 0, archived.rindex(b"/DocTimeStamp")) + 40
    assert at < len(archived)
    damaged = archived[:store] + bytes([archived[store] ^ 1]) + archived[store + 1 :]
    report = Validator(workshop.anchors, AlgorithmPolicy.load()).validate("x", damaged, at=datetime.now(UTC))
    assert report.indication is not Indication.PASSED

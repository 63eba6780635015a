"""BIOMETRIC from Submit to state 12: judged by pdfsig, OpenSSL and a reader of ISO/IEC 19794-7 of our own."""

import hashlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.adapters.crypto.trust import Anchors
from gateway.domain.biometrics import SampleKind, SealedSample, binding, bound_digest
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.results import RecipientState
from gateway.domain.sandbox import BY_DIGITS, Script
from gateway.domain.strokes import Drawing, Point, Pointer
from gateway.usecases.sandbox.scribble import scribble
from tests import pdf_signatures
from tests.acceptance.test_custody_commands import custody
from tests.house import BANK, House, refused
from tests.orders import ANA, LUIS, Paper, order
from tests.pdf_samples import plain
from tests.public_tools import opened_by_openssl
from tests.time_series import TimeSeries, read

PAPERS = (Paper(plain(2)), Paper(b"un texto", "Anexo.txt", "text/plain"))
# A pen, which measures pressure, in two strokes.
PEN = Drawing(
    5000,
    2000,
    Pointer.PEN,
    (
        tuple(Point(100 + n * 40, 900 + (n % 7) * 60, n * 83, 9000 + n * 300) for n in range(60)),
        tuple(Point(600 + n * 70, 1700, 6000 + n * 83, 30_000 - n * 900) for n in range(30)),
    ),
)


def submitted(house: House, *people: object, **more: str) -> str:
    who = people or (ANA,)
    guid = house.submit(order(*who, papers=PAPERS, sign_method="BIOMETRIC", **more)).guid  # type: ignore[arg-type]
    house.drain()
    return guid


def samples(house: House, guid: str) -> list[SealedSample]:
    with house.tech.database.read() as uow:
        return list(uow.samples.of(guid))


def opened(house: House, sample: SealedSample, folder: Path) -> TimeSeries:
    """With the depositary's key, by OpenSSL, outside of everything of the gateway's."""
    with house.tech.database.read() as uow:
        key = uow.keys.get(sample.guid)
    locked = house.tech.vault.get(sample.guid, key, sample.cms_sha256)
    assert (len(locked), hashlib.sha256(locked).digest()) == (sample.size, sample.cms_sha256)
    return read(opened_by_openssl(locked, house.settings.pki.anchors.parent, folder))


def details(house: House, guid: str) -> dict[str, str]:
    return dict(house.events(guid)[house.kinds(guid).index("DECIDED_ALL")].details)


def test_a_stroke_signs_and_only_the_depositary_reads_it(house: House, tmp_path: Path) -> None:
    """State 12; the sample opens with the depositary's key alone, holds every point, and is bound to its
    documents; the drawing stands in PDFs that pdfsig calls valid; the evidence tells all but the stroke."""
    guid = submitted(house)
    guest = house.guest(guid)
    guest.read()
    guest.draw(PEN)
    house.drain()
    assert house.state(guid) == (12, 7)
    (sample,) = samples(house, guid)
    found = opened(house, sample, tmp_path)
    assert [(p["X"], p["Y"], p["F"]) for p in found.points] == [
        (point.x, point.y, point.pressure) for point, _ in PEN.all_points()
    ]
    stamped = [hashlib.sha256(octets).digest() for octets in house.documents(guid, "STAMPED")]
    assert found.extension.decode() == binding(guid, stamped)
    assert sample.bound_sha256 == hashlib.sha256(found.extension).digest() == bound_digest(guid, stamped)
    assert sample.kind is SampleKind.STROKE
    told = details(house, guid)
    assert told["sign_method"] == "BIOMETRIC"
    assert (told["device"], told["strokes"], told["points"]) == ("pen", "2", "90")
    assert (told["pressure"], told["duration_ms"]) == ("measured", "840")
    assert told["sample_sha256"] == sample.cms_sha256.hex()
    assert told["depositary_certificate_sha256"] == house.tech.depositary.certificate_sha256
    assert told["bound_sha256"] == sample.bound_sha256.hex()
    _signed_copies(house, guid, told, tmp_path)


def _signed_copies(house: House, guid: str, told: dict[str, str], folder: Path) -> None:
    anchors = house.settings.pki.anchors
    signed = house.documents(guid, "SIGNED")
    assert len(signed) == len(PAPERS)
    for number, octets in enumerate(signed, 1):
        assert hashlib.sha256(octets).hexdigest() == told[f"document_{number}_drawn_sha256"]
        said = pdf_signatures.pdfsig(octets, folder, anchors)
        assert "Signature is Valid." in said
        assert "Total document signed" in said
        assert pdf_signatures.status(octets, Anchors.from_file(anchors)).bottom_line


def test_nothing_of_the_stroke_is_kept_in_clear(
    small_house: House, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither rows, nor what the vault opens with the gateway's own keys, nor the log hold the points."""
    guid = submitted(small_house)
    guest = small_house.guest(guid)
    guest.read()
    with caplog.at_level("DEBUG"):
        guest.draw(PEN)
        small_house.drain()
    (sample,) = samples(small_house, guid)
    record = small_house.system.signing.on_pad.format.encode(PEN, b"")
    # A run of points as the record has them.
    run = record[60:120]
    with small_house.tech.database.read() as uow:
        key = uow.keys.get(guid)
    for digest in small_house.tech.vault.held(guid):
        assert run not in small_house.tech.vault.get(guid, key, digest), digest.hex()
    for file in small_house.settings.gateway.data.rglob("*"):
        assert not file.is_file() or run not in file.read_bytes()
    assert "8999" not in caplog.text
    assert str(PEN.strokes[0][30].x) not in caplog.text
    assert sample.size > len(record)


def test_one_stroke_of_each_signs_every_document(small_house: House, tmp_path: Path) -> None:
    """Two signers: a sample each, bound to the same documents, and a copy of each document for each."""
    guid = submitted(small_house, ANA, LUIS)
    for position in (0, 1):
        guest = small_house.guest(guid, position)
        guest.read()
        guest.draw()
        small_house.drain()
    assert small_house.state(guid) == (12, 7)
    one, other = samples(small_house, guid)
    assert (one.position, other.position) == (0, 1)
    assert one.bound_sha256 == other.bound_sha256
    assert one.cms_sha256 != other.cms_sha256
    assert len(small_house.documents(guid, "SIGNED")) == 2 * len(PAPERS)


def test_a_stroke_for_other_documents_signs_nothing(small_house: House) -> None:
    """What was drawn while another transaction's documents were shown is refused."""
    first, second = submitted(small_house), submitted(small_house)
    pad = small_house.system.signing.on_pad
    for guid in (first, second):
        small_house.guest(guid).read()
        small_house.system.signing.begin(small_house.guest(guid).session)
    shown = pad.bound(small_house.guest(first).session).sha256.hex()
    session = small_house.guest(second).session
    refused(ErrorKind.DRAWN_FOR_OTHERS, pad, session, scribble(), shown)
    assert small_house.recipients(second)[0].state is RecipientState.CHALLENGED
    assert samples(small_house, second) == []


def test_out_of_order_and_again(small_house: House) -> None:
    """Not before the documents were shown, not without asking, and not twice."""
    guid = submitted(small_house)
    guest, signing = small_house.guest(guid), small_house.system.signing
    guest.enter()
    refused(ErrorKind.STEP_OUT_OF_ORDER, signing.begin, guest.session)
    guest.read()
    refused(ErrorKind.STEP_OUT_OF_ORDER, signing.on_pad, guest.session, scribble(), "")
    signing.begin(guest.session)
    shown = signing.on_pad.bound(guest.session).sha256.hex()
    dot = replace(scribble(), strokes=(scribble().strokes[0][:2],))
    refused(ErrorKind.DRAWING_TOO_SHORT, signing.on_pad, guest.session, dot, shown)
    signing.on_pad(guest.session, scribble(), shown)
    refused(ErrorKind.CLOSED, signing.on_pad, guest.session, scribble(), shown)
    assert len(samples(small_house, guid)) == 1


def test_without_a_time_stamp_nothing_is_decided(small_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The recipient is told to try again, and then it is one signature."""
    guid = submitted(small_house)
    guest = small_house.guest(guid)
    guest.read()
    small_house.system.signing.begin(guest.session)

    def absent(_self: object, _pdf: bytes) -> bytes:
        raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE)

    with monkeypatch.context() as patched:
        patched.setattr(type(small_house.tech.pdf_sealer), "seal", absent)
        refused(ErrorKind.TEMPORARILY_UNAVAILABLE, guest.draw)
    assert samples(small_house, guid) == []
    assert small_house.recipients(guid)[0].state is RecipientState.CHALLENGED
    guest.draw()
    small_house.drain()
    assert small_house.state(guid) == (12, 7)


def test_the_sandbox_signs_by_itself(small_house: House) -> None:
    """A magic telephone whose recipient draws: state 12, and every copy says that it is a test."""
    small_house.system.support.set_profile(BANK.number, {"sandbox": True})
    digits = next(digits for digits, script in BY_DIGITS.items() if script is Script.SIGNED)
    magic = replace(ANA, phone=f"+9990000{digits}")
    octets = order(magic, sign_method="BIOMETRIC")
    guid = small_house.submit(octets, replace(BANK, sandbox=True)).guid
    for _ in range(3):
        small_house.drain()
        small_house.clock.advance(timedelta(seconds=21))
    assert small_house.state(guid) == (12, 7)
    assert len(samples(small_house, guid)) == 1


def test_without_a_depositary_nothing_is_promised(tmp_path: Path) -> None:
    """An installation that has none says so at Submit, not to the recipient at the end."""
    house = House(tmp_path / "house", more="[depositary]\ncertificate =\n")
    try:
        refused(ErrorKind.NOT_AVAILABLE_YET, house.submit, order(sign_method="BIOMETRIC"))
        house.submit(order())
    finally:
        house.close()


def test_the_operator_gives_samples_to_the_depositary(
    small_house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Locked files for the depositary, with the digests that the evidence tells; the audit notes it."""
    guid = submitted(small_house)
    guest = small_house.guest(guid)
    guest.read()
    guest.draw(PEN)
    small_house.drain()
    target = tmp_path / "given"
    assert custody(small_house, "samples", guid, "-o", str(target)) == 0
    name, _, digest, bound, depositary = capsys.readouterr().out.strip().split("\t")
    told = details(small_house, guid)
    assert (digest, bound) == (told["sample_sha256"], told["bound_sha256"])
    assert depositary == told["depositary_certificate_sha256"]
    octets = (target / name).read_bytes()
    assert hashlib.sha256(octets).hexdigest() == digest
    opened_octets = opened_by_openssl(octets, small_house.settings.pki.anchors.parent, tmp_path)
    assert len(read(opened_octets).points) == PEN.points
    with small_house.tech.database.read() as uow:
        page = uow.audit.entries(small_house.settings.gateway.node, 0, 1000)
    assert "samples-given-out" in [entry.action for entry in page]
    assert custody(small_house, "samples", "001001-0001-000000000000009.par", "-o", str(target)) == 1


def test_the_sample_survives_a_move(small_house: House) -> None:
    """What is kept is complete: fixity finds every blob of it, and misses one that is gone."""
    guid = submitted(small_house)
    guest = small_house.guest(guid)
    guest.read()
    guest.draw()
    small_house.drain()
    objects = small_house.system.fixity.objects
    assert objects.check(guid).failures == ()
    (sample,) = samples(small_house, guid)
    for blob in small_house.settings.vault.folder.rglob(f"{sample.cms_sha256.hex()}*"):
        blob.unlink()
    assert [name for name, _ in objects.check(guid).failures] == [f"blob:{sample.cms_sha256.hex()}"]

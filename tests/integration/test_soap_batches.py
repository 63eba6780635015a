"""Batches at the SOAP door: files inside, beside and uploaded; answers valid against their schemas; CSV."""

import base64
import csv
import hashlib
import io

import pytest
from lxml import etree

from gateway.adapters.xml import schemas
from gateway.adapters.xml.parser import parse
from gateway.domain.batch import BatchPolicy, SpooledFile
from gateway.domain.errors import ErrorKind, GatewayError
from tests import fakes
from tests.batch_double import RecordedBatches
from tests.fakes import G, SoapHouse
from tests.multipart_samples import T, content_type, packed

FILE = b"<batch/>" + bytes(1000)
SHA256 = hashlib.sha256(FILE).hexdigest()
ATTACHED = (
    f'<g:attachment xmlns:t="{T}"><t:href>cid:file@x</t:href><t:sha256>{SHA256}</t:sha256></g:attachment>'
)
MEDIA = {fakes.SOAP_11: "text/xml", fakes.SOAP_12: "application/soap+xml"}


@pytest.fixture
def batches() -> RecordedBatches:
    return RecordedBatches()


@pytest.fixture
def house(batches: RecordedBatches) -> SoapHouse:
    return SoapHouse(use_cases=fakes.RecordedOperations(batches=batches.operations()))


def submit_batch(file: str, more: str = "") -> bytes:
    inner = f"<g:external_id>BATCH-1</g:external_id><g:file>{file}</g:file>{more}"
    return f'<g:SubmitBatch xmlns:g="{G}">{inner}</g:SubmitBatch>'.encode()


def ask(name: str, inner: str) -> bytes:
    return f'<g:{name} xmlns:g="{G}">{inner}</g:{name}>'.encode()


def answered(house: SoapHouse, octets: bytes, given: str = "text/xml") -> etree._Element:
    status, _, body = house.post(octets, given)
    assert status == "200 OK", body
    root = parse(body, limit=10**6)
    child = root[-1][0]
    schemas.validate(child, "operations")
    return child


def inside() -> str:
    return f"<g:content>{base64.b64encode(FILE).decode()}</g:content>"


@pytest.mark.parametrize("soap", [fakes.SOAP_11, fakes.SOAP_12])
def test_a_file_inside_the_message(house: SoapHouse, batches: RecordedBatches, soap: str) -> None:
    """The content is spooled, belongs to the batch, and the answer is the batch as it is."""
    octets = fakes.signed(submit_batch(inside(), "<g:policy>ALL_OR_NOTHING</g:policy>"), soap)
    answer = answered(house, octets, MEDIA[soap])
    (batch,) = batches.batches.values()
    assert (batch.policy, batch.covered, batch.file_sha256.hex()) == (
        BatchPolicy.ALL_OR_NOTHING,
        True,
        SHA256,
    )
    assert house.spool.files == {batch.id: FILE}
    assert [answer.findtext(f".//{{*}}{name}") for name in ("batch_id", "total", "accepted", "refused")] == [
        batch.id, "5", "3", "2",
    ]  # fmt: skip
    assert [each.text for each in answer.iter("{*}count")] == ["2", "1"]


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_a_file_beside_the_message(house: SoapHouse, batches: RecordedBatches, version: str) -> None:
    """An attachment named by its SHA-256 becomes the batch's own file in the spool."""
    soap = fakes.SOAP_11 if version == "1.1" else fakes.SOAP_12
    octets = packed(fakes.signed(submit_batch(ATTACHED), soap), {"file@x": FILE}, version)
    answered(house, octets, content_type(version))
    assert house.spool.files == {next(iter(batches.batches)): FILE}


def test_a_file_that_was_uploaded(house: SoapHouse, batches: RecordedBatches) -> None:
    """A handle stands for the file; another handle is unknown."""
    handle = "a" * 75
    batches.uploads[handle] = SpooledFile("upload-1", len(FILE), bytes.fromhex(SHA256))
    answered(house, fakes.signed(submit_batch(f"<g:upload>{handle}</g:upload>")))
    assert list(batches.batches) == ["upload-1"]
    other = fakes.signed(submit_batch(f"<g:upload>{'b' * 75}</g:upload>"))
    assert fakes.fault_code(house.post(other)[2]) == ErrorKind.UPLOAD_UNKNOWN.code


def test_the_same_message_again_is_answered_again(house: SoapHouse) -> None:
    """A retry after a lost answer is no replay, octet by octet the same or not."""
    octets = fakes.signed(submit_batch(inside()))
    first, second = answered(house, octets), answered(house, octets)
    assert first.tag == second.tag


def test_a_batch_whose_books_are_in_doubt_keeps_its_file(house: SoapHouse, batches: RecordedBatches) -> None:
    """When nobody knows whether the commit happened, the file stays for the sweep to decide."""
    batches.failure = GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE)
    octets = packed(fakes.signed(submit_batch(ATTACHED)), {"file@x": FILE})
    assert house.post(octets, content_type())[0].startswith("500")
    assert list(house.spool.files.values()) == [FILE]


def test_attachments_without_a_digest(house: SoapHouse, batches: RecordedBatches) -> None:
    """A batch file that only its name is signed of is refused, and the spool stays empty."""
    unsigned = ATTACHED.replace(f"<t:sha256>{SHA256}</t:sha256>", "")
    octets = packed(fakes.signed(submit_batch(unsigned)), {"file@x": FILE})
    assert fakes.fault_code(house.post(octets, content_type())[2]) == ErrorKind.ATTACHMENT_UNSIGNED.code
    assert (house.spool.files, batches.batches) == ({}, {})


def a_batch(house: SoapHouse) -> str:
    answer = answered(house, fakes.signed(submit_batch(inside())))
    return answer.findtext(".//{*}batch_id") or ""


def test_get_batch_by_either_identifier(house: SoapHouse) -> None:
    """By the gateway's identifier or the issuer's it is the same batch; any other is not found."""
    batch_id = a_batch(house)
    one = answered(house, fakes.signed(ask("GetBatch", f"<g:batch_id>{batch_id}</g:batch_id>")))
    other = answered(house, fakes.signed(ask("GetBatch", "<g:external_id>BATCH-1</g:external_id>")))
    assert etree.tostring(one) == etree.tostring(other)
    unknown = fakes.signed(ask("GetBatch", "<g:batch_id>other</g:batch_id>"))
    assert fakes.fault_code(house.post(unknown)[2]) == ErrorKind.BATCH_NOT_FOUND.code


def report(house: SoapHouse, batch_id: str, more: str = "") -> etree._Element:
    return answered(house, fakes.signed(ask("GetBatchReport", f"<g:batch_id>{batch_id}</g:batch_id>{more}")))


def test_report_in_pages(house: SoapHouse) -> None:
    """Each page says whether there is more and where it begins; refusals carry code and both languages."""
    batch_id = a_batch(house)
    page = report(house, batch_id, "<g:limit>3</g:limit>")
    assert [each.text for each in page.iter("{*}position")] == ["1", "2", "3"]
    assert (page.findtext("{*}more"), page.findtext("{*}next_position")) == ("true", "3")
    refusal = page.find(".//{*}item/{*}refusal")
    assert refusal is not None
    assert refusal.findtext("{*}text_es") == ErrorKind.SCHEMA_INVALID.text.es
    rest = report(house, batch_id, "<g:after_position>3</g:after_position><g:limit>3</g:limit>")
    assert [each.text for each in rest.iter("{*}position")] == ["4", "5"]
    assert (rest.findtext("{*}more"), rest.find("{*}next_position")) == ("false", None)


def test_report_as_csv(house: SoapHouse) -> None:
    """A line an item with code and both languages; names once; nothing that a spreadsheet would run."""
    batch_id, text = a_batch(house), ""
    form = "<g:format>CSV</g:format>"
    for after in ("", "<g:after_position>3</g:after_position>"):
        page = report(house, batch_id, f"{after}<g:limit>3</g:limit>{form}")
        assert page.find("{*}report/{*}item") is None
        text += base64.b64decode(page.findtext("{*}csv") or "").decode()
    lines = list(csv.reader(io.StringIO(text, newline="")))
    assert [line[0] for line in lines] == ["position", "1", "2", "3", "4", "5"]
    kind = ErrorKind.SCHEMA_INVALID
    assert lines[2][1:7] == ["", "REFUSED", "", kind.code, kind.text.en, kind.text.es]
    assert lines[2][7].startswith('line 2, "a;b"')
    assert lines[4][1] == "'=HYPERLINK(1)"
    assert lines[1][3] == fakes.GUID

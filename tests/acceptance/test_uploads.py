"""Uploads: announced by a signed request, filled in pieces by whoever has the handle, taken by a batch."""

import hashlib
import io
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from lxml import etree

from gateway.bootstrap import keys
from gateway.bootstrap.doors import wsgi
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.parties import Issuer
from gateway.domain.upload import UploadStatus
from gateway.usecases.uploads.receive import ReceiveUpload
from tests.house import BANK, INSURER, House, refused

G = "urn:fehaciente:gateway:1.0"
FILE = bytes(range(256)) * 1000
SHA256 = hashlib.sha256(FILE).digest()
Answer = tuple[str, dict[str, str], bytes]


def announce(house: House, octets: bytes = FILE, issuer: Issuer = BANK) -> str:
    """The handle, by a signed CreateUpload."""
    digest = hashlib.sha256(octets).hexdigest()
    inner = f"<g:size>{len(octets)}</g:size><g:sha256>{digest}</g:sha256>"
    operation = f'<g:CreateUpload xmlns:g="{G}">{inner}</g:CreateUpload>'.encode()
    status, body = house.post(house.signed(operation, issuer))
    assert status == "200 OK", body
    root = etree.fromstring(body)
    handle = root.findtext(".//{*}upload") or ""
    assert (root.findtext(".//{*}url") or "").endswith(f"/upload/{handle}")
    return handle


def call(house: House, method: str, handle: str, body: bytes = b"", **more: str) -> Answer:
    told: list[tuple[str, dict[str, str]]] = []
    environ: Mapping[str, Any] = {
        "REQUEST_METHOD": method,
        "PATH_INFO": f"/upload/{handle}",
        "QUERY_STRING": "",
        "CONTENT_LENGTH": str(len(body)) if body else "",
        "wsgi.input": io.BytesIO(body),
    }
    door = wsgi(house.settings, house.tech, house.system, keys.session_key(house.settings))
    answer = door({**environ, **more}, lambda status, headers, *_: told.append((status, dict(headers))))
    return (*told[0], b"".join(answer))


def put(house: House, handle: str, start: int, end: int, octets: bytes = FILE) -> Answer:
    ranged = {"HTTP_CONTENT_RANGE": f"bytes {start}-{end - 1}/{len(octets)}"}
    return call(house, "PUT", handle, octets[start:end], **ranged)


def spooled(house: House) -> int:
    """How many files are in the spool."""
    return sum(1 for _ in house.settings.vault.spool.iterdir())


def submit_batch(house: House, handle: str, external_id: str = "L-1", issuer: Issuer = BANK) -> bytes:
    inner = f"<g:external_id>{external_id}</g:external_id><g:file><g:upload>{handle}</g:upload></g:file>"
    return house.post(house.signed(f'<g:SubmitBatch xmlns:g="{G}">{inner}</g:SubmitBatch>'.encode(), issuer))[
        1
    ]


def test_pieces_then_a_batch(house: House) -> None:
    """Pieces arrive one by one, HEAD tells how far it is, the last one completes it, and a batch takes it."""
    handle = announce(house)
    assert call(house, "HEAD", handle)[1]["Upload-Offset"] == "0"
    status, headers, _ = put(house, handle, 0, 100_000)
    assert (status, headers["Upload-Offset"], headers["Upload-Length"]) == (
        "202 Accepted",
        "100000",
        "256000",
    )
    assert announce(house) == handle
    house.close()
    house.open()
    assert call(house, "GET", handle)[1]["Upload-Offset"] == "100000"
    status, headers, _ = call(house, "PUT", handle, FILE[100_000:], QUERY_STRING="offset=100000")
    assert (status, headers["Upload-Offset"]) == ("201 Created", "256000")
    assert spooled(house) == 1
    answer = submit_batch(house, handle)
    batch_id = etree.fromstring(answer).findtext(".//{*}batch_id") or ""
    with house.system.batches.spool.open(batch_id) as file:
        assert file.read() == FILE
    again = etree.fromstring(submit_batch(house, handle)).findtext(".//{*}batch_id")
    assert again == batch_id
    assert ErrorKind.UPLOAD_REFUSED.code.encode() in submit_batch(house, handle, "L-2")
    house.clock.advance(timedelta(days=3))
    assert house.system.batches.uploads.expire() == 1
    with house.system.batches.spool.open(batch_id) as file:
        assert file.read(10) == FILE[:10]


def test_a_lost_answer_costs_nothing(small_house: House) -> None:
    """A piece that came already is answered again; a gap, an overlap or too much is refused."""
    handle = announce(small_house)
    for _ in range(2):
        assert put(small_house, handle, 0, 1000)[1]["Upload-Offset"] == "1000"
    for start, end in ((2000, 3000), (500, 1500)):
        status, _, body = put(small_house, handle, start, end)
        assert (status, b"the next octet is 1000" in body) == ("409 Conflict", True)
    assert put(small_house, handle, 1000, 256_001, FILE + b"x")[0] == "409 Conflict"
    assert spooled(small_house) == 1


def test_another_digest_ends_it(small_house: House) -> None:
    """What does not have the announced SHA-256 is refused, and nothing of it stays."""
    handle = announce(small_house)
    put(small_house, handle, 0, 1000)
    status, _, body = put(small_house, handle, 1000, len(FILE), bytes(len(FILE)))
    assert (status, b"SHA-256" in body) == ("409 Conflict", True)
    assert spooled(small_house) == 0
    assert call(small_house, "HEAD", handle)[0] == "404 Not Found"


@pytest.mark.parametrize("method", ["HEAD", "PUT", "DELETE"])
def test_handles_cannot_be_guessed(small_house: House, method: str) -> None:
    """A handle with any character changed, or of no upload at all, is not found."""
    handle = announce(small_house)
    other = ("0" if handle[0] != "0" else "1") + handle[1:]
    bent = handle[:-1] + ("A" if handle[-1] != "A" else "B")
    for wrong in (other, bent, handle[:32], "", "x" * 75, "ñ" * 75):
        assert call(small_house, method, wrong, b"x")[0] == "404 Not Found"


def test_nobody_takes_anothers_upload(small_house: House) -> None:
    """Another issuer that got hold of the handle cannot make a batch of it, and announces its own."""
    handle = announce(small_house)
    put(small_house, handle, 0, len(FILE))
    assert ErrorKind.UPLOAD_UNKNOWN.code.encode() in submit_batch(small_house, handle, issuer=INSURER)
    assert announce(small_house, issuer=INSURER) != handle
    assert b"batch_id" in submit_batch(small_house, handle)


def test_quota_life_and_giving_up(small_house: House) -> None:
    """So many at once and no more; one that is given up or expires makes room and leaves no file."""
    handles = [announce(small_house, b"%d" % number) for number in range(8)]
    create = small_house.system.batches.uploads.create
    refused(ErrorKind.UPLOAD_REFUSED, create, BANK, 1, bytes(32))
    refused(ErrorKind.TOO_LARGE, create, BANK, 10**12, bytes(32))
    assert put(small_house, handles[0], 0, 1, b"0")[0] == "201 Created"
    assert call(small_house, "DELETE", handles[0])[0] == "204 No Content"
    assert spooled(small_house) == 0
    assert put(small_house, announce(small_house), 0, 5)[0] == "202 Accepted"
    small_house.clock.advance(timedelta(days=1, minutes=1))
    assert call(small_house, "HEAD", handles[1])[0] == "404 Not Found"
    assert small_house.system.batches.uploads.expire() == 8
    assert spooled(small_house) == 0
    announce(small_house)


@pytest.mark.parametrize(
    "more",
    [
        {"HTTP_CONTENT_RANGE": "bytes 0-5/256000"},
        {"HTTP_CONTENT_RANGE": "bytes 5-0/256000"},
        {"HTTP_CONTENT_RANGE": "octets 0-9/256000"},
        {"HTTP_CONTENT_RANGE": "bytes 0-9/256000", "QUERY_STRING": "offset=1"},
        {"QUERY_STRING": "offset=-1"},
        {"QUERY_STRING": "offset=0&offset=0"},
        {"QUERY_STRING": "offset=٣"},
        {"CONTENT_LENGTH": ""},
        {"CONTENT_LENGTH": "0"},
        {"CONTENT_LENGTH": "11"},
        {"CONTENT_LENGTH": "+9"},
    ],
)
def test_bent_pieces(small_house: House, more: dict[str, str]) -> None:
    """A piece that does not say plainly where it belongs, or does not come whole, leaves nothing."""
    handle = announce(small_house)
    assert call(small_house, "PUT", handle, FILE[:10], **more)[0] == "400 Bad Request"
    assert spooled(small_house) == 0
    assert call(small_house, "HEAD", handle)[1]["Upload-Offset"] == "0"


def test_other_methods_and_encodings(small_house: House) -> None:
    """Anything but PUT, HEAD, GET and DELETE is 405; compressed pieces are 415, large ones 413."""
    handle = announce(small_house, bytes(40_000_000))
    assert call(small_house, "POST", handle)[1]["Allow"] == "PUT, HEAD, GET, DELETE"
    assert call(small_house, "PUT", handle, b"x", HTTP_CONTENT_ENCODING="gzip")[0].startswith("415")
    assert call(small_house, "PUT", handle, bytes(17_000_000))[0].startswith("413")
    assert spooled(small_house) == 0


class Crash(Exception):
    """The process is gone."""


def test_a_crash_while_it_is_put_together(small_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed between the last piece and the whole file: whoever asks next puts it together, once."""
    handle, receive = announce(small_house), small_house.system.batches.uploads.receive
    put(small_house, handle, 0, 1000)

    def crash(_receive: ReceiveUpload, _upload: object) -> None:
        raise Crash

    with monkeypatch.context() as patch:
        patch.setattr(ReceiveUpload, "finished", crash)
        with pytest.raises(Crash):
            receive.add(handle, 1000, len(FILE) - 1000, iter([FILE[1000:]]))
    assert receive.state(handle).status is UploadStatus.OPEN
    assert put(small_house, handle, 1000, len(FILE))[0] == "201 Created"
    assert receive.state(handle).status is UploadStatus.COMPLETE
    assert spooled(small_house) == 1


def test_an_incomplete_upload_is_no_batch(small_house: House) -> None:
    """A batch of an upload whose octets are not all there is refused and says how many are."""
    handle = announce(small_house)
    put(small_house, handle, 0, 1000)
    take = small_house.system.batches.uploads.take
    with pytest.raises(GatewayError, match="1000 of 256000"):
        take(BANK, handle, "L-1")


def test_the_sweep_leaves_pieces_alone(small_house: House) -> None:
    """What an upload has in the spool is nobody's orphan, however old."""
    handle = announce(small_house)
    put(small_house, handle, 0, 1000)
    later = small_house.clock.now() + timedelta(days=30)
    assert small_house.system.batches.spool.sweep(later) == 0
    put(small_house, handle, 1000, len(FILE))
    assert small_house.system.batches.spool.sweep(later) == 0
    assert spooled(small_house) == 1


def test_a_batch_that_is_quicker_than_the_sweep(small_house: House) -> None:
    """An upload that a batch takes while it expires keeps its file: the sweep looks at what it read."""
    handle = announce(small_house)
    put(small_house, handle, 0, len(FILE))
    uploads = small_house.system.batches.uploads
    read_before = uploads.receive.state(handle)
    taken = uploads.take(BANK, handle, "L-1")
    assert not uploads.receive.remove(read_before)
    with small_house.system.batches.spool.open(taken.id) as file:
        assert file.read() == FILE


def test_an_announcement_is_no_message_to_be_repeated(small_house: House) -> None:
    """The very same CreateUpload again is a replay: whoever copied it gets no handle."""
    inner = f"<g:size>5</g:size><g:sha256>{'00' * 32}</g:sha256>"
    octets = small_house.signed(f'<g:CreateUpload xmlns:g="{G}">{inner}</g:CreateUpload>'.encode())
    assert small_house.post(octets)[0] == "200 OK"
    assert ErrorKind.REPLAYED.code.encode() in small_house.post(octets)[1]


def test_two_put_an_upload_together_at_once(house: House) -> None:
    """Who comes second, to pieces that are gone already, is answered as the first one was."""
    handle, receive = announce(house), house.system.batches.uploads.receive

    class Late:
        """Another process puts it together just before the first piece is read."""

        def __getattr__(self, name: str) -> Any:
            return getattr(receive.spool, name)

        def open(self, file_id: str) -> Any:
            receive.finished(receive.state(handle))
            return receive.spool.open(file_id)

    late = replace(receive, spool=Late())  # type: ignore[arg-type]
    upload = late.add(handle, 0, len(FILE), iter([FILE]))
    assert upload.status is UploadStatus.COMPLETE
    assert spooled(house) == 1

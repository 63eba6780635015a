"""Attachments at the door: which are taken, what is refused and how, and that nothing stays behind."""

import base64
import hashlib
import io
from typing import Any

import pytest
from lxml import etree

from gateway.domain.errors import ErrorKind
from gateway.entrypoints.soap.body import Limits
from gateway.entrypoints.soap.multipart import PartLimits
from tests import fakes
from tests.fakes import SoapHouse
from tests.multipart_samples import (
    BOUNDARY,
    XOP,
    body,
    content_type,
    packed,
    part,
    root_type,
    submit_naming,
)

PDF = b"%PDF-1.7 attached \r\n--" + bytes(range(256)) * 20
NAME = "loan@bank.example"
SOAP = {"1.1": fakes.SOAP_11, "1.2": fakes.SOAP_12}


@pytest.fixture
def house() -> SoapHouse:
    return SoapHouse()


def root(version: str = "1.1", **how: str) -> bytes:
    return fakes.signed(submit_naming(NAME, PDF, **how), SOAP[version])


def refused(
    house: SoapHouse, octets: bytes, kind: ErrorKind, given: str = "", status: str = "500", **more: Any
) -> None:
    """The message is refused with this kind and status, and the spool is as empty as before."""
    got, _, answer = house.post(octets, given or content_type(), **more)
    assert got.startswith(status), (got, answer)
    assert kind.code.encode() in answer, answer
    assert house.spool.files == {}
    assert house.use_cases.submissions == []


@pytest.mark.parametrize("version", ["1.1", "1.2"])
@pytest.mark.parametrize("swa", [False, True])
@pytest.mark.parametrize("where", ["in the attachment", "in the document"])
def test_attachments_by_digest(house: SoapHouse, version: str, swa: bool, where: str) -> None:
    """MTOM and SwA in both versions: the document's octets are the attachment's, and the spool is emptied."""
    octets = packed(root(version, sha256=where), {NAME: PDF}, version, swa=swa)
    status, _, answer = house.post(octets, content_type(version, swa=swa))
    assert status == "200 OK", answer
    (command,) = house.use_cases.submissions
    assert command.transaction.documents[0].content == PDF
    assert command.raw == root_of(octets)
    assert (house.spool.files, house.spool.created) == ({}, 1)


def root_of(octets: bytes) -> bytes:
    return octets.split(b"\r\n\r\n", 1)[1].split(b"\r\n--" + BOUNDARY.encode())[0]


def canonical() -> bytes:
    """A Submit whose base64 is written as XOP demands it, without white space."""
    operation = etree.fromstring(fakes.submit())
    element = operation.find(".//{*}content")
    assert element is not None
    element.text = "".join((element.text or "").split())
    return etree.tostring(operation)


def optimised(signed: bytes, *paths: str) -> tuple[bytes, dict[str, bytes]]:
    """As CXF and WCF send it: the base64 of these elements taken out after signing."""
    envelope, parts = etree.fromstring(signed), {}
    for index, path in enumerate(paths):
        element = envelope.find(path)
        assert element is not None
        parts[f"{index}@x y".replace(" ", "+")] = base64.b64decode(element.text or "")
        element.text = "\n "
        include = etree.SubElement(element, f"{{{XOP}}}Include", nsmap={"xop": XOP})
        include.set("href", f"cid:{index}%40x+y")
    return etree.tostring(envelope), parts


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_xop_of_a_signed_infoset(house: SoapHouse, version: str) -> None:
    """What MTOM took out after signing, in the Body and in the Header, is put back before it is verified."""
    signed = fakes.signed(canonical(), SOAP[version])
    paths = (".//{*}content", ".//{*}BinarySecurityToken", ".//{*}SignatureValue")
    envelope, parts = optimised(signed, *paths)
    status, _, answer = house.post(packed(envelope, parts, version), content_type(version))
    assert status == "200 OK", answer
    (command,) = house.use_cases.submissions
    content = etree.fromstring(signed).findtext(".//{*}content") or ""
    assert command.transaction.documents[0].content == base64.b64decode(content)
    # What is kept is the message whole, whose signature verifies without any part.
    assert house.post(command.raw, root_type(version, swa=True))[0] == "200 OK"


def test_an_include_that_was_signed_covers_nothing(house: SoapHouse) -> None:
    """A signature over the Include itself is no signature over its octets."""
    operation = etree.fromstring(fakes.submit())
    element = operation.find(".//{*}content")
    assert element is not None
    element.text = None
    etree.SubElement(element, f"{{{XOP}}}Include", href="cid:0@x")
    octets = packed(fakes.signed(etree.tostring(operation)), {"0@x": PDF})
    refused(house, octets, ErrorKind.SIGNATURE_INVALID)


def test_other_octets_in_an_included_part(house: SoapHouse) -> None:
    """Changing a part that XOP took out breaks the signature over the infoset."""
    envelope, parts = optimised(fakes.signed(canonical()), ".//{*}content")
    refused(house, packed(envelope, dict.fromkeys(parts, b"other")), ErrorKind.SIGNATURE_INVALID)


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        (b"<xop:Include", b"x<xop:Include", ErrorKind.MULTIPART_INVALID),
        (b"<xop:Include", b"<a/><xop:Include", ErrorKind.MULTIPART_INVALID),
        (b"<xop:Include", b"<!-- c --><xop:Include", ErrorKind.MULTIPART_INVALID),
        (b'href="cid:0%40x+y"', b'href="cid:0%40x+y" a="b"', ErrorKind.MULTIPART_INVALID),
        (b'href="cid:0%40x+y"/>', b'href="cid:0%40x+y">x</xop:Include>', ErrorKind.MULTIPART_INVALID),
        (b'href="cid:0%40x+y"', b'href="http://127.0.0.1/x"', ErrorKind.MULTIPART_INVALID),
        (b'href="cid:0%40x+y"', b'href="cid:0%2540x+y"', ErrorKind.ATTACHMENT_UNEXPECTED),
        (b'href="cid:0%40x+y"', b'href="cid:1@x"', ErrorKind.ATTACHMENT_UNEXPECTED),
    ],
)
def test_bent_includes(house: SoapHouse, old: bytes, new: bytes, kind: ErrorKind) -> None:
    """An Include stands alone, is empty, and names a part of this message."""
    envelope, parts = optimised(fakes.signed(canonical()), ".//{*}content")
    bent = envelope.replace(old, new)
    assert bent != envelope
    refused(house, packed(bent, parts), kind)


def test_missing_and_repeated_includes(house: SoapHouse) -> None:
    """Every Include has its part, and no two the same one."""
    paths = (".//{*}content", ".//{*}BinarySecurityToken")
    envelope, parts = optimised(fakes.signed(canonical()), *paths)
    refused(house, packed(envelope, {"0@x+y": parts["0@x+y"]}), ErrorKind.PART_MISSING)
    twice = envelope.replace(b"cid:1%40x+y", b"cid:0%40x+y")
    refused(house, packed(twice, parts), ErrorKind.MULTIPART_INVALID)


def test_included_parts_are_small() -> None:
    """What is put back must fit into a message; the answer says how larger files travel."""
    envelope, parts = optimised(fakes.signed(canonical()), ".//{*}content")
    octets = packed(envelope, dict.fromkeys(parts, bytes(fakes.SOAP_LIMIT)))
    refused(SoapHouse(), octets, ErrorKind.TOO_LARGE, status="413")


@pytest.mark.parametrize(
    ("version", "status"), [("1.1", "500 Internal Server Error"), ("1.2", "400 Bad Request")]
)
def test_refusals_in_both_versions(house: SoapHouse, version: str, status: str) -> None:
    """A message with a part too many is a fault in the language of its version."""
    octets = packed(root(version), {NAME: PDF, "other@x": b"2"}, version)
    refused(house, octets, ErrorKind.ATTACHMENT_UNEXPECTED, content_type(version), status)


@pytest.mark.parametrize(
    ("attachments", "kind"),
    [
        ({}, ErrorKind.PART_MISSING),
        ({"other@x": PDF}, ErrorKind.ATTACHMENT_UNEXPECTED),
        ({NAME: PDF, "other@x": b""}, ErrorKind.ATTACHMENT_UNEXPECTED),
        ({NAME: PDF[:-1]}, ErrorKind.ATTACHMENT_UNSIGNED),
        ({NAME: b""}, ErrorKind.ATTACHMENT_UNSIGNED),
        ({NAME.upper(): PDF}, ErrorKind.ATTACHMENT_UNEXPECTED),
    ],
)
def test_parts_that_do_not_fit(house: SoapHouse, attachments: dict[str, bytes], kind: ErrorKind) -> None:
    """Missing, unreferenced and exchanged parts are refused, and a Submit's refusal is recorded."""
    refused(house, packed(root(), attachments), kind)
    assert [rejection.kind for rejection in house.use_cases.rejections] == [kind]


def test_duplicate_parts(house: SoapHouse) -> None:
    """Two parts of one Content-ID, the root's included, are refused whatever is in them."""
    head = part(root(), f"Content-Type: {root_type()}", "Content-ID: <root@x>")
    one = part(PDF, f"Content-ID: <{NAME}>")
    refused(house, body(head, one, one), ErrorKind.ATTACHMENT_UNEXPECTED)
    refused(house, body(head, one, head), ErrorKind.ATTACHMENT_UNEXPECTED)


@pytest.mark.parametrize(
    ("how", "kind"),
    [
        ({"sha256": ""}, ErrorKind.ATTACHMENT_UNSIGNED),
        ({"sha256": hashlib.sha256(b"other").hexdigest()}, ErrorKind.ATTACHMENT_UNSIGNED),
        ({"href": "cid:%C3%B1@x"}, ErrorKind.MULTIPART_INVALID),
        ({"href": "cid:%0d%0a@x"}, ErrorKind.MULTIPART_INVALID),
        ({"href": "cid:%3Croot@x"}, ErrorKind.MULTIPART_INVALID),
        ({"href": "cid:loan%2540bank.example"}, ErrorKind.ATTACHMENT_UNEXPECTED),
    ],
)
def test_references_that_sign_nothing(house: SoapHouse, how: dict[str, str], kind: ErrorKind) -> None:
    """Without the right SHA-256 in the signed Body, or with a name that cannot be one, nothing is taken."""
    refused(house, packed(root(**how), {NAME: PDF}), kind)


def test_references_are_decoded_once(house: SoapHouse) -> None:
    """A cid: URL may be percent-encoded, as many clients write it."""
    octets = packed(root(href="cid:loan%40bank.example"), {NAME: PDF})
    assert house.post(octets, content_type())[0] == "200 OK"


def test_a_plain_message_cannot_name_an_attachment(house: SoapHouse) -> None:
    """What is named must come with the message."""
    refused(house, root(), ErrorKind.PART_MISSING, "text/xml")


def test_strangers_fill_no_disk(house: SoapHouse) -> None:
    """Who is not authenticated gets nothing into the spool: the body is not even read to its end."""
    unsigned = etree.tostring(fakes.envelope(submit_naming(NAME, PDF)))

    class Counted(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            counts.append(size or 0)
            return super().read(size)

    counts: list[int] = []
    octets = packed(unsigned, {NAME: bytes(1_000_000)})
    refused(house, octets, ErrorKind.SECURITY_MISSING, **{"wsgi.input": Counted(octets)})
    assert house.spool.created == 0
    assert len(counts) == 1


def test_ten_thousand_parts() -> None:
    """A message of very many parts is refused when the limit is reached, not when all were read."""
    house = SoapHouse(limits=Limits(fakes.SOAP_LIMIT, 5.0, PartLimits(parts=3)))
    head = part(root(), f"Content-Type: {root_type()}", "Content-ID: <root@x>")
    many = [part(b"", f"Content-ID: <{index}@x>") for index in range(10_000)]
    refused(house, body(head, *many), ErrorKind.ATTACHMENT_UNEXPECTED)
    envelope, parts = optimised(fakes.signed(canonical()), ".//{*}content")
    several = {f"{index}@x+y": b"" for index in range(10_000)}
    refused(house, packed(envelope, parts | several), ErrorKind.ATTACHMENT_UNEXPECTED)


def test_limits_of_sizes() -> None:
    """Root, part and whole have limits of their own; each is 413."""
    limits = PartLimits(whole=30_000, part=6_000, parts=4)
    house = SoapHouse(limits=Limits(20_000, 5.0, limits))
    assert house.post(packed(root(), {NAME: PDF}), content_type())[0] == "200 OK"
    house.use_cases.submissions.clear()
    large = packed(root(), {NAME: bytes(6_001)})
    refused(house, large, ErrorKind.TOO_LARGE, status="413")
    refused(house, packed(root() + b" " * 20_000, {}), ErrorKind.TOO_LARGE, status="413")
    refused(house, packed(root(), {NAME: bytes(40_000)}), ErrorKind.TOO_LARGE, status="413")


def test_cut_off_bodies(house: SoapHouse) -> None:
    """A body that ends too early is refused wherever it ends, and is no last word on the transaction."""
    octets = packed(root(), {NAME: PDF})
    for cut in (0, 10, 100, len(octets) // 3, len(octets) - 2000, len(octets) - 1):
        length = str(len(octets))
        refused(house, octets[:cut], ErrorKind.BODY_INCOMPLETE, status="400", CONTENT_LENGTH=length)
    assert house.use_cases.rejections == []


@pytest.mark.parametrize("cut", [10, 300, 4000, -1, -4])
def test_cut_off_messages(house: SoapHouse, cut: int) -> None:
    """A body that is whole for HTTP and has no last boundary is refused as well."""
    octets = packed(root(), {NAME: PDF}).removesuffix(b"\r\n")
    refused(house, octets[:cut], ErrorKind.MULTIPART_INVALID)


def change(old: bytes, new: bytes, count: int = 1) -> bytes:
    octets = packed(root(), {NAME: PDF})
    assert old in octets
    return octets.replace(old, new, count)


MARK = b"--" + BOUNDARY.encode()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (MARK + b"\r\nContent-Type: application/xop", b"x\r\n" + MARK + b"\r\nContent-Type: application/xop"),
        (MARK, MARK + b"x"),
        (MARK, MARK + b" "),
        (MARK + b"\r\n", MARK + b"\n"),
        (MARK + b"\r\n", MARK + b"\r\n\r\n"),
        (b"\r\n" + MARK + b"\r\nContent-Type: application/pdf", b"\n" + MARK + b"\r\nContent-Type: x/y"),
        (b"%PDF-1.7", b"\r\n" + MARK + b"x"),
        (b"%PDF-1.7", b"\n" + MARK + b"\n"),
        (b"%PDF-1.7", b"\r" + MARK),
        (b"%PDF-1.7", MARK),
        (MARK + b"--\r\n", MARK + b"--\r\n" + MARK + b"\r\n"),
        (MARK + b"--\r\n", MARK + b"--epilogue"),
        (MARK + b"--\r\n", MARK + b"--\r\n\r\n\r\n"),
        (b"Content-ID: <root@x>", b"Content-ID: <root@x>\r\nContent-ID: <root@x>"),
        (b"Content-ID: <root@x>", b"content-id: <other@x>\r\nContent-ID: <root@x>"),
        (b"Content-ID: <root@x>", b"Content-ID:\r\n <root@x>"),
        (b"Content-ID: <root@x>", b"Content-ID: <root@x>\r\n folded"),
        (b"Content-ID: <root@x>", b"Content-ID: <root@x>\nX-Other: 1"),
        (b"Content-ID: <root@x>", b"Content-ID: <root@x>\rX-Other: 1"),
        (b"Content-ID: <root@x>", b"Content-ID: <root@x>\r\nX: \x00"),
        (b"Content-ID: <root@x>", b"Content-ID: <root@x>\r\nX: \xc3\xb1"),
        (b"Content-ID: <root@x>", b"Content-ID : <root@x>"),
        (b"Content-ID: <root@x>", b"Content-ID: <root@x>\r\nno colon"),
        (b"Content-ID: <root@x>", b"Content-ID: <>"),
        (b"Content-ID: <root@x>", b"Content-ID: <other@x>"),
        (b"Content-ID: <root@x>", b"Content-ID: <root@x>\r\nX: " + b"y" * 9000),
        (b"Content-ID: <root@x>", b"Content-ID: <root@x>" + b"".join(b"\r\nX-%d: y" % n for n in range(20))),
        (b"Content-ID: <loan", b"X-Content-ID: <loan"),
    ],
)
def test_bent_bodies(house: SoapHouse, old: bytes, new: bytes) -> None:
    """Whatever two readers could understand in two ways is refused as malformed."""
    refused(house, change(old, new), ErrorKind.MULTIPART_INVALID)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"Encoding: binary", b"Encoding: base64"),
        (b"Encoding: binary", b"Encoding: quoted-printable"),
        (b"Encoding: binary", b"Encoding: x-gzip"),
        (b"Content-Transfer-Encoding: binary", b"Content-Encoding: gzip"),
        (b"Type: application/pdf", b'Type: multipart/mixed; boundary="y"'),
        (b"Type: application/pdf", b"Type: message/rfc822"),
        (b"charset=UTF-8", b"charset=UTF-16"),
        (b"charset=UTF-8", b"charset*=x'y'UTF-8"),
        (b"charset=UTF-8", b"charset=UTF-8; charset=UTF-7"),
        (b'type="text/xml"', b'type="application/soap+xml"'),
        (b"application/xop+xml", b"text/xml"),
    ],
)
def test_parts_of_other_kinds(house: SoapHouse, old: bytes, new: bytes) -> None:
    """Encodings of mail, compression, nesting, charsets and contradictions are 415."""
    refused(house, change(old, new), ErrorKind.MEDIA_TYPE_REFUSED, status="415")


@pytest.mark.parametrize(
    "given",
    [
        "multipart/related",
        'multipart/related; boundary=""; type="text/xml"',
        'multipart/related; boundary="a "; type="text/xml"',
        'multipart/related; boundary="a\\\r\nb"; type="text/xml"',
        f'multipart/related; boundary="{"a" * 71}"; type="text/xml"',
        "multipart/related; boundary=a",
        "multipart/related; boundary=a; type=text/html",
        "multipart/related; boundary=a; boundary=b; type=text/xml",
        "multipart/related; boundary=a; Boundary=b; type=text/xml",
        "multipart/related; boundary*=utf-8''a; type=text/xml",
        "multipart/related; boundary*0=a; type=text/xml",
        "multipart/related; boundary=a; type=application/xop+xml",
        'multipart/related; boundary=a; type="application/xop+xml"; start-info="text/html"',
        'multipart/related; boundary=a; type="text/xml"; x',
        'multipart/related; boundary=ñ; type="text/xml"',
        "multipart/mixed; boundary=a; type=text/xml",
        "multipart/related; boundary=a; type=text/xml" + "; a=b" * 1000,
    ],
)
def test_bent_content_types(house: SoapHouse, given: str) -> None:
    """A Content-Type that names no boundary, or two, or cannot be read is 415 before anything is read."""
    refused(house, b"", ErrorKind.MEDIA_TYPE_REFUSED, given, status="415")


def test_spellings_that_clients_use(house: SoapHouse) -> None:
    """CXF's empty line before the first boundary, Axis's unquoted types, an end without CRLF."""
    octets = b"\r\n" + packed(root(), {NAME: PDF}).removesuffix(b"\r\n")
    given = f'Multipart/Related; boundary="{BOUNDARY}"; type=application/xop+xml; start-info=text/xml'
    assert house.post(octets, given)[0] == "200 OK"


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_actions(house: SoapHouse, version: str) -> None:
    """The action is checked as for any message, and two that contradict each other are refused."""
    octets, wrong = packed(root(version), {NAME: PDF}, version), "urn:fehaciente:gateway:1.0:Cancel"
    right = wrong.replace("Cancel", "Submit")
    more = "" if version == "1.1" else f'; action="{wrong}"'
    status = "500" if version == "1.1" else "400"
    refused(house, octets, ErrorKind.ACTION_MISMATCH, content_type(version, more=more), status, action=wrong)
    more = "" if version == "1.1" else f'; action="{right}"'
    assert house.post(octets, content_type(version, more=more), right)[0] == "200 OK"
    if version == "1.2":
        house.use_cases.submissions.clear()
        inner = octets.replace(b"charset=UTF-8;", f'charset=UTF-8; action="{wrong}";'.encode(), 1)
        given = content_type(version, more=more)
        refused(house, inner, ErrorKind.MEDIA_TYPE_REFUSED, given, "415")

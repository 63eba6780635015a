"""The one XML parser: what it refuses, with which code, and that it keeps what c14n sees."""

import pytest
from lxml import etree

from gateway.adapters.xml.parser import parse, serialize
from gateway.domain.errors import ErrorKind, GatewayError

LIMIT = 20_000_000
LAUGHS = b'<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;&x;&x;&x;&x;&x;">]><a b="&y;">&y;</a>'


@pytest.mark.parametrize(
    ("octets", "kind"),
    [
        (b"<a>", ErrorKind.XML_MALFORMED),
        (b"", ErrorKind.XML_MALFORMED),
        (b"hello", ErrorKind.XML_MALFORMED),
        (b"<a/><b/>", ErrorKind.XML_MALFORMED),
        (b"<p:a/>", ErrorKind.XML_MALFORMED),
        (b"<a>&other;</a>", ErrorKind.XML_MALFORMED),
        (b"<a b='1' b='2'/>", ErrorKind.XML_MALFORMED),
        (b'<?xml version="1.1"?><a/>', ErrorKind.XML_MALFORMED),
        (b'<?xml encoding="utf-16"?><a/>', ErrorKind.XML_MALFORMED),
        (b"<?go away?><a/>", ErrorKind.XML_MALFORMED),
        (b"<!-- c --><?go away?><a/>", ErrorKind.XML_MALFORMED),
        (b"<a><b><?go away?></b></a>", ErrorKind.XML_MALFORMED),
        (b"<a/><?go away?>", ErrorKind.XML_MALFORMED),
        (b"<!DOCTYPE a><a/>", ErrorKind.DOCTYPE_REFUSED),
        (
            b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- <a> -->\n<!DOCTYPE a SYSTEM "x"><a/>',
            ErrorKind.DOCTYPE_REFUSED,
        ),
        (LAUGHS, ErrorKind.DOCTYPE_REFUSED),
        ("<a>ñ</a>".encode("latin-1"), ErrorKind.ENCODING_REFUSED),
        (b'<?xml version="1.0" encoding="ISO-8859-1"?><a/>', ErrorKind.ENCODING_REFUSED),
        (b"<?xml version='1.0' encoding='UTF-7'?><a/>", ErrorKind.ENCODING_REFUSED),
        ("<a/>".encode("utf-16"), ErrorKind.ENCODING_REFUSED),
        ("<a/>".encode("utf-16-le"), ErrorKind.ENCODING_REFUSED),
        ("<a/>".encode("utf-16-be"), ErrorKind.ENCODING_REFUSED),
        ("<a/>".encode("utf-32"), ErrorKind.ENCODING_REFUSED),
        ("<a/>".encode("utf-32-be"), ErrorKind.ENCODING_REFUSED),
        (b"<a>" + b"x" * 11_000_000 + b"</a>", ErrorKind.TOO_LARGE),
        (b"<a>" * 2000 + b"</a>" * 2000, ErrorKind.TOO_LARGE),
    ],
)
def test_refusals(octets: bytes, kind: ErrorKind) -> None:
    """Everything outside plain UTF-8 XML without DOCTYPE is refused with its own code."""
    with pytest.raises(GatewayError) as caught:
        parse(octets, limit=LIMIT)
    assert caught.value.kind is kind


def test_limit_is_inclusive() -> None:
    """A document of exactly the limit passes, one octet more does not."""
    assert parse(b"<a/>", limit=4).tag == "a"
    with pytest.raises(GatewayError) as caught:
        parse(b"<a/> ", limit=4)
    assert caught.value.kind is ErrorKind.TOO_LARGE


@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf", b'<?xml version="1.0" encoding="utf-8"?>\n'])
def test_keeps_what_c14n_sees(start: bytes) -> None:
    """Comments, white space, prefixes and CDATA text come through to C14N unchanged."""
    body = '<p:a xmlns:p="urn:x" xmlns="urn:y" b="1">\n <!-- ñ --><c> x </c><![CDATA[<!DOCTYPE &]]></p:a>'
    root = parse(start + body.encode(), limit=LIMIT)
    expected = '<p:a xmlns="urn:y" xmlns:p="urn:x" b="1">\n <!-- ñ --><c> x </c>&lt;!DOCTYPE &amp;</p:a>'
    assert etree.tostring(root, method="c14n", with_comments=True).decode() == expected
    assert serialize(parse(serialize(root), limit=LIMIT)) == serialize(root)

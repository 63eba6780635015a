"""The streaming canonicaliser gives what libxml2 gives, and refuses what breaks the rules of namespaces."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from gateway.adapters.xml.canonical_stream import CanonicalStream
from gateway.adapters.xml.parser import Stream
from gateway.domain.errors import ErrorKind, GatewayError

TEXTS = st.text(alphabet="ab &<>\"'\t\n\réñ😀]", max_size=12)
PREFIXES = st.sampled_from(["", "a", "b", "c"])
SPACES = st.sampled_from(["urn:1", "urn:2", "http://example.org/#"])


def _canonical(octets: bytes, piece: int = 7) -> bytes:
    given_out: list[bytes] = []
    canonical = CanonicalStream(given_out.append)
    stream = Stream(canonical.start, canonical.end, canonical.text)
    for start in range(0, len(octets), piece):
        stream.feed(octets[start : start + piece])
    stream.feed(b"", last=True)
    canonical.flush()
    return b"".join(given_out)


def _expected(octets: bytes) -> bytes:
    return etree.tostring(etree.fromstring(octets), method="c14n", exclusive=True, with_comments=False)


@st.composite
def documents(draw: Any, depth: int = 4) -> str:
    """An element that declares namespaces here and there, uses some, and mixes texts, comments and CDATA."""
    names = {prefix: draw(SPACES) for prefix in ("a", "b", "c")}
    return _element(draw, dict(names), names, depth)


def _element(draw: Any, undeclared: dict[str, str], bound: dict[str, str], depth: int) -> str:
    prefix = draw(PREFIXES)
    declared = dict(undeclared)
    for each in draw(st.sets(PREFIXES, max_size=2)):
        declared[each] = draw(SPACES)
    bound = bound | declared
    attributes = {f'xmlns{":" if key else ""}{key}="{_value(uri)}"' for key, uri in declared.items()}
    seen = set()
    for key in draw(
        st.lists(st.sampled_from(["x", "a:x", "b:y", "c:x", "xml:lang"]), max_size=4, unique=True)
    ):
        place = (bound.get(key.partition(":")[0]) if ":" in key else "", key.rpartition(":")[2])
        if place not in seen:
            seen.add(place)
            attributes.add(f'{key}="{_value(draw(TEXTS))}"')
    name = f"{prefix}:e" if prefix else "e"
    inside = _text(draw(TEXTS))
    for _ in range(draw(st.integers(0, 3)) if depth else 0):
        inside += _element(draw, {}, bound, depth - 1) + _text(draw(TEXTS))
        inside += draw(st.sampled_from(["", "<!-- c -->", "<![CDATA[<&]]>", "&#13;"]))
    return f"<{name} {' '.join(sorted(attributes))}>{inside}</{name}>"


def _value(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;").replace("\r", "&#13;")


def _text(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


@given(documents(), st.integers(1, 50))
def test_stream_equals_libxml2(document: str, piece: int) -> None:
    """Exclusive C14N of any document is libxml2's, however its octets are cut into pieces."""
    octets = document.encode()
    assert _canonical(octets, piece) == _expected(octets)


@pytest.mark.parametrize(
    "octets",
    [
        b"<a:e/>",
        b"<e a:x='1'/>",
        b"<e xmlns:a=''/>",
        b"<e xmlns:a='u' xmlns:b='u' a:x='1' b:x='2'/>",
        b"<e xmlns:xmlns='u'/>",
        b"<e xmlns:xml='u'/>",
        b"<a:b:c xmlns:a='u'/>",
        b"<:a/>",
        b"<e><?pi x?></e>",
        b"<e>",
        b"<e/><e/>",
        b"<?xml version='1.1'?><e/>",
    ],
)
def test_stream_refuses_malformed(octets: bytes) -> None:
    """Unbound and reserved prefixes, repeated attributes, stray colons and instructions are malformed."""
    with pytest.raises(GatewayError) as caught:
        _canonical(octets)
    assert caught.value.kind is ErrorKind.XML_MALFORMED


@pytest.mark.parametrize(
    ("octets", "kind"),
    [
        (b"<!DOCTYPE e [<!ENTITY a 'b'>]><e>&a;</e>", ErrorKind.DOCTYPE_REFUSED),
        (b"\xef\xbb\xbf<e/>", ErrorKind.ENCODING_REFUSED),
        ("<e/>".encode("utf-16"), ErrorKind.ENCODING_REFUSED),
        (b"<?xml version='1.0' encoding='latin-1'?><e/>", ErrorKind.ENCODING_REFUSED),
        (b"<e>" * 100 + b"</e>" * 100, ErrorKind.TOO_LARGE),
        (b"<e " + b" ".join(b"a%d='1'" % n for n in range(65)) + b"/>", ErrorKind.TOO_LARGE),
        (b"<e><!--" + b" " * 4_000_000 + b"--></e>", ErrorKind.TOO_LARGE),
        (b"<e a='" + b" " * 4_000_000 + b"'/>", ErrorKind.TOO_LARGE),
    ],
)
def test_stream_refuses_what_costs(octets: bytes, kind: ErrorKind) -> None:
    """Doctypes, other encodings, depth, and whatever would have to be kept in memory are refused."""
    with pytest.raises(GatewayError) as caught:
        _canonical(octets, 65536)
    assert caught.value.kind is kind


def test_long_text_passes_in_constant_memory() -> None:
    """A text of any length is no token: it comes in pieces."""
    octets = b"<e>" + b"abc\r\n" * 2_000_000 + b"</e>"
    assert _canonical(octets, 65536) == b"<e>" + b"abc\n" * 2_000_000 + b"</e>"

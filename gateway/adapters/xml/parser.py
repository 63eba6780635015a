"""The only place where an XML parser is built: UTF-8, no DOCTYPE, no entities, no network.

It changes nothing that canonicalisation sees: comments, white space and prefixes stay as they came.
What the octets mean (schemas, signatures, envelopes) is decided elsewhere.
"""

import re
from collections.abc import Callable
from xml.parsers import expat

from lxml import etree

from gateway.domain.errors import ErrorKind, GatewayError

TOKEN_LIMIT = 1024 * 1024
UTF8_BOM = b"\xef\xbb\xbf"
# UTF-32 and UTF-16, with a byte order mark or betrayed by the zeros around the first "<".
WIDE_STARTS = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff", b"<\x00", b"\x00<", b"\x00\x00\x00<")
DECLARATION = re.compile(
    rb"""<\?xml\s+version\s*=\s*(?P<q>["'])(?P<version>[^"']{1,16})(?P=q)"""
    rb"""(?:\s+encoding\s*=\s*(?P<r>["'])(?P<encoding>[^"']{1,64})(?P=r))?"""
    rb"""(?:\s+standalone\s*=\s*["'](?:yes|no)["'])?\s*\?>"""
)
SPACE_OR_COMMENT = re.compile(rb"(?:[ \t\r\n]++|<!--(?:(?!-->).)*+-->)*+", re.DOTALL)


def parse(octets: bytes, *, limit: int) -> etree._Element:
    """Parse one document of at most `limit` octets and return its root.

    Raises GatewayError: TOO_LARGE (over the limit, or a text node over libxml2's 10 MB),
    ENCODING_REFUSED (not UTF-8), DOCTYPE_REFUSED, XML_MALFORMED (also for processing instructions).
    """
    if len(octets) > limit:
        raise GatewayError(ErrorKind.TOO_LARGE, f"the limit is {limit} octets")
    _check_encoding(octets)
    _check_prolog(octets)
    root = _parse(octets)
    _refuse_instructions(root)
    return root


def serialize(root: etree._Element) -> bytes:
    """UTF-8 octets of the element alone, without XML declaration; `parse` reads them back."""
    return etree.tostring(root, encoding="UTF-8", xml_declaration=False, with_tail=False)


def _check_encoding(octets: bytes) -> None:
    if octets.startswith(WIDE_STARTS):
        raise GatewayError(ErrorKind.ENCODING_REFUSED, "UTF-16 or UTF-32")
    try:
        octets.decode("utf-8")
    except UnicodeDecodeError as error:
        raise GatewayError(ErrorKind.ENCODING_REFUSED, f"octet {error.start} is not UTF-8") from None


def _check_prolog(octets: bytes) -> None:
    start = len(UTF8_BOM) if octets.startswith(UTF8_BOM) else 0
    declaration = DECLARATION.match(octets, start)
    if declaration:
        start = declaration.end()
        encoding = declaration["encoding"]
        if encoding is not None and encoding.lower() != b"utf-8":
            raise GatewayError(ErrorKind.ENCODING_REFUSED, encoding.decode("utf-8", "replace"))
        if declaration["version"] != b"1.0":
            raise GatewayError(ErrorKind.XML_MALFORMED, "only XML 1.0 is accepted")
    elif octets.startswith(b"<?xml", start) and octets[start + 5 : start + 6].isspace():
        raise GatewayError(ErrorKind.XML_MALFORMED, "the XML declaration is not well-formed")
    # Found before libxml2 sees it: an internal subset could already cost memory while it is parsed.
    prolog = SPACE_OR_COMMENT.match(octets, start)
    after = prolog.end() if prolog else start
    if octets.startswith(b"<!DOCTYPE", after):
        raise GatewayError(ErrorKind.DOCTYPE_REFUSED)
    if octets.startswith(b"<?", after):
        raise GatewayError(ErrorKind.XML_MALFORMED, "processing instructions are refused")


def _parse(octets: bytes) -> etree._Element:
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        recover=False,
        collect_ids=False,
    )
    try:
        root = etree.fromstring(octets, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise _refusal(error) from None
    info = root.getroottree().docinfo
    if info.internalDTD is not None or info.externalDTD is not None:
        raise GatewayError(ErrorKind.DOCTYPE_REFUSED)
    return root


def _refusal(error: Exception) -> GatewayError:
    if "huge" in str(error).lower():
        return GatewayError(ErrorKind.TOO_LARGE, "one text node or the nesting is over the parser's limit")
    line = getattr(error, "lineno", None) or 0
    return GatewayError(ErrorKind.XML_MALFORMED, f"line {line}")


def _refuse_instructions(root: etree._Element) -> None:
    inside = next(root.iter(etree.ProcessingInstruction), None)
    before = next(root.itersiblings(etree.ProcessingInstruction, preceding=True), None)
    after = next(root.itersiblings(etree.ProcessingInstruction), None)
    if any(found is not None for found in (inside, before, after)):
        raise GatewayError(ErrorKind.XML_MALFORMED, "processing instructions are refused")


class Stream:
    """A parser of documents too large for a tree: handlers are told what comes, names as they are written.

    It refuses what `parse` refuses, and tokens (a tag, a comment) over a mebioctet, which it would have to
    keep. Namespaces are the handlers' business. Text comes in pieces, with line ends made one.
    """

    def __init__(
        self,
        start: Callable[[str, list[str]], object],
        end: Callable[[str], object],
        text: Callable[[str], object],
    ) -> None:
        """`start` gets the attributes as names and values in turn."""
        self._expat = expat.ParserCreate("utf-8")
        self._expat.ordered_attributes = True
        self._expat.buffer_text = True
        self._expat.buffer_size = TOKEN_LIMIT // 4
        self._expat.StartElementHandler = start
        self._expat.EndElementHandler = end
        self._expat.CharacterDataHandler = text
        self._expat.XmlDeclHandler = _check_declaration
        self._expat.StartDoctypeDeclHandler = _refuse_doctype
        self._expat.ProcessingInstructionHandler = _refuse_instruction
        self._fed = 0

    @property
    def at(self) -> int:
        """Offset in octets of what a handler is being told of; after a text, of what ended it."""
        return self._expat.CurrentByteIndex

    def feed(self, octets: bytes, *, last: bool = False) -> None:
        """Raises GatewayError: XML_MALFORMED, DOCTYPE_REFUSED, ENCODING_REFUSED, TOO_LARGE, and what handlers
        raise."""
        if not self._fed and octets.startswith((UTF8_BOM, *WIDE_STARTS)):
            raise GatewayError(ErrorKind.ENCODING_REFUSED, "UTF-8 without a byte order mark is expected")
        self._fed += len(octets)
        try:
            self._expat.Parse(octets, last)
        except expat.ExpatError as error:
            raise GatewayError(ErrorKind.XML_MALFORMED, f"line {error.lineno}") from None
        if not last and self._fed - self.at > TOKEN_LIMIT + len(octets):
            raise GatewayError(ErrorKind.TOO_LARGE, f"a tag or comment of more than {TOKEN_LIMIT} octets")


def _check_declaration(version: str, encoding: str | None, _standalone: int) -> None:
    if encoding is not None and encoding.lower() != "utf-8":
        raise GatewayError(ErrorKind.ENCODING_REFUSED, encoding[:64])
    if version != "1.0":
        raise GatewayError(ErrorKind.XML_MALFORMED, "only XML 1.0 is accepted")


def _refuse_doctype(*_: object) -> None:
    raise GatewayError(ErrorKind.DOCTYPE_REFUSED)


def _refuse_instruction(*_: object) -> None:
    raise GatewayError(ErrorKind.XML_MALFORMED, "processing instructions are refused")

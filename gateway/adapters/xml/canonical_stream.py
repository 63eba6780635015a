"""Exclusive Canonical XML 1.0, without comments, of a document that never stands in memory as a whole.

It gets a parser's events and gives out octets. Namespaces are resolved and checked here (Namespaces in XML
1.0), because the parser in front leaves names as they are written.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache

from gateway.adapters.xml.names import XML
from gateway.domain.errors import ErrorKind, GatewayError

XMLNS = "http://www.w3.org/2000/xmlns/"
DEPTH, ATTRIBUTES, NAMESPACES, LONGEST_NAME = 64, 64, 128, 1000
PIECE = 64 * 1024
TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#xD;"})
VALUE = str.maketrans({"&": "&amp;", "<": "&lt;", '"': "&quot;", "\t": "&#x9;", "\n": "&#xA;", "\r": "&#xD;"})
Bindings = dict[str, str]


class CanonicalStream:
    """`sink` gets the canonical octets in pieces. While `muted`, elements and texts leave no trace."""

    def __init__(self, sink: Callable[[bytes], object]) -> None:
        self.muted = False
        self._sink = sink
        self._pieces: list[str] = []
        self._length = 0
        # By depth: what prefixes stand for, and which of that the output has said already.
        self._scopes: list[Bindings] = [{"xml": XML, "": ""}]
        self._rendered: list[Bindings] = [{"xml": XML, "": ""}]

    @property
    def namespaces(self) -> Bindings:
        """What prefixes stand for where the stream is."""
        return self._scopes[-1]

    def expanded(self, name: str, attributes: Sequence[str] = ()) -> str:
        """`{namespace}local` of the element that is open, or, given its attributes, of one that begins.

        Raises GatewayError(XML_MALFORMED).
        """
        prefix, local = split(name)
        scope = _declared(self._scopes[-1], _pairs(attributes)) if attributes else self._scopes[-1]
        uri = _bound(scope, prefix)
        return f"{{{uri}}}{local}" if uri else local

    def start(self, name: str, attributes: list[str]) -> None:
        """Raises GatewayError: XML_MALFORMED (namespaces), TOO_LARGE."""
        prefix, _ = split(name)
        scope, rendered = self._scopes[-1], self._rendered[-1]
        if attributes:
            self._start_with(name, prefix, attributes)
            return
        uri = scope.get(prefix)
        if uri is None or rendered.get(prefix) != uri:
            self._start_with(name, prefix, attributes)
            return
        self._push(scope, rendered)
        self._give(f"<{name}>")

    def end(self, name: str) -> None:
        self._scopes.pop()
        self._rendered.pop()
        self._give(f"</{name}>")

    def text(self, data: str) -> None:
        # Texts of hundreds of kilobytes of base64 hold nothing to escape: four searches are quicker.
        if "&" in data or "<" in data or ">" in data or "\r" in data:
            data = data.translate(TEXT)
        self._give(data)

    def flush(self) -> None:
        """Give out what is still held back."""
        pieces, self._pieces, self._length = self._pieces, [], 0
        self._sink("".join(pieces).encode())

    def _start_with(self, name: str, prefix: str, attributes: list[str]) -> None:
        pairs = _pairs(attributes)
        if len(pairs) > ATTRIBUTES:
            raise GatewayError(ErrorKind.TOO_LARGE, f"the limit is {ATTRIBUTES} attributes in one element")
        scope = _declared(self._scopes[-1], pairs)
        plain = [(key, value) for key, value in pairs if not _declares(key)]
        placed = sorted((*_placed(scope, key), key, value) for key, value in plain)
        if len({(uri, local) for uri, local, _, _ in placed}) < len(placed):
            raise _malformed("an attribute that stands twice")
        used = {prefix, *(split(key)[0] for key, _ in plain if ":" in key)}
        rendered = self._rendered[-1]
        news = sorted(each for each in used if rendered.get(each) != _bound(scope, each))
        self._push(scope, rendered | {each: scope[each] for each in news} if news else rendered)
        self._give(f"<{name}")
        for each in news:
            self._give(f' xmlns{":" if each else ""}{each}="{scope[each].translate(VALUE)}"')
        for _, _, key, value in placed:
            self._give(f' {key}="{value.translate(VALUE)}"')
        self._give(">")

    def _push(self, scope: Bindings, rendered: Bindings) -> None:
        if len(self._scopes) > DEPTH:
            raise GatewayError(ErrorKind.TOO_LARGE, f"the limit is {DEPTH} elements inside one another")
        self._scopes.append(scope)
        self._rendered.append(rendered)

    def _give(self, piece: str) -> None:
        if self.muted:
            return
        self._pieces.append(piece)
        self._length += len(piece)
        if self._length >= PIECE:
            self.flush()


@lru_cache(maxsize=4096)
def split(name: str) -> tuple[str, str]:
    """Prefix (empty: none) and local name. Raises GatewayError(XML_MALFORMED)."""
    if len(name) > LONGEST_NAME:
        raise GatewayError(ErrorKind.TOO_LARGE, f"the limit of a name is {LONGEST_NAME} characters")
    prefix, colon, local = name.partition(":")
    if not colon:
        return "", name
    if not prefix or not local or ":" in local or not (local[0].isalpha() or local[0] == "_"):
        raise _malformed("a name with misplaced colons")
    return prefix, local


def _pairs(attributes: Sequence[str]) -> list[tuple[str, str]]:
    return list(zip(attributes[::2], attributes[1::2], strict=True))


def _declares(key: str) -> bool:
    return key == "xmlns" or key.startswith("xmlns:")


def _declared(scope: Bindings, pairs: list[tuple[str, str]]) -> Bindings:
    """The scope with what the element declares (Namespaces in XML 1.0, clauses 3 and 5)."""
    news = {split(key)[1] if ":" in key else "": value for key, value in pairs if _declares(key)}
    if not news:
        return scope
    for prefix, uri in news.items():
        reserved = prefix == "xmlns" or uri == XMLNS or (prefix == "xml") != (uri == XML)
        if reserved or (prefix and not uri):
            raise _malformed("a namespace declaration that is not allowed")
    scope = scope | news
    if len(scope) > NAMESPACES:
        raise GatewayError(ErrorKind.TOO_LARGE, f"the limit is {NAMESPACES} namespaces in scope")
    return scope


def _placed(scope: Bindings, key: str) -> tuple[str, str]:
    """Namespace and local name of an attribute, by which attributes are ordered."""
    prefix, local = split(key)
    return (_bound(scope, prefix) if prefix else ""), local


def _bound(scope: Bindings, prefix: str) -> str:
    uri = scope.get(prefix)
    if uri is None:
        raise _malformed("a prefix that is bound to no namespace")
    return uri


def _malformed(why: str) -> GatewayError:
    return GatewayError(ErrorKind.XML_MALFORMED, why)

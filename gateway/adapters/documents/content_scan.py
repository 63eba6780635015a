"""Decides whether a page's content leaves the graphics state as it found it.

Whatever is drawn after a content with an open `q`, text object, string or inline image is displaced or
lost, so the stamp must know. The answer may be a false "no", which only costs the caller an isolation
that was not needed; it must never be a false "yes".
"""

import re

# Strings and comments go first, for they may hold anything. Two levels of nested parentheses are
# understood; deeper ones leave a parenthesis behind, which counts as "no".
_OPAQUE = re.compile(
    rb"\((?:[^()\\]++|\\.|\((?:[^()\\]++|\\.|\((?:[^()\\]++|\\.)*+\))*+\))*+\)|%[^\r\n]*+|<[0-9A-Fa-f\s]*+>",
    re.DOTALL,
)
# It begins with the letters, not with the look-behind, so that the search skips ahead quickly.
_OPERATOR = re.compile(
    rb"[qQBE](?<![^\x00\t\n\f\r >\])}].)(?:(?<=[qQ])|(?<=B)(?:T|MC|DC|I|X)|(?<=E)(?:T|MC|X))"
    rb"(?![^\x00\t\n\f\r (<\[/%{])",
    re.DOTALL,
)
_PAIRS = {b"q": b"Q", b"BT": b"ET", b"BMC": b"EMC", b"BDC": b"EMC", b"BX": b"EX"}


def is_self_contained(content: bytes) -> bool:
    """Whether the decoded content closes all that it opens, in order, and nothing else."""
    bare = _OPAQUE.sub(b" ", content)
    if any(sign in bare for sign in (b"(", b")")) or bare.count(b"<") != bare.count(b">"):
        return False
    awaited: list[bytes] = []
    for operator in _OPERATOR.findall(bare):
        if operator == b"BI":
            # The octets of an inline image cannot be told from operators by looking for words.
            return False
        if operator in _PAIRS:
            awaited.append(_PAIRS[operator])
        elif operator in awaited:
            awaited.remove(operator)
        else:
            return False
    return not awaited

"""Which baseline level (EN 319 132-1) a sealed evidence of ours bears, by the properties that it holds.

The validator judges what they are worth; this only names them, for a list that many look at.
"""

import re

# Elements alone: in texts a bracket is escaped.
MARKS: tuple[tuple[str, "re.Pattern[bytes]"], ...] = (
    ("B-LTA", re.compile(rb"<(?:\w+:)?ArchiveTimeStamp[\s>]")),
    ("B-LT", re.compile(rb"<(?:\w+:)?(?:Certificate|Revocation)Values[\s>]")),
    ("B-T", re.compile(rb"<(?:\w+:)?SignatureTimeStamp[\s>]")),
)


def level_of(octets: bytes) -> str:
    return next((level for level, mark in MARKS if mark.search(octets)), "B-B")

"""Tables as CSV (RFC 4180) that spreadsheets open without running anything in them.

A cell that a spreadsheet would take for a formula gets an apostrophe before it (OWASP, CSV injection).
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence

COMMANDS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
# Half of Europe's spreadsheets part cells at semicolons, others at tabs, whatever this file parts them by.
INNER = re.compile("([;\t\r\n])(?=[ \u00a0\u3000\ufeff]*[=+@|%＝＋－＠-])")
# Byte order mark: without it spreadsheets do not take a file for UTF-8.
MARK = "\ufeff"


def lines(rows: Iterable[Sequence[object]]) -> str:
    """Rows as text, each ended by CRLF; numbers stay numbers, nothing else begins as a formula does."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerows([[cell(value) for value in row] for row in rows])
    return text.getvalue()


def cell(value: object) -> object:
    if isinstance(value, int):
        return value
    text = INNER.sub(r"\1'", "" if value is None else str(value))
    # Blanks, and full-width forms of the signs, do not hide a formula from every spreadsheet.
    bare = text.lstrip(" \u00a0\u3000\ufeff")
    return (
        f"'{text}"
        if text.startswith(COMMANDS) or bare.startswith((*COMMANDS, "＝", "＋", "－", "＠"))
        else text
    )

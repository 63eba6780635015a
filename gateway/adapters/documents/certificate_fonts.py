"""The certificate's typefaces: Bitstream Vera, cut once to what its texts may use, and embedded as it is.

A character has one octet of our own encoding; what the typeface lacks has none. Nothing is laid out here.
"""

import zlib
from dataclasses import dataclass
from functools import cache

from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream
from reportlab.pdfbase.ttfonts import TTFont, TTFontFile

# The octet 0 stays unused: it is the glyph of what is missing.
FIRST, LAST = 1, 256
SYMBOLIC = 4  # ISO 32000-1, table 123: the font's own encoding counts.
LATIN = range(0x20, 0x180)
WINDOWS = "cp1252"
TO_UNICODE = """\
/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CMapType 2 def
/CMapName /Fehaciente def
1 begincodespacerange <00> <FF> endcodespacerange
{blocks}
endcmap
end
end
"""


@dataclass(frozen=True, slots=True)
class Face:
    """`widths` in thousandths of the size by code point, for all that it can show; `octets` by code point,
    in their own order; `program` (TrueType) and `to_unicode` are compressed."""

    name: str
    widths: dict[int, float]
    octets: dict[int, int]
    program: bytes
    size: int
    to_unicode: bytes
    box: tuple[int, ...]
    metrics: dict[str, float]

    def width(self, text: str, size: float) -> float:
        return sum(map(self.widths.__getitem__, map(ord, text))) * size / 1000

    def shown(self, text: str) -> str:
        """The text as a hexadecimal string of a content stream; KeyError for what cannot be shown."""
        return bytes(map(self.octets.__getitem__, map(ord, text))).hex()

    def embedded(self, pdf: Pdf) -> Object:
        """A simple TrueType font (ISO 32000-1, 9.6.3) with its program and the way back to Unicode."""
        program = _packed(pdf, self.program)
        program.Length1 = self.size
        return pdf.make_indirect(
            Dictionary(
                Type=Name.Font,
                Subtype=Name.TrueType,
                BaseFont=Name("/" + self.name),
                FirstChar=FIRST,
                LastChar=FIRST + len(self.octets) - 1,
                Widths=Array([round(self.widths[code], 3) for code in self.octets]),
                FontDescriptor=pdf.make_indirect(self._descriptor(program)),
                ToUnicode=_packed(pdf, self.to_unicode),
            )
        )

    def _descriptor(self, program: Stream) -> Dictionary:
        descriptor = Dictionary(
            Type=Name.FontDescriptor, FontName=Name("/" + self.name), Flags=SYMBOLIC, FontFile2=program
        )
        descriptor.FontBBox = Array(list(self.box))
        for key, value in self.metrics.items():
            descriptor["/" + key] = value
        return descriptor


@cache
def face(bold: bool) -> Face:
    """Bitstream Vera comes with reportlab, and may be embedded by its licence."""
    font: TTFontFile = TTFont("VeraBd" if bold else "Vera", f"{'VeraBd' if bold else 'Vera'}.ttf").face
    able = sorted(font.charToGlyph, key=lambda code: (not _in_windows(code), code not in LATIN, code))
    codes = [code for code in able if code >= 0x20][: LAST - FIRST]
    octets = {code: FIRST + place for place, code in enumerate(codes)}
    # Reportlab gives the n-th code of the list the octet n.
    program = font.makeSubset([ord(" ")] * FIRST + codes)
    return Face(
        name=f"FEHACI+{font.name.decode('ascii')}",
        widths={code: font.charWidths[code] for code in codes},
        octets=octets,
        program=zlib.compress(program, 9),
        size=len(program),
        to_unicode=zlib.compress(_to_unicode(codes), 9),
        box=tuple(round(edge) for edge in font.bbox),
        metrics={
            "ItalicAngle": font.italicAngle,
            "Ascent": round(font.ascent),
            "Descent": round(font.descent),
            "CapHeight": round(font.capHeight),
            "StemV": font.stemV,
        },
    )


def _in_windows(code: int) -> bool:
    try:
        return code >= 0x20 and len(chr(code).encode(WINDOWS)) == 1
    except UnicodeEncodeError:
        return False


def _packed(pdf: Pdf, deflated: bytes) -> Stream:
    """A stream whose octets are compressed already: the same in every document."""
    stream = Stream(pdf, b"")
    stream.write(deflated, filter=Name.FlateDecode)
    return stream


def _to_unicode(ordered: list[int]) -> bytes:
    lines = [f"<{FIRST + place:02X}> <{code:04X}>" for place, code in enumerate(ordered)]
    # A block holds a hundred at most (Adobe technical note 5411).
    blocks = [lines[at : at + 100] for at in range(0, len(lines), 100)]
    text = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
    return TO_UNICODE.format(blocks=text).encode("ascii")

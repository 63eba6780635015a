"""What makes a PDF an archive file, PDF/A-3b (ISO 19005-3): metadata, output intent, files inside.

It draws nothing. Whoever uses it must embed every font and draw without transparency.
"""

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape

from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream, String

from gateway.adapters.documents import srgb
from gateway.domain.certificate import Attachment
from gateway.domain.wording import keepable

CREATOR = "Fehaciente"
XMP = """\
<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<pdfaid:part>3</pdfaid:part>
<pdfaid:conformance>B</pdfaid:conformance>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/">
{statements}
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"""
LOCALISED = '<{0}><rdf:Alt><rdf:li xml:lang="x-default">{1}</rdf:li></rdf:Alt></{0}>'


@dataclass(frozen=True, slots=True)
class Properties:
    """What the document says of itself. `language` is a BCP 47 tag; `made_at` is aware."""

    title: str
    author: str
    subject: str
    language: str
    identifier: str = ""
    made_at: datetime | None = None


def archive(pdf: Pdf, properties: Properties, attachments: Sequence[Attachment] = ()) -> None:
    """Turn a document that is being made into an archive file. The same input gives the same octets."""
    _describe(pdf, properties)
    _intend(pdf)
    if attachments:
        _attach(pdf, attachments)


def _describe(pdf: Pdf, properties: Properties) -> None:
    """Language and metadata: clauses 6.6.2 and 6.6.4."""
    known = {
        "/Title": properties.title,
        "/Author": properties.author,
        "/Subject": properties.subject,
        "/Creator": CREATOR,
    }
    if properties.made_at is not None:
        known |= dict.fromkeys(("/CreationDate", "/ModDate"), _date(properties.made_at))
    for name, text in known.items():
        pdf.docinfo[name] = String(keepable(text))
    stream = Stream(pdf, XMP.format(statements="\n".join(_statements(properties))).encode())
    stream.Type, stream.Subtype = Name.Metadata, Name.XML
    pdf.Root.Metadata = pdf.make_indirect(stream)
    pdf.Root.Lang = String(properties.language)
    pdf.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)


def _statements(properties: Properties) -> Iterator[str]:
    """The Info dictionary's words again, as XMP has them."""
    title, author, subject, identifier = (
        escape(keepable(text), quote=False)
        for text in (properties.title, properties.author, properties.subject, properties.identifier)
    )
    yield "<dc:format>application/pdf</dc:format>"
    yield LOCALISED.format("dc:title", title)
    yield f"<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>"
    yield LOCALISED.format("dc:description", subject)
    yield f"<dc:language><rdf:Bag><rdf:li>{properties.language}</rdf:li></rdf:Bag></dc:language>"
    yield f"<xmp:CreatorTool>{CREATOR}</xmp:CreatorTool>"
    if identifier:
        yield f"<dc:identifier>{identifier}</dc:identifier>"
    if properties.made_at is not None:
        made_at = properties.made_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        yield f"<xmp:CreateDate>{made_at}</xmp:CreateDate>"
        yield f"<xmp:ModifyDate>{made_at}</xmp:ModifyDate>"


def _intend(pdf: Pdf) -> None:
    """The colour space that device colours, grey among them, are meant in: clause 6.2.3."""
    stream = _packed(pdf, srgb.profile())
    stream.N = 3
    intent = Dictionary(
        Type=Name.OutputIntent,
        S=Name.GTS_PDFA1,
        OutputConditionIdentifier=String("sRGB IEC61966-2.1"),
        Info=String("sRGB IEC61966-2.1"),
        DestOutputProfile=stream,
    )
    pdf.Root.OutputIntents = Array([pdf.make_indirect(intent)])


def _attach(pdf: Pdf, attachments: Sequence[Attachment]) -> None:
    """Embedded files, each associated with the document: clause 6.8 and ISO 32000-1, 7.11.4."""
    specifications = {each.name: pdf.make_indirect(_specification(pdf, each)) for each in attachments}
    tree: list[Object] = []
    for name in sorted(specifications):
        tree += [String(name), specifications[name]]
    pdf.Root.Names = Dictionary(EmbeddedFiles=pdf.make_indirect(Dictionary(Names=Array(tree))))
    pdf.Root.AF = Array(list(specifications.values()))
    pdf.Root.PageMode = Name.UseAttachments


def _specification(pdf: Pdf, attachment: Attachment) -> Dictionary:
    stream = _packed(pdf, attachment.octets)
    stream.Type, stream.Subtype = Name.EmbeddedFile, Name("/" + attachment.media_type)
    stream.Params = Dictionary(Size=len(attachment.octets), ModDate=String(_date(attachment.at)))
    return Dictionary(
        Type=Name.Filespec,
        F=String(attachment.name),
        UF=String(attachment.name),
        Desc=String(attachment.description),
        AFRelationship=Name("/" + attachment.relation.value),
        EF=Dictionary(F=stream, UF=stream),
    )


def _packed(pdf: Pdf, octets: bytes) -> Stream:
    stream = Stream(pdf, b"")
    stream.write(zlib.compress(octets), filter=Name.FlateDecode)
    return pdf.make_indirect(stream)


def _date(moment: datetime) -> str:
    """ISO 32000-1, 7.9.4."""
    return moment.astimezone(UTC).strftime("D:%Y%m%d%H%M%SZ")

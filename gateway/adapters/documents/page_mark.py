"""Adds one line of text, and the drawings of removed signatures, to a page with pikepdf alone.

It owns the order of content streams and the resources that they need; the operators are `marking`'s.
"""

from pikepdf import Array, Dictionary, Name, Object, Pdf, PdfError, Stream

from gateway.adapters.documents.content_scan import is_self_contained
from gateway.adapters.documents.marking import FONT, caption, side_line, top_band
from gateway.adapters.documents.page_geometry import media_box, view_of
from gateway.adapters.documents.reading import dictionary, elements, inherited
from gateway.adapters.documents.signatures import Appearance, placement

GROUPS = ("/Font", "/ExtGState", "/XObject")


class PageMarker:
    """Marks pages of one document, sharing the font and the wrapped resources between them."""

    def __init__(self, pdf: Pdf) -> None:
        self._pdf = pdf
        self._open = pdf.make_stream(b"q\n")
        self._font = pdf.make_indirect(
            Dictionary(
                Type=Name.Font,
                Subtype=Name.Type1,
                BaseFont=Name("/" + FONT),
                Encoding=Name.WinAnsiEncoding,
            )
        )
        # The strip behind the line lets the text read on dark paper and the page show through.
        self._veil = pdf.make_indirect(Dictionary(Type=Name.ExtGState, ca=0.75))
        self._solid = pdf.make_indirect(Dictionary(Type=Name.ExtGState, ca=1))
        self._extended: dict[tuple[int, int], tuple[Object, str]] = {}

    def apply(self, page: Object, text: str, signatures: list[Appearance], band: str = "") -> None:
        """Draw `text` along the seen left edge, after the page's own content and any `signatures`, and `band`
        across the seen top."""
        self._enclose_content(page)
        prefix = self._extend_resources(page)
        drawing = [self._keep_signature(page, prefix, shown) for shown in signatures]
        drawing.append(side_line(view_of(page), text, prefix))
        if band:
            drawing.append(top_band(view_of(page), band, prefix))
        page.Contents.append(self._pdf.make_stream(b"\nQ\n" + b"".join(drawing)))

    def _enclose_content(self, page: Object) -> None:
        contents = page.get("/Contents")
        listed = [contents] if isinstance(contents, Stream) else elements(contents)
        streams = [item for item in listed if isinstance(item, Stream)]
        decoded = _decoded(streams)
        # What cannot be decoded cannot be drawn by a reader either: wrapping it is enough.
        if decoded is not None and not is_self_contained(decoded):
            streams = [self._isolated(page, decoded)]
        page.Contents = Array([self._open, *streams])

    def _isolated(self, page: Object, content: bytes) -> Stream:
        """Move content that does not close what it opens into a form, which a reader leaves whole."""
        form = self._pdf.make_stream(content)
        form.Type, form.Subtype = Name.XObject, Name.Form
        box = media_box(page)
        form.BBox = Array([box.x0, box.y0, box.x1, box.y1])
        form.Resources = inherited(page, "/Resources") or Dictionary()
        if "/Group" in page:
            form.Group = page.Group
        page.Resources = Dictionary(XObject=Dictionary(FhPage=form))
        return self._pdf.make_stream(b"/FhPage Do\n")

    def _extend_resources(self, page: Object) -> str:
        """Give the page our font and states beside its own resources; gives our names' prefix."""
        own = inherited(page, "/Resources")
        key = own.objgen if own is not None and own.is_indirect else None
        if key is not None and key in self._extended:
            page.Resources, prefix = self._extended[key]
            return prefix
        resources, prefix = self._extension(dictionary(own))
        if key is not None:
            resources = self._pdf.make_indirect(resources)
            self._extended[key] = (resources, prefix)
        page.Resources = resources
        return prefix

    def _extension(self, own: Dictionary | None) -> tuple[Dictionary, str]:
        resources = _copy(own)
        groups = {group: _copy(dictionary(resources.get(group))) for group in GROUPS}
        prefix = _free_prefix(groups)
        groups["/Font"][prefix + "F"] = self._font
        groups["/ExtGState"][prefix + "V"] = self._veil
        groups["/ExtGState"][prefix + "O"] = self._solid
        for group, content in groups.items():
            resources[group] = content
        return resources, prefix

    def _keep_signature(self, page: Object, prefix: str, shown: Appearance) -> bytes:
        matrix = placement(shown)
        if matrix is None:
            return b""
        # The resources may serve other pages too, so this page gets a copy of its own.
        resources, forms = _copy(page.Resources), _copy(page.Resources.XObject)
        name = f"{prefix}S{len(forms)}"
        shown.form.Type, shown.form.Subtype = Name.XObject, Name.Form
        forms[name] = shown.form
        resources.XObject = forms
        page.Resources = resources
        return caption(name, matrix, shown.box, prefix)


def _decoded(streams: list[Stream]) -> bytes | None:
    try:
        return b"\n".join(stream.read_bytes() for stream in streams)
    except (PdfError, RuntimeError):
        return None


def _copy(source: Object | None) -> Dictionary:
    return Dictionary(dict(source.items())) if source is not None else Dictionary()


def _free_prefix(groups: dict[str, Dictionary]) -> str:
    """A prefix that begins no name in use: the document may have been stamped before."""
    used = {name for group in groups.values() for name in dict(group.items())} - {"/FhPage"}
    prefix, number = "/Fh", 0
    while any(name.startswith(prefix) for name in used):
        number += 1
        prefix = f"/F{number}h"
    return prefix

"""The visible mark of a signature: however many widgets draw it, it must not hide the document."""

import io

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.signers import cms_embedder

from gateway.adapters.validation.signed_copy_pdf import only_signature
from gateway.domain.errors import ErrorKind, GatewayError
from tests.citizens import citizen
from tests.pdf_samples import plain

# A fifth of an A4 page, nearly.
BOX = (0, 0, 590, 160)


def with_marks(pdf: bytes, many: int) -> bytes:
    """An empty signature field `Firma` that so many widgets show on the first page."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    place = writer.root["/Pages"].raw_get("/Kids")[0]
    page = place.get_object()
    field = generic.DictionaryObject(
        {pdf_name("/FT"): pdf_name("/Sig"), pdf_name("/T"): generic.TextStringObject("Firma")}
    )
    parent = writer.add_object(field)
    widget = {
        pdf_name("/Type"): pdf_name("/Annot"),
        pdf_name("/Subtype"): pdf_name("/Widget"),
        pdf_name("/F"): generic.NumberObject(132),
        pdf_name("/Rect"): generic.ArrayObject(map(generic.NumberObject, BOX)),
        pdf_name("/P"): place,
        pdf_name("/Parent"): parent,
    }
    widgets = [writer.add_object(generic.DictionaryObject(widget)) for _ in range(many)]
    field[pdf_name("/Kids")] = generic.ArrayObject(widgets)
    page[pdf_name("/Annots")] = writer.add_object(generic.ArrayObject(widgets))
    writer.update_container(page)
    form = {
        pdf_name("/Fields"): generic.ArrayObject([parent]),
        pdf_name("/SigFlags"): generic.NumberObject(3),
    }
    writer.root[pdf_name("/AcroForm")] = writer.add_object(generic.DictionaryObject(form))
    writer.update_root()
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def test_many_small_marks_hide_as_much_as_a_large_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """One of a fifth of the page may be there; six of them would show a page of the signer's own."""
    # pyHanko signs no such field by itself; other programs do.
    monkeypatch.setattr(cms_embedder, "get_single_field_annot", lambda field: field["/Kids"][0])
    copy = plain()
    assert only_signature(copy, citizen().sign_pdf(with_marks(copy, 1))).name == "Firma"
    with pytest.raises(GatewayError) as caught:
        only_signature(copy, citizen().sign_pdf(with_marks(copy, 6)))
    assert caught.value.kind is ErrorKind.SIGNED_FILE_DIFFERS

"""The certificate as an archive file: each rule of PDF/A-3b (ISO 19005-3) that we rely on, by other programs.

The clauses are of ISO 19005-3 unless another standard is named. No permissive checker of part 3 was to be
had; Apache PDFBox's, of part 1b, judges everything but what part 1 does not allow: files inside and a
profile of version 4.
"""

import io
import re
from pathlib import Path

import pikepdf
import pytest
import zxingcpp
from lxml import etree
from PIL import Image, ImageCms

from gateway.adapters.documents import pdf_archive, srgb
from gateway.adapters.documents.certificate_pdf import render
from gateway.adapters.xml.parser import parse
from tests.certificate_samples import ADDRESS, ATTACHMENTS, CONTENT, NOW
from tests.public_tools import preflight, run

PDF = render(CONTENT, ATTACHMENTS)
AID = "{http://www.aiim.org/pdfa/ns/id/}"
DC = "{http://purl.org/dc/elements/1.1/}"
XMP = "{http://ns.adobe.com/xap/1.0/}"


@pytest.fixture
def pdf() -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(PDF))


def packet(pdf: pikepdf.Pdf) -> etree._Element:
    octets = pdf.Root.Metadata.read_raw_bytes()
    assert octets.startswith(b"<?xpacket begin=")
    assert octets.endswith(b'<?xpacket end="r"?>')
    # Our parser refuses processing instructions, which a packet begins and ends with.
    return parse(b"\n".join(octets.splitlines()[1:-1]), limit=100_000)


def said(root: etree._Element, name: str) -> str:
    return "".join(root.find(f".//{name}").itertext())


def test_the_file_is_built_as_an_archive_wants_it(pdf: pikepdf.Pdf) -> None:
    """Header and binary mark (6.1.2), identifiers (6.1.3), no encryption, whole syntax."""
    assert re.match(rb"%PDF-1\.7\n%[\x80-\xff]{4}", PDF)
    assert [bytes(part) for part in pdf.trailer.ID] == 2 * [bytes(pdf.trailer.ID[0])]
    assert len(bytes(pdf.trailer.ID[0])) == 16
    assert not pdf.is_encrypted
    assert not pdf.check_pdf_syntax()
    streams = [each for each in pdf.objects if isinstance(each, pikepdf.Stream)]
    assert {str(each.get("/Filter")) for each in streams} == {"/FlateDecode", "None"}
    assert not any("/F" in each for each in streams)


def test_qpdf_and_poppler_find_nothing_wrong(tmp_path: Path) -> None:
    """Programs that did not write it read it without a warning."""
    file = tmp_path / "certificate.pdf"
    file.write_bytes(PDF)
    assert "No syntax or stream encoding errors found" in run("qpdf", "--check", file)
    shown = run("pdfinfo", file)
    assert "Error" not in shown
    assert "JavaScript:      no" in shown


def test_metadata_say_that_it_is_pdf_a_3b(pdf: pikepdf.Pdf) -> None:
    """Version identification (6.6.4), and the Info dictionary's words in XMP too, markup being text."""
    root = packet(pdf)
    assert (said(root, AID + "part"), said(root, AID + "conformance")) == ("3", "B")
    assert said(root, DC + "title") == str(pdf.docinfo.Title) == f"Certificado de contenido {CONTENT.guid}"
    assert said(root, DC + "creator") == str(pdf.docinfo.Author) == CONTENT.provider
    assert said(root, DC + "description") == str(pdf.docinfo.Subject) == CONTENT.subject
    assert said(root, DC + "identifier") == CONTENT.guid
    assert said(root, XMP + "CreatorTool") == str(pdf.docinfo.Creator)
    assert said(root, XMP + "CreateDate") == said(root, XMP + "ModifyDate") == "2026-11-22T10:06:00Z"
    assert str(pdf.docinfo.CreationDate) == str(pdf.docinfo.ModDate) == "D:20261122100600Z"
    assert str(pdf.Root.Lang) == "es"
    assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)


def test_hostile_words_stay_words_in_the_metadata() -> None:
    """What an issuer calls its transaction cannot break out of the packet."""
    with pikepdf.Pdf.new() as pdf:
        hostile = "</rdf:li><x> & {statements} \x00\ud800"
        pdf_archive.archive(pdf, pdf_archive.Properties("t", "a", hostile, "en"))
        root = packet(pdf)
    assert said(root, DC + "description") == "</rdf:li><x> & {statements} \ufffd\ufffd"
    assert root.find(f".//{XMP}CreateDate") is None
    assert root.find(f".//{DC}identifier") is None


def test_colours_are_meant_in_srgb(pdf: pikepdf.Pdf) -> None:
    """One output intent with an embedded profile (6.2.3), so that device grey has a meaning (6.2.4.3)."""
    (intent,) = pdf.Root.OutputIntents
    assert intent.S == "/GTS_PDFA1"
    assert int(intent.DestOutputProfile.N) == 3
    assert intent.DestOutputProfile.read_bytes() == srgb.profile()


def test_the_profile_is_srgb() -> None:
    """Little CMS reads ours, and colours pass from it to its own sRGB unchanged to a step in 256."""
    ours = ImageCms.ImageCmsProfile(io.BytesIO(srgb.profile()))
    assert ours.profile.profile_description == "sRGB IEC61966-2.1"
    assert 4.0 <= ours.profile.version < 4.3
    steps = [
        (red, green, blue)
        for red in range(0, 256, 51)
        for green in range(0, 256, 51)
        for blue in (0, 128, 255)
    ]
    image = Image.new("RGB", (len(steps), 1))
    image.putdata(steps)
    passed = ImageCms.profileToProfile(image, ours, ImageCms.createProfile("sRGB"), renderingIntent=1)
    assert passed is not None
    values = list(passed.tobytes())
    wanted = list(image.tobytes())
    assert max(abs(value - want) for value, want in zip(values, wanted, strict=True)) <= 1


def test_nothing_is_transparent_and_nothing_acts(pdf: pikepdf.Pdf) -> None:
    """No graphics states, groups or masks (6.2.10), no actions (6.5), no optional content (6.9)."""
    octets = b"".join(each.unparse(resolved=True) for each in pdf.objects)
    for word in (
        b"/ExtGState",
        b"/Group",
        b"/SMask",
        b"/OpenAction",
        b"/AA",
        b"/JavaScript",
        b"/OCProperties",
    ):
        assert word not in octets
    operators = set()
    for page in pdf.pages:
        operators |= {str(each.operator) for each in pikepdf.parse_content_stream(page)}
    assert operators <= {"w", "m", "l", "S", "re", "f", "BT", "ET", "Tf", "Tm", "Tj", "g"}


def test_fonts_are_inside_and_lead_back_to_unicode(pdf: pikepdf.Pdf) -> None:
    """Symbolic TrueType without an encoding of its own, one table of characters in the program (6.2.11)."""
    for font in pdf.pages[0].Resources.Font.values():
        assert "/Encoding" not in font
        assert int(font.FontDescriptor.Flags) & 0b100100 == 0b000100
        program = font.FontDescriptor.FontFile2.read_bytes()
        assert int(font.FontDescriptor.FontFile2.Length1) == len(program)
        assert _character_tables(program) == 1
        assert len(font.Widths) == int(font.LastChar) - int(font.FirstChar) + 1
        assert b"beginbfchar" in font.ToUnicode.read_bytes()


def _character_tables(program: bytes) -> int:
    """How many subtables the `cmap` of a TrueType program has."""
    count = int.from_bytes(program[4:6], "big")
    entries = [program[12 + 16 * at : 28 + 16 * at] for at in range(count)]
    start = next(int.from_bytes(entry[8:12], "big") for entry in entries if entry[:4] == b"cmap")
    return int.from_bytes(program[start + 2 : start + 4], "big")


def test_files_inside_say_what_they_are(pdf: pikepdf.Pdf) -> None:
    """Type, size, date and relation of each, associated with the document and found by name (6.8)."""
    names = [str(each) for each in pdf.Root.Names.EmbeddedFiles.Names[::2]]
    assert names == sorted(each.name for each in ATTACHMENTS)
    associated = {str(each.UF): each for each in pdf.Root.AF}
    for attachment in ATTACHMENTS:
        specification = associated[attachment.name]
        assert str(specification.F) == attachment.name
        assert str(specification.Desc) == attachment.description
        assert specification.AFRelationship == f"/{attachment.relation.value}"
        stream = specification.EF.F
        assert stream == specification.EF.UF
        assert stream.Subtype == "/application/xml"
        assert int(stream.Params.Size) == len(attachment.octets)
        assert str(stream.Params.ModDate) == NOW.strftime("D:%Y%m%d%H%M%SZ")
        assert stream.read_bytes() == attachment.octets
        assert len(stream.read_raw_bytes()) < len(attachment.octets) / 4


def test_poppler_takes_the_files_out_again(tmp_path: Path) -> None:
    """Whoever has pdfdetach gets the XML to the octet."""
    file = tmp_path / "certificate.pdf"
    file.write_bytes(PDF)
    run("pdfdetach", "-saveall", "-o", tmp_path, file)
    for attachment in ATTACHMENTS:
        assert (tmp_path / attachment.name).read_bytes() == attachment.octets


def test_the_qr_code_leads_to_the_verification_page(tmp_path: Path) -> None:
    """A reader finds one code on the printed first page, which says the address whole; the page is printed
    for whom has no reader."""
    file = tmp_path / "certificate.pdf"
    file.write_bytes(PDF)
    run("pdftoppm", "-r", "100", "-f", "1", "-l", "1", "-png", file, tmp_path / "page")
    (page,) = tmp_path.glob("page-*.png")
    (code,) = zxingcpp.read_barcodes(Image.open(page))
    assert code.text == ADDRESS
    assert "https://avisos.example/verify" in run("pdftotext", "-l", "1", file, "-").split()


def test_the_same_content_gives_the_same_archive() -> None:
    """What was stored can be rendered again to the octet, identifiers and all."""
    assert render(CONTENT, ATTACHMENTS) == PDF
    assert render(CONTENT, ATTACHMENTS[:1]) != PDF


def part_one(monkeypatch: pytest.MonkeyPatch) -> bytes:
    """The same pages under the name of part 1, without files inside."""
    monkeypatch.setattr(pdf_archive, "XMP", pdf_archive.XMP.replace("<pdfaid:part>3", "<pdfaid:part>1"))
    return render(CONTENT)


def complaints(pdf: bytes, folder: Path) -> set[str]:
    file = folder / "part-one.pdf"
    file.write_bytes(pdf)
    return set(preflight(file))


def test_pdfbox_accepts_pages_fonts_and_metadata(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Preflight's only complaint is that part 1 is older than our profile's version of the ICC format."""
    assert complaints(part_one(monkeypatch), tmp_path) == {
        "2.1.6 : Invalid graphics object, Invalid version of the ICCProfile"
    }


def test_pdfbox_would_complain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the output intent, grey has no meaning, and preflight says so: its silence above counts."""
    monkeypatch.setattr(pdf_archive, "_intend", lambda _: None)
    assert any("2.4.3" in each for each in complaints(part_one(monkeypatch), tmp_path))

"""The signature of a batch file and of its items: what holds, and every bend of it that must not."""

import re
from base64 import b64decode, b64encode
from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.batch_house import answers, batch_house, bring, worked
from tests.batch_samples import EXC, NAMESPACE, TEMPLATE, TRANSACTION, bare, batch_xml, orders, signed
from tests.house import BANK, House
from tests.orders import order

CERTIFICATE = re.compile(rb"<ds:X509Certificate>([^<]+)<")
RSA_KEY = bytes.fromhex("06092a864886f70d010101")
INCLUSIVE = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
OBJECT = TEMPLATE.replace(
    "</ds:SignedInfo>",
    '<ds:Reference URI="#props"><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/>'
    "<ds:DigestValue/></ds:Reference></ds:SignedInfo>",
).replace("</ds:Signature>", '<ds:Object Id="props"><p xmlns="urn:p">said</p></ds:Object></ds:Signature>')


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    made = batch_house(tmp_path_factory.mktemp("signatures"))
    yield made
    made.close()


def code_of(house: House, octets: bytes, external_id: str = "lote-1") -> str:
    """The fault of the batch, or of its first item."""
    batch = bring(house, octets, external_id, covered=False)
    view = worked(house, batch)
    return view.batch.code or answers(house, batch)[0][1]


def test_xades_object_may_be_signed_as_well(house: House) -> None:
    """A second reference into the signature's own object is checked too, as XAdES has it."""
    octets = signed(batch_xml(orders(1, "object"), "object"), template=OBJECT)
    assert code_of(house, octets, "object") == ""
    other = signed(batch_xml(orders(1, "object-2"), "object-2"), template=OBJECT)
    assert code_of(house, other.replace(b">said<", b">done<"), "object-2") == "E000403"


def test_how_the_file_is_written_does_not_matter(house: House) -> None:
    """Prefixes, CDATA, references, comments between elements, line ends: the canonical form is one."""
    inside = bare(order(external_id="written")).replace(
        b">Su contrato<", b"><![CDATA[Su <contrato> & m\xc3\xa1s]]><"
    )
    octets = (
        f"<b:batch xmlns:b='{NAMESPACE}' xmlns:x='urn:unused'>\r\n<!-- un lote -->\n<b:external_id>written"
        f"</b:external_id><b:item_count>&#49;</b:item_count>\r\n"
    ).encode()
    octets = signed(octets + inside + b"\n<!-- fin -->\n</b:batch>")
    assert code_of(house, octets, "written") == ""


TRANSFORM = f'<ds:Transform Algorithm="{EXC}"/>'
METHOD = f'<ds:CanonicalizationMethod Algorithm="{EXC}"/>'
PREFIXES = f'<ec:InclusiveNamespaces xmlns:ec="{EXC}" PrefixList="x"/>'
BENT = {
    "inclusive form of the file": TEMPLATE.replace(TRANSFORM, TRANSFORM.replace(EXC, INCLUSIVE)),
    "inclusive form of SignedInfo": TEMPLATE.replace(METHOD, METHOD.replace(EXC, INCLUSIVE)),
    "another digest": TEMPLATE.replace("xmlenc#sha256", "xmlenc#sha512"),
    "with comments": TEMPLATE.replace(TRANSFORM, TRANSFORM.replace(EXC, f"{EXC}WithComments")),
    "a list of prefixes": TEMPLATE.replace(TRANSFORM, TRANSFORM.replace("/>", f">{PREFIXES}</ds:Transform>")),
}


@pytest.mark.parametrize("name", list(BENT))
def test_other_forms_of_signature_are_refused(house: House, name: str) -> None:
    """What cannot be digested in one pass, or is not what everybody signs, is refused by name."""
    ident = name.replace(" ", "-")
    octets = signed(batch_xml(orders(1, ident), ident), template=BENT[name])
    assert code_of(house, octets, ident) == "E000404"


def _swapped(octets: bytes) -> bytes:
    """Another certificate of the same issuer's name in KeyInfo."""
    other = signed(batch_xml(orders(1, "other"), "other"), "Otro Banco")
    start, end = b"<ds:X509Certificate>", b"</ds:X509Certificate>"
    theirs = other[other.index(start) : other.index(end)]
    return octets[: octets.index(start)] + theirs + octets[octets.index(end) :]


def _copied(octets: bytes) -> bytes:
    """The signature of another file."""
    other = signed(batch_xml(orders(1, "other"), "other"))
    start = b"<ds:Signature "
    return octets[: octets.index(start)] + other[other.index(start) :]


HARM = {
    "swapped": _swapped,
    "copied": _copied,
    "reference": lambda octets: octets.replace(b'URI=""', b'URI="#a"'),
    "no-reference": lambda octets: octets.replace(b"ds:Reference", b"ds:Manifest"),
    "no-key": lambda octets: octets.replace(b"ds:X509Data", b"ds:KeyName"),
    "text": lambda octets: octets.replace(b"</batch>", b"<!-- x --> \n</batch>"),
    "item": lambda octets: octets.replace(b">Ana<", b">Eva<"),
    "added": lambda octets: octets.replace(b"<ds:Signature ", bare(order()) + b"<ds:Signature ", 1).replace(
        b"<item_count>1<", b"<item_count>2<"
    ),
    "twice": lambda octets: octets.replace(b"</batch>", octets[octets.index(b"<ds:Signature ") :]),
}
EXPECTED = {"twice": "E000510"}


@pytest.mark.parametrize("name", list(HARM))
def test_harmed_files_are_refused(house: House, name: str) -> None:
    """Another key, another file's signature, another reference, text or item more: the file is refused."""
    octets = signed(batch_xml(orders(1, name), name))
    assert code_of(house, HARM[name](octets), name) == EXPECTED.get(name, "E000403")


def test_comment_cuts_no_value(house: House) -> None:
    """Comments are never signed: one inside a value would change what is read, and refuses its item."""
    octets = signed(batch_xml(orders(1, "cut"), "cut")).replace(b">Ana<", b">A<!-- x -->na<")
    assert code_of(house, octets, "cut") == "E000305"


def test_unknown_certificate_of_a_known_name(house: House) -> None:
    """A certificate of our own authority that is registered for nobody signs nothing."""
    octets = signed(batch_xml(orders(1, "unknown"), "unknown"), "Banco Desconocido")
    assert code_of(house, octets, "unknown") == "E000408"


def test_what_has_no_canonical_form_is_refused_alone(house: House) -> None:
    """A relative namespace name, which Canonical XML knows no form of, keeps no other item waiting."""
    relative = b"<subject>", b"<subject xmlns:q='here'>"
    bared, own = bare(order(external_id="relative")), signed(order(external_id="relative-signed"))
    for covered, items, codes in (
        (True, [bared.replace(*relative), *orders(1, "beside")], ["E000305", ""]),
        (False, [own.replace(*relative), signed(orders(1, "by-itself")[0])], ["E000404", ""]),
    ):
        batch = bring(house, batch_xml(items, f"relative-{covered}"), f"relative-{covered}", covered=covered)
        worked(house, batch)
        assert [code for _, code in answers(house, batch)] == codes


def test_a_certificate_of_an_unknown_kind_is_refused_alone(house: House) -> None:
    """Whatever stands in KeyInfo, its item has an answer, and so has the one beside it."""
    found = CERTIFICATE.search(own := signed(order(external_id="odd-key")))
    assert found is not None
    odd = b64encode(b64decode(found[1]).replace(RSA_KEY, RSA_KEY[:-1] + b"\x7f"))
    batch = bring(house, batch_xml([own.replace(found[1], odd), *orders(1, "even")], "odd"), "odd")
    worked(house, batch)
    assert [code for _, code in answers(house, batch)] == ["E000408", ""]


@pytest.mark.parametrize(
    # The first file is read whole: what is refused is its one item, which is no transaction.
    ("count", "length", "code"),
    [(100_000, 9, "E000305"), (150_001, 9, "E000510"), (27_000, 1200, "E000510")],
)
def test_references_are_no_way_to_fill_the_memory(house: House, count: int, length: int, code: str) -> None:
    """A document for each of 100,000 items can be named; what is kept of names meanwhile is bounded, in
    number and in length."""
    named = "".join(f"<href>cid:{number:0{length}}</href>" for number in range(count))
    octets = batch_xml(
        [f'<transaction xmlns="{TRANSACTION}">{named}</transaction>'.encode()], f"many-{count}"
    )
    assert code_of(house, octets, f"many-{count}") == code


def enabled(house: House, active: bool) -> None:
    with house.tech.database.write() as uow:
        assert uow.issuers.set_active(BANK.number, active)
        uow.commit()


def test_a_disabled_issuers_batch_waits(house: House) -> None:
    """Whoever is disabled while a batch of theirs runs gets nothing accepted until they are enabled."""
    batch = bring(house, batch_xml(orders(1, "disabled"), "disabled"), "disabled")
    enabled(house, False)
    assert worked(house, batch).counts.accepted == 0
    enabled(house, True)
    house.wait(timedelta(seconds=5))
    assert worked(house, batch).counts.accepted == 1

"""Every operation of the contract: what is another issuer's is as what never was, and never changes."""

import base64
import re

import pytest

from gateway.domain.errors import ErrorKind
from gateway.entrypoints.soap.names import OPERATIONS
from tests.batch_samples import batch_xml, orders
from tests.fakes import G, fault_code
from tests.house import BANK, INSURER, House
from tests.orders import order

EXTERNAL_ID = "LOAN-1"
NEVER = "000001-0001-999999999999999.par"
NOT_FOUND = "E000201"
T = "urn:fehaciente:transaction:1.0"
CONTACT = f'<g:contact><t:phone xmlns:t="{T}">+34611222333</t:phone></g:contact>'
# What follows the identifier. Each operation that takes one stands here.
BY_GUID: dict[str, str] = {
    "GetEvents": "",
    "GetDocuments": "<g:kind>STAMPED</g:kind>",
    "GetEvidence": "",
    "GetCertificate": "<g:format>PDF</g:format>",
    "GetEvidencePack": "",
    "GetAccessUrl": "<g:recipient>1</g:recipient>",
    "Cancel": "<g:reason>x</g:reason><g:code>OTHER</g:code>",
    "UpdateRecipient": f"<g:recipient>1</g:recipient>{CONTACT}<g:reason>x</g:reason>",
    "Remind": "<g:recipient>1</g:recipient>",
    "DriveSandbox": "<g:script>SIGNED</g:script>",
    "ExtendCustody": "<g:extension>P1Y</g:extension>",
}
# Those that answer item by item, list, or have their own identifiers; each has a test below.
OTHERWISE = {"GetState", "List", "Submit", "SubmitBatch", "CreateUpload", "GetBatch", "GetBatchReport"}
# It looks at what the caller brings, and at nothing that is kept.
WITHOUT = {"Verify"}


def ask(house: House, name: str, inner: str, foreign: bool = True) -> tuple[str, bytes]:
    operation = f'<g:{name} xmlns:g="{G}">{inner}</g:{name}>'.encode()
    return house.post(house.signed(operation, INSURER if foreign else BANK))


def shape(body: bytes, *names: str) -> bytes:
    """The answer without request ids and what was asked for."""
    for name in names:
        body = body.replace(name.encode(), b"-")
    return re.sub(rb"<(\w+:)?request_id>[^<]*<", b"<request_id><", body)


def test_every_operation_is_looked_at() -> None:
    """An operation that is added must say here how it keeps issuers apart."""
    assert set(BY_GUID) | OTHERWISE | WITHOUT == OPERATIONS


@pytest.mark.parametrize("closed", [False, True])
@pytest.mark.parametrize("name", BY_GUID)
def test_anothers_guid_is_as_none(small_house: House, name: str, closed: bool) -> None:
    """The same fault, octet by octet, as for a GUID that never was; nothing happens to the transaction."""
    house = small_house
    guid = house.submit(order(external_id=EXTERNAL_ID)).guid
    house.drain()
    if closed:
        house.guest(guid).decide()
        house.drain()
    if name == "DriveSandbox":
        # Real issuers are refused it before anything is looked up.
        house.system.support.set_profile(INSURER.number, {"sandbox": True})
    before = house.status(guid), house.events(guid), len(house.messages())
    answers = [ask(house, name, f"<g:guid>{each}</g:guid>{BY_GUID[name]}") for each in (guid, NEVER)]
    house.drain()
    (status, foreign), (_, nothing) = answers
    assert status.startswith("500")
    assert shape(foreign, guid) == shape(nothing, NEVER)
    assert fault_code(foreign) == NOT_FOUND
    assert (house.status(guid), house.events(guid), len(house.messages())) == before


def test_states_of_anothers(small_house: House) -> None:
    """GetState by GUID and by external id, among one's own: `not_found`, and no word of it."""
    house = small_house
    guid = house.submit(order(external_id=EXTERNAL_ID)).guid
    own = house.submit(order(external_id="own"), INSURER).guid
    inner = f"<g:guid>{guid}</g:guid><g:guid>{own}</g:guid><g:external_id>{EXTERNAL_ID}</g:external_id>"
    _, body = ask(house, "GetState", inner)
    text = body.decode()
    assert text.count("not_found>") == 4
    assert text.count("VALIDATED") == 1
    assert text.count(guid) == 1


@pytest.mark.parametrize("format_", ["XML", "CSV"])
def test_lists_hold_ones_own_only(small_house: House, format_: str) -> None:
    """Also with a page token that belongs to another issuer's list."""
    house = small_house
    for number in range(3):
        house.submit(order(external_id=f"{EXTERNAL_ID}-{number}"))
    own = house.submit(order(external_id="own"), INSURER).guid
    more = f"<g:format>{format_}</g:format>"
    _, body = ask(house, "List", f"<g:limit>1</g:limit>{more}", foreign=False)
    (token,) = re.findall(rb"next_page>([^<]+)<", body)
    _, body = ask(house, "List", f"<g:page>{token.decode()}</g:page><g:limit>1</g:limit>{more}")
    assert fault_code(body) == "E000532"
    _, body = ask(house, "List", "<g:format>XML</g:format>")
    assert own in body.decode()
    assert EXTERNAL_ID not in body.decode()


def test_the_same_external_id_is_another_transaction(small_house: House) -> None:
    """Submit never answers with another issuer's, however alike it is."""
    xml = order(external_id=EXTERNAL_ID)
    first, second = small_house.submit(xml), small_house.submit(xml, INSURER)
    assert first.guid != second.guid


@pytest.mark.parametrize("name", ["GetBatch", "GetBatchReport"])
def test_anothers_batch_is_as_none(small_house: House, name: str) -> None:
    """The same fault as for a batch id that was never given."""
    house = small_house
    batch = brought(house)
    _, own = ask(house, name, f"<g:batch_id>{batch}</g:batch_id>", foreign=False)
    assert b"Fault>" not in own
    never = "0" * len(batch)
    _, foreign = ask(house, name, f"<g:batch_id>{batch}</g:batch_id>")
    _, nothing = ask(house, name, f"<g:batch_id>{never}</g:batch_id>")
    assert shape(foreign, batch) == shape(nothing, never)
    assert fault_code(foreign) == ErrorKind.BATCH_NOT_FOUND.code


def test_the_same_batch_id_is_another_batch(small_house: House) -> None:
    """SubmitBatch never answers with another issuer's; for upload handles see the tests of uploads."""
    assert brought(small_house) != brought(small_house, foreign=True)


def brought(house: House, *, foreign: bool = False) -> str:
    """A batch id, by a signed SubmitBatch."""
    content = base64.b64encode(batch_xml(orders(1), "lote-1")).decode()
    inner = f"<g:external_id>lote-1</g:external_id><g:file><g:content>{content}</g:content></g:file>"
    _, body = ask(house, "SubmitBatch", inner, foreign=foreign)
    found = re.search(rb"batch_id[^>]*>([^<]+)<", body)
    assert found, body
    return found[1].decode()

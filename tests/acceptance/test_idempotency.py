"""The same external id: one transaction whatever is retried, raced or refused."""

from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from threading import Barrier
from typing import Any

from lxml import etree
from sqlalchemy import func, select

from gateway.adapters.storage.tables import rejections, transactions
from gateway.adapters.xml import parser
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.evidence import ErdsEvent
from gateway.domain.record import EvidenceStatus
from gateway.usecases.commands import Reference
from tests.fakes import SOAP_LIMIT, G, fault_code
from tests.house import BANK, INSURER, House, refused
from tests.orders import ANA, LUIS, Paper, order

RACERS = 8
BROKEN = [Paper(b"%PDF-1.7 and nothing else")]


def submit_operation(xml: bytes) -> bytes:
    transaction = etree.tostring(parser.parse(xml, limit=SOAP_LIMIT))
    return f'<g:Submit xmlns:g="{G}">'.encode() + transaction + b"</g:Submit>"


def count(house: House) -> int:
    with house.tech.database.engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(transactions)).scalar_one()


def kept_rejections(house: House) -> list[Any]:
    with house.tech.database.engine.connect() as connection:
        return list(connection.execute(select(rejections)))


def test_a_retry_gets_the_stored_answer(house: House) -> None:
    """Same id and content, at any later state: the same receipt, and no second transaction."""
    xml = order(external_id="LOAN-1")
    receipt = house.submit(xml)
    assert house.submit(xml) == receipt
    house.drain()
    house.guest(receipt.guid).decide()
    house.drain()
    assert house.submit(xml) == receipt
    assert count(house) == 1
    assert len(house.messages("notice-")) == 1


def test_a_signature_of_its_own_is_no_other_content(small_house: House) -> None:
    """The content is the canonical transaction: declaration, comments and prefixes do not make another."""
    xml = order(external_id="LOAN-1")
    receipt = small_house.submit(xml)
    again = xml.replace(b"<subject>", b"<!-- again --><subject>").partition(b"?>")[2].strip()
    assert small_house.submit(again) == receipt


def test_other_content_is_refused(house: House) -> None:
    """Same id, other content: a fault, and the first transaction goes on as it was."""
    receipt = house.submit(order(external_id="LOAN-1"))
    refused(ErrorKind.DUPLICATE_EXTERNAL_ID, house.submit, order(LUIS, external_id="LOAN-1"))
    house.drain()
    house.guest(receipt.guid).decide()
    house.drain()
    assert house.state(receipt.guid) == (12, 7)
    assert count(house) == 1


def test_issuers_have_external_ids_of_their_own(house: House) -> None:
    """Two issuers may use the same external id, also with the same content."""
    xml = order(external_id="LOAN-1")
    first, second = house.submit(xml), house.submit(xml, INSURER)
    assert first.guid.split("-")[1] == "0001"
    assert second.guid.split("-")[1] == "0002"


def raced(house: House, *xmls: bytes) -> list[str]:
    """GUIDs or codes of refusals, one a racer, all started at once."""
    barrier = Barrier(len(xmls))

    def submit(xml: bytes) -> str:
        barrier.wait()
        try:
            return house.submit(xml).guid
        except GatewayError as error:
            return error.kind.code

    with ThreadPoolExecutor(len(xmls)) as pool:
        return list(pool.map(submit, xmls))


def test_racers_with_the_same_content(house: House) -> None:
    """Many submissions of the same at once make one transaction and get one answer."""
    xml = order(external_id="LOAN-1")
    assert len(set(raced(house, *[xml] * RACERS))) == 1
    assert count(house) == 1
    house.drain()
    assert len(house.messages("notice-")) == 1


def test_racers_with_different_contents(house: House) -> None:
    """Exactly one content wins the external id; every other is told that it was used."""
    xmls = [order(external_id="LOAN-1", subject=f"Contrato {number}") for number in range(RACERS)]
    answers = raced(house, *xmls)
    assert answers.count(ErrorKind.DUPLICATE_EXTERNAL_ID.code) == RACERS - 1
    assert count(house) == 1


def test_the_same_message_twice_through_the_door(house: House) -> None:
    """A byte-identical retry of Submit is no replay fault: it gets the stored answer."""
    octets = house.signed(submit_operation(order(external_id="LOAN-1")))
    status, first = house.post(octets)
    assert status == "200 OK", first
    assert house.post(octets) == (status, first)
    status, again = house.post(house.signed(submit_operation(order(external_id="LOAN-1", subject="Otro"))))
    assert status.startswith("500")
    assert fault_code(again) == ErrorKind.DUPLICATE_EXTERNAL_ID.code


def test_a_refused_submission_leaves_its_proof(house: House) -> None:
    """Raw octets, a row by request id and a sealed SubmissionRejection are kept; no GUID is given."""
    octets = house.signed(submit_operation(order(external_id="LOAN-1", papers=BROKEN)))
    status, body = house.post(octets)
    assert status.startswith("500")
    assert fault_code(body) == ErrorKind.DOCUMENT_BROKEN.code
    [row] = kept_rejections(house)
    assert (row.code, row.issuer) == (ErrorKind.DOCUMENT_BROKEN.code, BANK.number)
    assert row.raw_sha256 == sha256(octets).digest()
    with house.tech.database.read() as uow:
        key = uow.keys.get(row.request_id)
    assert house.tech.vault.get(row.request_id, key, row.raw_sha256) == octets
    house.drain()
    [evidence] = house.evidence_of(row.request_id)
    assert evidence.status is EvidenceStatus.SEALED
    sealed = house.tech.vault.reveal(key, evidence.body, evidence.id)
    facts = house.verified(sealed).facts
    assert facts is not None
    assert facts.event is ErdsEvent.SUBMISSION_REJECTION
    assert (facts.guid, facts.external_id) == ("", "LOAN-1")
    assert ("code", row.code) in facts.details
    assert ("raw_sha256", row.raw_sha256.hex()) in facts.details


def test_a_refusal_makes_no_claim_on_the_external_id(house: House) -> None:
    """The corrected transaction is accepted under the very id that was refused before."""
    for papers in (BROKEN, BROKEN):
        status, _ = house.post(house.signed(submit_operation(order(external_id="LOAN-1", papers=papers))))
        assert status.startswith("500")
    refused(ErrorKind.NOT_FOUND, house.system.queries.state, BANK, Reference(external_id="LOAN-1"))
    assert count(house) == 0
    receipt = house.submit(order(ANA, external_id="LOAN-1"))
    assert house.system.queries.state(BANK, Reference(external_id="LOAN-1")).record.guid == receipt.guid
    assert len(kept_rejections(house)) == 2

"""Rules per document group: who sees, signs, accepts or only reads what, and what the evidence says of it."""

from dataclasses import replace

import pytest

from gateway.adapters.xml import parser, schemas
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.evidence import ErdsEvent
from gateway.domain.results import RecipientState
from tests.guest import Guest
from tests.house import House, refused
from tests.orders import ANA, EVA, LUIS, Paper, order
from tests.pdf_samples import plain

PAPERS = [Paper(plain(), name) for name in ("Contrato.pdf", "Seguro.pdf", "Anexo.pdf")]
GROUPS = {"contract": [0], "insurance": [1], "annex": [2]}
SIGNER = replace(ANA, rules=(("contract", "SIGN", True), ("insurance", "SIGN", False)))
APPROVER = replace(LUIS, rules=(("annex", "ACCEPT", True), ("contract", "READ", True)))
VIEWER = replace(EVA, rules=(("contract", "READ", True), ("annex", "READ", False)))


def submitted(house: House, **more: str) -> str:
    guid = house.submit(order(SIGNER, APPROVER, VIEWER, papers=PAPERS, groups=GROUPS, **more)).guid
    house.drain()
    return guid


def facts(house: House, guid: str, event: ErdsEvent) -> dict[str, str]:
    """The details of the sealed evidence of this event."""
    (file,) = [each for each in house.evidence(guid) if each.evidence.event is event]
    found = house.verified(file.octets).facts
    assert found is not None
    return dict(found.details)


def test_each_sees_and_acts_on_only_their_documents(house: House) -> None:
    """Shown, read and signed are theirs alone; the evidence names exactly what each signed or accepted."""
    guid = submitted(house)
    ana, luis = house.guest(guid, 0), house.guest(guid, 1)
    for guest, places in ((ana, [0, 1]), (luis, [0, 2]), (house.guest(guid, 2), [0, 2])):
        guest.read()
        consult = house.system.consult
        assert [each.position for each in consult.view(guest.session).documents] == places
        (other,) = {0, 1, 2} - set(places)
        refused(ErrorKind.DOCUMENT_NOT_FOUND, consult.read_document, guest.session, other)
    stamped = {each.position + 1: each.stamped_sha256.hex() for each in documents(house, guid)}
    ana.ask()
    ana.sign()
    luis.ask()
    luis.sign()
    assert house.state(guid) == (10, 7)
    house.drain()
    signed, accepted = facts(house, guid, ErdsEvent.SIGNED), facts(house, guid, ErdsEvent.ACCEPTED)
    assert {name: signed[name] for name in signed if "document" in name} == {
        "signed_document_1": stamped[1],
        "left_out_document_2": stamped[2],
    }
    assert {name: accepted[name] for name in accepted if "document" in name} == {
        "accepted_document_3": stamped[3]
    }
    states = [each.state for each in house.recipients(guid)]
    assert states == [RecipientState.SIGNED, RecipientState.ACCEPTED, RecipientState.CONSULTED]
    xml = next(each.octets for each in house.certificates(guid) if each.media_type.endswith("xml"))
    people = parser.parse(xml, limit=10_000_000).findall(".//{*}recipients/{*}recipient")
    told = [
        (each.findtext("{*}role"), [e.text for e in each.findall("{*}document_place")]) for each in people
    ]
    assert told == [("SIGNER", ["1", "2"]), ("APPROVER", ["1", "3"]), ("VIEWER", ["1", "3"])]
    schemas.validate(parser.parse(xml, limit=10_000_000), "certificate")
    assert house.state(guid) == (12, 7)


def documents(house: House, guid: str) -> list:  # type: ignore[type-arg]
    with house.tech.database.read() as uow:
        return list(uow.documents.of(guid))


def test_an_optional_document_is_signed_only_when_ticked(small_house: House) -> None:
    """What is ticked is signed; groups of others cannot be ticked."""
    house = small_house
    guid = submitted(house)
    ana = house.guest(guid)
    ana.read()
    house.system.signing.choose(ana.session, ["insurance", "annex"])
    ana.ask()
    ana.sign()
    house.drain()
    signed = facts(house, guid, ErdsEvent.SIGNED)
    assert {name for name in signed if "document" in name} == {"signed_document_1", "signed_document_2"}


def test_nothing_chosen_is_nothing_signed(small_house: House) -> None:
    """Where everything is optional something must be ticked, at the choice and at the act."""
    house = small_house
    person = replace(ANA, rules=(("contract", "SIGN", False),))
    guid = house.submit(order(person, papers=PAPERS[:1], groups={"contract": [0]})).guid
    house.drain()
    ana = house.guest(guid)
    ana.read()
    refused(ErrorKind.NOTHING_CHOSEN, house.system.signing.choose, ana.session, [])
    ana.ask()
    refused(ErrorKind.NOTHING_CHOSEN, ana.sign)
    house.system.signing.choose(ana.session, ["contract"])
    ana.sign()
    assert house.state(guid) == (10, 7)


def test_a_viewer_reads_and_is_done(house: House) -> None:
    """Only after every mandatory document was opened, with evidence, and it moves the transaction nowhere."""
    guid = submitted(house)
    eva, confirm = house.guest(guid, 2), house.system.signing.confirm_reading
    eva.enter()
    house.system.consult.accept_conditions(eva.session)
    house.system.consult.show_documents(eva.session)
    refused(ErrorKind.READ_FIRST, confirm, eva.session)
    refused(ErrorKind.STEP_OUT_OF_ORDER, house.system.request_code, eva.session)
    refused(ErrorKind.STEP_OUT_OF_ORDER, eva.reject)
    house.system.consult.read_document(eva.session, 0)
    before = house.state(guid)
    confirm(eva.session)
    assert house.state(guid) == before
    refused(ErrorKind.CLOSED, confirm, eva.session)
    house.drain()
    assert facts(house, guid, ErdsEvent.READ)["read_document_1"]
    refused(ErrorKind.STEP_OUT_OF_ORDER, confirm, entered(house.guest(guid, 0)).session)
    decide_both(house, guid)
    assert house.state(guid) == (12, 7)


def entered(guest: Guest) -> Guest:
    guest.read()
    return guest


def decide_both(house: House, guid: str) -> None:
    for position in (0, 1):
        guest = house.guest(guid, position)
        if position:
            guest.read()
        guest.ask()
        guest.sign()
    house.drain()


def test_a_viewer_never_counts(small_house: House) -> None:
    """One signs, one rejects, nobody reads: 16; the viewer is left as they were, with an event."""
    house = small_house
    guid = submitted(house)
    house.guest(guid, 0).decide()
    house.guest(guid, 1).enter()
    house.guest(guid, 1).reject()
    assert house.state(guid) == (10, 16)
    left = [event for event in house.events(guid) if event.kind == "LEFT_OPEN"]
    assert [(event.position, dict(event.details)["recipient_state"]) for event in left] == [(2, "NOTIFIED")]


@pytest.mark.parametrize(
    ("people", "groups", "words"),
    [
        ([VIEWER], GROUPS, "at least one recipient must sign or accept"),
        ([SIGNER, APPROVER], {"contract": [0], "insurance": [1], "annex": [1]}, "document-2 is in no group"),
        ([SIGNER], GROUPS, "document-2 is nobody's"),
        ([SIGNER, APPROVER, replace(VIEWER, order=2)], GROUPS, "comes after everybody who decides"),
        (
            [replace(ANA, rules=(("contract", "SIGN", True), ("contract", "READ", True))), APPROVER, LUIS],
            GROUPS,
            "two rules name one document group",
        ),
    ],
)
def test_rules_that_cannot_hold_are_refused(
    small_house: House,
    people: list,
    groups: dict[str, list[int]],
    words: str,  # type: ignore[type-arg]
) -> None:
    """Each by its own words, at Submit."""
    with pytest.raises(GatewayError) as caught:
        small_house.submit(order(*people, papers=PAPERS, groups=groups))
    assert caught.value.kind is ErrorKind.RULE_BROKEN
    assert words in caught.value.detail

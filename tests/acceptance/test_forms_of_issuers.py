"""What an issuer asks before the act: answered in its turn, changed until then, told by the evidence."""

import pytest

from gateway.domain.errors import ErrorKind
from gateway.domain.forms import Answer, Fault
from gateway.usecases.results import Stage
from tests.house import House, refused
from tests.orders import Asked, order

FORM = (
    Asked("ingresos", "NUMBER"),
    Asked("plan", options=("Básico", "Completo")),
    Asked("consiento", "BOOLEAN"),
    Asked("nota", required=False),
)
GIVEN = {"ingresos": "1200,50", "plan": "Completo", "consiento": "true", "nota": "Llámenme por la tarde"}


def submit(house: House) -> str:
    guid = house.submit(order(forms=FORM)).guid
    house.drain()
    return guid


def test_answers_go_into_the_evidence_of_the_act(small_house: House) -> None:
    """Conditions, form, documents, signature: then events, evidence and certificate have the last answers."""
    guid = submit(small_house)
    guest, fill, consult = (
        small_house.guest(guid),
        small_house.system.signing.fill,
        small_house.system.consult,
    )
    guest.enter()
    refused(ErrorKind.STEP_OUT_OF_ORDER, fill, guest.session, GIVEN)
    consult.accept_conditions(guest.session)
    assert consult.view(guest.session).stage is Stage.FORMS
    consult.show_documents(guest.session)
    refused(ErrorKind.STEP_OUT_OF_ORDER, small_house.system.request_code, guest.session)
    assert fill(guest.session, GIVEN) == {}
    assert consult.view(guest.session).stage is Stage.DOCUMENTS
    guest.ask()
    assert fill(guest.session, GIVEN | {"plan": "Básico"}) == {}
    guest.sign()
    small_house.drain()
    assert small_house.state(guid) == (12, 7)
    [act] = [event for event in small_house.events(guid) if event.kind == "DECIDED_ALL"]
    answers = {name: value for name, value in act.details if name.startswith("form.")}
    expected = {"form.ingresos": "1200.50", "form.plan": "Básico", "form.consiento": "true"}
    assert answers == expected | {"form.nota": "Llámenme por la tarde"}
    [signed] = [file for file in small_house.evidence(guid) if file.evidence.id == act.id]
    assert b"1200.50" in signed.octets
    assert b'name="form.plan">B\xc3\xa1sico<' in small_house.certificates(guid)[0].octets


def test_wrong_answers_are_told_and_not_kept(small_house: House) -> None:
    """Every fault at once, each by its field; what was right is not kept alone."""
    guid = submit(small_house)
    guest = small_house.guest(guid)
    guest.enter()
    small_house.system.consult.accept_conditions(guest.session)
    faults = small_house.system.signing.fill(guest.session, {"ingresos": "1.234", "plan": "Otro"})
    assert faults == {"ingresos": Fault.THOUSANDS, "plan": Fault.OPTION, "consiento": Fault.UNTICKED}
    assert small_house.system.signing.fill.answers(guest.session) == ()
    assert "FORM_ANSWERED" not in small_house.kinds(guid)


def test_the_same_answers_again_are_no_event(small_house: House) -> None:
    """A form sent twice is one answer; a change is another, and says so."""
    guid = submit(small_house)
    guest, fill = small_house.guest(guid), small_house.system.signing.fill
    guest.enter()
    small_house.system.consult.accept_conditions(guest.session)
    for given in (GIVEN, GIVEN, GIVEN | {"nota": ""}):
        assert fill(guest.session, given) == {}
    changes = [dict(e.details)["changed"] for e in small_house.events(guid) if e.kind == "FORM_ANSWERED"]
    assert changes == ["no", "yes"]
    assert fill.answers(guest.session)[-1] == Answer("nota", "")


def test_answers_are_under_the_data_key(house: House) -> None:
    """The database's file holds none of them in clear, and an erased transaction none at all."""
    guid = submit(house)
    guest = house.guest(guid)
    guest.enter()
    house.system.consult.accept_conditions(guest.session)
    house.system.signing.fill(guest.session, GIVEN)
    with house.tech.database.read() as uow:
        kept = uow.form_answers.of(guid, 0)
        assert kept is not None
        assert kept.answers[3].value == GIVEN["nota"]
    folder = house.settings.gateway.data
    found = b"".join(file.read_bytes() for file in folder.glob("*.sqlite*"))
    assert "Llámenme por la tarde".encode() not in found
    with house.tech.database.write() as uow:
        uow.tombstones.erase(guid)
        assert uow.form_answers.of(guid, 0) is None


@pytest.mark.parametrize("field", [Asked("a", "BOOLEAN", options=("x",)), Asked("a", options=("x", "x"))])
def test_a_form_that_cannot_be_asked_is_refused(small_house: House, field: Asked) -> None:
    """At Submit, before any GUID."""
    refused(ErrorKind.RULE_BROKEN, small_house.submit, order(forms=[field]))

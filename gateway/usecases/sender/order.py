"""From a draft's row to the transaction that is sent for it, and what is wrong with a row beforehand.

The same draft and row always give the same transaction. It reads and writes nothing.
"""

import re
from collections.abc import Iterator
from datetime import timedelta

from gateway.domain.catalogue import Field
from gateway.domain.documents import PDF, Document, Template
from gateway.domain.draft import Addressee, Composition, Draft, DraftRow, DraftTemplate, external_id
from gateway.domain.errors import Text
from gateway.domain.parties import NoticeMethod, Recipient
from gateway.domain.retention import Duration
from gateway.domain.signing import SignMethod
from gateway.domain.sms import LONGEST
from gateway.domain.transaction import Transaction

# As adapters/documents/compose reads them; its own refusal comes first where the two ever differ.
PLACE = re.compile(r"\{\{\s*([\w.-]{1,128})\s*\}\}")
DAY = int(timedelta(days=1).total_seconds())
DOCUMENT_ID = "document-1"
SMS_NOTICES = frozenset({NoticeMethod.SMS, NoticeMethod.EMAIL_AND_SMS})
MISSING = {
    Field.NAME: Text("the name is missing", "falta el nombre"),
    Field.EMAIL: Text("the e-mail address is missing", "falta el correo electrónico"),
    Field.PHONE: Text("the mobile phone is missing", "falta el teléfono móvil"),
    Field.IDENTIFIER: Text(
        "the identifier (DNI, NIE, passport…) is missing", "falta el identificador (DNI, NIE, pasaporte…)"
    ),
    Field.POSTAL_ADDRESS: Text("the postal address is missing", "falta la dirección postal"),
}


def places(text: str) -> tuple[str, ...]:
    """The fields of a template, each once, in order."""
    return tuple(dict.fromkeys(PLACE.findall(text)))


def data_of(template: DraftTemplate, addressee: Addressee) -> dict[str, str]:
    """Values for the places that the template has: the recipient's own before those common to all."""
    values = dict(template.data) | dict(addressee.data)
    return {name: values[name] for name in places(template.text) if name in values}


def shown_data(template: DraftTemplate, addressee: Addressee | None) -> dict[str, str]:
    """For a preview: a place without value shows its own name."""
    known = dict(template.data) if addressee is None else data_of(template, addressee)
    return {name: known.get(name) or f"[{name}]" for name in places(template.text)}


def order(draft: Draft, row: DraftRow, octets: bytes | None) -> Transaction:
    """The row's transaction: one signer, and no sign method, which the issuer's profile holds."""
    said = draft.composition
    return Transaction(
        service=said.service,
        external_id=external_id(draft.id, row.position),
        subject=said.subject,
        body=said.body,
        language=said.language,
        time_to_close=Duration(seconds=said.closing_days * DAY),
        time_to_save=Duration(months=said.saving_years * 12),
        documents=tuple(_documents(said, row.addressee, octets)),
        recipients=(row.addressee.recipient,),
    )


def _documents(said: Composition, addressee: Addressee, octets: bytes | None) -> Iterator[Document]:
    if said.document is not None:
        document = said.document
        yield Document(DOCUMENT_ID, document.name, document.media_type, octets, sha256=document.sha256)
    elif said.template is not None:
        filled = Template(said.template.text, data_of(said.template, addressee))
        yield Document(DOCUMENT_ID, f"{said.template.name}.pdf", PDF, template=filled)


def row_problems(said: Composition, addressee: Addressee, default: SignMethod) -> Iterator[Text]:
    """What keeps this recipient's sending from being accepted, in both languages."""
    recipient, profile = addressee.recipient, said.profile
    needed = set(profile.required)
    if recipient.notice_method in SMS_NOTICES or (profile.codes and default.needs_phone):
        needed.add(Field.PHONE)
    if recipient.notice_method is not NoticeMethod.SMS:
        needed.add(Field.EMAIL)
    if recipient.notice_method not in profile.notice_methods:
        yield Text("this service does not go by that notice", "este servicio no se envía con ese aviso")
    elif profile.text_only:
        yield from _sms_problems(said)
    given = _given(recipient)
    yield from (text for what, text in MISSING.items() if what in needed and not given[what])
    if said.template is not None:
        values = data_of(said.template, addressee)
        for name in places(said.template.text):
            if not values.get(name, "").strip():
                yield Text(
                    f"the template's field {name} is empty", f"el campo {name} de la plantilla está vacío"
                )


def _sms_problems(said: Composition) -> Iterator[Text]:
    if said.document is not None or said.template is not None:
        yield Text("a text message has no documents", "un SMS no lleva documentos")
    if not said.body.strip() or len(said.body) > LONGEST:
        yield Text(
            f"a text message has from 1 to {LONGEST} letters", f"un SMS tiene de 1 a {LONGEST} caracteres"
        )


def _given(recipient: Recipient) -> dict[Field, bool]:
    return {
        Field.NAME: bool(recipient.name),
        Field.EMAIL: bool(recipient.email),
        Field.PHONE: bool(recipient.phone),
        Field.IDENTIFIER: recipient.identifier is not None,
        Field.POSTAL_ADDRESS: recipient.postal_address is not None,
    }

"""Spyne's types of the answers, in the order and namespaces of xsd/.

Texts carry what the schema restricts (instants, digests, Base64) already written out by `convert`; tests
validate every answer against the schemas.
"""

from gateway.entrypoints.soap.names import GATEWAY
from gateway.entrypoints.soap.spyne_compat import Boolean, ComplexModel, Integer, Unicode

STATE = "urn:fehaciente:state:1.0"
RECEIPT = "urn:fehaciente:receipt:1.0"


class Numbered(ComplexModel):
    """A state or a result: its number and its name."""

    __namespace__ = STATE

    number = Integer
    name = Unicode


class Receipt(ComplexModel):
    __namespace__ = RECEIPT

    guid = Unicode
    external_id = Unicode
    state = Numbered
    received_at = Unicode
    content_digest = Unicode
    request_id = Unicode


class RecipientStatus(ComplexModel):
    __namespace__ = STATE

    position = Integer
    state = Unicode
    result = Numbered
    decided_at = Unicode


class RecipientStates(ComplexModel):
    __namespace__ = STATE

    recipient = RecipientStatus.customize(max_occurs="unbounded")


class TransactionState(ComplexModel):
    __namespace__ = STATE

    guid = Unicode
    external_id = Unicode
    state = Numbered
    result = Numbered
    received_at = Unicode
    updated_at = Unicode
    recipients = RecipientStates
    sandbox = Boolean


class Detail(ComplexModel):
    __namespace__ = STATE

    name = Unicode
    value = Unicode


class Details(ComplexModel):
    __namespace__ = STATE

    detail = Detail.customize(max_occurs="unbounded")


class Event(ComplexModel):
    __namespace__ = STATE

    sequence = Integer
    id = Unicode
    kind = Unicode
    state = Numbered
    event_time = Unicode
    reception_time = Unicode
    recipient = Integer
    details = Details


class StateItem(ComplexModel):
    __namespace__ = GATEWAY

    transaction = TransactionState
    not_found = Unicode
    purged = Unicode


class Document(ComplexModel):
    __namespace__ = GATEWAY

    id = Unicode
    name = Unicode
    media_type = Unicode
    sha256 = Unicode
    content = Unicode
    recipient = Integer


class Evidence(ComplexModel):
    __namespace__ = GATEWAY

    id = Unicode
    event = Unicode
    event_time = Unicode
    status = Unicode
    content = Unicode


class File(ComplexModel):
    __namespace__ = GATEWAY

    name = Unicode
    media_type = Unicode
    sha256 = Unicode
    content = Unicode


class SandboxMessage(ComplexModel):
    __namespace__ = GATEWAY

    id = Unicode
    recipient = Integer
    channel = Unicode
    address = Unicode
    text = Unicode
    kept_at = Unicode


class Check(ComplexModel):
    """One check of a verification."""

    __namespace__ = GATEWAY

    name = Unicode
    passed = Boolean
    detail = Unicode


def many(model: type) -> type:
    """The element may occur any number of times."""
    repeated: type = model.customize(max_occurs="unbounded")  # type: ignore[attr-defined]
    return repeated

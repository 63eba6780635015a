"""Spyne's types of the answers about batches and uploads, in the order and namespaces of xsd/."""

from gateway.entrypoints.soap.names import FAULTS
from gateway.entrypoints.soap.spyne_compat import ComplexModel, Integer, Unicode
from gateway.entrypoints.soap.types import Numbered

BATCH = "urn:fehaciente:batch:1.0"


class Refusal(ComplexModel):
    """A catalogued refusal, as a fault's detail has it."""

    __namespace__ = FAULTS
    __type_name__ = "GatewayFault"

    code = Unicode
    text_en = Unicode
    text_es = Unicode
    detail = Unicode
    request_id = Unicode


class Progress(ComplexModel):
    """How many transactions are in one state with one result."""

    __namespace__ = BATCH
    __type_name__ = "BatchProgress"

    state = Numbered
    result = Numbered
    count = Integer


class Summary(ComplexModel):
    """How far a batch is."""

    __namespace__ = BATCH
    __type_name__ = "BatchSummary"

    batch_id = Unicode
    external_id = Unicode
    status = Unicode
    received_at = Unicode
    finished_at = Unicode
    total = Integer
    accepted = Integer
    refused = Integer
    policy = Unicode
    file_sha256 = Unicode
    refusal = Refusal
    progress = Progress.customize(max_occurs="unbounded")


class Item(ComplexModel):
    """What became of one item: a GUID, or a refusal."""

    __namespace__ = BATCH
    __type_name__ = "BatchItem"

    position = Integer
    external_id = Unicode
    guid = Unicode
    refusal = Refusal


class Report(ComplexModel):
    """A page of items."""

    __namespace__ = BATCH
    __type_name__ = "BatchReport"

    summary = Summary
    item = Item.customize(max_occurs="unbounded")

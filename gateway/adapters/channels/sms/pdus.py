"""SMPP 3.4 protocol data units as octets, by smpplib's coder: made, cut from a stream, and read.

It opens no connection. Sequence numbers belong to a session, so what is made has 0 and is numbered when it
leaves: those four octets are the only ones that differ from what is kept.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from smpplib import command_codes, consts, exceptions, smpp

HEADER = 16
# Of a PDU; a message_payload may have 64 KiB.
LONGEST = 70_000
UDH_INDICATOR = 0x40
UNIT = "application/x-smpp-pdu"
UNITS = "application/x-smpp-pdus"
OK = 0
TEMPORARY, PERMANENT = 0x64, 0x65
THROTTLED = frozenset({0x14, 0x58})
# Certainly not taken, and not for the message's sake: system error, not bound, temporary application error.
LATER = THROTTLED | {0x04, 0x08, 0x64}
# ESME_RINVDSTADR, and type and plan of the destination.
NO_SUCH_NUMBER = frozenset({0x0B, 0x50, 0x51})
NAMES = {
    value: name.removeprefix("SMPP_")
    for name, value in vars(consts).items()
    if name.startswith("SMPP_ESME_") and isinstance(value, int)
}


UNKNOWN = "unknown"


class Broken(ValueError):
    """Octets that are no PDU: where the next one begins nobody knows."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A PDU as read; text fields are octets without their closing zero. `command` is UNKNOWN for one that is
    not of SMPP 3.4; `torn` when its body cannot be read."""

    command: str
    status: int
    sequence: int
    fields: Mapping[str, Any]
    raw: bytes
    torn: bool = False

    def text(self, name: str) -> str:
        return (self.fields.get(name) or b"").decode("latin-1").strip("\0 ")

    def number(self, name: str) -> int:
        return int(self.fields.get(name) or 0)


@dataclass(frozen=True, slots=True)
class Addressing:
    """Whom messages come from, and what is asked of the SMSC for each."""

    sender: str
    ton: int
    npi: int
    service_type: str = ""
    validity: str = ""


def made(command: str, sequence: int = 0, status: int = OK, **fields: Any) -> bytes:
    """Raises ValueError for what cannot be written."""
    unit = smpp.make_pdu(command, sequence=sequence, status=status, **fields)
    # The responses' constructors have no sequence of their own.
    unit.sequence = sequence
    return bytes(unit.generate())


def submit_sm(
    by: Addressing, to: str, data_coding: int, octets: bytes, *, headed: bool = False, payload: bool = False
) -> bytes:
    """A message to an E.164 number, with a receipt asked for, whatever becomes of it."""
    content: dict[str, Any] = {"message_payload": octets} if payload else {"short_message": octets}
    return made(
        "submit_sm",
        service_type=by.service_type,
        source_addr_ton=by.ton,
        source_addr_npi=by.npi,
        source_addr=by.sender,
        dest_addr_ton=consts.SMPP_TON_INTL,
        dest_addr_npi=consts.SMPP_NPI_ISDN,
        destination_addr=to.removeprefix("+"),
        esm_class=UDH_INDICATOR if headed else 0,
        protocol_id=0,
        priority_flag=0,
        schedule_delivery_time="",
        validity_period=by.validity,
        registered_delivery=1,
        replace_if_present_flag=0,
        data_coding=data_coding,
        sm_default_msg_id=0,
        **content,
    )


def numbered(unit: bytes, sequence: int) -> bytes:
    return unit[:12] + sequence.to_bytes(4) + unit[HEADER:]


def length_of(octets: bytes) -> int:
    """Of the PDU that begins here. Raises Broken for a length that none has."""
    length = int.from_bytes(octets[:4])
    if not HEADER <= length <= LONGEST:
        raise Broken(f"a PDU of {length} octets")
    return length


def cut(octets: bytes) -> Iterator[bytes]:
    """Whole PDUs, one behind another. Raises Broken."""
    while octets:
        length = length_of(octets)
        yield octets[:length]
        octets = octets[length:]


def read(octets: bytes) -> Unit:
    """A whole PDU. One that cannot be read is no error here, so that it can be answered and comes no more."""
    sequence, status = int.from_bytes(octets[12:16]), int.from_bytes(octets[8:12])
    try:
        command = command_codes.get_command_name(int.from_bytes(octets[4:8]))
        unit = smpp.parse_pdu(octets, allow_unknown_opt_params=True, sequence=sequence)
    except exceptions.UnknownCommandError:
        return Unit(UNKNOWN, status, sequence, {}, octets)
    except Exception:  # smpplib raises anything for octets that it did not expect.
        return Unit(command, status, sequence, {}, octets, torn=True)
    fields = {name: getattr(unit, name, None) for name in getattr(unit, "params_order", ())}
    return Unit(command, status, sequence, fields, octets)


def status_name(status: int) -> str:
    """As operators speak of it: ESME_RINVDSTADR (0x0000000b)."""
    return f"{NAMES.get(status, 'status')} (0x{status:08x})"

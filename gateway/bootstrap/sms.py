"""The courier of SMS, the session with the SMSC and what takes receipts, as the settings say."""

import socket
import ssl
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from gateway.adapters.channels.sms.body import values
from gateway.adapters.channels.sms.http import Answers, HttpCourier, Interface, basic
from gateway.adapters.channels.sms.link import Smsc, connect
from gateway.adapters.channels.sms.pace import Pace
from gateway.adapters.channels.sms.pdus import Addressing
from gateway.adapters.channels.sms.receipts import IDS, Operator
from gateway.adapters.channels.sms.session import Receive, Session
from gateway.adapters.channels.sms.smpp import SmppCourier
from gateway.entrypoints.inbound.sms import Reading, SmsReceipts
from gateway.settings import Settings, read_secret
from gateway.usecases.ports import Clock, Courier

BITS = {"8bit": 8, "16bit": 16, "payload": 0}


def smpp_session(settings: Settings, clock: Clock) -> Session | None:
    """The session of this process, not yet open; None where SMS go another way."""
    if settings.sms.channel != "smpp":
        return None
    smpp = settings.smpp
    pace = Pace(smpp.rate, smpp.window)
    return Session(smsc(settings), _operator(settings), pace, clock, smpp.longest_rest.total_seconds())


def smsc(settings: Settings) -> Smsc:
    smpp = settings.smpp
    return Smsc(
        host=smpp.host,
        port=smpp.port,
        system_id=smpp.system_id,
        password=read_secret(smpp.password_file) if smpp.password_file else "",
        system_type=smpp.system_type,
        timeout=smpp.timeout.total_seconds(),
        enquire=smpp.enquire_link.total_seconds(),
        tls=_roots(smpp.ca_file) if smpp.tls else None,
    )


def reach(settings: Settings) -> str:
    """Bind to the SMSC, or connect with the HTTP operator, and part again; the place. Raises OSError."""
    if settings.sms.channel == "smpp":
        connect(smsc(settings)).unbind()
        return f"{settings.smpp.host}:{settings.smpp.port}"
    place = urlsplit(settings.sms_http.url)
    port = place.port or (443 if place.scheme == "https" else 80)
    socket.create_connection((place.hostname or "", port), settings.sms_http.timeout.total_seconds()).close()
    return f"{place.hostname}:{port}"


def sms_courier(settings: Settings, clock: Clock, session: Session | None, console: Courier) -> Courier:
    """`console` where there is no operator."""
    sms, smpp = settings.sms, settings.smpp
    if sms.channel == "http":
        return HttpCourier(_interface(settings), clock)
    if session is None:
        return console
    by = Addressing(
        sms.sender.removeprefix("+"), smpp.sender_ton, smpp.sender_npi, smpp.service_type, smpp.validity
    )
    ids, bits = IDS[smpp.receipt_ids], BITS[smpp.concatenation]
    return SmppCourier(session, by, clock, ids, bits, smpp.timeout.total_seconds())


def sms_receipts(session: Session | None, receive: Receive) -> Sequence[Session]:
    """What keeps the session open and takes its receipts."""
    if session is None:
        return ()
    session.listen(receive)
    return (session,)


def sms_door(settings: Settings, clock: Clock, receive: Receive) -> SmsReceipts | None:
    """What takes the receipts of an HTTP operator; None where there is none."""
    sms, sms_http = settings.sms, settings.sms_http
    if sms.channel != "http" or sms_http.receipts_secret_file is None:
        return None
    reading = Reading(
        list=sms_http.receipts_list,
        id=sms_http.receipts_id,
        state=sms_http.receipts_state,
        error=sms_http.receipts_error,
        at=sms_http.receipts_at,
        provider=sms.provider,
        zone=sms.receipts_zone,
        failures=sms.failures,
        states=sms.states,
    )
    secret, signed = read_secret(sms_http.receipts_secret_file), sms_http.receipts_auth == "hmac"
    return SmsReceipts(receive, values, reading, clock, sms_http.receipts_header, secret, signed)


def _interface(settings: Settings) -> Interface:
    sms_http = settings.sms_http
    answers = Answers(
        id=sms_http.id,
        error=sms_http.error,
        no_error=frozenset(map(str.lower, sms_http.no_error)),
        later_errors=frozenset(map(str.lower, sms_http.later_errors)),
        refused=frozenset(sms_http.refused),
        later=frozenset(sms_http.later),
    )
    return Interface(
        url=sms_http.url,
        method=sms_http.method,
        body=sms_http.body,
        sender=settings.sms.sender,
        callback=f"{settings.gateway.base_url}/inbound/sms",
        answers=answers,
        timeout=sms_http.timeout.total_seconds(),
        tls=_roots(sms_http.ca_file) if sms_http.url.startswith("https:") else None,
        headers=dict(sms_http.headers),
        authorization=_authorization(settings),
    )


def _authorization(settings: Settings) -> str:
    sms_http = settings.sms_http
    if sms_http.secret_file is None:
        return ""
    secret = read_secret(sms_http.secret_file)
    return basic(sms_http.user, secret) if sms_http.authorization == "basic" else f"Bearer {secret}"


def _roots(file: Path | None) -> ssl.SSLContext:
    """The system's, unless a file is given."""
    return ssl.create_default_context(cafile=file)


def _operator(settings: Settings) -> Operator:
    sms = settings.sms
    ids = IDS[settings.smpp.receipt_ids]
    return Operator(sms.provider, sms.receipts_zone, ids, sms.failures, sms.states)

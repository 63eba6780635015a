"""From use cases to WSGI: which door answers which path. Doors get callables, never each other."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from lxml import etree

from gateway import resources
from gateway.adapters.crypto import wsse
from gateway.adapters.crypto.wsse_policy import Policy
from gateway.adapters.storage.unit_of_work import SqlDatabase
from gateway.adapters.telemetry import logs
from gateway.adapters.xml import schemas
from gateway.adapters.xml.parser import parse
from gateway.adapters.xml.transaction_xml import content_digest, read_valid
from gateway.bootstrap import (
    accounts,
    channels,
    console,
    observed,
    publications,
    sale,
    sender_door,
    verification,
)
from gateway.bootstrap.batch_doors import batch_operations, upload_door
from gateway.bootstrap.desk import handling
from gateway.bootstrap.issuer_trust import issuer_of, issuer_trust
from gateway.bootstrap.program_door import autofirma_door, by_certificate
from gateway.bootstrap.router import Router, Wsgi
from gateway.bootstrap.system import System
from gateway.bootstrap.technology import Technology
from gateway.bootstrap.tracking import tracker_door
from gateway.entrypoints.ops import tsa
from gateway.entrypoints.ops.health import Health
from gateway.entrypoints.ops.metrics import MetricsPage
from gateway.entrypoints.soap import app as soap_app
from gateway.entrypoints.soap.body import Limits
from gateway.entrypoints.soap.contract import Contract
from gateway.entrypoints.soap.dispatch import Dispatcher
from gateway.entrypoints.soap.door import Door
from gateway.entrypoints.soap.multipart import PartLimits
from gateway.entrypoints.soap.ports import Checks, Operations
from gateway.entrypoints.web.app import portal_app
from gateway.entrypoints.web.portal.use_cases import PortalUseCases
from gateway.entrypoints.web.verify.app import verify_app
from gateway.settings import Settings
from gateway.usecases.brands import Looks
from gateway.usecases.verify import VerifyFile

# A key in a token can be tried in no other way. This is no digest, and no evidence begins like it.
UNSEALED = b"fehaciente: the sealing key answers; this signature vouches for nothing"


def wsgi(
    settings: Settings,
    tech: Technology,
    system: System,
    session_key: bytes,
    leaving: Callable[[], bool] = lambda: False,
) -> Router:
    """Everything that is served over HTTP. `leaving` says whether the process was told to stop."""
    verify = verification.verify_file(settings, tech)
    doors: dict[str, Wsgi] = {
        "soap": soap_door(settings, tech, system, verify),
        "verify": _verify_page(settings, tech, system, verify, session_key),
        "t": tracker_door(tech, system.channels.receive),
        "p": publications.door(settings, system.signing.publications, session_key),
        "sale": sale.door(settings, tech, system.signing.serve, system.accounts, session_key),
        "upload": upload_door(settings, system),
        "inbound": channels.Inbound(
            channels.doors(settings, tech, system.channels.receive, system.signing.calls.events)
        ),
        "autofirma": autofirma_door(settings, system.signing.program),
        "account": accounts.door(settings, system.accounts, session_key),
        "console": console.door(settings, tech, system, session_key),
        "send": sender_door.door(settings, system.sender, system.accounts, session_key),
        **ops_doors(settings, tech, leaving),
    }
    if tech.authority is not None:
        doors["tsa"] = tsa.application(tech.authority.respond)
    portal = portal_app(
        portal_use_cases(system),
        key=session_key,
        secure=settings.http.secure_cookies,
        clock=tech.clock,
        new_id=logs.REQUEST_ID.get,
    )
    return Router(doors, portal, tech.metrics, tech.traces)


def ops_doors(settings: Settings, tech: Technology, leaving: Callable[[], bool]) -> dict[str, Wsgi]:
    """What every process tells of itself."""
    return {
        "health": Health(_pings(tech, settings), {"authorities": lambda: _authorities(tech)}, leaving),
        "metrics": MetricsPage(tech.metrics.page, tech.metrics.content_type),
    }


def _verify_page(
    settings: Settings, tech: Technology, system: System, verify: VerifyFile, session_key: bytes
) -> Wsgi:
    kept = verification.verify_kept(settings, tech, system.deposits)
    return verify_app(
        verification.page_use_cases(verify, kept, settings.verify.at_once),
        key=session_key,
        secure=settings.http.secure_cookies,
        new_id=logs.REQUEST_ID.get,
    )


def _authorities(tech: Technology) -> list[str]:
    """How each time-stamping authority is, in order of preference, without its name."""
    return [status.state.value for status in tech.timestamper.states()]


def _pings(tech: Technology, settings: Settings) -> dict[str, Callable[[], object]]:
    """What must answer for the gateway to be well: rows, blobs, seals and time-stamps."""

    def database() -> None:
        with tech.database.read() as uow:
            uow.issuers.all()

    return {
        "database": database,
        "vault": tech.vault.ping,
        "seal": lambda: tech.signer.sign(UNSEALED),
        "time-stamps": lambda: tech.timestamper.ping(settings.tsa.check),
        "clock": tech.timestamper.watch.check,
    }


def soap_door(settings: Settings, tech: Technology, system: System, verify: VerifyFile) -> Door:
    operations = Operations(
        # The operation was validated whole, the transaction within it.
        read=read_valid,
        content_digest=content_digest,
        submit=observed.submit(system.submit, tech.metrics),
        reject=system.batches.reject,
        queries=system.queries,
        pack_of=system.pack_of,
        cancel=system.cancel,
        handling=handling(system.desk),
        verify=verification.at_some_time(verify),
        renders=verification.RENDERS,
        extend_custody=system.extend_custody,
        batches=batch_operations(settings, system),
    )
    return Door(
        checks=_checks(settings, tech),
        operations=operations,
        dispatcher=Dispatcher(soap_app.build(operations)),
        contract=_contract(settings),
        spool=system.batches.spool,
        limits=_limits(settings),
        new_id=logs.REQUEST_ID.get,
        concerns=logs.concerns,
    )


def _limits(settings: Settings) -> Limits:
    http = settings.http
    attached = PartLimits(http.max_attached, http.max_attached, http.attachments)
    return Limits(http.max_body, http.body_deadline.total_seconds(), attached)


def _decisions(system: System) -> dict[str, Any]:
    """What ends, or nearly ends, a recipient's process: the acts of the portal, by their names there."""
    return {
        "sign": system.sign.sign,
        "pad": system.signing.on_pad.bound,
        "sign_on_pad": system.signing.on_pad,
        "finish_reading": system.signing.finish_reading,
        "reject": system.refuse.reject,
        "withdraw": system.refuse.withdraw,
        "own_outcome": system.tell_outcome,
    }


def portal_use_cases(system: System) -> PortalUseCases:
    return PortalUseCases(
        open_link=system.access.open_link,
        identify=system.access.identify,
        keep_session=system.door.keep_session,
        captcha=system.door.captcha.challenge,
        captcha_file=system.door.captcha.file,
        report_stranger=system.door.stranger,
        look_at_ticket=system.door.use_access_url.look,
        redeem_ticket=system.door.use_access_url.redeem,
        frame_origins=system.door.use_access_url.origins,
        return_status=system.door.return_status,
        view=system.consult.view,
        accept_conditions=system.consult.accept_conditions,
        conditions_shown=system.consult.conditions_shown,
        conditions_pdf=system.consult.conditions_pdf,
        request_code=system.request_code,
        request_call=system.request_code.by_call,
        begin_signing=system.signing.begin,
        choose_documents=system.signing.choose,
        tick_consents=system.signing.consents,
        confirm_reading=system.signing.confirm_reading,
        code_status=system.request_code.status,
        unlock=system.sign.unlock,
        show_documents=system.consult.show_documents,
        read_document=system.consult.read_document,
        page=system.signing.viewing.page,
        page_picture=system.signing.viewing.picture,
        page_text=system.signing.viewing.text,
        pages_missing=system.signing.viewing.missing,
        fill=system.signing.fill,
        **_decisions(system),
        **by_certificate(system.signing.take_signed, system.signing.program),
        ask_copy=system.copies.ask,
        copies=system.copies.open,
        looks=Looks(system.access.database, system.access.codes),
    )


def _checks(settings: Settings, tech: Technology) -> Checks:
    policy = Policy(skew=settings.security.clock_skew, life=settings.security.message_life)
    limit = settings.http.max_body
    return Checks(
        parse=lambda octets: parse(octets, limit=limit),
        verify=lambda envelope, now: wsse.verify(envelope, now=now, policy=policy),
        trust=issuer_trust(settings).check,
        validate=_validate,
        issuer_of=lambda sha256: issuer_of(tech.database, sha256),
        claim=lambda digest, seen_at, until: _claim(tech.database, digest, seen_at, until),
        now=tech.clock.now,
    )


def _validate(operation: etree._Element) -> None:
    schemas.validate(operation, "operations")


def _claim(database: SqlDatabase, digest: bytes, seen_at: datetime, until: datetime) -> bool:
    with database.write() as uow:
        won = uow.replays.claim(digest, seen_at, until)
        uow.commit()
    return won


def _contract(settings: Settings) -> Contract:
    files = {file.name: file.read_bytes() for file in sorted(resources.folder("xsd").glob("*.xsd"))}
    wsdl = (resources.folder("wsdl") / "gateway.wsdl").read_bytes()
    return Contract(wsdl, files, f"{settings.gateway.base_url}/soap")

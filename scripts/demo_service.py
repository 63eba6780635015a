"""One transaction of a service, by one sign method, from Submit to verified evidence at state 12.

Each service and each method that does more than a code has a file of its own, named in the tables below.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from scripts import (
    demo_burovoz,
    demo_certificate,
    demo_certified_email,
    demo_certified_sms,
    demo_communication,
    demo_pad,
    demo_postal_notification,
    demo_publication,
    demo_services,
    demo_voice,
)
from scripts.demo_proof import collect, deposit, submit, verify
from scripts.installation import Installation
from scripts.outbox import Outbox
from scripts.portal_driver import PortalDriver
from scripts.sample_order import PEOPLE, Order, Someone, loan, order_xml


@dataclass(frozen=True)
class Asked:
    """What the command line asked for."""

    service: str
    method: str = "SMS"
    signers: int = 1
    sequential: bool = False
    reject: int = 0
    spoken: bool = False


@dataclass(frozen=True)
class Stage:
    """A running demonstration: the gateway, what was asked, and the transaction once there is one."""

    installation: Installation
    asked: Asked
    outbox: Outbox
    guid: str = ""


@dataclass(frozen=True)
class Turn:
    """One recipient before the act: the documents are read, the page to sign is open."""

    stage: Stage
    portal: PortalDriver
    who: Someone
    position: int


# From the open documents page to the decision.
Act = Callable[[Turn], None]
# What the issuer sends, and how recipients are led to the act.
Make = Callable[[Asked], Order]
Lead = Callable[[Turn], None]


@dataclass(frozen=True)
class Script:
    """How a service is shown; `lead` is None where no recipient was asked, `besides` what anybody does,
    `after` what is told of it once it is closed. `world` sets up the channels of an
    installation before it is made, and keeps their other sides running until the end."""

    make: Make
    lead: Lead | None
    besides: Callable[[Stage], None] | None = None
    after: Callable[[Stage], None] | None = None
    world: Callable[[Installation], AbstractContextManager[object]] = nullcontext


def say(text: str) -> None:
    print(f"- {text}", flush=True)


def by_code(turn: Turn) -> None:
    """SMS: a six-digit code that the console channel shows."""
    turn.portal.request_code().wait_for_code()
    turn.portal.sign(turn.stage.outbox.code(turn.stage.guid, turn.position))


def contract(asked: Asked) -> Order:
    orders = range(1, asked.signers + 1) if asked.sequential else ()
    more = {"flow": demo_voice.flow()} if asked.spoken else {}
    return Order(
        asked.service, asked.method, PEOPLE[: asked.signers], (loan(),), more=dict(more), orders=tuple(orders)
    )


def read_and_act(turn: Turn) -> None:
    """Identify, accept the conditions, open the documents (with a code where there are two), act."""
    stage, portal = turn.stage, turn.portal
    portal.identify(turn.who.identifier).accept_conditions()
    if stage.asked.service == "CONTRACT" and stage.asked.method in CODED:
        portal.request_code().wait_for_code()
        portal.unlock(stage.outbox.code(stage.guid, turn.position))
    portal.read_documents()
    if turn.position + 1 == stage.asked.reject:
        portal.reject("No estoy de acuerdo con la cláusula 2")
    else:
        ACTS[stage.asked.method](turn)


CODED = ("SMS", "VOICE", "SMS_VOICE")
ACTS: dict[str, Act] = {
    "SMS": by_code,
    "VOICE": demo_voice.by_call,
    "SMS_VOICE": demo_voice.by_sms_then_call,
    "BIOMETRIC": demo_pad.by_hand,
    "CERTIFICATE": demo_certificate.with_certificate,
}
SCRIPTS: dict[str, Script] = {
    "CONTRACT": Script(contract, read_and_act),
    "CONTRACT_EXPRESS": Script(contract, read_and_act),
    "ACCREDITATION": Script(contract, read_and_act),
    "COMMUNICATION": Script(demo_communication.make, None, demo_communication.read, demo_communication.tell),
    "CERTIFIED_EMAIL": Script(
        demo_certified_email.make,
        None,
        besides=demo_certified_email.read,
        after=demo_certified_email.tell,
        world=demo_certified_email.world,
    ),
    "CERTIFIED_SMS": Script(
        demo_certified_sms.make, None, after=demo_certified_sms.tell, world=demo_certified_sms.world
    ),
    "POSTAL_NOTIFICATION": Script(
        demo_postal_notification.make,
        None,
        demo_postal_notification.carry,
        demo_postal_notification.tell,
        demo_postal_notification.world,
    ),
    "PUBLICATION": Script(demo_publication.make, None, demo_publication.read),
    "ONCLICK_PUBLICATION": Script(demo_publication.make, None, demo_publication.accept),
    "NOTIFICATION": Script(
        demo_services.notification,
        lambda turn: demo_services.acknowledge(turn, ACTS[turn.stage.asked.method]),
    ),
    "ACCEPTANCE": Script(
        demo_services.acceptance,
        lambda turn: demo_services.accept(turn, ACTS[turn.stage.asked.method]),
    ),
    "BUROVOZ": Script(demo_burovoz.make, None, None, demo_burovoz.tell),
    "VOICE_CUSTODY": Script(demo_services.voice_custody, None),
    "CUSTODY": Script(lambda asked: Order(asked.service, people=(), files=(loan(),)), None),
}


def run(installation: Installation, asked: Asked) -> int:
    """The exit status; the last line printed is the GUID with state and result."""
    script = SCRIPTS[asked.service]
    with script.world(installation):
        return _shown(installation, asked, script)


def _shown(installation: Installation, asked: Asked, script: Script) -> int:
    say(f"A fresh installation in {installation.folder}")
    installation.create()
    with installation.serving():
        outbox = Outbox(installation.folder / "data" / "outbox" / "outbox.jsonl")
        order = script.make(asked)
        guid = submit(installation, order_xml(order))
        say(f"Submitted over SOAP: {guid}")
        stage = Stage(installation, asked, outbox, guid)
        if script.besides:
            script.besides(stage)
        if script.lead:
            for position, who in enumerate(order.people):
                say(f"{who.name} opens the link that came through the console channel")
                with PortalDriver(outbox.link(guid, position)) as portal:
                    script.lead(Turn(stage, portal, who, position))
                    say(f"{who.name}: {portal.outcome}")
        state, result = collect(installation, guid)
        if script.after:
            script.after(stage)
        if asked.method in ("VOICE", "SMS_VOICE"):
            demo_voice.keep(stage)
        deposit(installation, guid)
        passed, files = verify(installation)
    say(f"{passed} of {files} files verify offline against ca.pem")
    print(f"{guid} state {state} result {result}", flush=True)
    return 0 if passed == files and state == 12 else 1

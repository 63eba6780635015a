"""A communication: one recipient reads it, another never opens it, and its time tells what is proven."""

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from scripts.portal_driver import PortalDriver
from scripts.sample_order import PEOPLE, Order, loan

if TYPE_CHECKING:
    from scripts.demo_service import Asked, Stage

PERIOD = timedelta(seconds=40)


def make(asked: "Asked") -> Order:
    """At least two recipients, told by e-mail and SMS."""
    end = (datetime.now(UTC) + PERIOD).isoformat(timespec="seconds")
    return Order(
        asked.service,
        "",
        PEOPLE[: max(asked.signers, 2)],
        (loan(),),
        {"time_to_close": end},
        notice_method="EMAIL_AND_SMS",
        subject="Cambio de condiciones de su contrato",
        body="Le comunicamos las nuevas condiciones. No tiene que firmar nada.",
    )


def read(stage: "Stage") -> None:
    """Ana identifies herself, reads and downloads; nobody else does anything."""
    who = PEOPLE[0]
    with PortalDriver(stage.outbox.link(stage.guid)) as portal:
        portal.identify(who.identifier).accept_conditions()
        octets = sum(map(len, portal.documents()))
    print(f"- {who.name} identified herself and downloaded {octets} octets", flush=True)
    others = ", ".join(each.name for each in PEOPLE[1 : max(stage.asked.signers, 2)])
    print(f"- {others}: never opens the link. The time to close is over within {PERIOD}", flush=True)


def tell(stage: "Stage") -> None:
    """What went through each channel, and how each recipient ended."""
    outbox = stage.installation.folder / "data" / "outbox" / "outbox.jsonl"
    for line in outbox.read_text(encoding="utf-8").splitlines():
        message = json.loads(line)
        if stage.guid in message["id"]:
            print(f"- {message['channel']} to {message['address']}: {message['subject'] or '(no subject)'}")
    with stage.installation.client() as client:
        events = client.events(stage.guid)
    for event in events:
        told = dict(event.details)
        if "basis" in told:
            name = PEOPLE[(event.recipient or 1) - 1].name
            steps = ", ".join(f"{step} {told[f'{step}_at']}" for step in ("sent", "available", "accessed"))
            print(f"- {name}: {told['recipient_state']}, {steps}", flush=True)

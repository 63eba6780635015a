"""A postal notification: printed, handed to a simulated courier by folder, and carried by it.

One letter goes within the country, one abroad; the statuses come back as CSV and as XML.
"""

from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from shutil import copyfile
from typing import TYPE_CHECKING

from scripts.installation import Installation, until
from scripts.sample_courier import SampleCourier, Taken
from scripts.sample_order import PEOPLE, Order, add, element, loan

if TYPE_CHECKING:
    from scripts.demo_service import Asked, Stage

LONGEST_SECONDS = 60


def world(installation: Installation) -> AbstractContextManager[object]:
    """Letters go to the courier's folder, which is looked into every other second."""
    for key, value in (
        ("channel", "folder"),
        ("folder", "../post"),
        ("provider", "Correo de Ejemplo"),
        ("return_to", "Apartado de Correos 1, 28080 Madrid"),
        ("poll", "2s"),
    ):
        installation.setting("post", key, value)
    return nullcontext()


def make(asked: "Asked") -> Order:
    """A burofax, to at least two people, the second of whom lives abroad."""
    flow = element("flow")
    add(flow, "letter", "BUROFAX")
    return Order(
        asked.service,
        "",
        PEOPLE[: max(asked.signers, 2)],
        (loan(),),
        {"flow": flow},
        notice_method="POSTAL",
        subject="Requerimiento de pago",
        body="Le requerimos el pago de las cuotas vencidas, que encontrará en el documento adjunto.",
    )


def carry(stage: "Stage") -> None:
    """The courier takes every letter, and delivers it; whoever was to reject refuses theirs at the door."""
    folder = stage.installation.folder
    courier, expected = SampleCourier(folder / "post", folder / "courier"), max(stage.asked.signers, 2)
    taken = list[Taken]()

    def whole() -> bool | None:
        taken.extend(courier.take())
        return len(taken) == expected or None

    until(whole, LONGEST_SECONDS)
    names = {f"{who.name} {who.surname}": position for position, who in enumerate(PEOPLE, 1)}
    for letter in sorted(taken, key=lambda each: names[each.name]):
        print(
            f"- The courier took {letter.reference}.pdf: {letter.kind}, {letter.scope}, "
            f"{letter.pages} pages, to {letter.name}, {letter.country}",
            flush=True,
        )
        _carried(courier, letter, refused=names[letter.name] == stage.asked.reject)
        copyfile(courier.bag / f"{letter.reference}.pdf", folder / f"letter-{names[letter.name]}.pdf")


def _carried(courier: SampleCourier, letter: Taken, *, refused: bool) -> None:
    def told(form: str, status: str, **more: str) -> None:
        at = datetime.now(UTC).isoformat(timespec="seconds")
        name = courier.tell({"reference": letter.reference, "status": status, "at": at, **more}, form=form)
        print(f"- The courier tells in {name}: {status} {' '.join(more.values())}".rstrip(), flush=True)

    told("csv", "ADMITTED", tracking=f"CD{letter.reference[:9].upper()}ES")
    told("xml", "ATTEMPTED", attempt="1", detail="Ausente")
    if refused:
        told("csv", "REFUSED", detail="Rehusado")
        return
    note, digest = courier.scan(letter.reference)
    told(
        "csv",
        "DELIVERED",
        attempt="2",
        received_by=letter.name,
        identity="12345678Z",
        note=note,
        note_sha256=digest,
    )


def tell(stage: "Stage") -> None:
    """What the evidence says of each letter."""
    with stage.installation.client() as client:
        events = client.events(stage.guid)
    for event in events:
        told = dict(event.details)
        if told.get("channel") == "POSTAL":
            who = PEOPLE[(event.recipient or 1) - 1].name
            by = f", received by {told['received_by']}" if "received_by" in told else ""
            print(f"- {who}: {event.kind} at {event.event_time}{by}", flush=True)

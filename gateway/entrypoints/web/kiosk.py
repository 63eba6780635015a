"""The tablet at a point of sale: whose employee handed it over for which process, in a signed cookie.

While it is there, pages of recipients offer to give the tablet back, and the evidence names the employee.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from werkzeug.wrappers import Request, Response

from gateway.entrypoints.web.sessions import Signer

LIFE = timedelta(hours=2)
# What a customer's process leaves in the browser; whose names begin so is removed for the next one.
LEFT_BEHIND = tuple(
    f"fehaciente-{kind}"
    for kind in ("session", "device", "visitor", "problem", "done", "copy", "embedding", "kiosk", "language")
)


@dataclass(frozen=True, slots=True)
class HandedOver:
    """`id` is the hand-over's, which its event bears too."""

    id: str
    guid: str
    position: int
    employee: str
    name: str

    @property
    def audit(self) -> tuple[tuple[str, str], ...]:
        """What the evidence of an act on this tablet says of whoever attended."""
        return (("handed_over", self.id), ("employee", self.employee), ("employee_name", self.name))


class KioskCookie:
    def __init__(self, key: bytes, secure: bool) -> None:
        """Raises GatewayError(CONFIGURATION) for a short key."""
        self._signer = Signer(key, "kiosk")
        self._secure = secure
        self._name = f"{'__Host-' if secure else ''}fehaciente-kiosk"

    def set(self, response: Response, handed: HandedOver, now: datetime) -> None:
        values: dict[str, str | int] = {
            "id": handed.id,
            "guid": handed.guid,
            "position": handed.position,
            "employee": handed.employee,
            "name": handed.name,
            "until": int((now + LIFE).timestamp()),
        }
        signed = self._signer.sign(values)
        response.set_cookie(self._name, signed, secure=self._secure, httponly=True, samesite="Lax")

    def read(self, request: Request, now: datetime) -> HandedOver | None:
        values = self._signer.open(request.cookies.get(self._name, ""))
        if values is None or int(values["until"]) <= now.timestamp():
            return None
        return HandedOver(
            id=str(values["id"]),
            guid=str(values["guid"]),
            position=int(values["position"]),
            employee=str(values["employee"]),
            name=str(values["name"]),
        )

    def clear(self, request: Request, response: Response) -> None:
        """Leave nothing of the customer in the browser; the employee's own session stays."""
        for name in request.cookies:
            if name.removeprefix("__Host-").startswith(LEFT_BEHIND):
                response.delete_cookie(name, secure=self._secure, httponly=True)
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
        response.headers["Cache-Control"] = "no-store"

"""What each command of the command line does, with everything it needs built for it.

What a command needs is imported when it is carried out: most need a small part of the gateway, and whoever
types one should not wait for the rest.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from importlib import import_module
from pathlib import Path
from typing import Any

from gateway.bootstrap.configured import EMBEDDED, load
from gateway.entrypoints.cli.actions import Actions, Desk
from gateway.entrypoints.cli.deposit import DepositActions
from gateway.entrypoints.cli.verify import KINDS, Render, Verification

__all__ = ["EMBEDDED", "actions", "load"]


def actions() -> Actions:
    return Actions(
        serve=_configured("running", "serve"),
        worker=_configured("running", "work"),
        pki_init=_later("installing", "pki_init"),
        pki_renew=_later("seal_commands", "renew_lists"),
        pki_issuer=_later("installing", "pki_issuer"),
        certificate=_later("installing", "certificate"),
        db_upgrade=_later("installing", "db_upgrade"),
        db_restored=_later("installing", "db_restored"),
        keys=_later("key_commands", "opened"),
        issuer_keys=_later("issuer_key_commands", "opened"),
        alerts=_later("alert_commands", "opened"),
        templates=_later("template_commands", "opened"),
        origins=_later("origin_commands", "opened"),
        consents=_later("consent_commands", "opened"),
        circuits=_later("circuits", "opened"),
        access_url=_later("issuer_client", "access_url"),
        set_look=_later("brand_commands", "set_look"),
        desk=_desk,
        submit=_later("issuer_client", "submit"),
        batch=_later("issuer_client", "batch_desk"),
        augment=_later("seal_commands", "augment"),
        verify=Verification(_later("verify_commands", "prepare"), {kind: _render(kind) for kind in KINDS}),
        clock=_later("clock_commands", "check"),
        doctor=_later("doctor", "examine"),
        approvals=_configured("approval_commands", "desk"),
        staff=_configured("staff_commands", "people"),
        audit=_configured("audit_commands", "desk"),
        custody=_configured("custody_commands", "desk"),
        feedback=_configured("feedback_commands", "desk"),
        deposit=DepositActions(_configured("deposit_commands", "desk"), _later("deposit_commands", "audit")),
    )


def _later(module: str, name: str) -> Callable[..., Any]:
    """A function of the bootstrap, whose module is imported when it is called."""

    def call(*given: Any, **named: Any) -> Any:
        return getattr(import_module(f"gateway.bootstrap.{module}"), name)(*given, **named)

    return call


def _configured(module: str, name: str) -> Callable[[Path | None], Any]:
    """The same, of one that takes the settings."""
    return lambda config: _later(module, name)(load(config))


def _render(kind: str) -> Render:
    def render(reports: Sequence[Any], language: str) -> bytes:
        renders = import_module("gateway.bootstrap.verification").RENDERS
        octets: bytes = renders[kind](reports, language)
        return octets

    return render


def _desk(config: Path | None, issuer: int | None) -> AbstractContextManager[Desk]:
    desk: AbstractContextManager[Desk] = _later("support_desk", "opened")(config, issuer)
    return desk

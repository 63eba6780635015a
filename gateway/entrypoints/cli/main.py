"""From words to actions to exit codes: 0 done, 1 refused, 2 wrong use or unreadable input."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.parties import Issuer
from gateway.entrypoints.cli import (
    approvals,
    audit,
    augment,
    batch,
    branding,
    circuits,
    clock,
    consents,
    custody,
    deposit,
    doctor,
    feedback,
    issuer_alerts,
    issuer_keys,
    issuer_origins,
    keys,
    pack,
    reports,
    staff,
    templates,
    verify,
)
from gateway.entrypoints.cli.actions import Actions, Desk
from gateway.entrypoints.cli.arguments import parser
from gateway.entrypoints.cli.printing import line, progress
from gateway.usecases.commands import Reference

DEAD_LIMIT = 1000
REFUSED, UNREADABLE = 1, 2


def run(argv: Sequence[str], actions: Actions) -> int:
    """Carry out one command; a refusal is told on standard error in the chosen language."""
    asked = parser().parse_args(argv)
    try:
        return COMMANDS[asked.command](asked, actions)
    except GatewayError as error:
        text = error.kind.text.in_language(asked.language)
        print(f"{error.kind.code} {text}" + (f": {error.detail}" if error.detail else ""), file=sys.stderr)
        return REFUSED
    except OSError as error:
        print(f"{error.filename or ''}: {error.strerror}", file=sys.stderr)
        return UNREADABLE


def _pki(asked: argparse.Namespace, actions: Actions) -> int:
    if asked.action == "renew-crl":
        for file in actions.pki_renew(asked.config, asked.revoke):
            print(file)
        return 0
    print(actions.pki_init(asked.config, asked.tls_name or ["localhost"]))
    return 0


def _issuer(asked: argparse.Namespace, actions: Actions) -> int:
    if asked.action in OF_ISSUERS:
        return OF_ISSUERS[asked.action](asked, actions)
    if asked.action == issuer_origins.ACTION:
        with actions.origins(asked.config) as registry:
            return issuer_origins.run(asked, registry)
    if asked.action == consents.ACTION:
        with actions.consents(asked.config) as consents_of:
            return consents.run(asked, consents_of)
    with actions.desk(asked.config, None) as desk:
        if asked.action == "list":
            reports.issuers(desk.issuers())
            return 0
        if asked.action == "set":
            reports.issuers([desk.set_profile(asked.number, _profile(asked))])
            return 0
        if asked.action == "disable":
            _must(desk.disable_issuer(asked.number), f"there is no issuer {asked.number}")
            return 0
        _add_issuer(asked, actions, desk)
    return 0


def _add_issuer(asked: argparse.Namespace, actions: Actions, desk: Desk) -> None:
    if asked.issue:
        certificate, key = actions.pki_issuer(asked.config, asked.name)
        asked.issue.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(asked.issue / "issuer.pem", certificate, 0o644)
        _write(asked.issue / "issuer.key", key, 0o600)
    else:
        certificate = asked.certificate.read_bytes()
    issuer = Issuer(asked.number, asked.name, asked.identifier, asked.contact)
    desk.add_issuer(issuer, actions.certificate(certificate))


def _profile(asked: argparse.Namespace) -> dict[str, Any]:
    said = {"sandbox": asked.sandbox, "integrated": asked.integrated}
    changes: dict[str, Any] = {name: value == "yes" for name, value in said.items() if value is not None}
    numbers = {"daily_limit": asked.daily_limit, "priority": asked.priority}
    return changes | {name: value for name, value in numbers.items() if value is not None}


def _must(done: bool, otherwise: str) -> None:
    """Nothing was there to be done: a refusal like any other."""
    if not done:
        raise GatewayError(ErrorKind.RULE_BROKEN, otherwise)


def _write(file: Path, octets: bytes, mode: int) -> None:
    file.touch(mode=mode, exist_ok=False)
    file.write_bytes(octets)


def _db(asked: argparse.Namespace, actions: Actions) -> int:
    if asked.action == "restored":
        resumed = actions.db_restored(asked.config)
        line("issuers whose GUIDs leap", str(resumed.issuers))
        line("messages that wait for a person (fehaciente tasks dead)", str(resumed.held))
        return 0
    print(actions.db_upgrade(asked.config))
    return 0


def _tasks(asked: argparse.Namespace, actions: Actions) -> int:
    with actions.desk(asked.config, None) as desk:
        if asked.action == "revive":
            _must(desk.revive_task(asked.id), "there is no such dead task")
            return 0
        reports.tasks(desk.dead_tasks(DEAD_LIMIT))
    return 0


def _submit(asked: argparse.Namespace, actions: Actions) -> int:
    for file in progress(asked.file, "submit"):
        guid, state = actions.submit(asked.url, asked.key, asked.cert, file.read_bytes())
        print(f"{file.name}\t{guid}\t{state}")
    return 0


def _access_url(asked: argparse.Namespace, actions: Actions) -> int:
    what = asked.guid, asked.recipient, asked.return_url
    line(*actions.access_url(asked.url, asked.key, asked.cert, what))
    return 0


def _looked_up(show: Callable[[Desk, Reference], None]) -> Callable[[argparse.Namespace, Actions], int]:
    def command(asked: argparse.Namespace, actions: Actions) -> int:
        with actions.desk(asked.config, asked.issuer) as desk:
            show(desk, Reference(asked.guid, asked.external_id))
        return 0

    return command


def _evidence(asked: argparse.Namespace, actions: Actions) -> int:
    with actions.desk(asked.config, asked.issuer) as desk:
        written = reports.write_proof(desk, Reference(asked.guid, asked.external_id), asked.output)
    print(f"{written} files in {asked.output}")
    return 0


OF_ISSUERS: dict[str, Callable[[argparse.Namespace, Actions], int]] = {
    branding.ACTION: lambda asked, actions: branding.run(asked, actions.set_look),
    circuits.ACTION: lambda asked, actions: circuits.run_issuer(asked, actions.circuits),
    issuer_alerts.ACTION: lambda asked, actions: issuer_alerts.run(asked, actions.alerts),
    issuer_keys.ACTION: lambda asked, actions: issuer_keys.run(asked, actions.issuer_keys),
}
COMMANDS: dict[str, Callable[[argparse.Namespace, Actions], int]] = {
    "serve": lambda asked, actions: actions.serve(asked.config),
    "worker": lambda asked, actions: actions.worker(asked.config),
    "pki": _pki,
    "issuer": _issuer,
    "db": _db,
    "keys": lambda asked, actions: keys.run(asked, actions.keys),
    "tasks": _tasks,
    "submit": _submit,
    "access-url": _access_url,
    "batch": lambda asked, actions: batch.run(asked, actions.batch),
    "state": _looked_up(reports.state),
    "events": _looked_up(reports.events),
    "evidence": _evidence,
    "pack": lambda asked, actions: pack.run(asked, actions.desk),
    "circuit": lambda asked, actions: circuits.run(asked, actions.circuits),
    "clock": lambda asked, actions: clock.run(asked, actions.clock),
    "audit": lambda asked, actions: audit.run(asked, actions.audit),
    "deposit": lambda asked, actions: deposit.run(asked, actions.deposit),
    "record": lambda asked, actions: deposit.run_record(asked, actions.deposit),
    "approvals": lambda asked, actions: approvals.run(asked, actions.approvals),
    "staff": lambda asked, actions: staff.run(asked, actions.staff),
    "template": lambda asked, actions: templates.run(asked, actions.templates),
    "feedback": lambda asked, actions: feedback.run(asked, actions.feedback),
    "custody": lambda asked, actions: custody.run(asked, actions.custody),
    "doctor": lambda asked, actions: doctor.run(asked, actions.doctor),
    "augment": lambda asked, actions: augment.run(asked, actions.augment),
    "verify": lambda asked, actions: verify.run(asked, actions.verify),
}

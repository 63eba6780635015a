"""The grammar of the command line. A test diffs its help against the README."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

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
    numbers,
    pack,
    staff,
    templates,
    verify,
)

if TYPE_CHECKING:
    # Argparse gives the type of add_subparsers no public name.
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]


def parser() -> argparse.ArgumentParser:
    """Every command with its options; `command` and `action` name what was asked for."""
    top = argparse.ArgumentParser(
        prog="fehaciente",
        description="Open gateway for certified electronic communications and contracting.",
        epilog=verify.EXIT_CODES,
        # A fixed width: the README shows this text, whatever terminal it was made on.
        formatter_class=lambda prog: argparse.HelpFormatter(prog, width=100),
    )
    top.add_argument("--config", type=Path, help="settings file (default: embedded settings, data in var/)")
    top.add_argument("--language", choices=("en", "es"), default="en", help="language of reports")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("serve", help="serve SOAP, portal and TSA, with workers in the same process")
    commands.add_parser("worker", help="only work: as many of these processes as wanted, on one database")
    _pki(commands)
    _issuer(commands)
    _database(commands)
    keys.add(commands)
    _tasks(commands)
    _transactions(commands)
    circuits.add_grammar(commands)
    batch.add_grammar(commands)
    custody.add_grammar(commands)
    deposit.add_grammar(commands)
    templates.add_grammar(commands)
    feedback.add_grammar(commands)
    staff.add_grammar(commands)
    approvals.add_grammar(commands)
    audit.add_grammar(commands)
    clock.add_grammar(commands)
    doctor.add_grammar(commands)
    augment.add_grammar(commands)
    verify.add_grammar(commands)
    return top


def _pki(commands: "Commands") -> None:
    group = commands.add_parser("pki", help="development PKI and this installation's keys")
    actions = group.add_subparsers(dest="action", required=True, metavar="ACTION")
    init = actions.add_parser("init", help="create both; refuses to overwrite")
    init.add_argument("--tls-name", action="append", default=[], help="name in the TLS certificate")
    renew = actions.add_parser("renew-crl", help="renew the development PKI's revocation lists for a year")
    renew.add_argument("--revoke", action="append", default=[], type=Path, metavar="CERTIFICATE.pem")


def _issuer(commands: "Commands") -> None:
    group = commands.add_parser("issuer", help="registry of issuers")
    actions = group.add_subparsers(dest="action", required=True, metavar="ACTION")
    add = actions.add_parser("add", help="register an issuer, or a further certificate of it")
    add.add_argument("number", type=numbers.issuer, help="0 to 9999, the issuer's part of every GUID")
    add.add_argument("name")
    add.add_argument("--identifier", required=True, help="CIF or other legal identifier")
    add.add_argument(
        "--contact", required=True, help="for recipients' questions: https: or mailto: address, or telephone"
    )
    certificate = add.add_mutually_exclusive_group(required=True)
    certificate.add_argument("--certificate", type=Path, help="the issuer's own certificate (PEM)")
    certificate.add_argument(
        "--issue", type=Path, metavar="DIR", help="make key and certificate here (dev PKI)"
    )
    profile = actions.add_parser("set", help="change an issuer's profile")
    profile.add_argument("number", type=numbers.issuer)
    profile.add_argument("--sandbox", choices=("yes", "no"), help="everything of it is a test")
    profile.add_argument("--integrated", choices=("yes", "no"), help="no: it sends through the web sender")
    profile.add_argument("--daily-limit", type=int, metavar="N", help="items of its batches a day; 0: any")
    profile.add_argument("--priority", type=int, choices=range(1, 10), help="of its batches; 1 goes first")
    issuer_alerts.add_grammar(actions)
    issuer_keys.add_grammar(actions)
    issuer_origins.add_grammar(actions)
    consents.add_grammar(actions)
    branding.add_grammar(actions)
    circuits.add_issuer_grammar(actions)
    actions.add_parser("list", help="all issuers")
    disable = actions.add_parser("disable", help="accept nothing more from an issuer")
    disable.add_argument("number", type=numbers.issuer)


def _database(commands: "Commands") -> None:
    group = commands.add_parser("db", help="the relational schema")
    actions = group.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("upgrade", help="migrate to this version's schema")
    actions.add_parser("restored", help="once, after a backup was put back and before anything is started")


def _tasks(commands: "Commands") -> None:
    group = commands.add_parser("tasks", help="dead letters: tasks that failed for good")
    actions = group.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("dead", help="list them")
    revive = actions.add_parser("revive", help="try one again")
    revive.add_argument("id")


def _transactions(commands: "Commands") -> None:
    submit = commands.add_parser("submit", help="submit transactions over SOAP, as an issuer")
    submit.add_argument("file", nargs="+", type=Path, help="transaction (XML)")
    submit.add_argument("--url", default="http://localhost:8080/soap", help="the gateway's SOAP address")
    submit.add_argument("--key", type=Path, required=True, help="the issuer's key (PEM)")
    submit.add_argument("--cert", type=Path, required=True, help="the issuer's certificate (PEM)")
    access = commands.add_parser(
        "access-url", help="ask for a one-time link to show in your own web, as an issuer"
    )
    access.add_argument("guid")
    access.add_argument("recipient", type=int, help="place of the recipient, from 1")
    access.add_argument("--return-url", default="", help="where the portal leads in the end")
    access.add_argument("--url", default="http://localhost:8080/soap", help="the gateway's SOAP address")
    access.add_argument("--key", type=Path, required=True, help="the issuer's key (PEM)")
    access.add_argument("--cert", type=Path, required=True, help="the issuer's certificate (PEM)")
    for name, text in (("state", "state and result"), ("events", "timeline")):
        _reference(commands.add_parser(name, help=f"{text} of a transaction"))
    evidence = commands.add_parser("evidence", help="write everything that proves a transaction")
    _reference(evidence)
    evidence.add_argument("-o", "--output", type=Path, required=True, metavar="DIR")
    _reference(pack.add_grammar(commands))


def _reference(command: argparse.ArgumentParser) -> None:
    which = command.add_mutually_exclusive_group(required=True)
    which.add_argument("guid", nargs="?", default="")
    which.add_argument("--external-id", default="")
    command.add_argument("--issuer", type=numbers.issuer, default=1, help="whose external id (default 1)")

"""What each command of the command line does, with everything it needs built for it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.adapters.crypto import devpki
from gateway.adapters.storage import migrate
from gateway.bootstrap import (
    approval_commands,
    audit_commands,
    brand_commands,
    clock_commands,
    consent_commands,
    custody_commands,
    deposit_commands,
    doctor,
    feedback_commands,
    issuer_client,
    issuer_key_commands,
    key_commands,
    keys,
    origin_commands,
    seal_commands,
    staff_commands,
    verify_commands,
)
from gateway.bootstrap.configured import EMBEDDED, load
from gateway.bootstrap.running import serve, work
from gateway.bootstrap.system import system
from gateway.bootstrap.technology import SystemClock, open_database, technology
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.entrypoints.cli.actions import Actions
from gateway.entrypoints.cli.deposit import DepositActions
from gateway.usecases.after_restore import AfterRestore, Resumed
from gateway.usecases.support import Support

__all__ = ["EMBEDDED", "actions", "load"]


def actions() -> Actions:
    return Actions(
        serve=lambda config: serve(load(config)),
        worker=lambda config: work(load(config)),
        pki_init=_pki_init,
        pki_renew=seal_commands.renew_lists,
        pki_issuer=_pki_issuer,
        certificate=_certificate,
        db_upgrade=_db_upgrade,
        db_restored=_db_restored,
        keys=key_commands.opened,
        issuer_keys=issuer_key_commands.opened,
        origins=origin_commands.opened,
        consents=consent_commands.opened,
        access_url=issuer_client.access_url,
        set_look=brand_commands.set_look,
        desk=_desk,
        submit=issuer_client.submit,
        batch=issuer_client.batch_desk,
        augment=seal_commands.augment,
        verify=verify_commands.verification(),
        clock=clock_commands.check,
        doctor=doctor.examine,
        approvals=lambda config: approval_commands.desk(load(config)),
        staff=lambda config: staff_commands.people(load(config)),
        audit=lambda config: audit_commands.desk(load(config)),
        custody=lambda config: custody_commands.desk(load(config)),
        feedback=lambda config: feedback_commands.desk(load(config)),
        deposit=DepositActions(lambda config: deposit_commands.desk(load(config)), deposit_commands.audit),
    )


@contextmanager
def _desk(config: Path | None, issuer: int | None) -> Iterator[Support]:
    settings = load(config)
    tech = technology(settings)
    try:
        yield replace(system(settings, tech, lambda: None).support, issuer=issuer)
    finally:
        tech.database.close()


def _pki_init(config: Path | None, tls_names: Sequence[str]) -> Path:
    settings = load(config)
    folder = settings.pki.anchors.parent
    devpki.create(folder, now=SystemClock().now(), tls_names=tls_names)
    keys.create(settings, SystemClock().now())
    return folder


def _pki_issuer(config: Path | None, name: str) -> tuple[bytes, bytes]:
    return devpki.issue_issuer(load(config).pki.anchors.parent, name, now=SystemClock().now())


def _certificate(pem: bytes) -> bytes:
    try:
        return x509.load_pem_x509_certificates(pem)[0].public_bytes(Encoding.DER)
    except ValueError:
        raise GatewayError(ErrorKind.CONFIGURATION, "no certificate (PEM) in the file") from None


def _db_upgrade(config: Path | None) -> str:
    database = open_database(load(config))
    try:
        migrate.upgrade(database.engine)
        return migrate.current(database.engine) or ""
    finally:
        database.close()


def _db_restored(config: Path | None) -> Resumed:
    database, clock = open_database(load(config)), SystemClock()
    try:
        return AfterRestore(database, clock)()
    finally:
        database.close()

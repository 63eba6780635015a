"""What `fehaciente doctor` looks at, from the configuration to what waits.

Each check is small and independent; one that raises is a finding, never the end.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from gateway.adapters.channels.voice.twilio import TwilioVoice
from gateway.adapters.crypto.tsa_health import TsaState
from gateway.adapters.storage import migrate
from gateway.bootstrap import watching
from gateway.bootstrap.configured import load
from gateway.bootstrap.doctor_files import MISSING, disk, secrets
from gateway.bootstrap.mail import dkim_key, relay
from gateway.bootstrap.sms import reach
from gateway.bootstrap.technology import SystemClock, Technology, technology
from gateway.domain.errors import GatewayError, Text
from gateway.entrypoints.cli.doctor import Finding, Health
from gateway.settings import Settings

SILENT = Text("no answer", "no contesta")
SOON_DAYS = 30
LATE_SECONDS = 900
KEPT = Text("written, synced, read back, removed", "escrito, sincronizado, releído y borrado")
PROBE = b"fehaciente doctor: this octet string vouches for nothing"
Check = Callable[[Settings, Technology], Iterator[Finding]]
RESTORE_FILE = Text("see the settings file", "revise el fichero de configuración")
MIGRATE = Text("run: fehaciente db upgrade", "ejecute: fehaciente db upgrade")
RENEW = Text("renew it in time", "renuévelo a tiempo")
RENEW_NOW = Text(
    "it has ended: nothing that rests on it works", "ha caducado: nada que dependa de él funciona"
)
LOOK = Text("see the log, and fehaciente tasks dead", "vea el registro y fehaciente tasks dead")
MAKE = Text(
    "make it, and in it a folder for each issuer: see the settings file",
    "créela, y en ella una carpeta por emisor: vea el fichero de configuración",
)
NUMBER = Text(
    "name folders by their issuers' numbers: its files wait for ever",
    "ponga a las carpetas el número de su emisor: sus ficheros esperan para siempre",
)
DEVELOPMENT = Text("for development only", "sólo para desarrollo")
SYNC = Text("set it to on: what is acknowledged must survive", "actívelo: lo confirmado debe sobrevivir")


def examine(config: Path | None) -> Iterator[Finding]:
    """Every finding, as it is made."""
    try:
        settings = load(config)
    except GatewayError as error:
        yield Finding("configuration", Health.FAIL, error.detail, RESTORE_FILE)
        return
    yield Finding("configuration", Health.OK, str(config or "embedded"))
    yield from secrets(settings)
    yield from disk(settings)
    try:
        tech = technology(settings)
    except (GatewayError, OSError) as error:
        yield Finding("keys and certificates", Health.FAIL, _told(error), RESTORE_FILE)
        return
    try:
        for name, check in CHECKS.items():
            yield from _guarded(name, check, settings, tech)
    finally:
        tech.database.close()


def _guarded(name: str, check: Check, settings: Settings, tech: Technology) -> Iterator[Finding]:
    try:
        yield from check(settings, tech)
    # A doctor must survive whatever the patient has.
    except Exception as error:
        yield Finding(name, Health.FAIL, _told(error))


def _told(error: Exception) -> Text | str:
    if not isinstance(error, GatewayError):
        return type(error).__name__
    detail = f": {error.detail}" if error.detail else ""
    text = error.kind.text
    return Text(f"{error.kind.code} {text.en}{detail}", f"{error.kind.code} {text.es}{detail}")


def _database(_settings: Settings, tech: Technology) -> Iterator[Finding]:
    at, wanted = migrate.current(tech.database.engine), migrate.newest()
    name = tech.database.engine.dialect.name
    if at != wanted:
        told = Text(f"{name}, schema {at}, wanted {wanted}", f"{name}, esquema {at}, se necesita {wanted}")
        yield Finding("database", Health.FAIL, told, MIGRATE)
        return
    with tech.database.write() as uow:
        uow.issuers.all()
    yield Finding("database", Health.OK, Text(f"{name}, schema {at}", f"{name}, esquema {at}"))
    if name == "postgresql":
        yield from _postgresql(tech)


def _postgresql(tech: Technology) -> Iterator[Finding]:
    with tech.database.engine.connect() as connection:
        for name in ("fsync", "full_page_writes", "synchronous_commit"):
            value = str(connection.exec_driver_sql(f"SHOW {name}").scalar())
            safe = value not in {"off", "local"}
            health = Health.OK if safe else Health.FAIL
            yield Finding(f"database {name}", health, value, None if safe else SYNC)


def _vault(_settings: Settings, tech: Technology) -> Iterator[Finding]:
    owner, key = f"doctor-{uuid4().hex}", tech.vault.new_key()
    (digest,) = tech.vault.put(owner, key, [PROBE])
    well = tech.vault.get(owner, key, digest) == PROBE
    tech.vault.forget(owner)
    yield Finding("vault", Health.OK if well else Health.FAIL, KEPT)


def _clock(settings: Settings, tech: Technology) -> Iterator[Finding]:
    for status in tech.timestamper.measure():
        ahead = f"{status.offset.middle.total_seconds():+.3f}s" if status.offset else SILENT
        well = status.state is TsaState.WELL
        yield Finding(f"time-stamps {status.name}", Health.OK if well else Health.FAIL, ahead)
    tech.timestamper.watch.check()
    most = f"{settings.tsa.max_offset.total_seconds():g}s"
    yield Finding("clock", Health.OK, Text(f"within {most}", f"a menos de {most}"))


def _seal(_settings: Settings, tech: Technology) -> Iterator[Finding]:
    tech.signer.sign(PROBE)
    yield Finding("seal", Health.OK, tech.signer.chain[0].subject.rfc4514_string())


def _certificates(settings: Settings, tech: Technology) -> Iterator[Finding]:
    for reading in watching.ends(settings, tech, SystemClock().now()):
        health = (
            Health.FAIL if reading.value <= 0 else Health.WARN if reading.value < SOON_DAYS else Health.OK
        )
        told = Text(f"{reading.value:.0f} days left", f"quedan {reading.value:.0f} días")
        advice = {Health.FAIL: RENEW_NOW, Health.WARN: RENEW}.get(health)
        yield Finding(f"end of {reading.labels['use']}", health, told, advice)


def _channels(settings: Settings, tech: Technology) -> Iterator[Finding]:
    public = settings.gateway.base_url.startswith("https:")
    email, sms, voice = settings.email.channel, settings.sms.channel, settings.voice.channel
    for name, channel in (("email", email), ("sms", sms), ("voice", voice)):
        stand_in = channel in {"console", "local"}
        health = Health.WARN if stand_in and public else Health.OK
        yield Finding(f"channel {name}", health, channel, DEVELOPMENT if stand_in and public else None)
    if isinstance(tech.voice, TwilioVoice):
        tech.voice.greet()
        yield Finding("provider of calls", Health.OK, settings.voice.url)
    if settings.email.channel == "smtp":
        from gateway.adapters.channels.email.relay import connect

        connect(relay(settings)).quit()
        yield Finding("e-mail relay", Health.OK, f"{settings.email.host}:{settings.email.port}")
        signing = dkim_key(settings)
        if signing is not None:
            name, text = signing.record
            yield Finding("DKIM", Health.OK, f'{name} TXT "{text}"')
    if settings.sms.channel != "console":
        yield Finding("SMS operator", Health.OK, reach(settings))


def _drop(settings: Settings, tech: Technology) -> Iterator[Finding]:
    """What lies in a folder that no active issuer has is never taken, and nobody is told."""
    root = settings.drop.folder
    if root is None or migrate.current(tech.database.engine) != migrate.newest():
        return
    if not root.is_dir():
        yield Finding("drop folder", Health.FAIL, MISSING, MAKE)
        return
    with tech.database.read() as uow:
        active = {issuer.number for issuer in uow.issuers.all() if issuer.active}
    names = sorted(each.name for each in root.iterdir() if each.is_dir())
    idle = [name for name in names if not (name.isdigit() and int(name) in active)]
    told = Text(f"{idle[0]} is no active issuer's", f"{idle[0]} no es de un emisor activo") if idle else ""
    yield Finding("drop folder", Health.WARN if idle else Health.OK, told, NUMBER if idle else None)


def _waiting(settings: Settings, tech: Technology) -> Iterator[Finding]:
    if migrate.current(tech.database.engine) != migrate.newest():
        # Said already, with what is to be done; there may be no table to ask.
        return
    with tech.database.read() as uow:
        dead = sum(each.count for each in uow.backlog.waiting() if each.state == "DEAD")
        since = uow.backlog.overdue_since(tech.clock.now())
        late = watching.deposit_late(uow, settings, tech.clock.now())
    yield Finding("dead tasks", Health.WARN if dead else Health.OK, str(dead), LOOK if dead else None)
    waited = timedelta() if since is None else tech.clock.now() - since
    slow = waited.total_seconds() > LATE_SECONDS
    yield Finding("oldest due task", Health.WARN if slow else Health.OK, f"{waited.total_seconds():.0f}s")
    yield Finding(
        "deposits",
        Health.WARN if late else Health.OK,
        Text(f"{late:.0f}s overdue", f"{late:.0f}s de retraso"),
    )


CHECKS: dict[str, Check] = {
    "database": _database,
    "vault": _vault,
    "time-stamps": _clock,
    "seal": _seal,
    "certificates": _certificates,
    "channels": _channels,
    "drop folder": _drop,
    "tasks": _waiting,
}

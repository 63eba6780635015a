"""The sections of work: how tasks are run, and the broker that wakes workers on other machines."""

# `key` gives dataclasses.field itself, which this rule cannot see.
# ruff: noqa: RUF009

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

from gateway.settings import values as v
from gateway.settings.values import LOOPBACK, key

QUEUE = r"[A-Za-z0-9._-]{1,100}"


def broker_url(raw: str) -> str:
    """`amqps://user@host[:port][/virtual host]`; plain amqp on loopback only, for it shows the password."""
    if not raw:
        return raw
    parts = urlsplit(raw)
    if parts.password is not None:
        raise ValueError("must not hold the password; name its file in password_file")
    secure = parts.scheme == "amqps" or (parts.scheme == "amqp" and parts.hostname in LOOPBACK)
    if not secure or not parts.hostname or parts.query or parts.fragment or "/" in parts.path[1:]:
        raise ValueError("must be amqps://user@host:port/virtual-host (amqp on loopback only)")
    return raw


@dataclass(frozen=True, slots=True)
class WorkerSection:
    """Tasks."""

    engine: str = key(
        "local",
        v.choice("local", "dramatiq"),
        "What wakes workers: `local` (PostgreSQL tells the others), `dramatiq` ([broker]).",
    )
    threads: int = key("2", v.integer(0, 256), "Worker threads inside `serve`; 0: only `fehaciente worker`.")
    processes: int = key("1", v.integer(1, 64), "Processes of `fehaciente worker`, each with its threads.")
    lease: timedelta = key("2m", v.duration, "How long a claimed task is one worker's own.")
    poll: timedelta = key("200ms", v.duration, "How often an idle worker looks for due tasks.")
    patience: timedelta = key("2s", v.duration, "The same while something wakes it.")
    max_attempts: int = key("40", v.integer(1, 1000), "Failures after which a task waits for support.")
    keep_done: timedelta = key("30d", v.duration, "How long tasks that are done stay; dead ones always do.")


@dataclass(frozen=True, slots=True)
class BrokerSection:
    """RabbitMQ, for `[worker] engine = dramatiq`. It only wakes workers: what is due the database knows."""

    url: str = key("", broker_url, "`amqps://user@host:port/virtual-host`, without password.")
    password_file: Path | None = key("", v.optional_path, "File (0600) with the user's password.")
    ca_file: Path | None = key(
        "", v.optional_path, "Roots for the broker's certificate; empty: the system's."
    )
    certificate: Path | None = key("", v.optional_path, "Our own certificate (PEM), if the broker wants one.")
    certificate_key: Path | None = key("", v.optional_path, "Its private key (PEM).")
    queue: str = key("fehaciente", v.matching(QUEUE, "one word"), "The queue; one an installation.")
    heartbeat: timedelta = key("10s", v.duration, "After twice this silence a connection is dead.")
    timeout: timedelta = key("5s", v.duration, "Longest wait for an answer of the broker.")


def broker_place(url: str) -> tuple[str, int, str, str, bool]:
    """Host, port, virtual host, user, and whether it is over TLS, of a URL that was read."""
    parts = urlsplit(url)
    tls = parts.scheme == "amqps"
    where = parts.hostname or "", parts.port or (5671 if tls else 5672)
    return *where, unquote(parts.path[1:]) or "/", unquote(parts.username or "guest"), tls

"""The configuration's sections of composed documents and of issuers' alerts."""

# `key` gives dataclasses.field itself, which this rule cannot see.
# ruff: noqa: RUF009

from dataclasses import dataclass
from datetime import timedelta

from gateway.settings import values as v
from gateway.settings.values import key


@dataclass(frozen=True, slots=True)
class TemplatesSection:
    """Documents composed from issuers' kept templates, each in a process of its own."""

    time: timedelta = key("20s", v.duration, "Longest time that composing one document may take.")
    memory: int = key("768 MiB", v.size, "Memory that it may take.")
    at_once: int = key("2", v.integer(1, 64), "Documents composed at once in a process.")
    size: int = key("5 MiB", v.size, "Size of one template, pictures and typefaces in it included.")


@dataclass(frozen=True, slots=True)
class AlertsSection:
    """E-mails that alert issuers."""

    mail_limit: int = key("8 MiB", v.size, "What the last alert may carry; beyond, it says where to fetch.")

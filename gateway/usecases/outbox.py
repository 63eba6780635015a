"""Tasks that follow from a commit: their kinds, how they are made, and how a handler gives one back.

A handler gets the claimed task, does its work, and returns True when it completed the task inside its
own unit of work (False leaves that to the worker).
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable
from uuid import uuid4

from gateway.domain.record import INTERACTIVE, Task


class Kind(StrEnum):
    """What a task does. Values are stored: never rename one."""

    STAMP = "stamp"
    SEAL = "seal"
    NOTIFY = "notify"
    CIRCUIT = "circuit"
    SEND_CODE = "send_code"
    CALL_INSTEAD = "call_instead"
    FOLLOW_CALL = "follow_call"
    KEEP_RECORDING = "keep_recording"
    PLACE_CALL = "place_call"
    FOLLOW_BRIDGE = "follow_bridge"
    FINISH_READING = "finish_reading"
    SEAL_EVIDENCE = "seal_evidence"
    CLOSE = "close"
    CERTIFY = "certify"
    PACK = "pack"
    PLAY = "play"
    READ_BATCH = "read_batch"
    TAKE_BATCH = "take_batch"
    SEND_DRAFT = "send_draft"
    EXPORT = "export"
    PUBLISH = "publish"
    CHECK_PUBLICATION = "check_publication"
    TELL_OUTCOME = "tell_outcome"
    SEND_COPY = "send_copy"
    ALERT = "alert"


Handler = Callable[[Task], bool]


@runtime_checkable
class BatchHandler(Protocol):
    """A handler that may be given several tasks of its kind at once, because together they cost less."""

    def __call__(self, task: Task) -> bool: ...
    def run_many(self, tasks: Sequence[Task]) -> frozenset[str]:
        """The ids of the tasks that it completed in its own unit of work; each other is then run alone."""


class Postpone(Exception):
    """Not a failure: the task is to be tried again at `due_at`, its attempt not counted."""

    def __init__(self, due_at: datetime) -> None:
        super().__init__("postponed")
        self.due_at = due_at


def new_task(kind: Kind, guid: str, due_at: datetime, subject: str = "", *, lane: int = INTERACTIVE) -> Task:
    """A task row, not yet stored; `subject` names what it is about within the transaction."""
    return Task(id=str(uuid4()), kind=kind.value, guid=guid, subject=subject, due_at=due_at, lane=lane)

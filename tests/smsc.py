"""An SMSC that nobody here wrote (npm `smpp`), in a process that tests drive, kill and start again."""

import json
import queue
import shutil
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Event = dict[str, Any]
PATIENCE = 15.0


class NodeSmsc:
    """`folder` holds the program with its packages; `tls` are key and certificate."""

    def __init__(self, folder: Path, tls: tuple[Path, Path] | None = None) -> None:
        self._folder = folder
        self._tls = tls
        self.port = 0
        self.events: list[Event] = []
        self._tags = 0
        self.start()

    def start(self) -> None:
        """On the port that it had before, if it had one."""
        node = shutil.which("node") or "node"
        command = [node, "smsc.mjs", str(self.port), *map(str, self._tls or ())]
        self._process = subprocess.Popen(
            command, cwd=self._folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._lines: queue.Queue[Event] = queue.Queue()
        self._reader = threading.Thread(target=self._read, args=[self._process], daemon=True)
        self._reader.start()
        self.port = self.next("listening")["port"]

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        self._reader.join()
        for stream in (self._process.stdin, self._process.stdout):
            if stream:
                stream.close()

    def tell(self, name: str, **more: Any) -> None:
        assert self._process.stdin
        self._process.stdin.write(json.dumps({"do": name, **more}) + "\n")
        self._process.stdin.flush()
        self.next("done")

    def script(self, *actions: dict[str, Any]) -> None:
        """What to do with the next submit_sm: `status`, `silent`, `drop`, `delay` (ms), `id`."""
        self.tell("script", actions=list(actions))

    def next(self, name: str, seconds: float = PATIENCE) -> Event:
        """The next event of that name; what comes before it is in `events` too."""
        deadline = time.monotonic() + seconds
        while True:
            for event in self.events:
                if event["event"] == name and not event.get("seen"):
                    event["seen"] = True
                    return event
            self.events.append(self._lines.get(timeout=max(deadline - time.monotonic(), 0.01)))

    def submitted(self, count: int = 1) -> list[Event]:
        return [self.next("submit") for _ in range(count)]

    def deliver(self, **fields: Any) -> int:
        """One deliver_sm; the status of its answer."""
        self._tags += 1
        tag = self._tags
        self._send("deliver", tag=tag, fields=fields)
        return int(self.next("delivered")["status"])

    def receipt(self, name: str, state: str = "DELIVRD", error: str = "000", **more: Any) -> int:
        """A delivery receipt as SMPP 3.4 appendix B has it; the status of its answer."""
        moment, echo = more.pop("done", "2611251230"), more.pop("echo", "Texto")
        text = (
            f"id:{name} sub:001 dlvrd:001 submit date:2611251229 done date:{moment} stat:{state} "
            f"err:{error} text:{echo}"
        )
        fields = {"esm_class": 4, "source_addr": "34600000123", "destination_addr": "Banco"}
        return self.deliver(**fields, short_message=text, **more)

    def quiet(self, name: str, seconds: float) -> bool:
        """Whether no such event comes for so long."""
        try:
            self.next(name, seconds)
        except queue.Empty:
            return True
        return False

    def _send(self, name: str, **more: Any) -> None:
        assert self._process.stdin
        self._process.stdin.write(json.dumps({"do": name, **more}) + "\n")
        self._process.stdin.flush()

    def _read(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdout
        for line in process.stdout:
            self._lines.put(json.loads(line))


def eventually(true: Callable[[], object], seconds: float = PATIENCE) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.02)

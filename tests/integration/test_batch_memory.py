"""Reading a batch needs no memory for its size: measured in a process of its own."""

import subprocess
import sys

SCRIPT = """
import io, pathlib
from gateway.adapters.xml.batch_stream import BatchStream

START = b'<t:transaction xmlns:t="urn:fehaciente:transaction:1.0"><t:body>'
ITEM = START + b"QUJD" * 5000 + b"</t:body></t:transaction>"
COUNT = 5000
HEAD = b'<batch xmlns="urn:fehaciente:batch:1.0"><external_id>a</external_id><item_count>%d</item_count>'

class File(io.RawIOBase):
    def __init__(self):
        self.rest, self.items = HEAD % COUNT, 0
    def readable(self):
        return True
    def readinto(self, buffer):
        if not self.rest:
            if self.items > COUNT:
                return 0
            self.items += 1
            self.rest = ITEM if self.items <= COUNT else b"</batch>"
        part, self.rest = self.rest[:len(buffer)], self.rest[len(buffer):]
        buffer[:len(part)] = part
        return len(part)

def peak():
    return int(pathlib.Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]) // 1024

stream, before = BatchStream(io.BufferedReader(File())), peak()
found = sum(len(places) for places in stream.places())
print(found, peak() - before)
"""


def test_reading_takes_constant_memory() -> None:
    """A file of 100 MB is read to its end in less than 20 MB more than before."""
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    found, grown = map(int, done.stdout.split())
    assert found == 5000
    assert grown < 20

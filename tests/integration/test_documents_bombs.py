"""A PDF that inflates to gigabytes costs neither memory nor time, at Submit or when it is stamped."""

import resource
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
# In a process of its own: the limit is the whole process's, and so is the peak of memory.
BOMB = """
import io, resource, zlib
from datetime import UTC, datetime
import pikepdf
from gateway.adapters.documents.inspect import inspect
from gateway.adapters.documents.reading import guard_against_bombs
from gateway.adapters.documents.stamp import StampMark, stamp
from gateway.bootstrap.technology import INFLATED_LIMIT

packer, packed = zlib.compressobj(9), b""
for _ in range(1024):
    packed += packer.compress(bytes(1024 * 1024))
packed += packer.flush()
pdf = pikepdf.new()
pdf.add_blank_page(page_size=(595, 842))
content = pikepdf.Stream(pdf, b"")
content.write(packed, filter=pikepdf.Name.FlateDecode)
pdf.pages[0].Contents = pdf.make_indirect(content)
file = io.BytesIO()
pdf.save(file, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
octets = file.getvalue()
guard_against_bombs(INFLATED_LIMIT)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
inspect(octets, "application/pdf", 10_000_000)
stamped = stamp(octets, StampMark("001001-0001-000000000000001.par", datetime.now(UTC)))
with pikepdf.open(io.BytesIO(stamped)) as copy:
    assert len(copy.pages) == 1
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def test_a_bomb_of_a_gigabyte_stays_small() -> None:
    """It is stamped like any other page, within a few hundred megabytes instead of gigabytes."""
    limit = resource.RLIMIT_CPU
    done = subprocess.run(
        [sys.executable, "-c", BOMB],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=100,
        preexec_fn=lambda: resource.setrlimit(limit, (60, 60)),
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 400

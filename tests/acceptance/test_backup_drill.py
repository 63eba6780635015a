"""The backup chapter, done line by line on a gateway that is at work; then a disaster; then the restore."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import make_url

from scripts.installation import Installation, free_port
from scripts.portal_driver import PortalDriver
from scripts.sample_contract import IDENTIFIER, contract_pdf, transaction_xml
from tests.public_tools import ROOT
from tests.services import absent, postgresql_database

STEPS = re.compile(r"<!-- (backup|restore): (\w+) -->\n```bash\n(.*?)```", re.DOTALL)
TOOLS = {"sqlite": ("sqlite3", "rsync"), "postgresql": ("pg_dump", "pg_restore", "rsync")}


@dataclass
class Drill:
    """A gateway on one kind of database, and where its backups lie."""

    gateway: Installation
    kind: str
    backup: Path
    database: str = ""

    def follow(self, what: str) -> None:
        """Run the chapter's lines as they stand, with `fehaciente` as this checkout's."""
        text = (ROOT / "docs" / "backup.md").read_text(encoding="utf-8")
        (steps,) = [steps for name, kind, steps in STEPS.findall(text) if (name, kind) == (what, self.kind)]
        command = f'fehaciente() {{ "{sys.executable}" -m gateway "$@"; }}\n{steps}'
        places = {"DATA": "data", "BACKUP": str(self.backup), "DATABASE": self.database}
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", command],
            cwd=self.gateway.folder,
            env=os.environ | places | {"PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def submit(self, external_id: str) -> str:
        xml = re.sub(b"<external_id>.*?</external_id>", f"<external_id>{external_id}</external_id>".encode(),
                     transaction_xml(contract_pdf()))  # fmt: skip
        with self.gateway.client() as client:
            return client.submit(xml).guid

    def sign(self, guid: str) -> tuple[int, int]:
        with PortalDriver(self.gateway.wait_for_link(guid)) as portal:
            portal.identify(IDENTIFIER).accept_conditions().read_documents()
            portal.request_code().wait_for_code()
            portal.sign(self.gateway.wait_for_code(guid))
        return self.gateway.wait_for_close(guid, event="PACKED")

    def lose(self) -> None:
        """The machine with database, vault and spool is gone; keys and settings lie elsewhere."""
        data = self.gateway.folder / "data"
        shutil.rmtree(data / "vault")
        shutil.rmtree(data / "spool")
        for file in data.glob("fehaciente.sqlite*"):
            file.unlink()
        if self.database:
            from psycopg import connect

            with connect(self.database, autocommit=True) as session:
                session.execute("DROP SCHEMA public CASCADE")
                session.execute("CREATE SCHEMA public")


@contextmanager
def drill_on(kind: str, folder: Path) -> Iterator[Drill]:
    for tool in TOOLS[kind]:
        if shutil.which(tool) is None:
            absent(tool)
    backup = folder / "backup"
    backup.mkdir()
    if kind == "sqlite":
        yield Drill(Installation(folder / "gateway", free_port()), kind, backup)
        return
    with postgresql_database() as url:
        plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        yield Drill(Installation(folder / "gateway", free_port(), url), kind, backup, plain)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_the_chapter_restores_what_it_backed_up(kind: str, tmp_path: Path) -> None:
    """What was closed still verifies, what was under way is signed and closed, a lost one can be submitted
    again, no GUID is given twice, and no notice leaves twice by itself."""
    with drill_on(kind, tmp_path) as drill:
        gateway = drill.gateway
        gateway.create()
        with gateway.serving():
            closed, open_one = drill.submit("LOAN-1"), drill.submit("LOAN-2")
            assert drill.sign(closed) == (12, 7)
            gateway.wait_for_link(open_one)
            drill.follow("backup")
            lost = drill.submit("LOAN-3")
            gateway.wait_for_link(lost)
        drill.lose()
        drill.follow("restore")
        before = len(gateway.messages())
        with gateway.serving():
            with gateway.client() as client:
                assert client.state(closed) is not None
                assert client.state(lost) is None
                assert len(client.pack(closed).octets) > 10_000
            assert len(gateway.messages()) == before
            assert drill.sign(open_one) == (12, 7)
            again = drill.submit("LOAN-3")
            assert again not in {closed, open_one, lost}
            assert drill.sign(again) == (12, 7)
        proof = tmp_path / "proof"
        gateway.command("evidence", closed, "-o", str(proof))
        trust = gateway.folder / "data" / "pki" / "ca.pem"
        gateway.command("verify", str(proof / "certificate.xml"), "--trust", str(trust))

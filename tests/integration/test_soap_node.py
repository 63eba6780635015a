"""The contract with a client in another language: the npm package `soap`, with its WSSecurityCert."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from gateway import resources
from tests import fakes, node_packages
from tests.fakes import GUID, SoapHouse


@pytest.fixture(scope="module")
def node_client(request: pytest.FixtureRequest) -> Path:
    return node_packages.installed(request)


def run(client: Path, folder: Path, port: int, version: str, **environ: str) -> dict[str, Any]:
    chain, key = fakes.issued("rsa")
    (folder / "cert.pem").write_bytes(chain)
    (folder / "key.pem").write_bytes(key)
    (folder / "contract.pdf").write_bytes(b"%PDF-1.7 from node")
    arguments = [
        str(resources.folder("wsdl") / "gateway.wsdl"),
        f"http://127.0.0.1:{port}/soap",
        *(str(folder / name) for name in ("key.pem", "cert.pem")),
        "NODE-ñ-1",
        str(folder / "contract.pdf"),
        version,
    ]
    done = subprocess.run(
        ["node", "submit.mjs", *arguments],
        cwd=client,
        env=os.environ | environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


@pytest.mark.parametrize("version", ["1.1", "1.2"])
@pytest.mark.parametrize("plain", ["", "1"])
def test_node_submits_and_asks(node_client: Path, tmp_path: Path, version: str, plain: str) -> None:
    """A signed Submit and a signed GetState by `soap` work in both SOAP versions, by its defaults too."""
    house = SoapHouse()
    with fakes.serving(house.door) as port:
        answer = run(node_client, tmp_path, port, version, PLAIN_TRANSFORMS=plain)
    assert "fault" not in answer, answer
    assert answer["receipt"]["guid"] == GUID
    assert answer["receipt"]["external_id"] == "NODE-ñ-1"
    assert answer["item"][0]["transaction"]["state"] == {"number": "6", "name": "ACCESSED"}
    (command,) = house.use_cases.submissions
    assert command.transaction.documents[0].content == b"%PDF-1.7 from node"
    assert command.transaction.recipients[0].surname == "García Muñoz"
    envelope = fakes.SOAP_11 if version == "1.1" else fakes.SOAP_12
    assert envelope.encode() in command.raw


def test_node_understands_our_faults(node_client: Path, tmp_path: Path) -> None:
    """A refusal reaches the client as a fault whose detail it can read."""
    house = SoapHouse()
    house.use_cases.failure = fakes.GatewayError(fakes.ErrorKind.RULE_BROKEN, "a rule")
    with fakes.serving(house.door) as port:
        answer = run(node_client, tmp_path, port, "1.1")
    assert answer["fault"]["code"] == "E000501"
    assert answer["fault"]["detail"] == "a rule"

"""The examples of docs/integration, as they stand, against a whole gateway: each brings in what it says.

Not run here, for want of their toolkits: java-cxf, dotnet, php and the SoapUI project (which is read).
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from lxml import etree

from gateway import resources
from gateway.adapters.crypto.trust import der
from gateway.bootstrap import keys
from gateway.bootstrap.doors import wsgi
from scripts.sample_contract import contract_pdf
from tests import fakes
from tests.batch_samples import batch_xml, orders
from tests.house import BANK, House
from tests.integration.test_soap_node import node_client
from tests.services import absent

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "docs" / "integration"
__all__ = ["node_client"]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A gateway that knows the bank's RSA certificate as well, for not every toolkit signs by ECDSA."""
    made = House(tmp_path / "house", "", f"[drop]\nfolder = {tmp_path / 'drop'}\n")
    certificate = fakes.signer("rsa", BANK.name).certificate
    with made.tech.database.write() as uow:
        uow.issuers.add_certificate(1, certificate.fingerprint(SHA256()), der(certificate), made.clock.now())
        uow.commit()
    yield made
    made.close()


@pytest.fixture
def address(house: House) -> Iterator[str]:
    application = wsgi(house.settings, house.tech, house.system, keys.session_key(house.settings))
    with fakes.serving(application) as port:
        yield f"http://127.0.0.1:{port}/soap"


@pytest.fixture(params=["rsa", "p256"])
def access(request: pytest.FixtureRequest, tmp_path: Path) -> list[str]:
    """Files of a key and its certificate."""
    return _access(tmp_path, request.param)


def _access(folder: Path, kind: str) -> list[str]:
    chain, key = fakes.issued(kind, BANK.name)  # type: ignore[arg-type]
    (folder / "key.pem").write_bytes(key)
    (folder / "cert.pem").write_bytes(chain)
    return [str(folder / "key.pem"), str(folder / "cert.pem")]


@pytest.fixture
def batch(tmp_path: Path) -> str:
    (tmp_path / "batch.xml").write_bytes(batch_xml(orders(2)))
    return str(tmp_path / "batch.xml")


def run(*command: str, cwd: Path = ROOT) -> str:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=environment, timeout=110)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def need(*tools: str) -> None:
    for tool in tools:
        if shutil.which(tool) is None:
            absent(tool)


def taken(house: House, answer: str) -> None:
    """The answer names a batch, of which both items are taken."""
    found = etree.fromstring(answer.strip().encode()).findtext(".//{*}batch_id")
    assert found, answer
    accepted(house, found)


def accepted(house: House, batch_id: str) -> None:
    house.drain()
    assert house.system.batches.get(BANK, batch_id).counts.accepted == 2


def test_curl(house: House, address: str, access: list[str], batch: str) -> None:
    """curl, openssl and xmlsec1 are enough; the same command again is the same batch."""
    need("curl", "openssl", "xmlsec1")
    command = [str(EXAMPLES / "curl" / "submit-batch.sh"), address, *access, batch]
    answer = run(*command)
    taken(house, answer)
    again = etree.fromstring(run(*command).strip().encode()).findtext(".//{*}batch_id") or ""
    assert again in answer


def test_signed_for_the_drop_folder(house: House, access: list[str], batch: str, tmp_path: Path) -> None:
    """What openssl and xmlsec1 sign is taken from the issuer's folder."""
    need("openssl", "xmlsec1")
    folder = tmp_path / "drop"
    (folder / "1").mkdir(parents=True)
    run(str(EXAMPLES / "curl" / "sign-batch.sh"), *access, batch, str(folder / "1" / "signed.xml"))
    assert house.system.batches.drop() == 1
    house.drain()
    house.system.batches.drop()
    [report] = (folder / "1" / "taken").glob("*.csv")
    assert report.read_text().count("ACCEPTED") == 2


def test_java(house: House, address: str, access: list[str], batch: str) -> None:
    """The JDK alone signs and sends."""
    need("java", "javac")
    status, answer = run(
        "java", str(EXAMPLES / "java" / "SubmitBatch.java"), address, *access, batch, "lote-1"
    ).split("\n", 1)
    assert status == "200", answer
    taken(house, answer)


def test_node(house: House, address: str, batch: str, node_client: Path, tmp_path: Path) -> None:
    """The npm package `soap` announces, fetch uploads, and the batch is taken."""
    shutil.copy(EXAMPLES / "node" / "submit_batch.mjs", node_client)
    wsdl = str(resources.folder("wsdl") / "gateway.wsdl")
    access = _access(tmp_path, "rsa")
    answer = run("node", "submit_batch.mjs", wsdl, address, *access, batch, "lote-1", cwd=node_client)
    accepted(house, json.loads(answer)["batch_id"])


def test_zeep(house: House, address: str, tmp_path: Path) -> None:
    """Plain zeep, with a Timestamp and modern algorithms, submits and asks."""
    (tmp_path / "a.pdf").write_bytes(contract_pdf(1))
    script = str(EXAMPLES / "python" / "zeep_submit.py")
    access = _access(tmp_path, "rsa")
    # The served contract names the public address, which is not where this gateway listens.
    wsdl = resources.folder("wsdl") / "gateway.wsdl"
    answer = run(sys.executable, script, address, *access, str(tmp_path / "a.pdf"), "ZEEP-2", str(wsdl))
    guid = answer.split()[0]
    assert house.state(guid)[0] == 1


def test_our_client(house: House, address: str, access: list[str], batch: str, tmp_path: Path) -> None:
    """The Python client waits for the batch, writes its report and believes the evidence."""
    script = str(EXAMPLES / "python" / "submit_batch.py")
    root, report = str(house.settings.pki.anchors), tmp_path / "report.csv"
    command = [sys.executable, script, address, *access, root, batch, str(report)]
    child = subprocess.Popen(command, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE)
    with child:
        while child.poll() is None:
            house.drain()
            try:
                child.wait(0.5)
            except subprocess.TimeoutExpired:
                continue
        assert child.stdout is not None
        said = child.stdout.read().decode()
    assert "accepted 2 rejected 0" in said
    assert report.read_text().count("ACCEPTED") == 2
    assert said.splitlines()[-1].startswith("item-1 ")


def test_soapui_project() -> None:
    """The project is well-formed, and asks for every operation of the contract by its action."""
    project = etree.parse(EXAMPLES / "fehaciente-soapui-project.xml").getroot()
    wsdl = etree.parse(resources.folder("wsdl") / "gateway.wsdl")
    port = "{http://schemas.xmlsoap.org/wsdl/}portType/{http://schemas.xmlsoap.org/wsdl/}operation"
    stated = {each.get("name") for each in wsdl.getroot().iterfind(port)}
    asked = {each.get("name") for each in project.iter("{http://eviware.com/soapui/config}operation")}
    assert asked == stated
    for call in project.iter("{http://eviware.com/soapui/config}request"):
        etree.fromstring((call.text or "").strip().encode())

"""The command line as an operator and an issuer use it, against a real serving process."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.installation import Installation, free_port, until
from scripts.portal_driver import PortalDriver
from scripts.sample_contract import IDENTIFIER, contract_pdf, transaction_xml

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    installation = Installation(tmp_path_factory.mktemp("cli") / "gateway", free_port())
    installation.create()
    with installation.serving():
        yield installation


def fehaciente(*words: str, cwd: Path | None = None) -> "subprocess.CompletedProcess[str]":
    """Run the command without any configuration, as anybody may."""
    root = Path(__file__).parents[2]
    command = [sys.executable, "-m", "gateway", *words]
    environment = os.environ | {"PYTHONPATH": str(root)}
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=environment)


def issuer_options(gateway: Installation) -> list[str]:
    folder = gateway.folder / "issuer"
    return ["--key", str(folder / "issuer.key"), "--cert", str(folder / "issuer.pem")]


def test_an_issuer_submits_and_the_operator_follows_it_to_the_proof(
    gateway: Installation, tmp_path: Path
) -> None:
    """submit, state by GUID and by external id, events, evidence, verify: what each prints is so."""
    file = tmp_path / "loan.xml"
    file.write_bytes(transaction_xml(contract_pdf(2), "CLI-1"))
    submitted = fehaciente("submit", str(file), "--url", f"{gateway.url}/soap", *issuer_options(gateway))
    assert submitted.returncode == 0, submitted.stderr
    name, guid, state = submitted.stdout.split()
    assert (name, state) == ("loan.xml", "1")
    again = fehaciente("submit", str(file), "--url", f"{gateway.url}/soap", *issuer_options(gateway))
    assert again.stdout == submitted.stdout
    with PortalDriver(gateway.wait_for_link(guid)) as portal:
        portal.identify(IDENTIFIER).accept_conditions().read_documents().request_code().wait_for_code()
        portal.sign(gateway.wait_for_code(guid))
    assert gateway.wait_for_close(guid) == (12, 7)
    assert gateway.command("state", guid) == gateway.command("state", "--external-id", "CLI-1")
    assert "\tDECIDED_ALL\t" in gateway.command("events", guid)
    gateway.command("evidence", guid, "-o", str(tmp_path / "proof"))
    evidence = sorted((tmp_path / "proof" / "evidence").glob("*.xml"))
    assert [file.stem for file in evidence] == [
        "01-SubmissionAcceptance",
        "02-NotificationForAcceptance",
        "03-NotificationDelivered",
        "04-NotificationAccessTracking",
        "05-ContentAccessTracking",
        "06-ContentHandover",
        "07-Signed",
    ]
    root = tmp_path / "ca.pem"
    root.write_bytes(gateway.root_certificate())
    files = [*map(str, evidence), str(tmp_path / "proof" / "certificate.xml")]
    # From an empty folder: verifying needs no configuration and no database.
    verified = fehaciente("verify", *files, "--trust", str(root), cwd=tmp_path)
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert guid in verified.stdout
    assert not (tmp_path / "var").exists()


def test_verify_tells_invalid_from_unreadable(gateway: Installation, tmp_path: Path) -> None:
    """1 for an evidence that was changed, 2 for what is no evidence at all."""
    file = tmp_path / "other.xml"
    file.write_bytes(transaction_xml(contract_pdf(1), "CLI-2"))
    guid = fehaciente(
        "submit", str(file), "--url", f"{gateway.url}/soap", *issuer_options(gateway)
    ).stdout.split()[1]
    gateway.wait_for_link(guid)
    target = tmp_path / "proof"

    def first_evidence() -> bytes | None:
        gateway.command("evidence", guid, "-o", str(target))
        found = target / "evidence" / "01-SubmissionAcceptance.xml"
        return found.read_bytes() if found.exists() else None

    sealed = until(first_evidence, 30)
    root, changed, junk = tmp_path / "ca.pem", tmp_path / "changed.xml", tmp_path / "junk.xml"
    root.write_bytes(gateway.root_certificate())
    changed.write_bytes(sealed.replace(b"CLI-2", b"CLI-3"))
    junk.write_bytes(b"\x00\x01")
    assert changed.read_bytes() != sealed
    assert fehaciente("verify", str(changed), "--trust", str(root)).returncode == 1
    assert fehaciente("verify", str(junk), "--trust", str(root)).returncode == 2
    assert fehaciente("verify", str(tmp_path / "nowhere"), "--trust", str(root)).returncode == 2


def test_refusals_are_told_in_the_chosen_language(gateway: Installation) -> None:
    """A catalogued code and text on standard error, exit status 1, nothing internal."""
    config = ["--config", str(gateway.config)]
    unknown = fehaciente(*config, "--language", "es", "state", "001001-0001-000000000999999.par")
    assert unknown.returncode == 1
    assert unknown.stderr.strip() == "E000201 No existe esa operación"
    twice = fehaciente(*config, "pki", "init")
    assert twice.returncode == 1
    assert "E000902" in twice.stderr


def test_a_disabled_issuer_is_accepted_no_more(gateway: Installation, tmp_path: Path) -> None:
    """issuer add, list, disable: from then on its signature opens nothing, at once."""
    who = ["--identifier", "B1", "--contact", "mailto:b@example.org", "--issue", str(tmp_path / "other")]
    gateway.command("issuer", "add", "7", "Seguros de Ejemplo", *who)
    assert "0007\tSeguros de Ejemplo\tB1\tactive" in gateway.command("issuer", "list")
    file = tmp_path / "insurance.xml"
    file.write_bytes(transaction_xml(contract_pdf(1), "CLI-7"))
    options = [
        "--key",
        str(tmp_path / "other" / "issuer.key"),
        "--cert",
        str(tmp_path / "other" / "issuer.pem"),
    ]
    words = ["submit", str(file), "--url", f"{gateway.url}/soap", *options]
    assert "-0007-" in fehaciente(*words).stdout
    gateway.command("issuer", "disable", "7")
    assert "disabled" in gateway.command("issuer", "list")
    refused = fehaciente(*words)
    assert refused.returncode == 1
    assert "E000408" in refused.stderr
    assert (tmp_path / "other" / "issuer.key").stat().st_mode & 0o077 == 0


def test_wrong_input_is_refused_in_one_line(gateway: Installation) -> None:
    """Numbers that no column holds, files that are none, what is not there: told, and never a traceback."""
    config = ["--config", str(gateway.config)]
    key, cert, huge = (
        gateway.folder / "issuer" / "issuer.key",
        gateway.folder / "issuer" / "issuer.pem",
        "9" * 20,
    )
    who = ["--identifier", "C1", "--contact", "mailto:c@example.org", "--certificate", str(cert)]
    refusals = {
        ("issuer", "add", "8", "Another", *who): "E000501",
        ("issuer", "disable", "8"): "E000501",
        ("tasks", "revive", "no-such-task"): "E000501",
        ("submit", __file__, "--key", str(key), "--cert", str(cert)): "E000301",
        ("submit", __file__, "--key", __file__, "--cert", str(cert)): "E000902",
    }
    for words, code in refusals.items():
        refused = fehaciente(*config, *words)
        assert (refused.returncode, refused.stderr.count("\n")) == (1, 1), refused.stderr
        assert refused.stderr.startswith(code)
    assert "0008" not in gateway.command("issuer", "list")
    for command in (("issuer", "disable"), ("deposit", "send"), ("custody", "contract")):
        refused = fehaciente(*config, *command, huge)
        assert refused.returncode == 2
        assert "a whole number from 0 to" in refused.stderr


def test_what_failed_for_good_is_seen(gateway: Installation) -> None:
    """Nothing is dead on a good day, and reviving what does not exist is refused."""
    assert gateway.command("tasks", "dead") == ""
    config = ["--config", str(gateway.config)]
    assert fehaciente(*config, "tasks", "revive", "no-such-task").returncode == 1


def test_serving_an_unmigrated_database_is_refused(tmp_path: Path) -> None:
    """The operator is told what to run, instead of failing at the first request."""
    config = tmp_path / "fehaciente.ini"
    config.write_text("[gateway]\ninstallation = 000001\nbase_url = https://localhost\ndata = data\n")
    assert fehaciente("--config", str(config), "pki", "init").returncode == 0
    refused = fehaciente("--config", str(config), "worker")
    assert refused.returncode == 1
    assert "fehaciente db upgrade" in refused.stderr


def test_wrong_settings_name_their_place(tmp_path: Path) -> None:
    """File, section and key; no traceback."""
    config = tmp_path / "fehaciente.ini"
    config.write_text("[gateway]\ninstallation = 1\nbase_url = http://localhost:1\ndata = data\n")
    refused = fehaciente("--config", str(config), "db", "upgrade")
    assert refused.returncode == 1
    assert "[gateway] installation" in refused.stderr
    assert "Traceback" not in refused.stderr

"""The examples of docs/integration/webhooks.md, taken from the page and run: they accept what we sign."""

import hashlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.adapters.feedback import webhook
from gateway.domain.feedback import Notification
from gateway.domain.results import Result
from gateway.domain.states import State
from gateway.domain.timeline import LABELS
from tests.services import absent

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "integration" / "webhooks.md").read_text("utf-8")
NOW = datetime(2026, 11, 24, 10, 15, 31, tzinfo=UTC)
STAMP = str(int(NOW.timestamp()))
SECRETS = {"k1": "first-secret-of-the-issuer", "k2": "second-secret-of-the-issuer"}
TOLD = Notification(
    id="0c1d5e86-2b49-5f2f-9f0e-6f9c8b6f2a10",
    guid="001001-0001-000000000123456.par",
    external_id="PÓLIZA-1",
    sequence=5,
    event_id="8d0f9d2e-4c58-4b39-8a51-0f8f2a6f3a77",
    kind="DELIVERED",
    state=State.NOTIFIED,
    result=Result.PENDING,
    position=0,
    at=NOW,
    recorded_at=NOW,
)
BODY = webhook.document(TOLD, NOW)
PYTHON = """
import json, sys
asked = json.load(sys.stdin)
body = bytes.fromhex(asked["body"])
print(verified(asked["timestamp"], asked["signature"], body, asked["secrets"], asked["now"]))
"""
NODE = """
const asked = JSON.parse(require('node:fs').readFileSync(0));
const body = Buffer.from(asked.body, 'hex');
console.log(verified(asked.timestamp, asked.signature, body, asked.secrets, asked.now) ? 'True' : 'False');
"""
PHP = """
$asked = json_decode(stream_get_contents(STDIN), true);
$body = hex2bin($asked['body']);
$good = verified($asked['timestamp'], $asked['signature'], $body, $asked['secrets'], $asked['now']);
echo $good ? 'True' : 'False';
"""
# Java reads no JSON: one value a line, secrets last.
JAVA = """
public class Main {
    public static void main(String[] none) throws Exception {
        var lines = new String(System.in.readAllBytes(), StandardCharsets.UTF_8).split("\\n");
        var secrets = new java.util.HashMap<String, String>();
        for (int at = 4; at < lines.length; at++) {
            secrets.put(lines[at].split(" ")[0], lines[at].split(" ")[1]);
        }
        boolean good = Webhook.verified(lines[0], lines[1], HexFormat.of().parseHex(lines[2]), secrets,
                Long.parseLong(lines[3]));
        System.out.println(good ? "True" : "False");
    }
}
"""
Verify = Callable[[str, str, bytes, dict[str, str], int], bool]


def example(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert found
    return found[1]


def asked(timestamp: str, signature: str, body: bytes, secrets: dict[str, str], now: int) -> str:
    said = {
        "timestamp": timestamp,
        "signature": signature,
        "body": body.hex(),
        "secrets": secrets,
        "now": now,
    }
    return json.dumps(said)


def lines(timestamp: str, signature: str, body: bytes, secrets: dict[str, str], now: int) -> str:
    return "\n".join(
        [timestamp, signature, body.hex(), str(now), *(f"{key} {secret}" for key, secret in secrets.items())]
    )


PROGRAMS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    # Language: what is run after the example, the file's name, and the command before it.
    "python": (PYTHON, "verify.py", (sys.executable,)),
    "javascript": (NODE, "verify.cjs", ("node",)),
    "php": (PHP, "verify.php", ("php",)),
    "java": (JAVA, "Main.java", ("java",)),
}


@pytest.fixture(params=PROGRAMS)
def verify(request: pytest.FixtureRequest, tmp_path: Path) -> Verify:
    driver, name, command = PROGRAMS[request.param]
    if shutil.which(command[0]) is None:
        if request.param in {"java", "php"}:
            pytest.skip(f"no {command[0]} on this machine")
        absent(command[0])
    code = example(request.param)
    if request.param == "java":
        # A file is run by its first class.
        head, _, rest = code.partition("final class Webhook")
        code, driver = f"{head}{driver}final class Webhook{rest}", ""
    (tmp_path / name).write_text(code + driver, "utf-8")
    write = lines if request.param == "java" else asked

    def run(timestamp: str, signature: str, body: bytes, secrets: dict[str, str], now: int) -> bool:
        said = write(timestamp, signature, body, secrets, now)
        done = subprocess.run(
            [*command, str(tmp_path / name)],
            input=said,
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        assert done.stdout.strip() in {"True", "False"}, done.stdout
        return done.stdout.strip() == "True"

    return run


def signed(*keys: str, body: bytes = BODY) -> str:
    return ", ".join(f"{key}={webhook.signature(SECRETS[key].encode(), STAMP, body)}" for key in keys)


def test_examples_accept_ours_and_nothing_else(verify: Verify) -> None:
    """Either secret while both are in force; no other body, moment, secret or form."""
    now = int(NOW.timestamp())
    first = {"k1": SECRETS["k1"]}
    assert verify(STAMP, signed("k1"), BODY, first, now)
    assert verify(STAMP, signed("k1", "k2"), BODY, first, now + 299)
    assert verify(STAMP, signed("k1", "k2"), BODY, {"k2": SECRETS["k2"]}, now - 299)
    assert not verify(STAMP, signed("k2"), BODY, first, now)
    assert not verify(STAMP, signed("k1"), BODY + b" ", first, now)
    assert not verify(STAMP, signed("k1"), BODY, first, now + 301)
    assert not verify(str(now + 1), signed("k1"), BODY, first, now)
    assert not verify("yesterday", signed("k1"), BODY, first, now)
    for form in ("", "k1", "k1=", "k1=zz", "=x", f"k1={hashlib.sha256(BODY).hexdigest()}", "ñ=ñ, k1=ñ"):
        assert not verify(STAMP, form, BODY, first, now)


def test_the_page_shows_what_is_sent() -> None:
    """Every field that is sent stands on the page, and no other."""
    shown = json.loads(example("json"))
    sent = json.loads(BODY)
    assert (shown.keys(), shown["event"].keys()) == (sent.keys(), sent["event"].keys())
    assert shown["event"]["state"].keys() == sent["event"]["state"].keys()
    assert shown["result"].keys() == sent["result"].keys()


def test_every_kind_of_event_is_documented() -> None:
    """What `--event` takes stands on the page, and nothing else."""
    listed = PAGE.split("<!-- kinds -->")[1].split("<!-- end -->")[0]
    assert re.findall(r"`([A-Z_]+)`", listed) == list(LABELS)

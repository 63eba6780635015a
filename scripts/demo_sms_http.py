"""The same certified SMS by an operator's HTTP interface: an installation beside the first one, whose
requests, answers and receipts are shown.
"""

import json
import time
from datetime import UTC, datetime
from pathlib import Path

import requests

from scripts.demo_proof import collect, submit
from scripts.installation import Installation, free_port, until
from scripts.sample_operator import Asked, SampleOperator
from scripts.sample_order import Order, order_xml

SECRET, TOKEN = "receipts of the sample operator", "token of the sample operator"
LONGEST_SECONDS = 60


def show(folder: Path, order: Order, outcomes: dict[str, dict[str, str]]) -> None:
    """`outcomes` are receipts by the recipient's telephone; whoever is not among them gets the message."""
    with SampleOperator() as operator:
        made = Installation(folder, free_port())
        for section, key, value in (
            ("sms", "channel", "http"),
            ("sms", "provider", "Operadora HTTP de Ejemplo"),
            ("sms_http", "url", f"http://127.0.0.1:{operator.port}/v1/messages"),
            ("sms_http", "authorization", "bearer"),
            ("sms_http", "secret_file", _secret(folder.with_suffix(".token"), TOKEN)),
            ("sms_http", "receipts_secret_file", _secret(folder.with_suffix(".secret"), SECRET)),
        ):
            made.setting(section, key, value)
        made.create()
        with made.serving():
            guid = submit(made, order_xml(order))
            print(f"- By HTTP, submitted over SOAP: {guid}", flush=True)
            until(lambda: len(operator.asked) == len(order.people) or None, LONGEST_SECONDS)
            # A receipt that is quicker than its message's row waits for the alarm clock.
            time.sleep(1)
            for number, asked in enumerate(operator.asked, 1):
                _receipt(asked, f"op-{number}", outcomes)
            state, result = collect(made, guid)
    print(f"- By HTTP: {guid} state {state} result {result}, in {folder.name}/", flush=True)


def _receipt(asked: Asked, name: str, outcomes: dict[str, dict[str, str]]) -> None:
    message = json.loads(asked.body)
    print(f"- HTTP > {asked.method} {asked.path} {asked.body.decode()}", flush=True)
    print(f'- HTTP < 200 {{"id": "{name}"}}', flush=True)
    told = outcomes.get(message["to"], {"status": "DELIVERED"})
    at = datetime.now(UTC).isoformat(timespec="seconds")
    body = json.dumps({"id": name, **told, "at": at})
    headers = {"Content-Type": "application/json", "X-Secret": SECRET}
    answer = requests.post(message["receipts"], body, headers=headers, timeout=10)
    print(f"- HTTP < POST /inbound/sms {body}", flush=True)
    print(f"- HTTP > {answer.status_code}", flush=True)


def _secret(file: Path, secret: str) -> str:
    """Beside the installation's folder, which is made anew."""
    file.touch(0o600)
    file.write_text(secret)
    return str(file)

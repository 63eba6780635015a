"""Calls that are attempted and received, by a provider that speaks Twilio's interface: an installation beside
the first one, whose requests and callbacks are shown.
"""

import json
from pathlib import Path

from lxml import etree

from scripts.demo_proof import submit
from scripts.installation import Installation, free_port, until
from scripts.sample_calls import ACCOUNT, TOKEN, Exchange
from scripts.sample_exchange import twilio
from scripts.sample_order import Order, order_xml

NUMBER = "+34910000000"
LONGEST_SECONDS = 60


def show(folder: Path, attempted: Order, received: Order) -> None:
    """The called of the first is busy; the caller of the second rings our number."""
    token = folder.with_suffix(".token")
    token.touch(0o600)
    token.write_text(TOKEN)
    with twilio() as exchange:
        made = Installation(folder, free_port())
        callback = f"http://127.0.0.1:{made.port}/inbound/voice"
        for key, value in (
            ("channel", "twilio"),
            ("account", ACCOUNT),
            ("token_file", str(token)),
            ("sender", NUMBER),
            ("url", exchange.url),
            ("callback_url", callback),
        ):
            made.setting("voice", key, value)
        made.create()
        with made.serving():
            _attempt(made, exchange, attempted)
            _receive(made, exchange, received, f"{callback}/incoming")


def _attempt(made: Installation, exchange: Exchange, order: Order) -> None:
    guid = submit(made, order_xml(order))
    print(f"- Attempted, by HTTP: {guid}", flush=True)
    until(lambda: exchange.calls or None, LONGEST_SECONDS)
    exchange.called = "busy"
    exchange.play()
    _end(made, exchange, guid)


def _receive(made: Installation, exchange: Exchange, order: Order, url: str) -> None:
    octets = order_xml(order)
    guid = submit(made, octets)
    print(f"- Received, by HTTP: {guid}", flush=True)
    until(lambda: _placed(made, guid) or None, LONGEST_SECONDS)
    caller = etree.fromstring(octets).findtext(".//{*}caller/{*}phone")
    exchange.called = "answer"
    exchange.ring_in(url, str(caller), NUMBER)
    _end(made, exchange, guid)


def _placed(made: Installation, guid: str) -> bool:
    with made.client() as client:
        return any(each.kind == "BRIDGE_PLACED" for each in client.events(guid))


def _end(made: Installation, exchange: Exchange, guid: str) -> None:
    state, result = made.wait_for_close(guid, LONGEST_SECONDS)
    for line in exchange.traffic:
        print(f"- HTTP {line}", flush=True)
    exchange.traffic.clear()
    with made.client() as client:
        told = {each.kind: dict(each.details) for each in client.events(guid)}
    ended = told["DECIDED_ALL"]
    why = {name: ended[name] for name in ("failure", "seconds", "recording_sha256") if name in ended}
    print(f"- By HTTP: {guid} state {state} result {result} {json.dumps(why)}", flush=True)

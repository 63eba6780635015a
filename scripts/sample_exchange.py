"""A small Twilio-compatible provider of calls on loopback, to try with: nobody is rung.

It checks who asks, as the account that it prints. As a program, where PERSON is what whoever is called does
(answer, busy, no-answer, failed, machine): `python -m scripts.sample_exchange PORT [PERSON]`.
"""

import base64
import json
import ssl
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from gateway.adapters.channels.voice.tone import tone
from scripts.sample_calls import ACCOUNT, FINISHED, TOKEN, Exchange, Placed


class _Handler(BaseHTTPRequestHandler):
    exchange: Exchange

    def do_POST(self) -> None:
        octets = self.rfile.read(int(self.headers["Content-Length"]))
        form, place = parse_qs(octets.decode(), keep_blank_values=True), self._place()
        exchange = self.exchange
        if not self._known():
            self._say(401, {"code": 20003})
        elif place != "Calls.json":
            exchange.updates.append((place, form["Status"][0]))
            self._say(200, {"sid": place})
        elif exchange.trouble not in {"", "lost"}:
            self._say(int(exchange.trouble), {"code": 21211, "message": f"{form['To'][0]} is not valid"})
        else:
            call = exchange.place(form)
            exchange.show(f"> POST Calls.json To={call.one('To')} Twiml={call.one('Twiml')} -> {call.sid}")
            time.sleep(exchange.delay)
            if exchange.trouble == "lost":
                self.close_connection = True
                return
            self._say(201, {"sid": call.sid, "status": "queued"})

    def do_GET(self) -> None:
        calls, parts = {each.sid: each for each in self.exchange.calls}, self._place().split("/")
        self.exchange.fetched.append(self._place())
        if not self._known():
            self._say(401, {"code": 20003})
        elif parts[0] == "Recordings" and self.exchange.elsewhere:
            self.send_response(307)
            self.send_header("Location", self.exchange.elsewhere)
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif parts[0] == "Recordings":
            self._octets(self.exchange.recording, tone(), "audio/x-wav")
        elif len(parts) == 3:
            call = calls[parts[1]]
            more = {"status": "completed", "date_created": formatdate(), "channels": call.channels}
            self._say(200, {"recordings": [{"sid": each, **more} for each in call.recordings]})
        elif self._place() == "Calls.json?PageSize=1":
            self._say(200, {"calls": []})
        elif "ParentCallSid" in parts[0]:
            parent = parts[0].partition("=")[2]
            self._say(200, {"calls": [_told(each) for each in calls.values() if each.parent == parent]})
        else:
            self._say(200, _told(calls[parts[1].removesuffix(".json")]))

    def _place(self) -> str:
        return self.path.removeprefix(f"/2010-04-01/Accounts/{ACCOUNT}/")

    def _known(self) -> bool:
        expected = base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
        return self.headers.get("Authorization") == f"Basic {expected}"

    def _say(self, status: int, told: dict[str, Any]) -> None:
        self._octets(status, json.dumps(told).encode(), "application/json")

    def _octets(self, status: int, octets: bytes, media_type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(octets)))
        self.end_headers()
        self.wfile.write(octets)

    def log_message(self, *_words: object) -> None:
        """Nothing: a request holds a code."""


def _told(call: Placed) -> dict[str, Any]:
    return {
        "sid": call.sid,
        "status": call.status,
        "answered_by": call.answered_by or None,
        "duration": str(call.seconds),
        "start_time": formatdate(),
        "end_time": formatdate() if call.status in FINISHED else None,
    }


@contextmanager
def twilio(port: int = 0, tls: ssl.SSLContext | None = None, **how: Any) -> Iterator[Exchange]:
    """The exchange, listening at `url`."""
    exchange = Exchange(**how)
    handler = type("Handler", (_Handler,), {"exchange": exchange})
    server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    exchange.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield exchange
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def main() -> None:
    """Play every call as it is placed, and print what was said in it, codes too: nobody else hears them."""
    person = sys.argv[2] if len(sys.argv) > 2 else "answer"
    with twilio(port=int(sys.argv[1]), person=person) as exchange:
        print(f"account = {ACCOUNT}, token {TOKEN}, url = {exchange.url}", flush=True)
        while True:
            for call in exchange.waiting():
                exchange.play(call)
                print(f"> {call.one('To')} {call.status} {' / '.join(call.said)}", flush=True)
            time.sleep(0.2)


if __name__ == "__main__":
    main()

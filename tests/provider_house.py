"""A gateway whose calls a Twilio-compatible exchange places, and whose door that exchange calls back."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

from gateway.bootstrap import keys
from gateway.bootstrap.doors import wsgi
from gateway.domain.delivery import Channel, Effect
from scripts.sample_calls import ACCOUNT, TOKEN, Exchange
from tests.courier_rows import free_port
from tests.house import House

SENDER = "+34910000000"


class Quiet(WSGIRequestHandler):
    def log_message(self, *_words: Any) -> None:
        """Nothing: the path names a call."""


@contextmanager
def at_provider(folder: Path, exchange: Exchange, more: str = "") -> Iterator[House]:
    port, token = free_port(), folder / "token"
    token.write_text(TOKEN)
    token.chmod(0o600)
    voice = (
        f"[voice]\nchannel = twilio\naccount = {ACCOUNT}\ntoken_file = {token}\nsender = {SENDER}\n"
        f"url = {exchange.url}\ncallback_url = http://127.0.0.1:{port}/inbound/voice\ntimeout = 5s\n"
    )
    house = House(folder / "house", more=voice + more)
    door = wsgi(house.settings, house.tech, house.system, keys.session_key(house.settings))
    with make_server("127.0.0.1", port, door, handler_class=Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield house
        server.shutdown()
        thread.join()
    house.close()


def calls(house: House, guid: str) -> list[Effect]:
    with house.tech.database.read() as uow:
        return [each for each in uow.effects.of(guid) if each.channel is Channel.VOICE]

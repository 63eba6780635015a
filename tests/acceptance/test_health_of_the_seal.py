"""Operators see at once that nothing can be sealed, before the first transaction waits."""

import json
from datetime import timedelta

from tests.house import House


def test_health_tries_the_sealing_key(small_house: House) -> None:
    """Well with a key that seals; failing, by name, once its certificate has ended."""
    status, body = small_house.get("/health")
    assert status == "200 OK"
    assert json.loads(body)["parts"]["seal"] == "ok"
    ends = small_house.tech.signer.chain[0].not_valid_after_utc
    small_house.clock.advance(ends - small_house.clock.now() + timedelta(seconds=1))
    status, body = small_house.get("/health")
    assert status == "503 Service Unavailable"
    assert json.loads(body)["parts"]["seal"] == "failing"

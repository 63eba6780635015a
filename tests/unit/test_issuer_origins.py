"""`fehaciente issuer origins`: added, listed and removed, with an audit entry each."""

from pathlib import Path

import pytest

from gateway.domain.errors import ErrorKind
from gateway.entrypoints.cli import issuer_origins
from gateway.entrypoints.cli.arguments import parser
from gateway.usecases.origins import IssuerOrigins
from tests.house import House, refused


def test_origins_are_registered_and_taken_away(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is printed is what browsers compare with; a second time changes nothing; strangers are refused."""
    house = House(tmp_path)
    desk = IssuerOrigins(house.tech.database, house.clock)

    def run(*words: str) -> list[str]:
        assert issuer_origins.run(parser().parse_args(["issuer", "origins", *words]), desk) == 0
        return capsys.readouterr().out.splitlines()

    for _ in range(2):
        assert run("1", "add", "https://WWW.bank.example/") == ["https://www.bank.example"]
    assert run("1") == ["https://www.bank.example"]
    assert run("2", "list") == []
    asked = parser().parse_args(["issuer", "origins", "2", "remove", "https://www.bank.example"])
    refused(ErrorKind.ORIGIN_INVALID, issuer_origins.run, asked, desk)
    assert run("1", "remove", "https://www.bank.example") == []
    refused(ErrorKind.ISSUER_UNKNOWN, desk.add_origin, 77, "https://www.bank.example")
    with house.tech.database.engine.connect() as connection:
        told = str(connection.exec_driver_sql("SELECT * FROM audit_entries").fetchall())
    assert told.count("issuer-origin-added") == told.count("issuer-origin-removed") == 1
    house.close()

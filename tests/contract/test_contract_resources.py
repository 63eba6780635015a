"""Data folders are found in a checkout, and a wheel carries every file of them."""

import configparser
from pathlib import Path

import pytest

from gateway import resources

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", ["xsd", "wsdl", "schemas"])
def test_checkout_uses_its_own_folders(name: str) -> None:
    """In a checkout the folders beside the package are the ones in use."""
    assert resources.folder(name) == ROOT / name


def test_missing_folder_is_named() -> None:
    """An incomplete installation says which folder it lacks."""
    with pytest.raises(FileNotFoundError, match="nothing"):
        resources.folder("nothing")


def test_installation_keeps_its_folders_apart(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An installed package takes no stranger's `xsd` beside it, but its own below share/fehaciente."""
    (tmp_path / "xsd").mkdir()
    (tmp_path / "share/fehaciente/xsd").mkdir(parents=True)
    monkeypatch.setattr(resources, "PACKAGE", tmp_path / "gateway")
    assert resources.folder("xsd") == tmp_path / "share/fehaciente/xsd"


@pytest.mark.parametrize("name", ["xsd", "wsdl", "schemas"])
def test_wheel_carries_every_file(name: str) -> None:
    """The patterns of setup.cfg match every data file of the checkout, each under its own folder."""
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    carried = {
        (folder, path)
        for folder, patterns in setup["options.data_files"].items()
        for pattern in patterns.split()
        for path in ROOT.glob(pattern)
    }
    wanted = {
        (f"share/fehaciente/{path.parent.relative_to(ROOT).as_posix()}", path)
        for path in (ROOT / name).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert wanted <= carried

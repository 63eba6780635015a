"""The files that run the gateway elsewhere, read by the tools that would judge them there."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from gateway import settings
from tests.public_tools import ROOT
from tests.services import absent

CONF = ROOT / "conf"
CHART = CONF / "helm" / "fehaciente"
DEFINED = re.compile(r'\{\{- define "([\w.]+)" -\}\}\n(.*?)\n\{\{- end \}\}', re.DOTALL)
ACTION = re.compile(r"\{\{-? ?(.+?) ?-?\}\}")
RELEASE = "try"


@pytest.mark.parametrize("unit", sorted((CONF / "systemd").iterdir()), ids=lambda path: path.name)
def test_units_are_as_systemd_wants_them(unit: Path, tmp_path: Path) -> None:
    """systemd-analyze finds nothing wrong but that nothing is installed here, and calls the exposure low."""
    tool = shutil.which("systemd-analyze") or absent("systemd-analyze")
    program = tmp_path / "fehaciente"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    copy = tmp_path / unit.name
    copy.write_text(unit.read_text().replace("/opt/fehaciente/bin/fehaciente", str(program)))
    done = subprocess.run([tool, "verify", "--man=no", str(copy)], capture_output=True, text=True)
    ours = [line for line in done.stderr.splitlines() if "fehaciente" in line]
    assert (ours, done.returncode) == ([], 0), done.stderr


def test_the_containerfile_is_clean() -> None:
    """hadolint finds nothing."""
    # The wheel brings it beside this very Python.
    tool = shutil.which("hadolint", path=Path(sys.executable).parent) or absent("hadolint")
    done = subprocess.run([tool, str(CONF / "container" / "Containerfile")], capture_output=True, text=True)
    assert (done.stdout, done.returncode) == ("", 0)


def test_the_compose_file_names_what_is_there() -> None:
    """Every file that it mounts or builds from exists, but the secret, which whoever starts it makes."""
    folder = CONF / "container"
    told = yaml.safe_load((folder / "compose.yaml").read_text())
    service = told["services"]["gateway"]
    assert (folder / service["build"]["context"] / service["build"]["dockerfile"]).is_file()
    mounted = [each.split(":")[0] for each in service["volumes"] if each.startswith(".")]
    assert mounted == ["./fehaciente.ini"]
    assert all((folder / each).is_file() for each in mounted)
    ignored = subprocess.run(["git", "check-ignore", "-q", told["secrets"]["database"]["file"]], cwd=folder)
    assert ignored.returncode == 0, "the secret would be committed"


@pytest.mark.parametrize("written", ["container", "helm"])
def test_their_settings_are_settings(written: str, tmp_path: Path) -> None:
    """The gateway itself reads what container and chart give it."""
    if written == "container":
        text = (CONF / "container" / "fehaciente.ini").read_text()
    else:
        text = yaml.safe_load((CHART / "values.yaml").read_text())["settings"]
    read = settings.parse(text, "fehaciente.ini", tmp_path)
    assert read.ops.port == 9090
    assert read.worker.threads == 0


def rendered(template: str, values: dict[str, Any], parts: dict[str, str]) -> str:
    """The little of Go's templates that the chart is written in; anything more fails here."""

    def look_up(path: str) -> Any:
        found: Any = {"Values": values, "Release": {"Name": RELEASE}}
        for step in path.removeprefix(".").split("."):
            found = found[step]
        return found

    def action(match: re.Match[str]) -> str:
        first, *pipes = match[1].split(" | ")
        words = first.split()
        if words[0] == "include":
            value = rendered(parts[words[1].strip('"')], values, parts)
        elif words[0] == "toYaml":
            value = yaml.safe_dump(look_up(words[1])).rstrip()
        else:
            (path,) = words
            value = str(look_up(path))
        for pipe in pipes:
            if pipe == "quote":
                value = f'"{value}"'
            else:
                name, width = pipe.split()
                assert name == "nindent"
                value = "\n" + "\n".join(" " * int(width) + line for line in value.splitlines())
        return value

    # What begins with a dash takes the blanks before it away.
    return ACTION.sub(action, re.sub(r"\s*\{\{- ", "{{- ", template))


def manifests() -> list[tuple[str, dict[str, Any]]]:
    values = yaml.safe_load((CHART / "values.yaml").read_text())
    parts = dict(DEFINED.findall((CHART / "templates" / "_pod.tpl").read_text()))
    found = []
    for file in sorted((CHART / "templates").glob("*.yaml")):
        for document in yaml.safe_load_all(rendered(file.read_text(), values, parts)):
            found.append((f"{file.stem}-{document['kind']}", document))
    return found


@pytest.mark.parametrize(("name", "manifest"), manifests(), ids=[name for name, _ in manifests()])
def test_the_chart_is_valid_kubernetes(name: str, manifest: dict[str, Any]) -> None:
    """Each manifest follows Kubernetes' own schema, strictly: an unknown key is an error."""
    kubernetes_validate.validate(manifest, "1.32", strict=True)
    spec = manifest.get("spec", {}).get("template", {}).get("spec")
    if spec:
        (container,) = spec["containers"]
        assert container["securityContext"]["readOnlyRootFilesystem"] is True, name
        assert {mount["name"] for mount in container["volumeMounts"]} == {
            each["name"] for each in spec["volumes"]
        }


def test_the_chart_has_its_name() -> None:
    """Helm finds name, version and API version."""
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
    assert chart["apiVersion"] == "v2"
    assert re.fullmatch(r"\d+\.\d+\.\d+", chart["version"])
    assert chart["name"] == CHART.name

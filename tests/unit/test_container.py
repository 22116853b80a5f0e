"""The image without a container engine: what is copied is enough to build, serve and be healthy."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
STEPS = [line.split(maxsplit=1) for line in DOCKERFILE.splitlines() if re.match("[A-Z]", line)]
IGNORED = (ROOT / ".dockerignore").read_text(encoding="utf-8").split("\n")
COMPOSE = YAML(typ="safe").load((ROOT / "compose.yaml").read_text(encoding="utf-8"))


def steps(kind: str) -> list[str]:
    return [told for name, told in STEPS if name == kind]


def copied() -> list[str]:
    """What the build takes from the checkout, by its path."""
    words = [told.split() for told in steps("COPY") if not told.startswith("--from")]
    return [source for one in words for source in one[:-1]]


def test_what_is_copied_is_there_and_nothing_else_is_sent_to_the_build():
    let_in = {line.removeprefix("!") for line in IGNORED if line.startswith("!")}

    assert all((ROOT / source).exists() for source in copied())
    assert "*" in IGNORED
    assert set(copied()) == let_in


def test_every_package_is_checked_against_its_hash():
    installs = [step for step in steps("RUN") if "pip install" in step]

    assert 3 == len(installs)
    assert all("--require-hashes" in step for step in installs[:2])
    assert "--no-deps" in installs[2]
    assert "--no-build-isolation" in installs[2]


def test_it_runs_as_nobody_in_particular():
    [who] = steps("USER")
    order = [name for name, _ in STEPS]

    assert "root" != who
    assert order.index("USER") < order.index("ENTRYPOINT")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the last step of the build installs, on exactly what the Dockerfile copies."""
    context, target = tmp_path_factory.mktemp("src"), tmp_path_factory.mktemp("opt")
    for source in copied():
        there = context / source
        there.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / source).is_dir():
            skipped = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / source, there, ignore=skipped)
        else:
            shutil.copy(ROOT / source, there)
    step = steps("RUN")[-2]
    assert step.endswith(" --compile-bytecode .")
    words = shlex.split(step.replace("--compile-bytecode ", ""))[1:]
    here = [word if word != "/opt/govern" else sys.executable for word in words]
    uv = Path(sys.executable).parent / "uv"
    subprocess.run(
        [uv, *here, "--offline", "--no-cache", "--target", target],
        check=True,
        cwd=context,
        capture_output=True,
    )
    return target


def test_what_was_installed_serves_and_is_healthy_as_the_image_asks(installed, tmp_path):
    port = free_port()
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "PYTHONPATH": str(installed),
        "GOVERN_WEB_SECRET": "s" * 32,
    }
    (tmp_path / "govern.toml").write_text(f'[project]\nname = "here"\n\n[web]\nport = {port}\n')
    [entry], [command] = steps("ENTRYPOINT"), steps("CMD")
    assert ["govern"] == json.loads(entry)
    govern = [sys.executable, "-c", "from govern.cli import main; main()"]
    found = subprocess.run(
        [*govern, "list", "datasets"], check=True, cwd=tmp_path, env=environment, text=True,
        capture_output=True,
    )  # fmt: skip
    assert "review-core" in found.stdout
    with subprocess.Popen([*govern, *json.loads(command)], cwd=tmp_path, env=environment) as pages:
        try:
            wait_for(port)
            assert 0 == health(port)
        finally:
            pages.terminate()
    assert health(port)


def test_a_service_that_is_not_well_is_not_called_healthy():
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        assert health(deaf.getsockname()[1], seconds=1)


def test_the_composition_says_no_secret_and_no_service_is_everybodys():
    text = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    services = COMPOSE["services"]

    assert not re.search(r"(?i)(password|secret|_key)\s*[:=]\s*\S", text)
    assert ["front"] == [name for name, one in services.items() if "ports" in one]
    assert COMPOSE["networks"]["inside"]["internal"]
    for name in ("tracking", "pages"):
        assert services[name]["read_only"]
        assert ["ALL"] == services[name]["cap_drop"]
    assert {f"{one['env_file']}" for one in services.values() if "env_file" in one} == {
        "database.env",
        "tracking.env",
        "govern.env",
    }


def health(port: int, seconds: int = 4) -> int:
    """How the image's own question about its health ends."""
    [told] = steps("HEALTHCHECK")
    asked = json.loads(told.partition("CMD ")[2])
    assert "python" == asked[0]
    code = asked[2].replace(":8770/", f":{port}/").replace("timeout=4", f"timeout={seconds}")
    asked = [sys.executable, "-c", code]
    return subprocess.run(asked, check=False, capture_output=True).returncode


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def wait_for(port: int) -> None:
    """Until somebody listens there; a minute at most."""
    for _ in range(600):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("nobody answers")

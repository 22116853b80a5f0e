"""The README's commands are run, in its order, in an empty folder."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pandas as pd
import pytest
from forked_commands import commands

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", README, flags=re.DOTALL)


def shell_lines() -> list[str]:
    """Every line of every ``sh`` block, without its comment."""
    text = "\n".join(block for kind, block in BLOCKS if kind == "sh")
    return [line.partition("  #")[0].strip() for line in text.splitlines() if line.strip()]


def test_every_make_target_that_the_readme_names_exists():
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    named = {line.removeprefix("make ") for line in shell_lines() if line.startswith("make ")}

    assert {"demo", "test"} == named
    assert named <= targets


def test_the_commands_of_the_readme_run_as_they_stand(tmp_path):
    """Each in a process of its own."""
    home = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "LANG": "C.UTF-8"}
    folder = tmp_path
    ran = []
    exported: dict[str, str] = {}
    with commands(tmp_path, home) as give:
        for line in shell_lines():
            for command in line.split("&&"):
                words = shlex.split(command)
                if words[0] in ("make", "."):
                    continue
                if words[0] == "cd":
                    folder /= words[1]
                elif words[0] == "export":
                    name, _, value = words[1].partition("=")
                    exported[name] = value
                else:
                    assert "govern" == words[0], command
                    if "--drafts" in words:
                        drafts().to_csv(folder / "drafts.csv", index=False)
                    done = give(*words[1:], folder=folder, more=exported)
                    assert 0 == done.returncode, f"{command}\n{done.stdout}{done.stderr}"
                    ran.append(words[1])

    assert [
        "init",
        "run",
        "keys",
        "keys",
        "policy",
        "policy",
        "gate",
        "run",
        "plan",
        "policy",
        "policy",
        "policy",
        "measure",
    ] == ran


def drafts() -> pd.DataFrame:
    """A file such as the README's last command measures."""
    return pd.DataFrame(
        [
            {
                "review": f"{sex}{n} did task {job} well.",
                "employee": job,
                "name": f"{sex}{n}",
                "gender": sex,
            }
            for job in range(12)
            for sex in ("female", "male")
            for n in range(10)
        ]
    )


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#]+)\)", README))))
def test_what_the_readme_links_to_exists(link):
    if not link.startswith("https://"):
        assert (ROOT / link).exists()

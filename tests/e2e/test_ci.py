"""The action, the GitLab example, the hook and docs/ci.md, as far as they run without a CI."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from pre_commit.clientlib import load_manifest
from ruamel.yaml import YAML

from govern.cli import main

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/ci.md").read_text(encoding="utf-8")


def yaml(text: str) -> Any:
    return YAML(typ="safe", pure=True).load(text)


ACTION = yaml((ROOT / "action.yml").read_text(encoding="utf-8"))
GITLAB = yaml((ROOT / "docs/ci/gitlab-ci.yml").read_text(encoding="utf-8"))
STEPS = ACTION["runs"]["steps"]
RUNS = {step["name"]: step["run"] for step in STEPS}
JOBS = {name: job for name, job in GITLAB.items() if "script" in job}
BLOCKS = re.findall(r"```yaml\n(.*?)```", PAGE, flags=re.DOTALL)
WORKFLOW = yaml(next(block for block in BLOCKS if block.startswith("name:")))
EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")


def strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [s for part in value.values() for s in strings(part)]
    if isinstance(value, list):
        return [s for part in value for s in strings(part)]
    return [value] if isinstance(value, str) else []


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of ``govern init`` with a signed policy and a finished run of ``smoke``."""
    folder = tmp_path_factory.mktemp("ci") / "project"
    folder.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("GOVERN_KEY_PASSPHRASE", "correct horse")
        patch.setattr("govern.app.mirror.run", lambda *_args, **_more: None)
        for line in (
            "init .",
            "run my-reviews --pipeline my-function --plan smoke --id ci --json",
            "keys init ana --role board-chair",
            "keys init ben --role worker-representative",
            "policy sign my-policy --key ana",
            "policy sign my-policy --key ben",
        ):
            patch.setattr(sys, "argv", ["govern", *line.split()])
            with pytest.raises(SystemExit) as end:
                main()
            assert 0 == end.value.code, line
    (folder / ".git").mkdir()
    return folder


@dataclass
class Runner:
    """Runs the steps of the action as a runner would, with the commands of ``tools``."""

    home: Path
    inputs: dict[str, str]
    tools: Path
    outputs: dict[str, str] = field(default_factory=dict)

    def value(self, text: str) -> str:
        return EXPRESSION.sub(lambda found: self.known[found[1]], text)

    @property
    def known(self) -> dict[str, str]:
        defaults = {name: one.get("default", "") for name, one in ACTION["inputs"].items()}
        given = {f"inputs.{name}": value for name, value in (defaults | self.inputs).items()}
        context = {"runner.temp": str(self.home), "github.action_path": str(ROOT)}
        return given | context | self.outputs

    def step(self, name: str, **more: str) -> subprocess.CompletedProcess[str]:
        [step] = [step for step in STEPS if step["name"] == name]
        said = self.home / "output"
        said.write_text("")
        environment = {
            "PATH": f"{self.tools}:/usr/bin:/bin",
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "GITHUB_OUTPUT": str(said),
            "GITHUB_STEP_SUMMARY": str(self.home / "step-summary.md"),
            "GITHUB_PATH": str(self.home / "path"),
        }
        environment |= {name: self.value(text) for name, text in step.get("env", {}).items()}
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=self.home / self.value(step.get("working-directory", ".")),
            env=environment | more,
            capture_output=True,
            text=True,
            check=False,
        )
        for line in said.read_text().splitlines():
            key, _, value = line.partition("=")
            self.outputs[f"steps.{step.get('id')}.outputs.{key}"] = value
        return done


def tool(folder: Path, name: str, script: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/bash\n{script}\n")
    (folder / name).chmod(0o755)


@pytest.fixture
def noted(tmp_path: Path) -> Path:
    """A ``govern`` that notes its arguments, one a line, and prints findings of a run."""
    tool(
        tmp_path / "noting",
        "govern",
        f"printf '%s\\n' \"$@\" > {tmp_path}/arguments\n"
        'echo "::error::said by the drafting service" >&2\n'
        'echo \'{"run": {"run_id": "ci"}}\'',
    )
    return tmp_path / "arguments"


def runner(tmp_path: Path, tools: Path, **inputs: str) -> Runner:
    made = Runner(tmp_path, inputs, tools)
    assert 0 == made.step("Where the files go").returncode
    return made


# The action -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", RUNS)
def test_the_shell_of_each_step_parses(name):
    checked = subprocess.run(
        ["bash", "-n"], input=RUNS[name], capture_output=True, text=True, check=False
    )
    assert (0, "") == (checked.returncode, checked.stderr)


@pytest.mark.parametrize("name", RUNS)
def test_no_expression_stands_in_a_script(name):
    """An input in a script would be run as part of it; in the environment it is text."""
    assert "${{" not in RUNS[name]


def test_every_expression_of_the_action_names_something_that_exists():
    steps = {step["id"]: step for step in STEPS if "id" in step}
    known = {f"inputs.{name}" for name in ACTION["inputs"]} | {"runner.temp", "github.action_path"}

    for found in EXPRESSION.findall(" ".join(strings(ACTION))):
        step = re.fullmatch(r"steps\.(\w+)\.outputs\.\w+", found)
        assert found in known or (step is not None and step[1] in steps), found
    assert known == {f for f in EXPRESSION.findall(" ".join(strings(ACTION))) if f in known}


def test_the_action_installs_from_files_of_this_checkout_with_hashes():
    script = RUNS["Install from this checkout, with hashes"]
    named = re.findall(r'"\$ACTION/([^"]+)"', script)

    assert ["requirements-bootstrap.lock", "requirements.lock"] == named
    assert 2 == script.count("--require-hashes")
    assert all((ROOT / name).is_file() for name in named)


def test_the_action_needs_no_other_action():
    assert not [step for step in STEPS if "uses" in step]


def test_exploring_runs_a_suite_without_counting_it(tmp_path, noted):
    made = runner(tmp_path, noted.parent / "noting", policy="p", suite="s", pipeline="c")
    done = made.step("Draft and measure")

    assert 0 == done.returncode, done.stdout
    assert ["run", "--json", "--pipeline=c", "--plan=smoke", "--", "s"] == (
        noted.read_text().splitlines()
    )


def test_deciding_names_the_policy_that_the_intent_is_entered_under(tmp_path, noted):
    inputs = {"policy": "p", "suite": "s", "pipeline": "c", "plan": "full", "mode": "decide"}
    runner(tmp_path, noted.parent / "noting", **inputs).step("Draft and measure")

    assert "run --json --decide --policy=p --pipeline=c --plan=full -- s".split() == (
        noted.read_text().splitlines()
    )


def test_drafts_that_exist_are_measured_instead_of_a_suite(tmp_path, noted):
    inputs = {"policy": "p", "drafts": "d.csv", "columns": "text=a b,case=c"}
    runner(tmp_path, noted.parent / "noting", **inputs).step("Draft and measure")

    assert ["run", "--json", "--drafts=d.csv", "--columns=text=a b,case=c"] == (
        noted.read_text().splitlines()
    )


def test_another_mode_is_refused_before_anything_runs(tmp_path, noted):
    inputs = {"policy": "p", "suite": "s", "pipeline": "c", "mode": "decided"}
    done = runner(tmp_path, noted.parent / "noting", **inputs).step("Draft and measure")

    assert 2 == done.returncode
    assert "expected explore or decide, found decided" in done.stdout
    assert not noted.exists()


def test_inputs_are_text_and_never_run(tmp_path, noted):
    evil = f'x"; touch {tmp_path}/ran; $(touch {tmp_path}/ran) `touch {tmp_path}/ran` --json'
    inputs = {"policy": evil, "suite": evil, "pipeline": evil, "plan": evil, "mode": "decide"}
    done = runner(tmp_path, noted.parent / "noting", **inputs).step("Draft and measure")

    assert 0 == done.returncode
    assert not (tmp_path / "ran").exists()
    assert evil == noted.read_text().splitlines()[-1]


def test_what_a_drafting_service_says_is_no_workflow_command(tmp_path, noted):
    inputs = {"policy": "p", "suite": "s", "pipeline": "c"}
    done = runner(tmp_path, noted.parent / "noting", **inputs).step("Draft and measure")
    first, said, last = done.stdout.splitlines()
    token = first.removeprefix("::stop-commands::")

    assert "::error::said by the drafting service" == said
    assert (32, f"::{token}::", "") == (len(token), last, done.stderr)


@pytest.mark.parametrize("code", [10, 14])
def test_the_exit_code_passes_through(tmp_path, code):
    tool(tmp_path / "failing", "govern", f'echo \'{{"run": {{"run_id": "x"}}}}\'; exit {code}')
    made = runner(tmp_path, tmp_path / "failing", policy="p", suite="s", pipeline="c")

    assert code == made.step("Draft and measure").returncode
    assert code == made.step("Judge").returncode


def test_the_gate_step_judges_a_finished_run_and_leaves_what_ci_reads(tmp_path, project):
    """The real ``govern`` on a real run: 24 cases show little, so 11 or 0 are sound answers."""
    tool(tmp_path / "bin", "govern", f'exec {sys.executable} -c {STARTED!r} "$@"')
    made = runner(tmp_path, tmp_path / "bin", policy="my-policy", project=str(project))
    folder = Path(made.outputs["steps.files.outputs.folder"])
    (folder / "findings.json").write_text('{"run": {"run_id": "ci"}}')

    done = made.step("Judge", **UNTRACKED)

    decision = Path(made.outputs["steps.gate.outputs.decision"])
    decided = json.loads((decision / "decision.json").read_text())
    outcome = made.outputs["steps.gate.outputs.outcome"]
    assert decided["effective_outcome"] == outcome, done.stderr
    assert {"pass": 0, "fail": 10, "insufficient_evidence": 11}[outcome] == done.returncode
    files = {name: Path(made.value(one["value"])) for name, one in ACTION["outputs"].items()}
    cases = ET.fromstring(files["junit"].read_text()).findall(".//testcase")
    [run] = json.loads(files["sarif"].read_text())["runs"]
    assert len(cases) > len(decided["clauses"])
    assert "policies/my-policy.md" == run["artifacts"][0]["location"]["uri"]
    summary = files["summary"].read_text()
    assert summary in (tmp_path / "step-summary.md").read_text()
    assert (decision / "summary.md").read_text() == summary
    commands = [line for line in done.stdout.splitlines() if line.startswith("::")]
    assert commands[0].startswith("::stop-commands::")
    assert commands[1] == f"::{commands[0].removeprefix('::stop-commands::')}::"
    assert re.match(r"::(error|notice) file=policies/my-policy\.md,line=1,", commands[2])


STARTED = "from govern.cli import main; main()"
UNTRACKED = {"PYTHONPATH": os.pathsep.join(p for p in sys.path if p), "DO_NOT_TRACK": "true"}


# The command ------------------------------------------------------------------------------

Gate = Callable[..., tuple[int, str, str]]


@pytest.fixture
def gate(project: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Gate:
    """``govern gate ci --policy my-policy`` with more options, in this process."""
    monkeypatch.chdir(project)
    monkeypatch.setattr("govern.app.mirror.decision", lambda *_args, **_more: None)
    for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT"):
        monkeypatch.delenv(name, raising=False)

    def run(*more: str, policy: str = "my-policy") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["govern", "gate", "ci", "--policy", policy, *more])
        capfd.readouterr()
        with pytest.raises(SystemExit) as end:
            main()
        return int(end.value.code or 0), *capfd.readouterr()

    return run


def test_every_decision_folder_holds_what_ci_reads_and_its_sarif_points_at_the_copy(gate, tmp_path):
    gate("--out", str(tmp_path / "decided"))
    [run] = json.loads((tmp_path / "decided/sarif.json").read_text())["runs"]

    assert {"junit.xml", "sarif.json", "summary.md"} <= {
        path.name for path in (tmp_path / "decided").iterdir()
    }
    assert "policy.md" == run["artifacts"][0]["location"]["uri"]


def test_with_json_the_annotations_leave_stdout_to_the_decision(gate, tmp_path):
    _, out, err = gate("--out", str(tmp_path / "decided"), "--github", "--json")

    assert "decision_id" in json.loads(out)
    assert re.search(r"^::(error|notice) file=policies/my-policy\.md,line=1,", err, re.MULTILINE)


def test_without_the_option_nothing_is_said_to_github(gate, tmp_path, monkeypatch):
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary"))
    _, out, err = gate("--out", str(tmp_path / "decided"))

    assert "::" not in out + err
    assert not (tmp_path / "summary").exists()


def test_a_file_that_cannot_be_written_is_one_line_and_exit_code_2(gate, tmp_path):
    (tmp_path / "file").write_text("here")
    code, _, err = gate(
        "--out", str(tmp_path / "decided"), "--junit", str(tmp_path / "file" / "junit.xml")
    )

    assert 2 == code
    assert 1 == err.count("cannot be written")


def test_a_policy_outside_the_repository_is_named_without_its_folder(gate, project, tmp_path):
    elsewhere = tmp_path / "my-policy.md"
    elsewhere.write_bytes((project / "policies/my-policy.md").read_bytes())
    gate(
        *("--out", str(tmp_path / "decided"), "--sarif", str(tmp_path / "s.json")),
        policy=str(elsewhere),
    )
    [run] = json.loads((tmp_path / "s.json").read_text())["runs"]

    assert "my-policy.md" == run["artifacts"][0]["location"]["uri"]


# GitLab -----------------------------------------------------------------------------------


@pytest.mark.parametrize("job", JOBS)
def test_each_gitlab_job_runs_commands_that_parse_and_use_variables_that_exist(job):
    lines = [*GITLAB["default"]["before_script"], *JOBS[job]["script"]]
    script = "\n".join(lines)
    checked = subprocess.run(
        ["bash", "-n"], input=script, capture_output=True, text=True, check=False
    )

    assert (0, "") == (checked.returncode, checked.stderr)
    assert set(re.findall(r"\$(\w+)", script)) <= {*GITLAB["variables"], "CI_JOB_ID", "GATE_KEY"}


def test_gitlab_explores_on_a_branch_decides_on_a_tag_and_lets_11_through_only_when_exploring():
    explore, decide = JOBS["explore"], JOBS["decide"]

    assert "--decide" not in " ".join(explore["script"])
    placed, drafted, judged = decide["script"]
    assert "record/keys/gate.key" == placed.split()[-1]
    assert "--decide" in drafted
    assert "--key gate" in judged
    assert ([{"if": "$CI_COMMIT_BRANCH"}], {"exit_codes": 11}) == (
        explore["rules"],
        explore["allow_failure"],
    )
    assert [{"if": "$CI_COMMIT_TAG"}] == decide["rules"]
    assert "allow_failure" not in decide
    assert "ci/junit.xml" == GITLAB[".gate"]["artifacts"]["reports"]["junit"]


# The hook ---------------------------------------------------------------------------------


def test_the_hook_lints_the_policies_that_a_commit_changes_and_nothing_else(tmp_path, noted):
    """pre-commit itself runs it, from a repository of its own, with a ``govern`` that notes."""
    [hook] = load_manifest(ROOT / ".pre-commit-hooks.yaml")
    assert ("govern-policy-lint", "govern policy lint") == (hook["id"], hook["entry"])
    theirs, ours = tmp_path / "theirs", tmp_path / "ours"
    (ours / "policies/tests/p").mkdir(parents=True)
    theirs.mkdir()
    (theirs / ".pre-commit-hooks.yaml").write_text((ROOT / ".pre-commit-hooks.yaml").read_text())
    for name in ("policies/p.md", "policies/tests/p/case.yaml", "README.md"):
        (ours / name).write_text("text\n")
    environment = {
        "PATH": f"{noted.parent / 'noting'}:/usr/bin:/bin",
        "HOME": str(tmp_path),
        "PRE_COMMIT_HOME": str(tmp_path / "cache"),
        **{
            f"GIT_{who}_{what}": "a@b.example"
            for who in ("AUTHOR", "COMMITTER")
            for what in ("NAME", "EMAIL")
        },
    }

    def run(folder: Path, *words: str) -> None:
        subprocess.run(words, cwd=folder, env=environment, check=True, capture_output=True)

    for folder in (theirs, ours):
        run(folder, "git", "init", "-q")
        run(folder, "git", "add", ".")
        run(folder, "git", "commit", "-qm", "one")
    run(
        ours,
        *(sys.executable, "-m", "pre_commit", "try-repo", str(theirs), "govern-policy-lint"),
        "--all-files",
    )

    assert ["policy", "lint", "policies/p.md"] == noted.read_text().splitlines()


# The page ---------------------------------------------------------------------------------


def uses_of_the_action() -> list[dict[str, Any]]:
    jobs = [step for job in WORKFLOW["jobs"].values() for step in job["steps"]]
    lone = [step for block in BLOCKS if block.startswith("- uses") for step in yaml(block)]
    starter = yaml((ROOT / "src/govern/starter/.github/workflows/govern.yml").read_text())
    own = starter["jobs"]["explore"]["steps"]
    return [step["with"] for step in [*jobs, *lone, *own] if step.get("uses") == "./govern"]


def test_page_and_starter_give_the_action_inputs_that_it_has_and_all_that_it_requires():
    required = {name for name, one in ACTION["inputs"].items() if one.get("required")}

    assert 4 == len(uses_of_the_action())
    for given in uses_of_the_action():
        assert required <= set(given) <= set(ACTION["inputs"])


def test_the_page_names_every_input_and_output_of_the_action():
    assert [] == [name for name in ACTION["inputs"] if f"`{name}`" not in PAGE]
    assert [] == [name for name in ACTION["outputs"] if f"`{name}`" not in PAGE]


def test_the_workflow_of_the_page_uses_outputs_that_exist_and_puts_none_into_a_script():
    found = re.findall(r"steps\.gate\.outputs\.(\w+)", "".join(BLOCKS))
    steps = [step for job in WORKFLOW["jobs"].values() for step in job["steps"]]
    uploads = [step for step in steps if "upload" in step.get("uses", "")]

    assert {"sarif", "outcome", "decision"} == set(found)
    assert set(found) <= set(ACTION["outputs"])
    assert uploads
    assert all("steps.gate.outputs.outcome" in step["if"] for step in uploads)
    for job in WORKFLOW["jobs"].values():
        assert not [step for step in job["steps"] if "${{" in step.get("run", "")]


def test_the_commands_of_the_page_run_as_they_stand(tmp_path, project):
    """The run exists already, so its line is left to the fixture that made it."""
    [block] = re.findall(r"```sh\n(.*?)```", PAGE, flags=re.DOTALL)
    drafting, judging = block.splitlines()
    assert "govern run my-reviews --pipeline my-function --plan smoke --id ci" == drafting
    tool(tmp_path / "bin", "govern", f'exec {sys.executable} -c {STARTED!r} "$@"')
    done = subprocess.run(
        ["bash", "-c", judging],
        cwd=project,
        env={"PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin", "HOME": str(tmp_path)} | UNTRACKED,
        capture_output=True,
        text=True,
        check=False,
    )

    assert 0 == done.returncode, done.stderr
    assert ["junit.xml", "sarif.json", "summary.md"] == sorted(
        path.name for path in (project / "ci").iterdir()
    )


def test_the_hook_on_the_page_is_the_one_there_is():
    [config] = [yaml(block) for block in BLOCKS if block.startswith("repos:")]

    assert ["govern-policy-lint"] == [h["id"] for r in config["repos"] for h in r["hooks"]]

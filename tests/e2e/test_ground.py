"""What the rest stands on: fast help, no shadowed packages, a wheel that carries its files."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = {"pandas", "numpy", "scipy", "mlflow", "inspect_ai", "datasets", "pyarrow", "cryptography"}


def run(*command, **more):
    return subprocess.run(command, capture_output=True, text=True, check=False, **more)


def test_asking_for_help_imports_nothing_heavy():
    code = (
        "import sys, contextlib\n"
        "from govern.cli import main\n"
        "sys.argv = ['govern', '--help']\n"
        "with contextlib.suppress(SystemExit): main()\n"
        "print(sorted(name.partition('.')[0] for name in sys.modules), file=sys.stderr)"
    )
    done = run(sys.executable, "-c", code)

    assert set() == HEAVY & set(eval(done.stderr))
    for command in ("init", "demo", "run", "gate", "report", "list", "certify", "keys", "policy"):
        assert f"\n  {command} " in done.stdout


@pytest.mark.parametrize(
    "command",
    [
        ("init",),
        ("demo",),
        ("run",),
        ("gate",),
        ("report",),
        ("list",),
        ("certify",),
        ("keys", "init"),
        ("keys", "list"),
        ("keys", "revoke"),
        ("attest",),
        ("waive",),
        ("approve",),
        ("policy", "sign"),
    ],
)
def test_every_command_explains_itself_with_an_example(govern, command):
    shown = govern(*command, "--help")

    assert 0 == shown.code
    assert "Example" in shown.out
    assert f"govern {' '.join(command)}" in shown.out
    assert "--json" in shown.out


@pytest.mark.parametrize("folder", ["datasets", "evals", "policies", "reports"])
def test_no_data_folder_is_a_package_that_would_shadow_another(folder):
    assert not (ROOT / folder / "__init__.py").exists()


def test_from_the_checkouts_top_datasets_is_still_the_hugging_face_package():
    done = run(sys.executable, "-c", "import datasets; print(datasets.load_dataset)", cwd=ROOT)

    assert "load_dataset" in done.stdout


def test_the_wheel_carries_what_ships_and_runs_without_the_checkout(tmp_path):
    built = run(
        sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path), cwd=ROOT
    )
    assert 0 == built.returncode, built.stderr
    [wheel] = tmp_path.glob("*.whl")
    site = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(site)
    environment = {**os.environ, "PYTHONPATH": str(site), "GOVERN_KEY_PASSPHRASE": "x"}
    where = (
        "import govern, govern.sources.locate as l; print(govern.__file__); print(l.builtin_root())"
    )
    govern = "from govern.cli import main; main()"
    shown = run(sys.executable, "-c", where, cwd=tmp_path, env=environment).stdout.splitlines()

    assert all(line.startswith(str(site)) for line in shown)
    for kind, expected in (
        ("policies", "builtin:review-drafting"),
        ("suites", "builtin:review-core"),
        ("datasets", "builtin:review-core-v1"),
        ("pipelines", "builtin:planted"),
    ):
        listed = run(
            sys.executable, "-c", govern, "list", kind, "--json", cwd=tmp_path, env=environment
        )
        assert expected in listed.stdout, listed.stderr
    made = run(sys.executable, "-c", govern, "init", "mine", cwd=tmp_path, env=environment)
    assert 0 == made.returncode, made.stderr
    names = zipfile.ZipFile(wheel).namelist()
    assert any(name.startswith("govern/_builtin/evals/certificates/") for name in names)
    assert "govern/_builtin/requirements.lock" in names
    assert any(name.endswith("reports/templates/decision.css") for name in names)


def test_committed_certificates_are_for_the_evaluator_as_it_stands():
    """A changed byte in a measure asks for `make golden`."""
    from govern.app.certify import certifiable
    from govern.metrics import evaluator_digest
    from govern.sources.policies import load_certificates

    certificates = load_certificates([ROOT / "evals" / "certificates"])

    assert set(certifiable()) == {c.metric for c in certificates}
    assert {evaluator_digest()} == {c.evaluator for c in certificates}
    # Its alarms over clean drafts are too many, so that no clause can be judged by it.
    assert {"robustness.instability"} == {c.metric for c in certificates if not c.holds}
    assert any(c.independent for c in certificates)


def test_a_certificate_made_anew_is_the_committed_one(govern, project):
    day = (ROOT / "evals/certificates/MADE_ON").read_text().strip()
    made = govern("certify", "fairness.rating_shift", "--out", "made", "--made-on", day, "--json")

    committed = ROOT / "evals/certificates/fairness.rating_shift.json"
    assert 0 == made.code
    assert committed.read_text() == (project / "made/fairness.rating_shift.json").read_text()


@pytest.mark.parametrize("lock", sorted(ROOT.glob("requirements*.lock")), ids=lambda p: p.name)
def test_locks_pin_every_version_with_hashes_and_name_no_index(lock):
    text = lock.read_text()
    pins = [line for line in text.splitlines() if "==" in line]

    assert pins
    assert text.count("--hash=sha256:") >= len(pins)
    assert "://" not in text

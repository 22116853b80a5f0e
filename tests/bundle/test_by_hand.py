"""The programs of docs/by-hand.md check a bundle as they stand, without a line of ours."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from govern.attest.trust import TrustRoot, write_trust

from .conftest import BEN, Case, rewrite

PAGE = (Path(__file__).parents[2] / "docs/by-hand.md").read_text(encoding="utf-8")
PROGRAMS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


def checked(folder: Path, trust: Path, program: str = PROGRAMS[0]) -> tuple[int, str]:
    """What a program ends with and says in the folder, as an auditor runs it."""
    shutil.copyfile(trust, folder.parent / "my-copy-of-trust.json")
    done = subprocess.run(
        [sys.executable, "-I", "-c", program],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_a_bundle_holds_by_the_rules_of_the_page(made: Case, folder: Path):
    code, said = checked(folder, made.desk.trust, "".join(PROGRAMS))

    assert (0, "") == (code, said if code else "")
    assert "govern" not in re.findall(r"^(?:import|from) (\w+)", "".join(PROGRAMS), re.MULTILINE)
    for line in (
        "signed: decision/decision.dsse.json by gate ['gate']",
        "signed: decision/envelopes/policy.dsse.json by ana ['board-chair']",
        "same: policy, findings, docket",
        "same: decision entered",
        "leaves by win ['witness']",
        "tlog-proof",
        "same: coverage.not_drafted",
    ):
        assert line in said


@pytest.mark.parametrize(
    ("name", "change", "stops_at"),
    [
        ("decision/policy.md", (b"At most 5 in", b"At most 9 in"), "policy, findings, docket"),
        ("decision/decision.json", (b"COV-1", b"COV-2"), "decision"),
        ("record/ledger.jsonl", (b'"seq":1', b'"seq":7'), "entry 7"),
        ("record/leaves.jsonl", (b'"hour":"20', b'"hour":"19'), "root of"),
    ],
)
def test_what_was_changed_stops_them_though_the_manifest_was_made_anew(
    name: str, change: tuple[bytes, bytes], stops_at: str, made: Case, folder: Path
):
    path = folder / name
    stood = path.read_bytes()
    assert change[0] in stood
    path.write_bytes(stood.replace(*change, 1))
    rewrite(folder)
    code, said = checked(folder, made.desk.trust)

    assert 1 == code
    assert re.match(rf"{stops_at}.*: expected ", said.splitlines()[-1])


def test_a_trust_root_of_somebody_else_stops_them(made: Case, folder: Path, tmp_path: Path):
    write_trust(tmp_path, TrustRoot(keys=(BEN.trusted,)))
    code, said = checked(folder, tmp_path / "trust.json")

    assert 1 == code
    assert "decision.dsse.json signed by somebody known: expected True" in said

"""Every file of a bundle changed, taken away, added, exchanged: clumsily, and by who knows how.

Whoever knows how writes the manifest anew as well. Then the check that the file belongs to has to
tell; what nothing vouches for is named as that.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from govern.app.verify import Verification
from govern.errors import IntegrityError
from govern.ledger.chain import line_of, next_entry, read_line

from .conftest import Case, rewrite

FILES = (
    "README.md",
    "certificates/coverage.not_drafted.json",
    "data/cases/README.md",
    "data/cases/croissant.json",
    "data/cases/manifest.json",
    "data/identities/README.md",
    "data/identities/croissant.json",
    "data/identities/manifest.json",
    "decision/beside.json",
    "decision/decision.dsse.json",
    "decision/decision.json",
    "decision/docket.json",
    "decision/drafts.parquet",
    "decision/envelopes/policy.dsse.json",
    "decision/findings.json",
    "decision/junit.xml",
    "decision/policy.md",
    "decision/report.html",
    "decision/sarif.json",
    "decision/summary.dsse.json",
    "decision/summary.md",
    "decision/trust.json",
    "manifest.json",
    "model-card.md",
    "record/attempts.json",
    "record/checkpoints.jsonl",
    "record/leaves.jsonl",
    "record/ledger.jsonl",
    "record/proofs/entry-2.tlog-proof",
    "record/proofs/entry-3.tlog-proof",
    "record/proofs/growth.txt",
    "record/trust.json",
    "requirements.lock",
    "run/logs/one.eval",
    "run/pipeline.json",
    "run/plan.json",
    "run/suite.json",
    "versions.json",
)
ON_ITS_WORD = {"requirements.lock", "run/logs/one.eval", "versions.json"}
"""What nothing but the manifest vouches for."""
OWN = {"decision/trust.json", "record/trust.json"}
"""What an auditor with a trust root of their own does not need."""
BY_NAME = {"run/plan.json", "run/suite.json"}
"""What is checked by its name alone, so that a byte may change unseen."""


def test_the_list_is_of_all_files(made: Case, folder: Path):
    found = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    found = {name for name in found if not name.startswith("tables/")}
    named = {n for n in found if n.startswith(("record/approvals/", "decision/envelopes/"))}

    assert set(FILES) == found - named | {"decision/envelopes/policy.dsse.json"}
    assert 3 == len(named)


@pytest.mark.parametrize("name", FILES)
class TestClumsily:
    def test_a_changed_byte_is_named(self, made: Case, folder: Path, name: str):
        path = folder / name
        raw = path.read_bytes()
        path.write_bytes(raw[:-2] + bytes([raw[-2] ^ 1]) + raw[-1:])

        refused(made, folder, name, "changed")

    def test_a_missing_file_is_named(self, made: Case, folder: Path, name: str):
        (folder / name).unlink()

        refused(made, folder, name, "missing")

    def test_the_file_of_another_decision_is_named(
        self, made: Case, folder: Path, other: Path, name: str
    ):
        if (other / name).is_file() and exchanged(other, folder, name):
            refused(made, folder, name, "changed")


def test_an_added_file_is_named(made: Case, folder: Path):
    for name in ("record/waivers/x.dsse.json", "decision/envelopes/x.dsse.json", ".DS_Store"):
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("{}")
        refused(made, folder, name, "added")
        path.unlink()


def test_tables_that_say_something_else_than_the_decision_are_named(made: Case, folder: Path):
    """One changed, one taken away, one too many, by somebody who rewrites the manifest too."""
    changed, gone, more = (folder / "tables" / n for n in ("slices.csv", "findings.csv", "x.csv"))
    changed.write_bytes(changed.read_bytes().replace(b"pass", b"fail", 1))
    gone.unlink()
    more.write_text("x")
    rewrite(folder)
    found = made.desk.verify(folder, level=2)
    [said] = [check.said for check in found.checks if check.what == "tables/"]

    assert 0 == found.level
    assert said.startswith("tables/findings.csv, tables/slices.csv, tables/x.csv: not what comes")


def test_what_is_no_file_is_refused(made: Case, folder: Path):
    os.mkfifo(folder / "decision/pipe")

    with pytest.raises(IntegrityError, match="no plain file"):
        made.desk.verify(folder)


def test_a_link_is_refused(made: Case, folder: Path):
    (folder / "decision/report.html").unlink()
    (folder / "decision/report.html").symlink_to("/etc/hostname")

    with pytest.raises(IntegrityError, match="a symbolic link"):
        made.desk.verify(folder)


@pytest.mark.parametrize("name", [n for n in FILES if n != "manifest.json"])
class TestByWhoKnowsHow:
    def test_a_changed_file_fails_where_it_belongs(self, made: Case, folder: Path, name: str):
        path = folder / name
        raw = path.read_bytes()
        path.write_bytes(raw[:-3] + bytes([raw[-3] ^ 1]) + raw[-2:])
        rewrite(folder)

        if name in ON_ITS_WORD:
            told = {check.what: check.said for check in made.desk.verify(folder, level=2).checks}
            assert name in told["on the bundle's word"]
        elif name not in OWN:
            assert_fails(made, folder, name)

    def test_a_file_taken_away_is_missed(self, made: Case, folder: Path, name: str):
        (folder / name).unlink()
        rewrite(folder)

        if (
            name in OWN | ON_ITS_WORD
            or name in BY_NAME
            or name.startswith(("data/", "cert", "run"))
        ):
            # The README names what is in the bundle.
            found = verified(made, folder)
            assert found is None or "README.md" in broken(found) or name in OWN
        else:
            assert_fails(made, folder, name)

    def test_the_file_of_another_decision_fails(
        self, made: Case, folder: Path, other: Path, name: str
    ):
        if not (other / name).is_file() or not exchanged(other, folder, name):
            return
        rewrite(folder)

        if name not in ON_ITS_WORD:
            assert_fails(made, folder, name)


class TestTheRecord:
    def test_an_abandoned_run_cannot_be_left_out(self, made: Case, folder: Path):
        """The chain is written anew without it; no checkpoint of the log bears that out."""
        lines = (folder / "record/ledger.jsonl").read_bytes().splitlines()
        entries = [read_line(line, "line") for line in lines]
        anew = None
        kept = []
        for entry in (e for e in entries if e.payload.get("run_id") != "gone-1"):
            anew = next_entry(anew, entry.kind, dict(entry.payload), entry.at)
            kept.append(line_of(anew))
        (folder / "record/ledger.jsonl").write_bytes(b"\n".join([*kept, b""]))
        rewrite(folder)

        found = made.desk.verify(folder, level=2)
        assert (0, 13) == (found.level, found.exit_code)
        assert "record/ledger.jsonl" in broken(found)

    def test_a_record_without_the_decision_is_none_of_it(self, made: Case, folder: Path):
        for name in ("ledger", "leaves", "checkpoints"):
            (folder / f"record/{name}.jsonl").unlink()
        rewrite(folder)
        found = made.desk.verify(folder, level=2)

        assert (0, 13) == (found.level, found.exit_code)
        assert "no entry of decision" in broken(found)["record/ledger.jsonl"]

    def test_an_approval_of_another_decision_is_refused(self, made: Case, folder: Path):
        [path] = (folder / "record/approvals").iterdir()
        shutil.copy(path, folder / "record/approvals/again.dsse.json")
        forge(path)
        rewrite(folder)

        assert 13 == made.desk.verify(folder, level=1).exit_code

    def test_an_answer_that_was_entered_cannot_be_left_out(self, made: Case, folder: Path):
        [path] = (folder / "record/approvals").iterdir()
        path.unlink()
        rewrite(folder)
        found = made.desk.verify(folder, level=1)

        assert 13 == found.exit_code
        assert "the record has approvals whose files are gone" in broken(found)["record/approvals"]


def test_all_of_another_decision_under_this_name(made: Case, folder: Path, other: Path):
    shutil.rmtree(folder / "decision")
    shutil.copytree(other / "decision", folder / "decision")
    rewrite(folder)
    found = made.desk.verify(folder, level=2)

    assert 13 == found.exit_code
    assert "decision" in broken(found)


@pytest.fixture
def other(made: Case, tmp_path: Path) -> Path:
    """The bundle of the second decision, unpacked."""
    shutil.unpack_archive(made.bundles[1], tmp_path / "other")
    return next((tmp_path / "other").iterdir())


def exchanged(other: Path, folder: Path, name: str) -> bool:
    """Put the other's file in the place of ours; whether they differ."""
    if (other / name).read_bytes() == (folder / name).read_bytes():
        return False
    shutil.copy(other / name, folder / name)
    return True


def forge(path: Path) -> None:
    told = json.loads(path.read_text())
    told["payload"] = told["payload"][:-4] + "AAA="
    path.write_text(json.dumps(told))


def broken(found: Verification) -> dict[str, str]:
    return {check.what: check.said for check in found.checks if check.holds is False}


def refused(made: Case, folder: Path, name: str, how: str) -> None:
    with pytest.raises(IntegrityError) as error:
        made.desk.verify(folder)
    told = str(error.value)
    assert 13 == error.value.exit_code
    assert name in told
    if name != "manifest.json":
        assert f"{how}: {name}" in told


def verified(made: Case, folder: Path) -> Verification | None:
    """``None`` where the bundle is refused whole, as something altered."""
    try:
        return made.desk.verify(folder)
    except IntegrityError:
        return None


def assert_fails(made: Case, folder: Path, name: str) -> None:
    found = verified(made, folder)
    if found is not None:
        unsigned = {12} if name == "decision/envelopes/policy.dsse.json" else set()
        assert found.exit_code in {13} | unsigned
        assert broken(found)

"""``govern bundle``: what it holds, what it leaves out, how far its decision can be followed."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest

from govern.app import decision_folder
from govern.app.checks import differences
from govern.app.record import open_ledger
from govern.app.reporting import report
from govern.app.verify import Verification
from govern.attest.keys import PrivateKey
from govern.attest.trust import TrustRoot, read_trust, revoke_key, write_trust
from govern.errors import InputError, IntegrityError

from .conftest import ANA, BEN, LATER, Case, Desk, desk_at, key, rewrite

HEAVY = ("mlflow", "inspect_ai", "pandas", "scipy", "pyarrow", "sqlalchemy", "datasets")
GOVERN = [sys.executable, "-c", "from govern.cli import main; main()"]


def broken(found: Verification) -> dict[str, str]:
    return {check.what: check.said for check in found.checks if check.holds is False}


def said(found: Verification) -> dict[str, str]:
    return {check.what: check.said for check in found.checks}


def names(bundle: Path) -> set[str]:
    with zipfile.ZipFile(bundle) as archive:
        return {name.partition("/")[2] for name in archive.namelist()}


class TestSynthetic:
    def test_the_bundle_goes_to_level_three_by_itself(self, made: Case):
        found = made.desk.verify(made.bundles[0])

        assert (3, 0, {}) == (found.level, found.exit_code, broken(found))

    def test_it_holds_all_that_the_decision_rests_on(self, made: Case):
        decision = {"decision.json", "policy.md", "findings.json", "docket.json", "trust.json",
                    "report.html", "drafts.parquet", "decision.dsse.json", "summary.dsse.json",
                    "envelopes/policy.dsse.json"}  # fmt: skip
        papers = {"manifest.json", "README.md", "croissant.json"}
        expected = {
            "README.md", "manifest.json", "model-card.md", "requirements.lock", "versions.json",
            *(f"decision/{name}" for name in decision),
            *(f"record/{name}.jsonl" for name in ("ledger", "leaves", "checkpoints")),
            "record/trust.json", "record/attempts.json", "record/proofs/growth.txt",
            "record/proofs/entry-2.tlog-proof",
            f"record/approvals/{made.decisions[0].decision_id}-ana.dsse.json",
            "run/suite.json", "run/plan.json", "run/pipeline.json", "run/logs/one.eval",
            *(f"data/{of}/{name}" for of in ("cases", "identities") for name in papers),
            "certificates/coverage.not_drafted.json",
        }  # fmt: skip

        assert set() == expected - names(made.bundles[0])

    def test_the_abandoned_runs_of_the_lineage_are_in_it(self, made: Case, folder: Path):
        attempts = json.loads((folder / "record/attempts.json").read_text())

        assert [("gone-1", "abandoned"), ("gone-2", "open")] == [
            (one["run_id"], one["state"]) for one in attempts["entered"]
        ]
        assert "| `gone-1` | 2026-03-02" in (folder / "README.md").read_text()

    def test_who_approved_and_who_witnessed_is_told(self, made: Case):
        told = said(made.desk.verify(made.bundles[0], level=1))

        assert "approved by ana" == told["record/approvals"]
        assert "1 independent: win" == told["witnesses"]
        assert (
            "nobody has answered to the decision"
            == said(made.desk.verify(made.bundles[1], level=1))["record/approvals"]
        )

    def test_the_same_decision_and_record_give_the_same_bytes(self, made: Case, tmp_path: Path):
        other = made.desk.project.root / "runs-elsewhere"
        assert not other.exists()
        for number in range(2):
            made.desk.bundle(made.decisions[0], tmp_path / f"{number}.zip")

        again = [(tmp_path / f"{number}.zip").read_bytes() for number in range(2)]
        assert [made.bundles[0].read_bytes()] * 2 == again

    def test_an_unpacked_bundle_verifies_too_and_stays_as_it_is(self, made: Case, folder: Path):
        assert 0 == made.desk.verify(folder).exit_code
        command = ["ledger", "verify", "--trust", str(made.desk.trust)]
        for more in ([], ["--proof", "record/proofs/entry-2.tlog-proof"]):
            subprocess.run([*GOVERN, *command, *more], cwd=folder, check=True, capture_output=True)
        assert 0 == made.desk.verify(folder).exit_code

    def test_levels_one_and_two_load_nothing_heavy(self, made: Case):
        code = (
            "import sys; from govern.cli import main\n"
            f"sys.argv = ['govern', 'verify', {str(made.bundles[0])!r}, '--level', '2', '--json']\n"
            "try:\n    main()\nexcept SystemExit as end:\n    code = end.code\n"
            f"sys.exit(repr((code, [m for m in {HEAVY!r} if m in sys.modules])))"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=False
        )

        assert done.stderr.strip() in ("(0, [])", "(12, [])")
        assert 2 == json.loads(done.stdout)["level"]


class TestRealPeople:
    def test_their_texts_are_left_out_and_it_says_so(self, real: Case):
        found = real.desk.verify(real.bundles[0])
        held = names(real.bundles[0])

        assert (2, 0) == (found.level, found.exit_code)
        assert "the drafts are left out of the bundle; ask for its annex" in found.kept_from
        assert "drafts.parquet: it may be about real people" in said(found)["left out"]
        assert not [n for n in held if n.endswith((".parquet", ".eval", "cases.jsonl"))]
        assert "run/journal.jsonl" not in held
        assert 2 == real.desk.verify(real.bundles[0], level=3).exit_code

    def test_with_the_annex_level_three_is_reached(self, real: Case, tmp_path: Path):
        done = real.desk.bundle(real.decisions[0], tmp_path / "b.zip", annex=tmp_path / "a.zip")
        found = real.desk.verify(tmp_path / "b.zip", annex=tmp_path / "a.zip")

        assert (3, 0) == (found.level, found.exit_code)
        assert (tmp_path / "b.zip").read_bytes() == real.bundles[0].read_bytes()
        assert (tmp_path / "a.zip",) == done.annex
        assert {"drafts.parquet", "run/journal.jsonl", "run/logs/one.eval",
                "data/cases/cases.jsonl"} < names(tmp_path / "a.zip")  # fmt: skip

    def test_the_annex_of_another_decision_is_refused(self, real: Case, tmp_path: Path):
        real.desk.bundle(real.decisions[1], tmp_path / "b.zip", annex=tmp_path / "a.zip")

        with pytest.raises(IntegrityError, match="the annex of decision"):
            real.desk.verify(real.bundles[0], annex=tmp_path / "a.zip")
        with pytest.raises(InputError, match="expected an annex, found a bundle"):
            real.desk.verify(real.bundles[0], annex=real.bundles[0])

    def test_drafts_that_lie_in_the_folder_by_mistake_go_into_the_annex_alone(self, tmp_path: Path):
        desk, decision, _ = desk_at(tmp_path, synthetic=False)
        folder = desk.project.record / "decisions" / decision.decision_id
        run = desk.project.state / "runs" / "one"
        (folder / "drafts.parquet").write_bytes((run / "drafts.parquet").read_bytes())
        (folder / "notes.txt").write_text("about Ms X")
        desk.bundle(decision, tmp_path / "b.zip")

        assert not {"decision/drafts.parquet", "decision/notes.txt"} & names(tmp_path / "b.zip")


class TestWhatIsNotHere:
    def test_without_the_run_it_says_what_is_missing(self, tmp_path: Path):
        desk, decision, _ = desk_at(tmp_path)
        (desk.project.state / "runs" / "one").rename(tmp_path / "away")
        done = desk.bundle(decision, tmp_path / "b.zip")
        left = {one.what for one in done.contents.left_out}

        assert {"run/logs/", "data/: the papers of the dataset"} < left
        assert 3 == desk.verify(tmp_path / "b.zip").level

    def test_without_a_checkpoint_that_is_a_finding(self, tmp_path: Path):
        desk = Desk(tmp_path)
        decision = desk.decide("one")
        desk.bundle(decision, tmp_path / "b.zip")
        found = desk.verify(tmp_path / "b.zip", level=2)

        assert (2, 0) == (found.level, found.exit_code)
        assert {"checkpoints", "witnesses"} == set(broken(found))

    def test_a_checkpoint_that_nobody_independent_cosigned_is_a_finding_on_every_first_page(
        self, tmp_path: Path
    ):
        desk = Desk(tmp_path)
        decision = desk.decide("one")
        desk.sign_checkpoint()
        report(desk.project, decision.decision_id, now=LATER).write()
        desk.bundle(decision, tmp_path / "b.zip")
        top = f"govern-bundle-{decision.decision_id}"
        with zipfile.ZipFile(tmp_path / "b.zip") as archive:
            readme = archive.read(f"{top}/README.md").decode()
            page = archive.read(f"{top}/decision/report.html").decode()

        assert {"witnesses"} == set(broken(desk.verify(tmp_path / "b.zip", level=2)))
        over = desk.verify(tmp_path / "b.zip", level=2, now=LATER + timedelta(days=365))
        assert {"witnesses", "expiry"} == set(broken(over))
        assert "**Independent witnesses: 0.** That is a finding" in readme
        assert 'class="notice">Independent witnesses: 0.' in page.partition('id="contents"')[0]

    def test_a_decision_that_the_record_has_no_entry_of_is_not_bundled(self, tmp_path: Path):
        desk, decision, _ = desk_at(tmp_path)
        ledger = desk.project.record / "ledger.jsonl"
        ledger.unlink()
        for name in ("leaves", "checkpoints"):
            (desk.project.record / f"{name}.jsonl").unlink()

        with pytest.raises(InputError, match="no entry of decision"):
            desk.bundle(decision, tmp_path / "b.zip")
        assert not (tmp_path / "b.zip").exists()

    def test_an_annex_of_nothing_and_a_file_that_exists_are_refused(
        self, made: Case, tmp_path: Path
    ):
        with pytest.raises(InputError, match="nothing was left out"):
            made.desk.bundle(made.decisions[0], tmp_path / "b.zip", annex=tmp_path / "a.zip")
        with pytest.raises(InputError, match="exists already"):
            made.desk.bundle(made.decisions[0], made.bundles[0])


class TestSize:
    def test_numbered_files_are_taken_together(self, made: Case, tmp_path: Path):
        done = made.desk.bundle(made.decisions[0], tmp_path / "b.zip", part=200_000)

        assert 2 < len(done.files)
        assert b"".join(p.read_bytes() for p in done.files) == made.bundles[0].read_bytes()
        for source in (done.files[0], tmp_path / "b.zip"):
            assert 0 == made.desk.verify(source, level=1).exit_code

    def test_a_missing_part_is_named(self, made: Case, tmp_path: Path):
        done = made.desk.bundle(made.decisions[0], tmp_path / "b.zip", part=200_000)
        done.files[1].unlink()

        with pytest.raises(IntegrityError, match=r"missing before b\.zip\.003; ask for it"):
            made.desk.verify(done.files[0])
        for path in done.files[2:]:
            path.unlink()
        with pytest.raises(IntegrityError, match=r"b\.zip\.001: .*part that follows is missing"):
            made.desk.verify(done.files[0])
        done.files[0].rename(tmp_path / "b.zip.002")
        with pytest.raises(IntegrityError, match=r"missing before b\.zip\.002"):
            made.desk.verify(tmp_path / "b.zip")

    def test_over_its_budget_it_asks_for_numbered_files(
        self, made: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setattr("govern.app.bundle.BUDGET", 100_000)
        with pytest.raises(InputError, match="more than 100,000: --split-mb 100"):
            made.desk.bundle(made.decisions[0], tmp_path / "b.zip")

    def test_where_the_annex_cannot_be_written_neither_is_the_bundle(
        self, real: Case, tmp_path: Path
    ):
        (tmp_path / "a.zip").touch()

        with pytest.raises(InputError, match=r"a\.zip: exists already"):
            real.desk.bundle(real.decisions[0], tmp_path / "b.zip", annex=tmp_path / "a.zip")
        assert ["a.zip"] == [path.name for path in tmp_path.iterdir()]

    def test_logs_that_are_too_large_go_into_the_annex(
        self, made: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setattr("govern.app.bundle_files.MOST_LOGS", 2)
        made.desk.bundle(made.decisions[0], tmp_path / "b.zip", annex=tmp_path / "a.zip")

        assert "run/logs/one.eval" not in names(tmp_path / "b.zip")
        assert "run/logs/one.eval" in names(tmp_path / "a.zip")
        assert 3 == made.desk.verify(tmp_path / "b.zip", annex=tmp_path / "a.zip").level


def commands_in(page: str, anchor: str) -> list[str]:
    """The commands that stand below a heading, as a reader copies them."""
    below = page.partition(f'id="{anchor}"')[2]
    block = below.partition('<dl class="commands">')[2].partition("</dl>")[0]
    lines = re.findall(r"<dt><code>(.*?)</code>", block)
    return [unescape(re.sub(r"<[^>]+>", "", line)) for line in lines]


class TestReproduction:
    """What the report says to type gives the findings again: with the bundle and nothing else."""

    @pytest.fixture
    def clean(self, tmp_path: Path) -> Callable[[str], tuple[int, str]]:
        """A shell in a fresh folder with an empty home; sockets are refused by the guard."""
        for name in ("home", "bin", "work"):
            (tmp_path / name).mkdir()
        for name, start in (
            ("govern", " ".join(map(shlex.quote, GOVERN))),
            ("python3", sys.executable),
        ):
            (tmp_path / "bin" / name).write_text(f'#!/bin/sh\nexec {start} "$@"\n')
            (tmp_path / "bin" / name).chmod(0o755)
        guard = Path(__file__).parents[1] / "egress"
        environment = {
            "HOME": str(tmp_path / "home"), "PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "PYTHONPATH": os.pathsep.join(
                filter(None, (str(guard), os.environ.get("PYTHONPATH", "")))
            ),
        }  # fmt: skip

        def typed(line: str) -> tuple[int, str]:
            done = subprocess.run(
                ["/bin/sh", "-c", line],
                cwd=tmp_path / "work", env=environment, capture_output=True, text=True, check=False,
            )  # fmt: skip
            return done.returncode, done.stdout + done.stderr

        return typed

    @pytest.mark.parametrize("kind", ["made", "real"])
    def test_the_reports_commands_give_the_same_findings(
        self, kind, request, clean, tmp_path: Path
    ):
        case: Case = request.getfixturevalue(kind)
        decision = case.decisions[0]
        which = decision.decision_id
        bundle = tmp_path / "work" / f"bundle-{which}.zip"
        annex = tmp_path / "work" / f"annex-{which}.zip" if kind == "real" else None
        case.desk.bundle(decision, bundle, annex=annex)
        with zipfile.ZipFile(bundle) as archive:
            told = {
                name: archive.read(f"govern-bundle-{which}/{name}").decode()
                for name in ("decision/report.html", "README.md", "decision/findings.json")
            }
        lines = commands_in(told["decision/report.html"], "reproduce-offline")
        ended = dict(zip(lines, map(clean, lines), strict=True))
        printed = "".join(said for _, said in ended.values())
        again = json.loads((tmp_path / "work" / "again.json").read_bytes())["findings"]
        stand = json.loads(told["decision/findings.json"])["findings"]
        bounds = ("lower", "upper")

        # This decision is over by now: of the verification, that is exit code 12.
        assert {0, 12} >= {code for code, _ in ended.values()}, printed
        assert ["govern verify"] == [line[:13] for line, (code, _) in ended.items() if code]
        assert "1 of 1 metrics come out the same, to" in " ".join(printed.split())
        assert f"{decision.policy.digest}  govern-bundle-{which}/decision/policy.md" in printed
        assert [] == list(
            differences(stand, [{k: v for k, v in f.items() if k not in bounds} for f in again])
        )
        assert stand
        assert [] == list((tmp_path / "home").iterdir())
        assert "\n".join(lines) in told["README.md"]

    def test_what_is_installed_are_the_libraries_of_the_bundle_with_their_digests(
        self, folder: Path
    ):
        lines = commands_in((folder / "decision/report.html").read_text(), "reproduce-install")
        [libraries] = [line for line in lines if "--require-hashes" in line]
        lock = folder.parent / libraries.split()[-1]
        wanted = [line for line in lock.read_text().splitlines() if "==" in line]

        assert wanted
        assert lock.read_text().count("--hash=sha256:") >= len(wanted)

    def test_numbers_that_do_not_come_out_are_seen(self, made: Case, folder: Path):
        """The comparison of the first test can fail: an estimate other in its ninth decimal."""
        findings = json.loads((folder / "decision/findings.json").read_bytes())["findings"]
        other = [{**f, "estimate": f["estimate"] + 1e-8} for f in findings]

        assert list(differences(findings, other))


@pytest.mark.parametrize("third", [BEN, key("other", "gate")])
def test_a_trust_root_that_does_not_know_the_log_ends_with_twelve(
    third: PrivateKey, made: Case, tmp_path: Path
):
    write_trust(tmp_path, TrustRoot(keys=(ANA.trusted, third.trusted)))
    found = made.desk.verify(made.bundles[0], level=2, trust=tmp_path / "trust.json")

    assert (0, 12) == (found.level, found.exit_code)
    assert f"of ana, {third.trusted.name}; is it" in broken(found)["record/ledger.jsonl"]


def test_without_a_trust_root_of_their_own_the_auditor_is_told(made: Case):
    found = made.desk.verify(made.bundles[0], level=2, trust=None)

    assert (2, 0, False) == (found.level, found.exit_code, found.own_trust)


def test_a_decision_that_nobody_could_read_again_is_never_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """One larger than what is read of a signed file would stop every later decision."""
    desk = Desk(tmp_path)
    monkeypatch.setattr(decision_folder, "MOST_BYTES", 1_000)
    with pytest.raises(InputError, match=r"bytes, more than the 1,000 that are read again"):
        desk.decide("one")

    assert [] == list((desk.project.record / "decisions").iterdir())
    assert {"intent"} == {entry.kind for entry in open_ledger(desk.project).entries()}


def test_a_report_goes_by_the_records_keys_and_not_by_those_beside_the_decision(tmp_path: Path):
    """The copy beside the decision stays as it was; the record knows better, or nothing at all."""
    desk = Desk(tmp_path)
    decision = desk.decide("one")
    record = desk.project.record
    write_trust(record / "decisions" / decision.decision_id, read_trust(record))
    revoke_key(record, "gate", why="compromised", when=LATER)
    revoked = report(desk.project, decision.decision_id, now=LATER).page.answer
    (record / "trust.json").unlink()
    unknown = report(desk.project, decision.decision_id, now=LATER).page.answer

    assert "The decision is not signed:" in revoked.signed[1]
    assert revoked.verified.startswith("Verified to level 0 of 4")
    assert "compromised" in revoked.verified
    assert unknown.verified.endswith(
        "nothing was shown. Not further: The record has no trust root."
    )


def test_drafts_too_large_for_the_decisions_folder_are_shown_and_followed_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """They stay in the run's folder, from where the report and the bundle take them."""
    monkeypatch.setattr("govern.app.decision_folder.MOST_DRAFTS", 1_000)
    desk, decision, _ = desk_at(tmp_path)
    folder = desk.project.record / "decisions" / decision.decision_id
    made = report(desk.project, decision.decision_id, now=LATER)
    made.write()
    desk.bundle(decision, tmp_path / "b.zip")
    found = desk.verify(tmp_path / "b.zip")

    assert not (folder / "drafts.parquet").exists()
    assert made.beside.excerpts is not None
    assert (3, 0, {}) == (found.level, found.exit_code, broken(found))
    assert "excerpts and distributions come out" in said(found)["beside.json"]


@pytest.fixture(scope="module")
def printed(made: Case, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first bundle with its PDF, unpacked."""
    place = tmp_path_factory.mktemp("printed")
    made.desk.bundle(made.decisions[0], place / "b.zip", pdf=True)
    shutil.unpack_archive(place / "b.zip", place)
    return place / made.top


class TestPdf:
    def test_it_is_there_where_it_was_asked_for_and_comes_out_again(
        self, made: Case, printed: Path
    ):
        found = made.desk.verify(printed, level=2)
        told = json.loads((printed / "manifest.json").read_text())

        assert "report.pdf" not in names(made.bundles[0])
        assert (printed / "report.pdf").read_bytes().startswith(b"%PDF-")
        assert told["pdf_by"].startswith("typst ")
        assert (2, {}) == (found.level, broken(found))
        assert f"by {told['pdf_by']}" in said(found)["report.pdf"]
        page = (printed / "README.md").read_text()
        assert "`report.pdf` on paper" in page
        assert "| `report.pdf` | the report as PDF, its data attached | made again, by" in page

    def test_a_changed_one_is_noticed_whatever_the_manifest_says(
        self, made: Case, printed: Path, tmp_path: Path
    ):
        folder = Path(shutil.copytree(printed, tmp_path / "b"))
        raw = (folder / "report.pdf").read_bytes()
        (folder / "report.pdf").write_bytes(raw.replace(b"/Title", b"/Titel", 1))
        with pytest.raises(IntegrityError, match=r"changed: report\.pdf"):
            made.desk.verify(folder)
        rewrite(folder)
        found = made.desk.verify(folder, level=2)

        assert (0, 13) == (found.level, found.exit_code)
        assert {"report.pdf"} == set(broken(found))

    @pytest.mark.parametrize("here", ["typst 0", None])
    def test_other_releases_and_machines_without_typst_leave_it_at_the_bundles_word(
        self, made: Case, printed: Path, monkeypatch: pytest.MonkeyPatch, here: str | None
    ):
        def maker() -> str:
            if here is None:
                raise InputError("no Typst here")
            return here

        monkeypatch.setattr("govern.app.verify_made.pdf_maker", maker)
        found = made.desk.verify(printed, level=2)

        assert (2, {}) == (found.level, broken(found))
        assert "not compared, on the bundle's word" in said(found)["report.pdf"]
        assert (here or "no Typst") in said(found)["report.pdf"]


def test_no_extra_changes_a_byte_of_the_bundle(
    made: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    for package in ("typst", "huggingface_hub", "mlcroissant"):
        monkeypatch.setitem(sys.modules, package, None)
    made.desk.bundle(made.decisions[0], tmp_path / "b.zip")

    assert made.bundles[0].read_bytes() == (tmp_path / "b.zip").read_bytes()
    with pytest.raises(InputError, match=r"pip install 'govern\[pdf\]'"):
        made.desk.bundle(made.decisions[0], tmp_path / "c.zip", pdf=True)


def test_cards_lead_to_papers_that_are_in_the_bundle(made: Case, folder: Path):
    """The names' manifest names no card, so one is written; that of the cases is their own."""
    card = (folder / "model-card.md").read_text()
    linked = set(re.findall(r"\]\((data/[^)]+)\)", card))

    assert {n for n in names(made.bundles[0]) if n.startswith("data/")} == linked
    assert "# cases\n" == (folder / "data/cases/README.md").read_text()
    assert "# names 1" in (folder / "data/identities/README.md").read_text()
    assert "model-card.md" in said(made.desk.verify(made.bundles[0], level=2))["cards"]

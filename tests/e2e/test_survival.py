"""Runs that are interrupted: what is done is kept, and going on ends where a whole run would."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from given_commands import copied, given

from govern import frames
from govern.app.drafting import priced
from govern.canon import sha256
from govern.domain.pipeline import Manifest
from govern.runner.folder import RunFolder

pytestmark = pytest.mark.usefixtures("unmirrored")

CELLS = 48
DRAFTER = """
import os, signal
from pathlib import Path

def draft(packet):
    with open("asked.txt", "a") as asked:
        asked.write(packet["case_id"] + " " + packet["name"] + "\\n")
    if Path("SIGINT").exists() and len(open("asked.txt").readlines()) >= 20:
        Path("SIGINT").unlink(missing_ok=True)
        os.kill(os.getppid(), signal.SIGINT)
    return {"text": packet["name"] + " did " + packet["evidence"][0]["text"], "rating": 3}
"""


def use_probe_plan(started: Path) -> None:
    path = started / "evals/my_reviews.py"
    path.write_text(path.read_text().replace("cases=24", "cases=6, noise=False"))


@pytest.fixture(scope="module")
def one_probe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a finished run of the probe plan, ``once``; to be copied."""
    folder = tmp_path_factory.mktemp("one-probe")
    given(folder, "init .")
    use_probe_plan(folder)
    given(folder, "run my-reviews --pipeline my-function --id once")
    return folder


@pytest.fixture
def once(one_probe: Path, project: Path) -> Path:
    """A copy of that, the working folder."""
    return copied(one_probe, project)


def estimates(run: Path) -> list[object]:
    findings = json.loads((run / "findings.json").read_text())["findings"]
    return [(f["metric"], f.get("contrast"), f["estimate"], f["counts"]) for f in findings]


def test_a_run_that_is_interrupted_goes_on_and_drafts_no_cell_twice(govern, started):
    use_probe_plan(started)
    drafter = started / "pipelines/my_drafter.py"
    drafter.write_text(DRAFTER)
    Path("SIGINT").touch()
    command = [sys.executable, "-c", "from govern.cli import main; main()"]
    arguments = ["run", "my-reviews", "--pipeline", "my-function", "--id", "cut"]

    cut = subprocess.run([*command, *arguments], capture_output=True, text=True, check=False)
    journal = started / ".govern/runs/cut/journal.jsonl"
    kept = journal.read_text().count("\n")

    assert 14 == cut.returncode
    assert 0 < kept < CELLS
    assert not (started / ".govern/runs/cut/findings.json").exists()

    asked = len(Path("asked.txt").read_text().splitlines())
    assert kept == asked
    assert "Drafts in flight are kept" in cut.stderr
    assert f"interrupted after {kept} of {CELLS} cells" in cut.stderr
    Path("asked.txt").unlink()
    assert 0 == govern("run", "--resume", "cut").code
    assert CELLS - kept == len(Path("asked.txt").read_text().splitlines())
    assert CELLS == len({json.loads(line)["cell"] for line in journal.read_text().splitlines()})

    assert 0 == govern(*arguments[:-1], "whole", "--no-cache").code
    assert estimates(started / ".govern/runs/whole") == estimates(started / ".govern/runs/cut")


def test_a_second_run_under_the_same_id_is_told_to_resume(govern, once):
    again = govern("run", "my-reviews", "--pipeline", "my-function", "--id", "once")

    assert 2 == again.code
    assert "--resume once" in again.err


def test_a_line_that_a_crash_cut_short_is_drafted_again(govern, once):
    journal = once / ".govern/runs/once/journal.jsonl"
    before = estimates(once / ".govern/runs/once")
    os.truncate(journal, journal.stat().st_size - 7)

    assert 0 == govern("run", "--resume", "once").code
    assert CELLS == len(journal.read_text().splitlines())
    assert before == estimates(once / ".govern/runs/once")


def test_a_pipeline_that_changed_since_cannot_finish_another_ones_run(govern, once):
    drafter = once / "pipelines/my_drafter.py"
    drafter.write_text(drafter.read_text() + "\n# better\n")

    refused = govern("run", "--resume", "once")

    assert 13 == refused.code
    assert "pipeline fingerprint changed" in refused.err


class Server(ThreadingHTTPServer):
    request_queue_size = 64
    daemon_threads = True


class Service(BaseHTTPRequestHandler):
    """Answers ``answers`` times, then 503."""

    answers = CELLS

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        cls = type(self)
        if cls.answers <= 0:
            self.send_error(503)
            return
        cls.answers -= 1
        fact = body["packet"]["evidence"][0]["text"]
        reply = json.dumps({"draft": {"text": fact, "rating": 4}}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(reply)))
        self.end_headers()
        self.wfile.write(reply)

    def log_message(self, *_args: object) -> None:
        return


@pytest.fixture
def service(started):
    """A drafting service on loopback; the starter's manifest points at it."""
    server = Server(("127.0.0.1", 0), Service)
    Thread(target=server.serve_forever, daemon=True).start()
    manifest = started / "pipelines/my-service.yaml"
    port = f"127.0.0.1:{server.server_port}"
    manifest.write_text(manifest.read_text().replace("127.0.0.1:8731", port))
    yield Service
    server.shutdown()
    server.server_close()


def test_a_service_that_dies_half_way_is_an_outage_and_no_draft(govern, started, service):
    use_probe_plan(started)
    service.answers = 20

    cut = govern("run", "my-reviews", "--pipeline", "my-service", "--id", "cut")

    assert 14 == cut.code
    assert "answered 503" in cut.err
    assert "govern run --resume cut" in cut.err
    assert 20 == len((started / ".govern/runs/cut/journal.jsonl").read_text().splitlines())

    service.answers = CELLS
    assert 0 == govern("run", "--resume", "cut").code
    findings = json.loads((started / ".govern/runs/cut/findings.json").read_text())["findings"]
    assert 0.0 == next(f for f in findings if f["metric"] == "coverage.not_drafted")["estimate"]


def test_a_service_that_is_not_there_ends_the_run_with_14(govern, started):
    use_probe_plan(started)
    manifest = started / "pipelines/my-service.yaml"
    manifest.write_text(manifest.read_text().replace("127.0.0.1:8731", "127.0.0.1:9"))

    cut = govern("run", "my-reviews", "--pipeline", "my-service", "--id", "cut")

    assert 14 == cut.code
    assert "no answer" in cut.err
    assert "Traceback" not in cut.err


def test_a_secret_is_read_from_the_environment_and_never_from_the_manifest(
    govern, started, service, monkeypatch
):
    use_probe_plan(started)
    manifest = started / "pipelines/my-service.yaml"
    manifest.write_text(manifest.read_text().replace("# auth_env", "auth_env"))

    refused = govern("run", "my-reviews", "--pipeline", "my-service", "--id", "a")
    assert 2 == refused.code
    assert "set MY_SERVICE_AUTHORIZATION" in refused.err

    monkeypatch.setenv("MY_SERVICE_AUTHORIZATION", "Bearer s3cret-s3cret")
    service.answers = CELLS
    assert 0 == govern("run", "my-reviews", "--pipeline", "my-service", "--id", "b").code
    kept = b"".join(p.read_bytes() for p in Path(".govern").rglob("*") if p.is_file())
    assert b"s3cret" not in kept


def test_a_sum_that_nobody_can_hold_to_is_refused_before_the_first_cell(govern, started):
    run = ("run", "my-reviews", "--pipeline", "my-function")
    for wrong, said in [
        (("--max-cost", "2"), "pipeline my-function (python) does not say what a draft costs"),
        (("--max-cost", "0"), "--max-cost 0.0: expected more than 0"),
        (("--max-time", "half an hour"), "expected a number with s, m or h, such as 30m"),
    ]:
        refused = govern(*run, *wrong)
        assert 2 == refused.code
        assert said in refused.err
    assert not (started / ".govern/runs").exists()


def test_cells_of_an_earlier_run_are_taken_from_it_and_counted(govern, once):
    run = ("run", "my-reviews", "--pipeline", "my-function", "--id")
    drafter = once / "pipelines/my_drafter.py"
    before = drafter.read_text()

    again = govern(*run, "again")
    assert f"{CELLS} drafts planned, {CELLS} of them from earlier runs" in again.out
    facts = {
        name: json.loads((once / f".govern/runs/{name}/findings.json").read_text())["run"]
        for name in ("once", "again")
    }
    assert (None, CELLS) == tuple(facts[name].get("reused") for name in facts)
    assert [CELLS, 0] == [facts[name]["spend"]["drafts"] for name in facts]
    assert facts["once"]["drafts_digest"] == facts["again"]["drafts_digest"]

    assert "reused" not in govern(*run, "anew", "--no-cache", "--json").json["run"]
    drafter.write_text(before + "\n# better\n")
    assert "reused" not in govern(*run, "other", "--json").json["run"]


def test_a_disk_that_is_full_when_findings_are_written_is_no_defect(govern, started, monkeypatch):
    use_probe_plan(started)

    def full(_folder: object, _findings: object) -> None:
        raise OSError(28, "No space left on device", "findings.json")

    monkeypatch.setattr("govern.runner.folder.RunFolder.write_findings", full)
    stopped = govern("run", "my-reviews", "--pipeline", "my-function", "--id", "full")
    monkeypatch.undo()
    monkeypatch.chdir(started)

    assert 14 == stopped.code
    assert "findings.json: No space left on device; make room" in stopped.err
    assert "Traceback" not in stopped.err
    assert CELLS == len((started / ".govern/runs/full/journal.jsonl").read_text().splitlines())


class Told:
    """A pipeline with nothing but its manifest, and perhaps a word on its price."""

    def __init__(self, **settings: object) -> None:
        self.manifest = Manifest(
            id="told", version="1", kind="any", description=".", settings=settings
        )


def test_a_pipeline_says_by_its_manifest_or_itself_that_drafts_have_a_price():
    said = Told()
    said.priced = True  # type: ignore[attr-defined]

    assert priced(said)  # type: ignore[arg-type]
    assert priced(Told(prices={"draft_usd": 0.1}))  # type: ignore[arg-type]
    assert priced(Told(usage={"cost_usd": "usage.cost"}))  # type: ignore[arg-type]
    assert not priced(Told(usage={"input_tokens": "usage.in"}))  # type: ignore[arg-type]
    assert not priced(Told())  # type: ignore[arg-type]


def test_two_that_work_on_one_run_at_once_do_not_draft_its_cells_twice(govern, started):
    use_probe_plan(started)
    drafter = started / "pipelines/my_drafter.py"
    drafter.write_text(DRAFTER)
    Path("SIGINT").touch()
    command = [sys.executable, "-c", "from govern.cli import main; main()", "run"]
    subprocess.run(
        [*command, "my-reviews", "--pipeline", "my-function", "--id", "one"],
        capture_output=True,
        check=False,
    )
    kept = len(Path("asked.txt").read_text().splitlines())

    with RunFolder(Path(".govern/runs/one")).alone():
        second = govern("run", "--resume", "one")

    assert 14 == second.code
    assert "run one: another process works on it" in second.err
    assert kept == len(Path("asked.txt").read_text().splitlines())
    assert 0 == govern("run", "--resume", "one").code
    assert CELLS == len(Path("asked.txt").read_text().splitlines())


def test_drafts_of_other_cells_in_a_journal_are_not_counted_as_its_own(govern, once):
    journal = once / ".govern/runs/once/journal.jsonl"
    line = json.loads(journal.read_text().splitlines()[0]) | {"cell": "of-another-plan"}
    with journal.open("a") as stream:
        stream.write(json.dumps(line) + "\n")

    refused = govern("run", "--resume", "once")

    assert 13 == refused.code
    assert f"1 of {CELLS + 1} drafts are not of this run" in " ".join(refused.err.split())


def test_another_release_measures_a_whole_run_again_and_drafts_nothing_for_half_a_one(
    govern, once, monkeypatch
):
    folder, other = once / ".govern/runs/once", "0.0.0-other"
    intent = json.loads((folder / "run.json").read_text())
    (folder / "run.json").write_text(json.dumps(intent | {"harness_version": other}))
    assert 0 == govern("run", "--resume", "once").code
    journal = folder / "journal.jsonl"
    lines = journal.read_text().splitlines(keepends=True)
    journal.write_text("".join(lines[:-2]))

    refused = govern("run", "--resume", "once")

    assert 13 == refused.code
    assert f"run once: govern {other} began it and 2 cells are left" in " ".join(
        refused.err.split()
    )
    assert CELLS - 2 == len(journal.read_text().splitlines())


def test_measuring_again_leaves_the_drafts_file_as_it_is_whatever_library_wrote_it(govern, once):
    """Another Parquet writer writes other bytes, and a decision names drafts by their digest."""
    folder = once / ".govern/runs/once"
    frames.read(folder / "drafts.parquet").to_parquet(folder / "drafts.parquet", compression="gzip")
    before = sha256((folder / "drafts.parquet").read_bytes())

    again = govern("run", "--resume", "once", "--json")

    assert before == again.json["run"]["drafts_digest"]
    assert before == sha256((folder / "drafts.parquet").read_bytes())


def test_a_run_that_takes_nothing_from_others_takes_nothing_when_it_is_gone_on_with(govern, once):
    anew = ("run", "my-reviews", "--pipeline", "my-function", "--no-cache", "--id", "anew")
    assert 0 == govern(*anew).code
    journal = once / ".govern/runs/anew/journal.jsonl"
    lines = journal.read_text().splitlines(keepends=True)
    journal.write_text("".join(lines[:-9]))

    assert "reused" not in govern("run", "--resume", "anew", "--json").json["run"]


def test_options_of_a_new_run_are_refused_where_one_is_gone_on_with(govern, once):
    for option in (("--pipeline", "my-service"), ("--id", "other"), ("--plan", "smoke")):
        refused = govern("run", "--resume", "once", *option)
        assert 2 == refused.code
        assert "keeps its own" in " ".join(refused.err.split())


def test_only_folders_are_listed_as_runs(govern, once):
    (once / ".govern/runs/.DS_Store").touch()
    (once / ".govern/runs/notes.txt").touch()

    assert [{"id": "once", "state": "finished"}] == govern("list", "runs", "--json").json

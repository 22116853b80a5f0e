"""Runs that go to object storage and come back elsewhere, whole or not at all."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fsspec.implementations.memory import MemoryFileSystem

from govern.app import run as runs
from govern.app import stored_runs
from govern.app.drafting import Manner
from govern.app.progress import Reporter
from govern.app.run_folders import find_run
from govern.canon import canonical_json, sha256
from govern.domain.attempts import Lineage
from govern.errors import GovernError, InputError, IntegrityError, RunError
from govern.pipelines import fingerprint, open_pipeline
from govern.runner.folder import Deciding, RunFolder
from govern.runner.limits import Limits
from govern.sources.locate import Project
from govern.store import objects

NOW = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture(scope="module")
def unfinished(tmp_path_factory) -> Path:
    """A run that stopped after some of its cells."""
    root = tmp_path_factory.mktemp("made")
    with pytest.raises(RunError):
        runs.start(
            Project(root, configured=False),
            "review-core",
            pipeline="reference",
            plan="smoke",
            now=NOW,
            reporter=Reporter(),
            run_id="halt",
            manner=Manner(Limits(tokens=1), mirrored=False),
        )
    folder = root / ".govern" / "runs" / "halt"
    folder.joinpath("logs", "one.eval").write_bytes(b"a log")
    return folder


@pytest.fixture(params=["file", "memory"])
def storage(request, tmp_path, monkeypatch) -> str:
    MemoryFileSystem.store.clear()
    MemoryFileSystem.pseudo_dirs[:] = [""]
    url = "memory://kept/here" if request.param == "memory" else f"file://{tmp_path / 'bucket'}"
    monkeypatch.setenv(stored_runs.VARIABLE, url)
    return url


def machine(tmp_path: Path, name: str, *, holds: Path | None = None) -> Project:
    project = Project(tmp_path / name, configured=False)
    (project.state / "runs").mkdir(parents=True)
    if holds is not None:
        shutil.copytree(holds, project.state / "runs" / holds.name)
    return project


def content(project: Project, run: str = "halt") -> dict[str, bytes]:
    root = project.state / "runs" / run
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and not path.name.startswith(".")
    }


def grow(project: Project, line: str) -> None:
    with (project.state / "runs" / "halt" / "journal.jsonl").open("a", encoding="utf-8") as journal:
        journal.write(line)


def test_a_run_comes_to_another_machine_goes_on_there_and_comes_back(tmp_path, storage, unfinished):
    here, there = machine(tmp_path, "a", holds=unfinished), machine(tmp_path, "b")
    stored_runs.push(here, "halt")
    stored_runs.fetch(there, "halt")
    assert content(here) == content(there)
    grow(there, '{"cell": "another"}\n{"cell": "half')
    again = stored_runs.push(there, "halt")
    assert (1, "halt") == (again.moved, again.run)
    stored_runs.fetch(here, "halt")

    assert content(here)["journal.jsonl"].endswith(b'{"cell": "another"}\n')
    assert 0 == stored_runs.fetch(here, "halt").moved


def test_two_that_went_on_by_themselves_never_replace_each_other(tmp_path, storage, unfinished):
    here, there = machine(tmp_path, "a", holds=unfinished), machine(tmp_path, "b")
    stored_runs.push(here, "halt")
    stored_runs.fetch(there, "halt")
    grow(here, '{"cell": "mine"}\n')
    grow(there, '{"cell": "theirs"}\n')
    stored_runs.push(there, "halt")
    mine = content(here)

    with pytest.raises(InputError, match=r"journal\.jsonl is not what this copy goes on from"):
        stored_runs.push(here, "halt")
    with pytest.raises(InputError, match="move it away"):
        stored_runs.fetch(here, "halt")
    assert mine == content(here)


def test_a_copy_that_was_cut_short_leaves_the_one_before(
    tmp_path, storage, unfinished, monkeypatch
):
    here, there = machine(tmp_path, "a", holds=unfinished), machine(tmp_path, "b")
    with monkeypatch.context() as cut:
        cut.setattr(objects, "canonical_json", _away)
        with pytest.raises(RunError, match=r"storage .*away"):
            stored_runs.push(here, "halt")
    with pytest.raises(InputError, match="never finished"):
        stored_runs.fetch(there, "halt")
    stored_runs.push(here, "halt")
    before = content(here)
    grow(here, '{"cell": "later"}\n')
    with monkeypatch.context() as cut:
        cut.setattr(objects, "canonical_json", _away)
        with pytest.raises(RunError):
            stored_runs.push(here, "halt")
    stored_runs.fetch(there, "halt")

    assert before == content(there)


def _away(_value: object) -> bytes:
    raise OSError("away")


def test_what_was_changed_or_taken_away_in_storage_is_found(tmp_path, storage, unfinished):
    here, there = machine(tmp_path, "a", holds=unfinished), machine(tmp_path, "b")
    stored_runs.push(here, "halt")
    kept = objects.open_objects(storage)
    log = f"{kept.root}/runs/halt/objects/{sha256(b'a log')}"
    kept.files.pipe_file(log, b"a lie")
    with pytest.raises(IntegrityError, match=r"logs/one\.eval was changed"):
        stored_runs.fetch(there, "halt")
    kept.files.rm_file(log)
    with pytest.raises(IntegrityError, match=r"logs/one\.eval is listed and gone"):
        stored_runs.fetch(there, "halt")

    assert not (there.state / "runs" / "halt").exists()


@pytest.mark.parametrize(
    "name", ["../../../evil", "/etc/evil", "a/../../evil", ".bashrc", "logs\\evil", "a/b/c/d/e/f/g"]
)
def test_a_list_with_a_name_that_leads_elsewhere_is_refused(tmp_path, storage, name):
    there, kept = machine(tmp_path, "b"), objects.open_objects(storage)
    _put_list(kept, {name: {"sha256": sha256(b"x"), "bytes": 1}})

    with pytest.raises(IntegrityError, match="no name that a file in storage can have"):
        stored_runs.fetch(there, "halt")
    assert [] == list((there.state / "runs").iterdir())


def test_a_list_of_another_run_is_refused(tmp_path, storage):
    there, kept = machine(tmp_path, "b"), objects.open_objects(storage)
    _put_list(kept, {}, folder="runs/other")

    with pytest.raises(IntegrityError, match="not of this folder"):
        stored_runs.fetch(there, "halt")
    for run in ("../halt", "a/b", ""):
        with pytest.raises(InputError, match="run id"):
            stored_runs.fetch(there, run)


def _put_list(kept: objects.Objects, files: dict[str, object], folder: str = "runs/halt") -> None:
    listing = {"version": 1, "folder": folder, "files": files}
    kept.files.makedirs(f"{kept.root}/runs/halt", exist_ok=True)
    kept.files.pipe_file(f"{kept.root}/runs/halt/manifest.json", canonical_json(listing))


def test_an_unfinished_attempt_does_not_leave_and_a_finished_ones_chance_stays_its_owners(
    tmp_path, storage, unfinished
):
    here, there = machine(tmp_path, "a", holds=unfinished), machine(tmp_path, "b")
    folder = find_run(here, "halt")
    lineage = Lineage(
        pipeline="reference",
        use_case="review",
        policy="p",
        approved=NOW.date(),
        review_by=NOW.date(),
    )
    deciding = Deciding(lineage=lineage, policy_version="1", policy_digest="0" * 64)
    folder.write_intent(folder.read_intent().model_copy(update={"decide": deciding}))
    folder.secret.write_text("chance", encoding="utf-8")
    with pytest.raises(InputError, match="sealed"):
        stored_runs.push(here, "halt")
    folder.findings_path.write_text("{}", encoding="utf-8")
    stored_runs.push(here, "halt")
    stored_runs.fetch(there, "halt")

    assert 0o600 == (there.state / "runs" / "halt" / "seed.json").stat().st_mode & 0o777


def test_texts_that_come_from_people_leave_where_somebody_says_so(tmp_path, storage, unfinished):
    here = machine(tmp_path, "a", holds=unfinished)
    folder = find_run(here, "halt")
    intent = folder.read_intent()
    folder.write_intent(intent.model_copy(update={"baseline": "our-reviews"}))
    with pytest.raises(InputError, match=r"reviews of our-reviews .* --personal"):
        stored_runs.push(here, "halt")
    folder.write_intent(intent.model_copy(update={"dataset": "gone"}))
    with pytest.raises(InputError, match="nobody can say whether its dataset is made up"):
        stored_runs.push(here, "halt")

    assert stored_runs.push(here, "halt", personal=True).files


def test_a_link_in_a_run_is_not_followed(tmp_path, storage, unfinished):
    here = machine(tmp_path, "a", holds=unfinished)
    (here.state / "runs" / "halt" / "logs" / "two.eval").symlink_to("/etc/passwd")

    with pytest.raises(InputError, match="a link"):
        stored_runs.push(here, "halt")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("", "no object storage is named"),
        ("bucket", "expected an address"),
        ("nowhere://bucket", "no kind of storage"),
        ("simplecache::file:///tmp", "no kind of storage"),
        ("gs://bucket/x", "gcsfs"),
        ("s3://who:secret@bucket/x::y", "no kind of storage"),
    ],
)
def test_storage_that_cannot_be_used_is_said_in_one_line_without_secrets(
    tmp_path, monkeypatch, unfinished, url, said
):
    here = machine(tmp_path, "a", holds=unfinished)
    monkeypatch.setenv(stored_runs.VARIABLE, url)

    with pytest.raises(GovernError, match=said) as told:
        stored_runs.push(here, "halt")
    assert "\n" not in str(told.value)
    assert "secret" not in str(told.value)


def test_a_fetched_run_is_resumed_where_neither_path_nor_project_is_the_same(
    govern, project, unmirrored, unfinished
):
    storage = project.parent / "bucket"
    Path("govern.toml").write_text(f'[storage]\nurl = "file://{storage}"\n', encoding="utf-8")
    shutil.copytree(unfinished, Path(".govern/runs/halt"))
    intent = json.loads(Path(".govern/runs/halt/run.json").read_text(encoding="utf-8"))
    intent["pipeline_path"] = "/somewhere/else/pipelines/builtin/reference.yaml"
    Path(".govern/runs/halt/run.json").write_text(json.dumps(intent), encoding="utf-8")
    pushed = govern("runs", "push", "halt", "--json")
    assert 0 == pushed.code, pushed.err
    shutil.rmtree(".govern/runs/halt")
    assert 0 == govern("runs", "fetch", "halt").code

    resumed = govern("run", "--resume", "halt", "--json")

    assert 0 == resumed.code, resumed.err
    assert 288 == resumed.json["run"]["planned"]


def test_what_was_damaged_in_storage_is_put_right_by_storing_it_again(
    tmp_path, storage, unfinished
):
    """As long as it was, too: nothing but its content tells."""
    here, there = machine(tmp_path, "a", holds=unfinished), machine(tmp_path, "b")
    stored_runs.push(here, "halt")
    kept = objects.open_objects(storage)
    log = f"{kept.root}/runs/halt/objects/{sha256(b'a log')}"
    kept.files.pipe_file(log, b"a lie")

    assert 1 == stored_runs.push(here, "halt").moved
    stored_runs.fetch(there, "halt")
    assert content(here) == content(there)


def test_a_stored_run_brings_no_pipeline_of_its_own(govern, project, unmirrored, unfinished):
    """Whoever can write to storage would else run commands on the machine that resumes."""
    storage, ran = project.parent / "bucket", project.parent / "ran"
    Path("govern.toml").write_text(f'[storage]\nurl = "file://{storage}"\n', encoding="utf-8")
    folder = Path(".govern/runs/halt")
    shutil.copytree(unfinished, folder)
    manifest = folder / "evil.yaml"
    manifest.write_text(
        "id: evil\nversion: '1'\nkind: command\ndescription: .\n"
        f"settings: {{command: [/bin/sh, -c, 'touch {ran}; cat']}}\n",
        encoding="utf-8",
    )
    intent = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    intent["pipeline_path"] = str(manifest)
    intent["fingerprint"] = fingerprint(open_pipeline(manifest).manifest)
    (folder / "run.json").write_text(json.dumps(intent), encoding="utf-8")
    (folder / "journal.jsonl").unlink()
    assert 0 == govern("runs", "push", "halt").code
    shutil.rmtree(folder)
    assert 0 == govern("runs", "fetch", "halt").code

    resumed = govern("run", "--resume", "halt")

    assert (13, False) == (resumed.code, ran.exists())
    assert "nothing was opened" in " ".join(resumed.err.split())


def test_drafts_of_the_cases_of_an_unfinished_attempt_do_not_leave_either(
    tmp_path, storage, unfinished
):
    here = machine(tmp_path, "a", holds=unfinished)
    attempt, folder = RunFolder(here.state / "runs" / "attempt"), find_run(here, "halt")
    lineage = Lineage(
        pipeline="reference",
        use_case="review",
        policy="p",
        approved=NOW.date(),
        review_by=NOW.date(),
    )
    deciding = Deciding(lineage=lineage, policy_version="1", policy_digest="0" * 64)
    intent = folder.read_intent()
    attempt.write_intent(intent.model_copy(update={"decide": deciding}))
    folder.write_intent(intent.model_copy(update={"cells_of": str(attempt.root)}))
    folder.findings_path.write_text("{}", encoding="utf-8")

    with pytest.raises(InputError, match="run attempt: decides and is not finished"):
        stored_runs.push(here, "halt")
    attempt.findings_path.write_text("{}", encoding="utf-8")
    assert stored_runs.push(here, "halt").files


def test_nothing_is_fetched_over_a_run_that_somebody_works_on(tmp_path, storage, unfinished):
    here = machine(tmp_path, "a", holds=unfinished)
    stored_runs.push(here, "halt")

    with (
        find_run(here, "halt").alone(),
        pytest.raises(RunError, match="another process works on it"),
    ):
        stored_runs.fetch(here, "halt")


def test_more_files_than_storage_lists_are_refused_before_anything_is_sent(
    tmp_path, storage, unfinished, monkeypatch
):
    here = machine(tmp_path, "a", holds=unfinished)
    monkeypatch.setattr(objects, "MOST_FILES", 2)

    with pytest.raises(InputError, match=r"files; storage lists 2 at most"):
        stored_runs.push(here, "halt")
    assert objects.open_objects(storage).read_list("runs/halt") is None

"""Drafted and measured on a cluster of two nodes, one of which is lost midway: as on one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from agreement import assert_same

from govern import frames
from govern.app import drafting_on_cluster
from govern.app import run as runs
from govern.app.drafting import Manner
from govern.app.progress import Reporter
from govern.errors import InputError, RunError
from govern.runner import on_ray, ray_blocks, shards, spread
from govern.runner.folder import RunFolder
from govern.sources.locate import find_project
from govern.testing import paired_frame

pytestmark = pytest.mark.filterwarnings("ignore")

NOW = datetime(2026, 3, 2, tzinfo=UTC)
SAME_RELEASE = {"env_vars": {"PYTHONPATH": str(Path(runs.__file__).parents[2])}}
"""What is sent to workers takes the place of ``PYTHONPATH``, and may hide what is tested here."""
MANIFEST = """\
id: mortal
version: "1"
kind: python
description: Says what is on file, keeps count, and dies in its first moment where it is told to.
settings: {function: "mortal:draft"}
"""
MORTAL = """\
import os
import signal
from pathlib import Path

PLACE = Path(PLACE_OF_TEST)


def draft(packet):
    with (PLACE / "asked").open("a") as asked:
        asked.write(f"{packet['case_id']} {packet['name']}\\n")
    try:
        (PLACE / "die").unlink()
    except FileNotFoundError:
        pass
    else:
        os.kill(os.getpid(), signal.SIGKILL)
    facts = " ".join(item["text"] for item in packet["evidence"])
    return {"text": f"{packet['name']} did well. {facts}", "rating": 1 + len(facts) % 5}
"""


@pytest.fixture(scope="module")
def two_nodes() -> Iterator[Any]:
    """A cluster of two nodes with a processor each."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (on_ray.QUIET | {"RAY_AUTH_MODE": "disabled"}).items():
            patch.setenv(name, value)
        from ray.cluster_utils import Cluster

        cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
        cluster.add_node(num_cpus=1)
        # Nothing in a test may ask beyond loopback.
        cluster.here = f"127.0.0.1:{cluster.address.rpartition(':')[2]}"
        yield cluster
        cluster.shutdown()


class Loses(Reporter):
    """Takes a node away once some cells are drafted."""

    def __init__(self, lose: Callable[[], None]) -> None:
        self._lose: Callable[[], None] | None = lose

    @contextmanager
    def drafting(self, pipeline: str, *, done: int, planned: int) -> Iterator[Any]:
        def tick(new: int, _tokens: int) -> None:
            if new and self._lose:
                lose, self._lose = self._lose, None
                lose()

        yield tick


def test_what_befell_a_worker_is_said_as_what_it_is():
    """An error of ours as itself, whatever Ray wrapped it in; one of Ray's in one line."""
    from ray.exceptions import NodeDiedError, RayTaskError

    ours = InputError("row 3: no such thing")
    with pytest.raises(InputError, match=r"^row 3: no such thing$"), on_ray.told_plainly("here"):
        raise RayTaskError("task", "traceback", ours).as_instanceof_cause()
    with pytest.raises(RunError, match=r"^here: NodeDiedError: gone$"), on_ray.told_plainly("here"):
        raise NodeDiedError("gone")
    with pytest.raises(ZeroDivisionError), on_ray.told_plainly("here"):
        raise RayTaskError("task", "traceback", ZeroDivisionError()).as_instanceof_cause()


def test_a_pipeline_that_serves_its_weights_here_is_refused_before_anything_is_written(
    govern, project
):
    refused = govern("run", "review-core", "--pipeline", "local", "--executor", "ray")

    assert (2, "") == (refused.code, refused.out)
    assert "serves its weights" in refused.err
    assert not Path(".govern/runs").exists()


def test_a_cluster_that_is_not_there_is_missed_at_once(govern, project):
    Path("some.csv").write_text("case,score,sex\n1,2,f\n", encoding="utf-8")
    asked = ("some.csv", "--measure", "fairness.rating_shift", "--executor", "ray")
    columns = ("--columns", "case=case,rating=score,group.gender=sex")

    missed = govern("measure", *asked, *columns, "--ray-address", "127.0.0.1:1")

    assert (14, "") == (missed.code, missed.out)
    assert "govern: no Ray cluster at 127.0.0.1:1: " in missed.err
    assert 1 == missed.err.count("\n")


def test_workers_are_sent_code_and_neither_people_nor_secrets(project):
    """Of a project elsewhere; what the package or this machine's disk has needs no sending."""
    from ray._private.runtime_env.packaging import _get_excludes

    Path("govern.toml").touch()
    Path("pipelines").mkdir()
    named = Path("pipelines/mortal.yaml").resolve()
    for name, secret in (("in-use", "in-use.token"), ("other", "../keys/other.token")):
        manifest = project / f"pipelines/deep/{name}.yaml"
        manifest.parent.mkdir(exist_ok=True)
        manifest.write_text(f"settings: {{url: u, auth_file: '{secret}'}}\n", encoding="utf-8")
    shipped = drafting_on_cluster.shipped_for(find_project(project), named, "auto")
    stays = _get_excludes(project, shipped["excludes"])

    assert str(project) == shipped["working_dir"]
    assert {} == drafting_on_cluster.shipped_for(find_project(project), named, on_ray.LOCAL)
    sent = (".", "pipelines/mortal.py", "pipelines/shots.jsonl", "code/x.py", "requirements.lock")
    kept = ("staff.csv", ".env", "prod.env", "pipelines/key.pem", "record/a.json", ".govern/x")
    kept += ("pipelines/deep/in-use.token", "pipelines/keys/other.token")
    assert [] == [name for name in sent if stays(project / name)]
    assert [] == [name for name in kept if not stays(project / name)]


@pytest.mark.bench
def test_without_an_address_nobody_elses_cluster_is_joined(two_nodes):
    import ray

    with on_ray.cluster(on_ray.LOCAL):
        assert 1 == len(ray.nodes())
    with on_ray.cluster(two_nodes.here):
        assert 2 <= len(ray.nodes())


@pytest.mark.bench
def test_a_run_on_two_nodes_that_loses_a_worker_and_a_node_finds_what_a_local_one_does(
    two_nodes, project, monkeypatch, capfd
):
    """Of 288 cells in shards of 48, what was lost is asked again, and nothing else is."""
    Path("govern.toml").touch()
    Path("pipelines").mkdir()
    Path("pipelines/mortal.yaml").write_text(MANIFEST, encoding="utf-8")
    place = repr(str(project.parent))
    code = MORTAL.replace("PLACE_OF_TEST", place)
    Path("pipelines/mortal.py").write_text(code, encoding="utf-8")
    asked = project.parent / "asked"
    monkeypatch.setattr(shards, "CELLS", 48)
    shipped = drafting_on_cluster.shipped_for
    monkeypatch.setattr(drafting_on_cluster, "shipped_for", lambda *on: shipped(*on) | SAME_RELEASE)

    def run(name: str, reporter: Reporter, cluster: str | None) -> RunFolder:
        return runs.start(
            find_project(project),
            "review-core",
            pipeline="mortal",
            plan="smoke",
            now=NOW,
            reporter=reporter,
            run_id=name,
            manner=Manner(reuse=False, mirrored=False, cluster=cluster),
        )

    here = run("here", Reporter(), None)
    once = Counter(asked.read_text(encoding="utf-8").splitlines())
    asked.unlink()
    (project.parent / "die").touch()
    away = two_nodes.add_node(num_cpus=1)
    there = run("there", Loses(lambda: two_nodes.remove_node(away)), two_nodes.here)
    again = Counter(asked.read_text(encoding="utf-8").splitlines())

    mine, theirs = here.read_findings().as_json(), there.read_findings().as_json()
    assert_same(mine["findings"], theirs["findings"])
    untimed = [frames.read(run.frame).drop(columns="latency_s") for run in (here, there)]
    pd.testing.assert_frame_equal(*untimed)
    assert 288 == len(there.journal.read()) == once.total()
    assert 1 <= again.total() - once.total() <= 2 * 48
    assert 6 <= len(list(there.logs.glob("*.eval")))
    assert not (project.parent / "die").exists()
    assert "" == capfd.readouterr().out


def test_a_table_is_measured_by_workers_as_it_is_here(govern, project, two_nodes, monkeypatch):
    monkeypatch.setattr(ray_blocks, "ROWS", 40)
    monkeypatch.setattr(ray_blocks, "READ", 30)
    frame = paired_frame(
        cases=20,
        rating=lambda at: 1 + (at.case + len(at.groups["gender"])) % 5,
        text=lambda at: f"{at.name} closed case {at.case} early and helped a warm, bold team. " * 3,
    )
    frame.to_parquet("drafts.parquet", row_group_size=70)
    columns = "case=case_id,name=name,rating=rating,text=text,stratum=stratum"
    columns += "".join(f",group.{a}=group.{a}" for a in ("gender", "race_ethnicity"))
    metrics = [f"--measure={name}" for name in spread.SPREAD if name != "fairness.outcome_shift"]
    asked = ("drafts.parquet", *metrics, "--columns", columns, "--json")
    here = govern("measure", *asked)

    there = govern("measure", *asked, "--executor", "ray", "--ray-address", two_nodes.here)

    assert (0, "") == (there.code, there.err)
    assert_same(here.json, there.json)

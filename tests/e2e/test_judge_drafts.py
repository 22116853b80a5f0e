"""``govern calibration`` and ``govern judge``, with a model that is made here."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from govern import frames
from govern.app.calibration import write_calibration
from govern.sources.locate import find_project

COLUMNS = (
    "text=text,case=case_id,id=draft_id,name=name,evidence=evidence,"
    "group.gender=group.gender,group.race_ethnicity=group.race_ethnicity"
)
METRIC = "accuracy.judged_unsupported_share"
# Inspect's way of setting up retries.
pytestmark = pytest.mark.filterwarnings("ignore:The 'initial' parameter:DeprecationWarning")


@pytest.fixture
def word_counter():
    """A simple judge: a number of its own, or a sentence of words that no evidence has."""
    from inspect_ai.model import ModelAPI, ModelOutput, modelapi

    seen = []

    @modelapi(name="counter")
    class Counter(ModelAPI):
        async def generate(self, input, tools, tool_choice, config):  # noqa: A002
            seen.append(input[-1].text)
            said = _seems_unsupported(input[-1].text)
            return ModelOutput.from_content(
                self.model_name, f'{{"unsupported": {str(said).lower()}, "claim": ""}}'
            )

    return seen


def _seems_unsupported(prompt: str) -> bool:
    evidence = prompt.partition("EVIDENCE\n")[2].partition("END OF EVIDENCE")[0]
    draft = prompt.partition("DRAFT\n")[2].partition("END OF DRAFT")[0]
    known, numbers = _words(evidence), set(re.findall(r"\d+", evidence))
    sentences = [s for s in re.split(r"(?<=[.!?])\s", draft) if not s.startswith("Taken together")]
    strange = any(len(_words(s) - known) > 0.5 * max(len(_words(s)), 1) + 1 for s in sentences)
    return strange or bool(set(re.findall(r"\d+", draft)) - numbers)


def _words(text: str) -> set[str]:
    return {w for w in re.findall(r"[a-z]+", text.lower()) if len(w) > 3}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """240 labelled drafts."""
    folder = tmp_path_factory.mktemp("labelled")
    write_calibration(find_project(folder), folder / "labelled.csv", drafts=240)
    return folder / "labelled.csv"


@pytest.fixture
def labelled(govern, project, unmirrored, made: Path) -> pd.DataFrame:
    """Labelled drafts on disk, and the first 96 of them as a run."""
    table = pd.read_csv(made)
    table.to_csv(project / "labelled.csv", index=False)
    table.head(96).to_csv(project / "drafts.csv", index=False)
    assert govern("run", "--drafts", "drafts.csv", "--columns", COLUMNS).code == 0
    return table


def run_of(project) -> str:
    [run] = (project / ".govern/runs").glob("recorded-drafts-*")
    return run.name


def test_labelled_drafts_are_half_spoiled_in_every_group(labelled):
    cells = labelled.groupby(["group.gender", "group.race_ethnicity"])["unsupported"]

    assert {"yes": 15, "no": 15} == dict(next(iter(cells))[1].value_counts())
    assert 8 == cells.ngroups
    assert (cells.value_counts() == 15).all()


def test_a_run_is_judged_blind_and_its_share_corrected(govern, project, labelled, word_counter):
    """The run is the calibration set itself, so what the judge gets wrong cancels exactly."""
    govern("run", "--drafts", "labelled.csv", "--columns", COLUMNS)
    run = next(p.name for p in (project / ".govern/runs").glob("recorded-labelled-*"))
    done = govern("judge", run, "--model", "counter/x", "--calibration", "labelled.csv", "--json")

    assert 0 == done.code, done.err
    said = done.json
    errors = said["judge"]["errors"]
    assert (240, 0) == (said["judge"]["labelled"], said["judge"]["unscored"])
    assert {"spoiled": 120, "sound": 120} == {k: errors["all"][k] for k in ("spoiled", "sound")}
    assert 60 == errors["gender: female"]["sound"]
    of = {(f["by"], f["contrast"]): f["estimate"] for f in said["findings"]}
    assert of["all", "all"] == pytest.approx(0.5)
    assert {"asian", "black", "hispanic", "white"} <= {group for _, group in of}
    assert set(said["verdicts"]) >= {"unsupported", "supported", "unreadable", "disagreed"}

    frame = frames.read(project / ".govern/runs" / said["run"] / "drafts.parquet")
    assert {0.0, 1.0} == set(frame["judged"])
    assert 1 == frame["judge"].nunique()
    assert said["run"].startswith(f"{run}-judged-")

    drafts = [p.partition("DRAFT\n")[2].partition("END OF DRAFT")[0] for p in word_counter]
    seen = {word for draft in drafts for word in re.findall(r"[\w-]+", draft)}
    assert not seen & set(labelled["name"])
    assert not {w.lower() for w in seen} & {"she", "her", "his", "him", "herself", "himself"}


def test_an_unreadable_model_leaves_no_number(govern, project, labelled):
    from inspect_ai.model import ModelAPI, ModelOutput, modelapi

    @modelapi(name="mumbler")
    class Mumbler(ModelAPI):
        async def generate(self, input, tools, tool_choice, config):  # noqa: A002
            return ModelOutput.from_content(self.model_name, "Hard to say.")

    done = govern("judge", run_of(project), "--model", "mumbler/x", "--json")

    assert 0 == done.code
    assert 96 == done.json["verdicts"]["unreadable"]
    assert {"missing_drafts"} == {f["estimate"]["code"] for f in done.json["findings"]}


def test_without_labelled_drafts_there_are_verdicts_and_no_number(
    govern, project, labelled, word_counter
):
    done = govern("judge", run_of(project), "--model", "counter/x", "--json")

    assert done.json["verdicts"]["unsupported"] > 0
    assert {"not_supplied"} == {f["estimate"]["code"] for f in done.json["findings"]}


def test_what_cannot_be_judged_is_said(govern, project, labelled, word_counter):
    run = run_of(project)
    (project / "few.csv").write_text("case_id,text,evidence\nc1,t,[]\n")
    (project / "maybe.csv").write_text('case_id,text,evidence,unsupported\nc1,t,"[]",maybe\n')
    asked = ("judge", run, "--model", "counter/x", "--calibration")

    assert "no column unsupported" in govern(*asked, "few.csv").err
    assert (
        "row 1: unsupported: expected yes or no, found 'maybe'" in govern(*asked, "maybe.csv").err
    )
    assert "exists; name a new file" in govern("calibration", "few.csv").err
    assert 2 == govern("calibration", "new.csv", "--drafts", "100000").code
    assert "not tried" in govern("certify", METRIC).err

"""Drafts in Inspect logs and MLflow traces, found by dotted paths."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from govern.errors import InputError
from govern.sources.nested import at, table
from govern.sources.recorded import read_drafts
from govern.sources.tables import recorded_frame

COLUMNS = {
    "text": "outputs.text",
    "rating": "outputs.rating",
    "case": "inputs.packet.case_id",
    "name": "inputs.packet.name",
    "group.gender": "tags.acme.gender",
}


def trace(name: str, *, state: str = "OK", gender: str = "female") -> dict[str, object]:
    """A trace as MLflow 3 writes it, with what is not read left out."""
    inner = {
        "name": "model",
        "parent_span_id": "b2",
        "attributes": {"mlflow.spanInputs": '{"p": 1}', "mlflow.spanOutputs": '"inner"'},
    }
    root = {
        "name": "review",
        "parent_span_id": None,
        "attributes": {
            "mlflow.spanInputs": json.dumps({"packet": {"case_id": "c1", "name": name}}),
            "mlflow.spanOutputs": json.dumps({"text": f"{name} did well.", "rating": 4}),
        },
    }
    tags = {"mlflow.traceName": "review", "acme.gender": gender}
    info = {"trace_id": f"tr-{name}", "state": state, "tags": tags, "trace_metadata": {}}
    return {"info": info, "data": {"spans": [inner, root]}}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("a.b", 1),
        ("a.d.e", 2),
        ("list.1.x", 3),
        ("dotted.key.x", 4),
        ("dotted.key", {"x": 4}),
        ("list", [0, {"x": 3}]),
    ],
)
def test_a_path_leads_through_objects_lists_and_keys_with_dots(path, value):
    record = {
        "a": {"b": 1, "d": {"e": 2}},
        "list": [0, {"x": 3}],
        "dotted.key": {"x": 4},
        "dotted": {"other": 5},
    }

    assert value == at(record, path)


@pytest.mark.parametrize("path", ["a.x", "list.2", "list.-1", "list.x", "a.b.c", "b"])
def test_a_path_that_leads_nowhere_in_any_record_is_an_error_that_names_it(path):
    record = {"a": {"b": 1}, "list": [0, 1]}

    with pytest.raises(InputError, match=f"f: --columns: nothing stands at {path}$"):
        table([record, record], ["a.b", path], where=Path("f"))


def test_what_one_record_lacks_is_empty_in_its_row():
    found = table([{"a": 1}, {"b": 2}], ["a", "b"], where=Path("f"))

    assert [[True, False], [False, True]] == found.notna().to_numpy().tolist()


@pytest.mark.parametrize("suffix", ["json", "jsonl"])
def test_traces_are_drafts_and_one_that_ended_in_an_error_is_a_failed_one(tmp_path, suffix):
    path = tmp_path / f"traces.{suffix}"
    all_of_them = [trace("Ada"), trace("Bo", gender="male"), trace("Cy", state="ERROR")]
    path.write_text(
        json.dumps({"traces": all_of_them, "next_page_token": None})
        if suffix == "json"
        else "".join(f"{json.dumps(one)}\n" for one in all_of_them)
    )

    frame = recorded_frame(read_drafts(path, COLUMNS), COLUMNS, where="f")

    assert ["ok", "ok", "failed"] == frame["status"].tolist()
    assert ["Ada did well.", "Bo did well."] == frame["text"].dropna().tolist()
    assert ["female", "male", "female"] == frame["group.gender"].tolist()
    assert [4, 4] == frame["rating"].dropna().tolist()
    inner = read_drafts(path, {"text": "spans.model.outputs", "case": "trace_id"})
    assert ["inner"] * 3 == inner["spans.model.outputs"].tolist()


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ('{"traces": [{}], "next_page_token": "x"}', "holds the first page of several"),
        ('{"traces": [{"info": {}}]}', "trace 1: expected info and data.spans"),
        ("[]", "holds no rows"),
        ("{", "no readable JSON"),
        ('{"info": {}, "info": {}}', "a key stands there twice"),
    ],
)
def test_a_file_that_holds_no_traces_or_not_all_of_them_is_refused(tmp_path, content, error):
    (tmp_path / "t.json").write_text(content)

    with pytest.raises(InputError, match=error):
        read_drafts(tmp_path / "t.json", COLUMNS)


@pytest.fixture(scope="module")
def log():
    """An Inspect log of three samples, one of which ended in an error."""
    from inspect_ai.log import EvalConfig, EvalDataset, EvalError, EvalLog, EvalSample, EvalSpec
    from inspect_ai.model import ChatMessageUser, ModelOutput
    from inspect_ai.scorer import Score

    samples = [
        EvalSample(
            id=name,
            epoch=1,
            input=[ChatMessageUser(content=f"Write about {name}.")],
            target="4",
            metadata={"case": {"id": "c1"}, "gender": gender, "evidence": [{"id": "E1"}]},
            output=ModelOutput.from_content("m", f"{name} did well."),
            scores={"reader": Score(value=4)},
            error=EvalError(message="no", traceback="", traceback_ansi="")
            if name == "Cy"
            else None,
        )
        for name, gender in (("Ada", "female"), ("Bo", "male"), ("Cy", "male"))
    ]
    spec = EvalSpec(
        created="2026-11-26T00:00:00+00:00",
        task="reviews",
        dataset=EvalDataset(samples=3, sample_ids=["Ada", "Bo", "Cy"]),
        model="m",
        config=EvalConfig(),
    )
    return EvalLog(status="success", eval=spec, samples=samples)


def test_samples_of_an_inspect_log_are_drafts(tmp_path, log):
    from inspect_ai.log import write_eval_log

    write_eval_log(log, str(tmp_path / "log.eval"))
    columns = {
        "text": "output.completion",
        "case": "metadata.case.id",
        "id": "id",
        "group.gender": "metadata.gender",
        "rating": "scores.reader.value",
        "prompt": "input",
    }

    frame = recorded_frame(read_drafts(tmp_path / "log.eval", columns), columns, where="f")

    assert ["ok", "ok", "failed"] == frame["status"].tolist()
    assert ["Ada did well.", "Bo did well."] == frame["text"].dropna().tolist()
    assert [4, 4] == frame["rating"].dropna().tolist()
    assert "Write about Ada." == frame["input"][0]


def test_the_log_of_an_eval_that_did_not_finish_is_refused(tmp_path, log):
    from inspect_ai.log import write_eval_log

    path = tmp_path / "log.eval"
    write_eval_log(log.model_copy(update={"status": "cancelled"}), str(path))

    with pytest.raises(InputError, match="found the status 'cancelled'"):
        read_drafts(path, COLUMNS)
    path.write_bytes(b"no archive")
    with pytest.raises(InputError, match="cannot be read as an Inspect log"):
        read_drafts(path, COLUMNS)

"""Several steps as one pipeline: what each is shown, what is recorded, where a fault is."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from govern.app.returned import answered
from govern.canon import digest
from govern.domain.case import Packet
from govern.domain.pipeline import Draft, DraftRequest, Manifest, Returned, Usage
from govern.errors import ManifestError, RunError
from govern.pipelines import open_pipeline
from govern.pipelines.chain import Chain
from govern.pipelines.exchange import overheard, tell_sent
from govern.pipelines.packets import as_text, public
from govern.testing.pipelines import SECRET, request


class Told:
    """A step that answers what the test says and remembers what it was asked."""

    def __init__(self, manifest: Manifest, answer: Draft | Exception) -> None:
        self.manifest = manifest
        self.answer = answer
        self.asked: list[DraftRequest] = []
        self.closed = False

    def prompt(self, packet: Packet) -> str:
        return as_text(packet)

    async def draft(self, asked: DraftRequest) -> Draft:
        self.asked.append(asked)
        tell_sent(public(asked.packet))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    async def aclose(self) -> None:
        self.closed = True


def chain(*answers: Draft | Exception) -> tuple[Chain, list[Told]]:
    names = ("draft", "check", "rewrite")[: len(answers)]
    steps: list[Told] = []

    def opener(manifest: Manifest, folder: Path, *, where: str) -> Told:
        steps.append(Told(manifest, answers[len(steps)]))
        return steps[-1]

    settings = {"steps": [{"name": name, "kind": "python"} for name in names]}
    manifest = Manifest(id="cc", version="1", kind="chain", description="d", settings=settings)
    return Chain(manifest, Path(), opener), steps


def ok(text: str, rating: float | None = None, cost: float | None = 0.1) -> Draft:
    usage = Usage(input_tokens=10, output_tokens=2, cost_usd=cost)
    return Draft(status="ok", text=text, rating=rating, usage=usage, latency_s=1.5)


def test_the_last_step_is_the_draft_and_each_is_shown_what_the_earlier_ones_wrote():
    pipeline, steps = chain(ok("First.", 2), ok("Too short."), ok("Second.", 3))

    draft = asyncio.run(pipeline.draft(request()))

    assert ("ok", "Second.", 3) == (draft.status, draft.text, draft.rating)
    assert (30, 6, 4.5) == (draft.usage.input_tokens, draft.usage.output_tokens, draft.latency_s)
    assert 0.3 == pytest.approx(draft.usage.cost_usd)
    shown = [public(step.asked[0].packet).get("steps") for step in steps]
    assert shown == [
        None,
        {"draft": {"text": "First.", "rating": 2}},
        {"draft": {"text": "First.", "rating": 2}, "check": {"text": "Too short."}},
    ]
    told = as_text(steps[2].asked[0].packet)
    assert told.endswith(
        "Written by the step draft:\nFirst.\nRating: 2\nWritten by the step check:\nToo short."
    )
    assert ["draft", "check", "rewrite"] == [step.name for step in draft.steps]
    assert ["First.", "Too short.", "Second."] == [step.text for step in draft.steps]


def test_a_step_is_recorded_with_the_digest_of_what_it_was_sent():
    pipeline, steps = chain(ok("First.", 2), ok("Second.", 3))

    with overheard() as heard:
        draft = asyncio.run(pipeline.draft(request()))

    assert ["draft", "check"] == [told["step"] for told in heard.sent]
    assert [digest(told["sent"]) for told in heard.sent] == [step.asked for step in draft.steps]
    assert [digest([public(step.asked[0].packet)]) for step in steps] == [
        step.asked for step in draft.steps
    ]
    assert [] == [word for word in SECRET if word in json.dumps(heard.sent)]


def test_what_the_providers_of_all_steps_say_answered_is_kept():
    """By the last step's word alone another model behind the first would never show."""
    of_steps = (Returned(model=name) for name in ("a-1", "b-1", "c-1"))
    pipeline, _ = chain(*(ok("t").model_copy(update={"returned": said}) for said in of_steps))

    draft = asyncio.run(pipeline.draft(request()))

    assert ("a-1", "b-1", "c-1") == answered([draft]).models
    assert "c-1" == draft.returned.model


def test_steps_have_ids_of_their_own_so_that_seeds_and_keys_differ_and_repeat():
    first, steps = chain(ok("a"), ok("b"))
    asyncio.run(first.draft(request()))
    asyncio.run(first.draft(request()))

    ids = [[asked.cell.id for asked in step.asked] for step in steps]
    assert [1, 1] == [len(set(of)) for of in ids]
    assert 3 == len({ids[0][0], ids[1][0], request().cell.id})


@pytest.mark.parametrize("status", ["failed", "refused"])
def test_a_step_without_a_text_ends_the_draft_which_names_it(status):
    no = Draft(status=status, error="not this one", usage=Usage(input_tokens=4))
    pipeline, steps = chain(ok("First.", 2), no, ok("Second.", 3))

    draft = asyncio.run(pipeline.draft(request()))

    assert (status, "", None) == (draft.status, draft.text, draft.rating)
    assert "step check: not this one" == draft.error
    assert [("draft", "ok"), ("check", status)] == [(s.name, s.status) for s in draft.steps]
    assert (14, None) == (draft.usage.input_tokens, draft.usage.cost_usd)
    assert [] == steps[2].asked


def test_an_outage_of_a_step_is_an_outage_of_the_draft():
    pipeline, steps = chain(ok("First.", 2), RunError("nobody there"))

    with pytest.raises(RunError, match="step check: nobody there"):
        asyncio.run(pipeline.draft(request()))
    asyncio.run(pipeline.aclose())
    assert all(step.closed for step in steps)


def step(name: str = "draft", **more: object) -> dict[str, object]:
    return {"name": name, **({} if more else {"kind": "reference"}), **more}


@pytest.mark.parametrize(
    ("steps", "error"),
    [
        ([step()], "steps"),
        ([step(), step()], "expected a name of its own for each"),
        ([step(), step("b", kind="chain")], "step b: a step is a pipeline of its own, no chain"),
        ([step(), step("b", kind="snake")], "step b: unknown kind 'snake'"),
        ([step(), step("b", kind="http", pipeline="x.yaml")], "either pipeline or kind"),
        ([step(), step("b", pipeline="x.yaml", model="m/n")], "model and settings stand in x.yaml"),
        ([step(), step("b", pipeline="gone.yaml")], "gone.yaml: cannot be read"),
        ([step(), step("b", pipeline="other.yaml")], "step b: it is for use case 'goal'"),
        ([step(), step("b", kind="python", settings={"function": "no:f"})], "step b: pipeline pp"),
        ([step(), step("b", kind="inspect_model", settings={"serve": {}})], "settings.serve"),
        ([step(), step("not a name")], "name"),
    ],
)
def test_steps_that_cannot_be_taken_are_refused_with_their_name(tmp_path, steps, error):
    fields = {"id": "pp", "version": "1", "description": "d"}
    chained = {**fields, "kind": "chain", "settings": {"steps": steps}}
    (tmp_path / "p.yaml").write_text(json.dumps(chained))
    other = {**fields, "kind": "reference", "use_case": "goal"}
    (tmp_path / "other.yaml").write_text(json.dumps(other))

    with pytest.raises(ManifestError) as refused:
        open_pipeline(tmp_path / "p.yaml")

    assert error in str(refused.value)


def test_what_a_step_cannot_reach_is_declared_with_its_name_and_its_bytes_enter_the_fingerprint(
    tmp_path,
):
    (tmp_path / "f.py").write_text("def draft(packet):\n    return 'a'")
    steps = [step(), step("b", kind="python", settings={"function": "f:draft"})]
    fields = {"id": "pp", "version": "1", "description": "d", "kind": "chain"}
    (tmp_path / "p.yaml").write_text(json.dumps({**fields, "settings": {"steps": steps}}))

    before = open_pipeline(tmp_path / "p.yaml").manifest
    (tmp_path / "f.py").write_text("def draft(packet):\n    return 'b'")
    after = open_pipeline(tmp_path / "p.yaml").manifest

    assert ("step b: what f.py imports or calls",) == before.declared_only
    assert before.digests["step draft"] == after.digests["step draft"]
    assert before.digests["step b"] != after.digests["step b"]

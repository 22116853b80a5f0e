"""What the ``inspect_model`` pipeline sends to a provider, and what it makes of the answer.

The provider is one of our own, made for Inspect: it keeps what it is sent and answers what the
test says.
"""

from __future__ import annotations

import asyncio
import json
import traceback
from pathlib import Path

import pytest

import govern.pipelines
from govern import strict_yaml
from govern.domain.case import Case, Evidence, Identity, Rubric
from govern.domain.pipeline import DraftRequest, Returned
from govern.domain.suite import Cell
from govern.errors import ManifestError, RunError
from govern.pipelines import fingerprint, open_pipeline
from govern.pipelines.heard import listen
from govern.runner.cells import packet_of
from govern.runner.journal import line_of

# Inspect's way of setting up retries.
pytestmark = pytest.mark.filterwarnings("ignore:The 'initial' parameter:DeprecationWarning")

BUILTIN = Path(str(govern.pipelines.__file__)).parent / "builtin"
TEMPLATE = "Review {{ packet.name }}:{% for item in packet.evidence %} {{ item.text }}{% endfor %}"
GOOD = {"text": "Ann closed 42 requests.", "rating": 4, "citations": ["E1"]}


def case() -> Case:
    evidence = Evidence(
        id="E1",
        source="goal_outcome",
        quarter="Q1",
        text="{name} closed 42 requests.",
        polarity="positive",
        salience="key",
    )
    return Case(
        id="case-1",
        use_case="review",
        role="clerk",
        function="office",
        level="junior",
        period="2025",
        goals=(),
        evidence=(evidence,),
        gold_rating=4,
        richness="numeric",
    )


def request_for(cell: str = "cell-1") -> DraftRequest:
    ann = Identity(id="i1", first_name="Ann", pronouns="she", groups={}, source="made")
    rubric = Rubric(
        id="r", text="1 to 5", attainment_points=(), polarity_points={}, rating_from_mean=()
    )
    packet = packet_of(case(), ann, rubric)
    return DraftRequest(
        cell=Cell(id=cell, case_id="case-1", identity_id="i1"), packet=packet, identity=ann
    )


class Answers:
    """What the provider was sent, and what it says: text, a raw answer beside it, an error."""

    def __init__(self) -> None:
        self.sent: list = []
        self.text = "Good year.\nRating: 4"
        self.raw: dict | None = None
        self.stop = "stop"
        self.error: Exception | None = None
        self.usage: dict | None = None


@pytest.fixture
def provider(monkeypatch, tmp_path):
    """Our provider under Inspect's names ``ours`` and ``ours-completions``."""
    from inspect_ai.model import ModelAPI, ModelCall, ModelOutput, ModelUsage, modelapi

    answers = Answers()
    monkeypatch.setenv("INSPECT_CACHE_DIR", str(tmp_path / "inspect-cache"))

    async def generate(self, input, tools, tool_choice, config):  # noqa: A002
        answers.sent.append((input, config))
        if answers.error:
            raise answers.error
        output = ModelOutput.from_content(self.model_name, answers.text, stop_reason=answers.stop)
        if answers.usage:
            output.usage = ModelUsage(**answers.usage)
        if answers.raw is None:
            return output
        return output, ModelCall.create(request={}, response=answers.raw)

    for name in ("ours", "ours-completions"):
        modelapi(name=name)(type("Ours", (ModelAPI,), {"generate": generate}))
    return answers


@pytest.fixture
def opened(tmp_path):
    """Opens a pipeline with settings; other keys of the manifest by keyword."""

    def opening(settings=None, *, model="ours/one", template=TEMPLATE, **more):
        (tmp_path / "prompt.j2").write_text(template, "utf-8")
        manifest = {
            "id": "mine",
            "version": "1",
            "kind": "inspect_model",
            "description": "Ours.",
            "model": model,
            "settings": {"template": "prompt.j2"} | (settings or {}),
        } | more
        path = tmp_path / "mine.yaml"
        path.write_text(json.dumps(manifest), "utf-8")
        return open_pipeline(path)

    return opening


def draft(pipeline, cell="cell-1", *, anew=False):
    asked = request_for(cell).asked_by("then", anew=anew)
    return asyncio.run(pipeline.draft(asked))


def roles(answers, at=-1):
    return [(message.role, message.text) for message in answers.sent[at][0]]


def test_a_chat_model_is_sent_system_examples_and_prompt_as_turns(provider, opened, tmp_path):
    (tmp_path / "system.j2").write_text("You rate a {{ packet.role }}.", "utf-8")
    (tmp_path / "examples.yaml").write_text(
        'examples:\n  - user: "Review Bo: Late."\n    assistant: "Late.\\nRating: 2"\n', "utf-8"
    )
    pipeline = opened({"system": "system.j2", "examples": "examples.yaml"})

    assert 4.0 == draft(pipeline).rating
    assert [
        ("system", "You rate a clerk."),
        ("user", "Review Bo: Late."),
        ("assistant", "Late.\nRating: 2"),
        ("user", "Review Ann: Ann closed 42 requests."),
    ] == roles(provider)
    assert {"prompt.j2", "system.j2", "examples.yaml"} == set(pipeline.manifest.digests)
    shown = pipeline.prompt(request_for().packet)
    assert shown.startswith("Review Ann")
    assert "You rate a clerk." in shown
    assert "Review Bo" in shown


def test_a_completion_model_is_sent_one_text_with_the_examples_the_template_writes(
    provider, opened, tmp_path
):
    (tmp_path / "examples.yaml").write_text(
        'examples:\n  - user: "Bo: Late."\n    assistant: "Late.\\nRating: 2"\n', "utf-8"
    )
    template = (
        "{% for one in examples %}{{ one.user }}\n{{ one.assistant }}\n\n{% endfor %}"
        "{{ packet.name }}:"
    )
    pipeline = opened(
        {"examples": "examples.yaml"}, model="ours-completions/base", template=template
    )

    draft(pipeline)

    assert [("user", "Bo: Late.\nLate.\nRating: 2\n\nAnn:")] == roles(provider)


@pytest.mark.parametrize(
    ("settings", "says", "more"),
    [
        ({"mode": "chat"}, "takes one text", {"model": "ours-completions/base"}),
        ({"mode": "completion", "system": "s.j2"}, "there is one text", {}),
        ({"mode": "completion", "examples": "e.yaml"}, "a template without them", {}),
        ({"examples": "e.yaml"}, "a template with them", {"template": "{{ examples }}"}),
        ({"examples": "bad.yaml"}, "example 1: the assistant's turn", {}),
        ({"examples": "none.yaml"}, "none.yaml: examples cannot be read", {}),
        ({"structured": {"json_schema": "ref.json"}}, r"without \$ref", {}),
        ({"structured": {"json_schema": "odd.json"}}, "no JSON Schema", {}),
        ({"structured": {"text": "a.b"}}, "name a json_schema", {}),
        ({"generate": {"cache": "soon"}}, "generate.cache", {}),
        ({"generate": {"logit_bias": {}}}, "logit_bias", {}),
        ({"prices": {"input": -1, "output": 1}}, "prices.input", {}),
    ],
)
def test_a_manifest_that_would_not_do_what_it_says_is_refused(
    opened, tmp_path, settings, says, more
):
    files = {
        "s.j2": "Be fair.",
        "e.yaml": 'examples: [{user: "Bo", assistant: "Late.\\nRating: 2"}]',
        "bad.yaml": 'examples: [{user: "Bo", assistant: "Rating: 2"}]',
        "ref.json": '{"type": "object", "properties": {"text": {"$ref": "http://127.0.0.1/x"}}}',
        "odd.json": '{"type": "object", "required": 3}',
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, "utf-8")

    with pytest.raises(ManifestError, match=says):
        opened(settings, **more)


def test_a_structured_reply_is_asked_for_by_its_schema_and_read_whole(provider, opened):
    provider.text = f"```json\n{json.dumps(GOOD)}\n```"
    pipeline = opened({"structured": {}})

    found = draft(pipeline)

    assert ("ok", "Ann closed 42 requests.", 4.0, ("E1",)) == (
        found.status,
        found.text,
        found.rating,
        found.citations,
    )
    asked = provider.sent[0][1].response_schema
    assert asked.strict
    assert {"text", "rating", "citations"} == set(asked.json_schema.properties)
    assert [1, 2, 3, 4, 5] == asked.json_schema.properties["rating"].enum


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        ("Good year.\nRating: 4", "no readable JSON"),
        (json.dumps(GOOD | {"rating": 7}), "at rating: 7 is not one of [1, 2, 3, 4, 5]"),
        (json.dumps(GOOD | {"rating": True}), "at rating: True is not"),
        (json.dumps(GOOD | {"mood": "high"}), "'mood' was unexpected"),
        (json.dumps({"text": "Fine."}), "'rating' is a required property"),
        (json.dumps(GOOD | {"text": "  "}), "holds no text"),
        (json.dumps(GOOD | {"citations": [1]}), "at citations.0"),
        ('{"text": "a", "text": "b", "rating": 3, "citations": []}', "a key stands there twice"),
        ('{"text": "a", "rating": NaN, "citations": []}', "NaN is no number"),
        (json.dumps([GOOD]), "at its top"),
        ("[" * 100_000, "no readable JSON"),
    ],
)
def test_a_reply_that_breaks_the_schema_is_a_failed_draft_that_says_why(
    provider, opened, reply, says
):
    provider.text, provider.usage = reply, {"input_tokens": 9, "output_tokens": 5}

    found = draft(opened({"structured": {}}))

    assert "failed" == found.status
    assert says in found.error
    assert 5 == found.usage.output_tokens


def test_a_schema_of_ones_own_may_be_laxer_and_the_rating_is_checked_all_the_same(
    provider, opened, tmp_path
):
    (tmp_path / "own.json").write_text(
        json.dumps(
            {
                "type": "object",
                "properties": {
                    "review": {
                        "type": "object",
                        "properties": {"body": {"type": "string"}, "score": {"type": "number"}},
                        "required": ["body"],
                    }
                },
                "required": ["review"],
            }
        ),
        "utf-8",
    )
    structured = {
        "json_schema": "own.json",
        "text": "review.body",
        "rating": "review.score",
        "citations": None,
        "strict": False,
    }
    pipeline = opened({"structured": structured})
    assert "own.json" in pipeline.manifest.digests

    provider.text = '{"review": {"body": "Fine.", "score": 3.5}}'
    assert (3.5, ()) == (draft(pipeline).rating, draft(pipeline).citations)
    provider.text = '{"review": {"body": "Fine."}}'
    assert ("ok", None) == (draft(pipeline).status, draft(pipeline).rating)
    provider.text = '{"review": {"body": "Fine.", "score": 35}}'
    assert "the reply's rating is '35', expected 1 to 5" == draft(pipeline).error


def test_a_refusal_and_a_reply_cut_short_are_told_from_a_broken_one(provider, opened):
    pipeline = opened({"structured": {}})

    provider.text = "I'm sorry, I can't rate people."
    assert "refused" == draft(pipeline).status
    provider.text, provider.stop = '{"text": "Ann cl', "max_tokens"
    found = draft(pipeline)
    assert "failed" == found.status
    assert found.error.endswith("it was cut at max_tokens")
    provider.stop = "content_filter"
    assert ("refused", "content filter") == (draft(pipeline).status, draft(pipeline).error)


def test_what_the_manifest_tells_of_generation_reaches_the_provider(provider, opened):
    asked = {
        "max_tokens": 90,
        "temperature": 0.3,
        "top_p": 0.9,
        "top_k": 40,
        "frequency_penalty": 0.1,
        "presence_penalty": -0.1,
        "reasoning_effort": "low",
        "reasoning_tokens": 512,
        "stop": ["END"],
        "seed": 5,
        "timeout_s": 7,
        "max_retries": 4,
        "cache_prompt": False,
        "extra_body": {"grammar": "x"},
    }
    draft(opened({"generate": asked, "slots": 3}))
    sent = provider.sent[0][1]

    same = set(asked) - {"stop", "seed", "timeout_s"}
    assert {k: asked[k] for k in same} == {k: getattr(sent, k) for k in same}
    assert (["END"], 7, 3) == (sent.stop_seqs, sent.attempt_timeout, sent.max_connections)
    assert isinstance(sent.seed, int)
    assert not sent.batch


@pytest.mark.parametrize(
    ("asked", "slots", "connections", "timeout"),
    [
        ({}, 8, 8, 120),
        ({"max_connections": 3}, 8, 3, 120),
        ({"adaptive_connections": 40}, 8, None, 120),
        # A batch takes hours: an attempt that is given up after two minutes would never be done.
        ({"batch": True}, 100, None, None),
        ({"batch": 250}, 250, None, None),
    ],
)
def test_connections_and_timeouts_suit_how_drafts_are_asked_for(
    opened, asked, slots, connections, timeout
):
    pipeline = opened({"generate": asked})
    config = pipeline.settings.generate.config(
        "c", slots=pipeline.slots, cached=True, response=None
    )

    assert slots == pipeline.slots
    assert (connections, timeout) == (config.max_connections, config.attempt_timeout)
    assert asked.get("batch") == config.batch
    assert asked.get("adaptive_connections") == config.adaptive_connections


def test_a_cached_reply_is_kept_for_its_cell_alone_and_costs_nothing_the_second_time(
    provider, opened
):
    """An exact repeat is sent the same words: from one cache entry it would be no repeat."""
    provider.usage = {"input_tokens": 100, "output_tokens": 50}
    provider.raw = {"model": "one-2026", "system_fingerprint": "fp_1"}
    pipeline = opened({"generate": {"cache": "1h"}, "prices": {"input": 2.0, "output": 8.0}})

    first, again, repeat = draft(pipeline), draft(pipeline), draft(pipeline, "cell-2")

    assert 2 == len(provider.sent)
    assert [0.0006, 0.0, 0.0006] == [d.usage.cost_usd for d in (first, again, repeat)]
    assert first.text == again.text
    assert 0.0006 == draft(pipeline, anew=True).usage.cost_usd
    assert 3 == len(provider.sent)


def test_prices_count_what_the_providers_own_cache_served(provider, opened):
    """1,000 in full at $3, 4,000 cached at $0.30, 200 out at $15 a million: $0.0072."""
    provider.usage = {
        "input_tokens": 900,
        "input_tokens_cache_write": 100,
        "input_tokens_cache_read": 4000,
        "output_tokens": 200,
    }
    prices = {"input": 3.0, "cached_input": 0.3, "output": 15.0}

    found = draft(opened({"prices": prices})).usage

    assert (5000, 200) == (found.input_tokens, found.output_tokens)
    assert pytest.approx(0.0072) == found.cost_usd
    assert draft(opened()).usage.cost_usd is None


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (None, Returned(model="one")),
        ({"model": "one-2026", "system_fingerprint": "fp_1"}, ("one-2026", "fp_1")),
        ({"modelVersion": "one-002"}, ("one-002", None)),
        ({"choices": []}, (None, None)),
    ],
)
def test_what_the_provider_says_answered_is_kept_and_nothing_else(provider, opened, raw, expected):
    provider.raw = raw
    if isinstance(expected, tuple):
        expected = Returned(model=expected[0], fingerprint=expected[1])

    assert expected == draft(opened()).returned


def test_drafts_at_once_each_keep_the_answer_to_their_own_question(provider, opened, monkeypatch):
    """Many tasks on one loop: no task may hear what another one was answered."""
    from inspect_ai.model import ModelAPI, ModelCall, ModelOutput, modelapi

    @modelapi(name="echoing")
    class Echoing(ModelAPI):
        async def generate(self, input, tools, tool_choice, config):  # noqa: A002
            await asyncio.sleep(0)
            seed = str(config.seed)
            return ModelOutput.from_content("m", seed), ModelCall.create(
                request={}, response={"model": seed}
            )

    pipeline = opened({"generate": {"seed": 1}}, model="echoing/m")

    async def all_of_them():
        return await asyncio.gather(*(pipeline.draft(request_for(f"c{n}")) for n in range(20)))

    drafts = asyncio.run(all_of_them())
    assert 20 == len({one.text for one in drafts})
    assert [one.text for one in drafts] == [one.returned.model for one in drafts]


def test_an_outage_is_no_draft(provider, opened):
    provider.error = ConnectionError("gone")

    with pytest.raises(RunError, match="gone"):
        draft(opened({"generate": {"max_retries": 0}}))


def test_an_outage_does_not_say_the_key_that_a_provider_repeats(provider, opened, monkeypatch):
    monkeypatch.setenv("OURS_API_KEY", "k-0123456789")
    provider.error = ValueError(f"{'x' * 460}401 for key=k-0123456789")

    with pytest.raises(RunError, match="x401 for key=") as raised:
        draft(opened({"generate": {"max_retries": 0}}))

    assert "k-0" not in str(raised.value)
    assert raised.value.__cause__ is None


def test_inspects_log_is_handed_no_key_that_a_provider_repeats(monkeypatch):
    """It keeps a provider's error with all that it rests on, and goes into an audit bundle."""
    monkeypatch.setenv("OURS_API_KEY", "k-0123456789")

    class RefusedError(Exception):
        def __init__(self):
            super().__init__("401 for key=k-0123456789")
            self.message, self.status_code = "no k-0123456789", 401
            self.body = {"error": {"message": ["k-0123456789"]}}
            self.__cause__ = ConnectionError("GET /?key=k-0123456789")

    class Api:
        async def generate(self, *, hands_on):
            if hands_on:
                return RefusedError(), None
            raise RefusedError

    api = Api()
    listen(api)
    [handed, _] = asyncio.run(api.generate(hands_on=True))
    with pytest.raises(RefusedError) as raised:
        asyncio.run(api.generate(hands_on=False))

    for err in (handed, raised.value):
        kept = "".join(traceback.format_exception(err)) + repr(vars(err))
        assert "k-0" not in kept
        assert "401 for key=[secret]" in kept
        assert 401 == err.status_code


@pytest.mark.parametrize("settings", [{}, {"structured": {"strict": False}}])
def test_what_a_provider_says_of_a_request_that_is_too_long_is_no_draft(provider, opened, settings):
    """Inspect hands the message on as if the model had written it."""
    provider.text, provider.stop = "This model's maximum context is 8192 tokens.", "model_length"

    said = draft(opened(settings))

    assert ("failed", "") == (said.status, said.text)
    assert "model_length: This model's maximum context is 8192 tokens." == said.error


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({}, "Good \ud83d year.\nRating: 4"),
        ({}, "I'm sorry \ud83d"),
        ({"structured": {}}, '{"text": "Good \\ud83d", "rating": 4, "citations": []}'),
        ({"structured": {}}, '{"text": "Good", "rating": 4, "citations": ["\\ud83d"]}'),
        ({"structured": {}}, "I'm sorry \ud83d"),
    ],
)
def test_half_a_character_fails_its_draft_and_can_be_kept(provider, opened, settings, text):
    """No journal can hold it: such a cell was lost, and asked for again by each resume."""
    provider.text, provider.raw = text, {"model": "one \ud83d"}

    said = draft(opened(settings))

    assert "ok" != said.status
    assert said.error.encode()
    assert b"one ?" in line_of("c1", said)


@pytest.mark.parametrize(
    "text",
    [
        "I’m sorry, but I can’t assist with that.",
        "Sorry, I can't do that.",
        "I am not able to write this.",
        "I won’t rate people.",
    ],
)
def test_a_refusal_is_one_however_its_apostrophe_is_written(provider, opened, text):
    provider.text = text
    assert ("refused", text) == ((said := draft(opened())).status, said.error)

    provider.text = json.dumps({"text": text})
    said = draft(opened({"structured": {"rating": None, "citations": None}}))
    assert ("refused", text) == (said.status, said.error)


def test_what_runs_weights_here_is_part_of_the_pipeline_or_declared(opened, monkeypatch):
    """Another release of llama.cpp draws other words from the same weights."""
    serve = {"package": "weights", "sha256": "0" * 64, "context": 512}
    found = iter(["a" * 64, "b" * 64, None])
    monkeypatch.setattr("govern.pipelines.inspect_model.package_digest", lambda _name: next(found))
    one, other, absent = (opened({"serve": serve}).manifest for _ in range(3))

    assert fingerprint(one) != fingerprint(other)
    assert () == one.declared_only
    assert ("xllamacpp, which runs the weights and is absent here",) == absent.declared_only


ESCAPES = {
    "classes": "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "globals": "{{ packet.update.__globals__ }}",
    "by format": '{{ "{0.__class__.__init__.__globals__}".format(packet) }}',
    "by format_map": '{{ "{a.__class__}".format_map({"a": packet}) }}',
    "by attr": "{{ packet|attr('__class__') }}",
    "function internals": "{{ range.__init__.__globals__ }}",
    "changing the packet": "{{ packet.update({'name': 'X'}) }}",
    "changing a list": "{{ packet.evidence.append(1) }}",
    "other files": "{% include '/etc/passwd' %}",
    "imports": "{% import 'os' as os %}",
    "the template itself": "{{ self.__init__.__globals__ }}",
    "cycler": "{{ cycler.__init__.__globals__.os }}",
    "endless": "{{ range(10**9)|list }}",
    "zero": "{{ 1 // 0 }}",
    "unknown": "{{ gold_rating }}",
    "what is marked key": "{{ packet.evidence[0].salience }}",
}


@pytest.mark.parametrize("template", ESCAPES.values(), ids=ESCAPES.keys())
def test_a_template_gets_out_of_its_sandbox_by_no_known_way(opened, template):
    with pytest.raises(ManifestError, match="prompt template"):
        opened(template=template).prompt(request_for().packet)


def test_code_and_lockfile_are_part_of_what_a_pipeline_is(opened, tmp_path):
    home = tmp_path / "drafting"
    home.mkdir()
    (home / "a.py").write_text("A = 1\n")
    (home / "b.py").write_text("B = 1\n")
    (tmp_path / "uv.lock").write_text("pinned\n")
    plain = opened()
    more = {"code": ["drafting/*.py"], "lockfile": "uv.lock"}
    covered = opened(**more)

    assert {"prompt.j2"} == set(plain.manifest.digests)
    assert {"prompt.j2", "code:drafting/a.py", "code:drafting/b.py", "lockfile:uv.lock"} == set(
        covered.manifest.digests
    )
    seen = {fingerprint(covered.manifest)}
    for path in (home / "b.py", tmp_path / "uv.lock", home / "c.py"):
        path.write_text("changed\n")
        seen.add(fingerprint(opened(**more).manifest))
    assert 4 == len(seen)


def test_code_above_the_manifest_is_named_the_same_wherever_the_project_stands(
    opened, tmp_path: Path
):
    """``..`` leads to the project; an absolute path would give each machine its own fingerprint."""
    outside = tmp_path.parent / f"{tmp_path.name}-beside"
    outside.mkdir()
    (outside / "x.py").write_text("X = 1\n")

    found = opened(code=[f"../{outside.name}/*.py"]).manifest.digests
    assert f"code:../{outside.name}/x.py" in found
    for wrong in ({"code": [str(outside / "x.py")]}, {"lockfile": str(outside / "x.py")}):
        with pytest.raises(ManifestError, match="relative to the manifest"):
            opened(**wrong)
    for wrong, says in (
        ({"code": ["nothing/*.py"]}, "no file fits 'nothing"),
        ({"code": [".."]}, "expected a file or a pattern"),
        ({"lockfile": "none.lock"}, "none.lock: cannot be read"),
    ):
        with pytest.raises(ManifestError, match=says):
            opened(**wrong)


def test_a_manifest_without_the_new_keys_keeps_its_fingerprint(opened):
    written = opened().manifest.as_json()

    assert {"code", "lockfile"}.isdisjoint(written)


def test_the_steps_of_a_chain_are_asked_anew_with_it(provider, opened, tmp_path):
    opened({"generate": {"cache": True}})
    chain = {
        "id": "both",
        "version": "1",
        "kind": "chain",
        "description": "Twice.",
        "settings": {
            "steps": [{"name": name, "pipeline": "mine.yaml"} for name in ("draft", "again")]
        },
    }
    (tmp_path / "both.yaml").write_text(json.dumps(chain), "utf-8")
    pipeline = open_pipeline(tmp_path / "both.yaml")
    for asked in (2, 2):
        draft(pipeline)
        assert asked == len(provider.sent)

    draft(pipeline, anew=True)
    assert 4 == len(provider.sent)


@pytest.mark.local_model
def test_a_real_model_follows_examples_and_schema_through_llama_cpp(opened, tmp_path):
    """It also says what answers: the weights' alias and the server's build."""
    pytest.importorskip("xllamacpp", exc_type=ImportError)
    from govern.pipelines.llama_server import serve

    shown = [("Bo", 12, "too few", 2), ("Cy", 45, "very many", 5), ("Di", 30, "as agreed", 3)]
    turns = [
        {
            "user": f"Facts: {name} closed {closed} requests.",
            "assistant": json.dumps(
                {"text": f"{name} closed {closed} requests, {so}.", "rating": rating}
            ),
        }
        for name, closed, so, rating in shown
    ]
    (tmp_path / "examples.yaml").write_text(json.dumps({"examples": turns}), "utf-8")
    local = BUILTIN / "local.yaml"
    served = strict_yaml.load(local.read_text("utf-8"), where="local", error=ManifestError)
    pipeline = opened(
        {
            "examples": "examples.yaml",
            "structured": {"citations": None},
            "generate": {"max_tokens": 48, "temperature": 0, "timeout_s": 600},
            "serve": served["settings"]["serve"] | {"slots": 1, "context": 512},
        },
        model="openai-api/llama/gemma-3-270m",
        template="Facts:{% for item in packet.evidence %} {{ item.text }}{% endfor %}",
    )

    with serve(pipeline.settings.serve, tmp_path / "cache") as url:
        pipeline.connect(url)
        found = asyncio.run(_drafted_and_closed(pipeline))

    assert "ok" == found.status
    assert "Ann closed 42 requests" in found.text
    assert found.rating in {1, 2, 3, 4, 5}
    assert found.returned.model.startswith("gemma")
    assert found.returned.fingerprint
    assert () == pipeline.manifest.declared_only


async def _drafted_and_closed(pipeline):
    found = await pipeline.draft(request_for())
    await pipeline.aclose()
    return found

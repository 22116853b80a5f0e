"""``govern canary``, with a hosted model that is made here and may change behind its name."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from misbehaving import Reply, serving

# Inspect's way of setting up retries.
pytestmark = pytest.mark.filterwarnings("ignore:The 'initial' parameter:DeprecationWarning")

MANIFEST = """\
id: hosted
version: "1"
kind: inspect_model
description: Hosted.
model: hosted/reviewer
settings:
  template: hosted.prompt.j2
  generate: {cache: true, seed: 3}
  prices: {input: 1.0, output: 2.0}
"""


class Hosted:
    """What answers under the name, as its owner may change it."""

    def __init__(self) -> None:
        self.model: str | None = "reviewer-2026-01"
        self.system: str | None = "fp_a"
        self.rating = 3
        self.asked = 0
        self.gone = False


@pytest.fixture
def hosted(monkeypatch, tmp_path):
    from inspect_ai.model import ModelAPI, ModelCall, ModelOutput, ModelUsage, modelapi

    monkeypatch.setenv("INSPECT_CACHE_DIR", str(tmp_path / "inspect-cache"))
    host = Hosted()

    @modelapi(name="hosted")
    class Provider(ModelAPI):
        async def generate(self, input, tools, tool_choice, config):  # noqa: A002
            if host.gone:
                raise ConnectionError("out of order")
            host.asked += 1
            said = f"{input[-1].text[:60]} Number {config.seed % 7}.\nRating: {host.rating}"
            output = ModelOutput.from_content(self.model_name, said)
            output.usage = ModelUsage(input_tokens=1000, output_tokens=100)
            answer = {"model": host.model, "system_fingerprint": host.system}
            return output, ModelCall.create(request={}, response=answer)

        def should_retry(self, ex):
            return False

    return host


def run_then(govern, started, hosted):
    """A run of 54 cells: six cases under eight names each, and six exact repeats."""
    (started / "pipelines/hosted.yaml").write_text(MANIFEST)
    (started / "pipelines/hosted.prompt.j2").write_text("{{ packet_text }}")
    suite = started / "evals/my_reviews.py"
    suite.write_text(suite.read_text().replace("cases=24", "cases=6"))
    assert govern("run", "my-reviews", "--pipeline", "hosted", "--id", "then").code == 0
    assert 54 == hosted.asked


@pytest.fixture
def tomorrow(monkeypatch):
    """Sets the clock to so many seconds after a midnight: each canary has a second of its own."""

    def setting(seconds):
        at = datetime(2026, 12, 24, 0, 0, seconds, tzinfo=UTC)
        monkeypatch.setattr("govern.cli.context.now", lambda: at)

    return setting


def test_a_decisions_run_is_held_against_what_answers_today(govern, started, hosted, tomorrow):
    """The run's replies are in Inspect's cache: asked from there, every day would be the same."""
    for name, role in (("ana", "board-chair"), ("ben", "worker-representative")):
        govern("keys", "init", name, "--role", role)
        govern("policy", "sign", "my-policy", "--key", name)
    run_then(govern, started, hosted)
    gated = govern("gate", "then", "--policy", "my-policy", "--json").json
    decision = gated["decision_id"]

    assert [
        "the model hosted/reviewer",
        "which model answered: reviewer-2026-01, says the provider",
        "by which system: fp_a, says the provider",
    ] == gated["run"]["declared_only"]
    line = (started / ".govern/runs/then/journal.jsonl").read_text().splitlines()[0]
    assert pytest.approx(0.0012) == json.loads(line)["draft"]["usage"]["cost_usd"]

    tomorrow(1)
    flown = govern("canary", decision)
    assert (0, 60) == (flown.code, hosted.asked)
    assert "6 of 6 drafts are the run's word for word" in flown.out
    assert "Same: every draft is the run's" in flown.out
    assert f"Decision {decision} stands as it is" in flown.out
    kept = json.loads((started / ".govern/canaries/then/20261224T000001/canary.json").read_text())
    assert (decision, "then", "same") == (kept["decision"], kept["run_id"], kept["outcome"])
    assert {"models": ["reviewer-2026-01"], "fingerprints": ["fp_a"]} == kept["named"]
    assert 2 == govern("canary", decision).code

    tomorrow(2)
    hosted.rating, hosted.system = 5, "fp_b"
    flown = govern("canary", decision, "--json")
    assert (10, "drifted") == (flown.code, flown.json["outcome"])
    assert any(why.startswith("rating level") for why in flown.json["why"])
    assert ["the provider's system is another one: fp_b, in the run it was fp_a"] == flown.json[
        "notes"
    ]

    tomorrow(3)
    hosted.rating, hosted.system, hosted.model = 3, None, "reviewer-2026-06"
    flown = govern("canary", decision, "--json")
    assert (10, "same") == (flown.code, flown.json["found"]["outcome"])
    assert [
        "another model answers: reviewer-2026-06, in the run it was reviewer-2026-01"
    ] == flown.json["why"]
    assert ["the provider no longer says which system answers"] == flown.json["notes"]

    tomorrow(4)
    hosted.model = "reviewer-2026-01"
    (started / "pipelines/hosted.prompt.j2").write_text("Be kind. {{ packet_text }}")
    flown = govern("canary", decision)
    assert 10 == flown.code
    assert "the pipeline's own bytes" in flown.out

    tomorrow(5)
    hosted.gone = True
    out = govern("canary", decision)
    assert 14 == out.code
    assert "out of order" in out.err
    assert "Nothing is compared" in out.err
    assert not (started / ".govern/canaries/then/20261224T000005/canary.json").exists()

    frame = started / ".govern/runs/then/drafts.parquet"
    frame.write_bytes(frame.read_bytes() + b" ")
    for which, says in ((decision, "decided on"), ("then", "measured")):
        refused = govern("canary", which)
        assert 13 == refused.code
        assert f"not the drafts that were {says}" in refused.err


REMEMBERING = """\
id: remembering
version: "1"
kind: http
description: It gives what it gave before to whoever shows the same idempotency key.
settings: {{url: "{url}", text: text}}
"""


def test_a_service_that_remembers_its_drafts_is_asked_for_new_ones(
    govern, started, unmirrored, tomorrow
):
    """By the same keys it would repeat what it drafted then, and be called the same for ever."""
    given, words = {}, ["Then", "Later", "Today"]

    def remembering(asked):
        text = f"{words[0]}: {asked.body['packet']['name']} did well.\nRating: 3"
        return given.setdefault(asked.key, Reply(body={"text": text}))

    suite = started / "evals/my_reviews.py"
    suite.write_text(suite.read_text().replace("cases=24", "cases=6"))
    with serving(remembering) as service:
        manifest = REMEMBERING.format(url=service.url)
        (started / "pipelines/remembering.yaml").write_text(manifest)
        run = ("run", "my-reviews", "--pipeline", "remembering", "--id")
        assert 0 == govern(*run, "then").code
        del words[0]
        assert 0 == govern(*run, "anew", "--no-cache").code
        del words[0]
        tomorrow(6)
        flown = govern("canary", "then", "--json")

    journal = (started / ".govern/runs/anew/journal.jsonl").read_text()
    assert 54 == journal.count("Later: ")
    assert 54 + 54 + 6 == len(given)
    assert 0 == flown.json["found"]["identical"]


def test_what_cannot_be_flown_says_why(govern, project, unmirrored):
    assert "no run 'nothing'" in govern("canary", "nothing").err
    assert "fewer than 6 say nothing" in govern("canary", "nothing", "--cells", "5").err
    (project / "drafts.csv").write_text("text,case\nFine.,a\nGood.,b\n")
    assert 0 == govern("run", "--drafts", "drafts.csv", "--columns", "text=text,case=case").code
    [recorded] = [path.name for path in (project / ".govern/runs").iterdir()]
    refused = govern("canary", recorded)
    assert (2, True) == (refused.code, "came from a file" in refused.err)

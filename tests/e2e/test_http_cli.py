"""A service that misbehaves, from the command line to a decision."""

from __future__ import annotations

import json
import threading
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from misbehaving import Asked, Reply, serving

from govern.canon import unit_interval

pytestmark = pytest.mark.usefixtures("unmirrored")

SECRET = "s3cret-of-the-house"
CELLS = 24 * (8 + 1 + 2 + 1)  # main, noise, markers with controls, variants
MANIFEST = """
id: my-service
version: "1"
kind: http
description: A service that misbehaves.
settings:
  url: {url}
  headers: {{X-Case: "{{{{ packet.case_id }}}}"}}
  body:
    model: m
    messages:
      - {{role: user, content: "{{{{ prompt }}}}"}}
    evidence: "{{{{ packet.evidence }}}}"
  text: choices.0.message.content
  returned: {{model: model, fingerprint: system_fingerprint}}
  usage: {{input_tokens: usage.prompt_tokens, output_tokens: usage.completion_tokens}}
  prices: {{million_input_usd: 2, million_output_usd: 8}}
  auth_env: MY_SERVICE_SECRET
  auth_as: bearer
  timeout_s: 5
  most_bytes: 100000
  retries: {{tries: 3, first_s: 0.001, most_s: 0.002}}
"""
TROUBLE = ("half", "chunks", "garbled", "hang up", 500, 503, 429)


class Moody:
    """A service that keeps what it drafted by idempotency key, and fails by seeded chance.

    Each try at a cell goes wrong with probability 0.4 until the fifth; half of the troubles come
    after the draft was made and kept, as when a connection breaks on the way back.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.made: dict[str, str] = {}
        self.drafts = Counter[str]()
        self.troubles = Counter[str | int]()
        self.lock = threading.Lock()

    def __call__(self, asked: Asked) -> Reply | str:
        def chance(of: str) -> float:
            # By what is asked: the key depends on the port.
            return unit_interval(self.seed, of, str(asked.body), asked.nth)

        wrong = asked.nth < 5 and chance("wrong") < 0.4
        with self.lock:
            if not wrong or chance("late") < 0.5:
                self._make(asked)
            if wrong:
                trouble = TROUBLE[int(chance("which") * len(TROUBLE))]
                self.troubles[trouble] += 1
        if not wrong:
            return Reply(body=self._reply(asked))
        if isinstance(trouble, str):
            return trouble
        return Reply(trouble, {"error": f"who is {asked.secret}?"})

    def _make(self, asked: Asked) -> None:
        if asked.key not in self.made:
            facts = " ".join(item["text"] for item in asked.body["evidence"])
            self.made[asked.key] = facts
            self.drafts[asked.key] += 1

    def _reply(self, asked: Asked) -> object:
        message = {"role": "assistant", "content": f"{self.made[asked.key]}\nRating: 3"}
        return {
            "model": "m-2026-11-01",
            "system_fingerprint": "fp_7",
            "choices": [{"message": message}],
            "usage": {"prompt_tokens": 500, "completion_tokens": 100},
        }


def kept(folder: Path) -> Iterator[tuple[str, bytes]]:
    """What stands in each file, and in each part of Inspect's log."""
    for path in folder.rglob("*"):
        if path.suffix == ".eval":
            with zipfile.ZipFile(path) as log:
                yield from ((name, log.read(name)) for name in log.namelist())
        elif path.is_file():
            yield path.name, path.read_bytes()


def test_a_service_that_misbehaves_at_random_is_driven_to_a_decision_each_cell_drafted_once(
    govern, started, monkeypatch
):
    monkeypatch.setenv("MY_SERVICE_SECRET", SECRET)
    moody = Moody(seed=8)
    with serving(moody) as service:
        (started / "pipelines/my-service.yaml").write_text(MANIFEST.format(url=service.url))
        run = govern(
            "run", "review-core", "--pipeline", "my-service", "--plan", "smoke", "--id", "r"
        )
        resumed = 0
        while run.code == 14 and resumed < 60:
            assert SECRET not in run.err
            run = govern("run", "--resume", "r")
            resumed += 1

    assert 0 == run.code, run.err
    assert 0 < resumed
    folder = started / ".govern/runs/r"
    lines = [json.loads(line) for line in (folder / "journal.jsonl").read_text().splitlines()]
    drafts = {line["cell"]: line["draft"] for line in lines}
    assert CELLS == len(lines) == len(drafts)
    assert {"ok"} == {draft["status"] for draft in drafts.values()}

    # As the service sees it: one key for each cell, and one draft for each key.
    assert CELLS == len({asked.key for asked in service.asked}) == len(moody.made)
    assert {1} == set(moody.drafts.values())
    assert Counter(moody.made.values()) == Counter(draft["text"] for draft in drafts.values())
    assert set(TROUBLE) == set(moody.troubles)

    one = next(iter(drafts.values()))
    assert {"model": "m-2026-11-01", "fingerprint": "fp_7"} == one["returned"]
    assert pytest.approx(0.0018) == one["usage"]["cost_usd"]
    assert [] == [name for name, content in kept(started) if SECRET.encode() in content]
    assert any(b"[secret]" in content for name, content in kept(folder / "logs"))

    policy = started / "policies/my-policy.md"
    policy.write_text(policy.read_text().replace("suite: my-reviews", "suite: review-core"))
    for name, role in (("ana", "board-chair"), ("ben", "worker-representative")):
        assert 0 == govern("keys", "init", name, "--role", role).code
        assert 0 == govern("policy", "sign", "my-policy", "--key", name).code
    gate = govern("gate", "r", "--policy", "my-policy", "--json")
    assert 0 == gate.code, gate.out
    assert "pass" == gate.json["outcome"]

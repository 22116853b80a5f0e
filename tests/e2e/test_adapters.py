"""Commands, chains and recorded runs as a user drives them, and what a check shows of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from govern.pipelines.reference import Reference

pytestmark = pytest.mark.usefixtures("unmirrored")

PROGRAM = """
import json, sys
for line in sys.stdin:
    asked = json.loads(line)
    packet = asked["packet"]
    facts = " ".join(item["text"] for item in packet["evidence"])
    reply = {"id": asked["id"], "text": facts, "rating": 3, "citations": ["E1"]}
    print(json.dumps(reply), flush=True)
"""
COMMAND = """
id: my-command
version: "1"
kind: command
description: A program.
settings: {command: [python3, program.py], slots: 2}
"""
CHAIN = """
id: my-chain
version: "1"
kind: chain
description: A draft and its rewriting.
settings:
  steps:
    - {name: draft, pipeline: my-command.yaml}
    - {name: rewrite, kind: python, settings: {function: "rewriter:rewrite", slots: 2}}
"""
REWRITER = """
def rewrite(packet):
    draft = packet["steps"]["draft"]
    return {"text": draft["text"].replace("did", "has done"), "rating": draft["rating"]}
"""


@pytest.fixture
def adapters(started: Path) -> Path:
    """A project with a command and a chain."""
    for name, content in {
        "my-command.yaml": COMMAND,
        "program.py": PROGRAM,
        "my-chain.yaml": CHAIN,
        "rewriter.py": REWRITER,
    }.items():
        (started / "pipelines" / name).write_text(content)
    return started


def test_a_chain_of_a_command_and_a_function_and_its_own_log_come_to_decisions(govern, adapters):
    """216 cells; the log of the run is then taken as drafts that exist."""
    assert 0 == govern("run", "my-reviews", "--pipeline", "my-chain", "--id", "chained").code

    run = adapters / ".govern/runs/chained"
    journal = [json.loads(line) for line in (run / "journal.jsonl").read_text().splitlines()]
    assert 216 == len(journal)
    assert {("draft", "rewrite")} == {
        tuple(step["name"] for step in entry["draft"]["steps"]) for entry in journal
    }
    assert {"ok"} == {entry["draft"]["status"] for entry in journal}

    [log] = (run / "logs").glob("*.eval")
    columns = "text=output.completion,case=metadata.case_id,name=metadata.identity_id,prompt=input"
    assert 0 == govern("run", "--drafts", str(log), "--columns", columns, "--json").code
    [recorded] = [p.name for p in (adapters / ".govern/runs").iterdir() if p.name != "chained"]

    for name, role in (("ana", "board-chair"), ("ben", "worker-representative")):
        govern("keys", "init", name, "--role", role)
        assert 0 == govern("policy", "sign", "my-policy", "--key", name).code
    decided = govern("gate", "chained", "--policy", "my-policy", "--json")
    assert (0, "pass") == (decided.code, decided.json["outcome"])
    decided = govern("gate", recorded, "--policy", "my-policy", "--json")
    assert (11, "insufficient_evidence") == (decided.code, decided.json["outcome"])


def test_a_check_shows_what_was_sent_and_what_came_back_of_three_cells(govern, adapters):
    checked = govern("pipelines", "check", "my-command", "--suite", "my-reviews", "--json")

    assert 0 == checked.code, checked.err
    cells = checked.json["cells"]
    assert [3, 3, 3] == [len({cell[of] for cell in cells}) for of in ("cell", "case", "name")]
    for cell in cells:
        [sent], [came_back] = cell["sent"], cell["came_back"]
        assert {"id", "packet", "prompt"} == set(sent)
        assert cell["name"] == sent["packet"]["name"]
        assert {"text", "rating", "citations"} == set(came_back)
        assert ("ok", came_back["text"]) == (cell["draft"]["status"], cell["draft"]["text"])
    assert {"program.py", "python3"} <= set(checked.json["digests"])
    assert not (adapters / ".govern/runs").exists()


LEAKY = """
import os
def draft(packet):
    secret = os.environ["ACME_LOGIN"].partition(" ")[2]
    return {"text": f"\\x1b[2J\\u202e{secret}", "rating": 9}
"""


def test_a_check_hides_secrets_and_what_would_move_the_terminal(govern, adapters, monkeypatch):
    monkeypatch.setenv("ACME_LOGIN", "Bearer hush-hush-hush")
    (adapters / "pipelines/my_drafter.py").write_text(LEAKY)
    manifest = adapters / "pipelines/my-function.yaml"
    manifest.write_text(f"{manifest.read_text()}  env: [ACME_LOGIN]\n")

    check = ("pipelines", "check", "my-function", "--suite", "my-reviews")
    shown, as_json = govern(*check), govern(*check, "--json")
    for checked in (shown, as_json):
        assert 0 == checked.code, checked.err
        assert "hush" not in checked.out + checked.err
        assert "[secret]" in checked.out
    assert "\x1b" not in shown.out
    assert "\u202e" not in shown.out
    assert "characters, no rating, " in shown.out


def test_a_check_does_not_take_a_reply_that_was_kept_for_an_answer_of_today(
    govern, started, monkeypatch
):
    asked, drafting = [], Reference.draft

    async def draft(self, request):
        asked.append(request)
        return await drafting(self, request)

    monkeypatch.setattr(Reference, "draft", draft)

    for _ in range(2):
        assert 0 == govern("pipelines", "check", "reference", "--suite", "my-reviews").code
    assert {True} == {request.anew for request in asked}
    assert 2 == len({request.run for request in asked})


@pytest.mark.parametrize(
    ("body", "code", "said"),
    [
        ("raise ValueError('no')", 10, "3 of 3 answers are no draft"),
        ("raise ValueError('\\x1b[2JPASS')", 10, "3 of 3 answers are no draft"),
        ("import os; os._exit(75)", 14, "3 of 3 cells had no answer"),
    ],
)
def test_a_check_ends_with_a_code_of_its_own_where_there_is_no_draft(
    govern, adapters, body, code, said
):
    (adapters / "pipelines/my_drafter.py").write_text(f"def draft(packet):\n    {body}\n")

    checked = govern("pipelines", "check", "my-function", "--suite", "my-reviews")

    assert code == checked.code
    assert said in checked.err
    assert "1 of 3: case " in checked.out
    assert "\x1b" not in checked.out

"""The real local model on a few cells, through Inspect, to a decision."""

from __future__ import annotations

import gc
import json

import pytest

pytestmark = [pytest.mark.usefixtures("unmirrored"), pytest.mark.local_model]


def test_a_real_model_drafts_a_few_cells_and_gets_what_it_honestly_gets(govern, started):
    pytest.importorskip("xllamacpp", exc_type=ImportError)
    for name, role in (("ana", "board-chair"), ("ben", "worker-representative")):
        govern("keys", "init", name, "--role", role)
        govern("policy", "sign", "my-policy", "--key", name)
    path = started / "evals/my_reviews.py"
    path.write_text(path.read_text().replace("cases=24", "cases=1, noise=False"))

    assert 0 == govern("run", "my-reviews", "--pipeline", "builtin:local", "--id", "real").code

    journal = started / ".govern/runs/real/journal.jsonl"
    drafts = [json.loads(line)["draft"] for line in journal.read_text().splitlines()]
    assert 8 == len(drafts)
    assert all(draft["usage"]["output_tokens"] > 0 for draft in drafts if draft["status"] == "ok")
    assert any(draft["status"] == "ok" for draft in drafts)
    # A socket left to the garbage collector is a warning, and warnings are errors.
    gc.collect()

    gated = govern("gate", "real", "--policy", "my-policy", "--json")
    assert gated.code in (10, 11)
    assert "pass" != gated.json["outcome"]

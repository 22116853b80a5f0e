"""Services that take cells in batches: submit, ask, read all pages, tell cells apart."""

from __future__ import annotations

import json
import traceback
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from http_pipelines import Ticking, drafted, pipeline, request
from misbehaving import Asked, Reply, Service, serving

from govern.domain.pipeline import Draft
from govern.errors import ManifestError, RunError

BATCH: dict[str, Any] = {
    "size": 4,
    "items": "input.requests",
    "every_s": 30,
    "rows": "data",
    "next": "next",
    "error": "error.code",
    "outages": ["expired", "overloaded"],
    "no_error": ["succeeded"],
}


class Batches:
    """A batch service: each batch is asked about twice before it is over; two rows a page."""

    def __init__(self, row: Callable[[dict[str, Any]], list[Any]], cursor: bool = False) -> None:
        self.row, self.cursor = row, cursor
        self.batches: dict[str, list[Any]] = {}
        self.polls = Counter[str]()

    def __call__(self, asked: Asked) -> Reply | str:
        if asked.method == "POST":
            self.batches.setdefault(asked.key, asked.body["input"]["requests"])
            return Reply(201, {"id": f"b/{asked.key}"})
        name = asked.path.removeprefix("/batches/b%2F").removesuffix("/results")
        if not asked.path.endswith("/results"):
            self.polls[name] += 1
            return Reply(body={"status": "completed" if self.polls[name] > 1 else "running"})
        rows = [row for item in self.batches[name] for row in self.row(item)]
        start = int(asked.query.get("after", ["0"])[0])
        more = start + 2 if start + 2 < len(rows) else None
        following = more if self.cursor or more is None else f"results?after={more}"
        return Reply(body={"data": rows[start : start + 2], "next": following})


def good(item: dict[str, Any]) -> list[Any]:
    draft = {"text": f"About {item['fact']}", "rating": 3}
    return [{"custom_id": item["custom_id"], "draft": draft}]


def asked_of(
    running: Service,
    cells: int = 4,
    *,
    clock: Ticking | None = None,
    sent: dict[str, Any] | None = None,
    **told: Any,
) -> list[Draft | RunError]:
    """What becomes of cells with facts of their own at a service; ``told`` is of the batches."""
    urls = {"status_url": "batches/{id}", "results_url": "batches/{id}/results"}
    opened = pipeline(
        url=running.url.replace("/draft", "/batches"),
        clock=clock,
        body={"custom_id": "{{ key }}", "fact": "{{ packet.evidence[0].text }}"},
        batch=BATCH | urls | told,
        **(sent or {}),
    )
    return drafted(opened, [request(f"c{n}", fact=f"fact {n}") for n in range(cells)])


def outcomes(service: Any, cells: int = 4, **told: Any) -> list[Draft | RunError]:
    with serving(service) as running:
        return asked_of(running, cells, **told)


@pytest.mark.parametrize("cursor", [False, True])
def test_ten_cells_go_in_three_batches_and_each_gets_its_own_draft(cursor):
    service, clock = Batches(lambda item: good(item)[::-1], cursor), Ticking()
    told = {"cursor": "after"} if cursor else {}
    with serving(service) as running:
        drafts = asked_of(running, 10, clock=clock, **told)

    assert [f"About fact {n}" for n in range(10)] == [draft.text for draft in drafts]
    assert [2, 4, 4] == sorted(len(items) for items in service.batches.values())
    assert {2} == set(service.polls.values())
    assert 2.0 in clock.slept  # the batch that did not fill waited for more
    assert 30 in clock.slept
    assert 3 + 6 + 5 == len(running.asked)
    assert all(draft.latency_s >= 30 for draft in drafts)


def test_the_same_cells_are_the_same_batch_and_the_same_items_after_a_resume():
    with serving(Batches(good)) as running:
        for _ in range(2):
            asked_of(running)
    first, again = (asked for asked in running.asked if asked.method == "POST")

    assert first.key == again.key
    assert first.body == again.body
    assert 4 == len({item["custom_id"] for item in first.body["input"]["requests"]})


def test_headers_and_query_of_the_manifest_are_sent_with_a_batch_and_are_of_no_cell():
    sent = {"headers": {"X-Api-Version": "2026"}, "query": {"team": "people"}}
    with serving(Batches(good)) as running:
        asked_of(running, sent=sent)
        assert {"2026"} == {asked.headers.get("x-api-version") for asked in running.asked}
        assert [["people"]] == [a.query["team"] for a in running.asked if a.method == "POST"]

        with pytest.raises(ManifestError, match=r"settings\.headers\.x.*one for all its cells"):
            asked_of(running, sent={"headers": {"x": "{{ packet.case_id }}"}})


def test_one_cell_fails_one_is_put_off_one_is_forgotten_and_one_told_twice():
    def row(item: dict[str, Any]) -> list[Any]:
        fates: dict[str, list[Any]] = {
            "fact 0": [{"custom_id": item["custom_id"], "error": {"code": "too_long"}}],
            "fact 1": [{"custom_id": item["custom_id"], "error": {"code": "expired"}}],
            "fact 2": [],
            "fact 3": good(item) * 2,
            "fact 4": [row | {"error": {"code": "succeeded"}} for row in good(item)],
        }
        return fates.get(item["fact"], good(item))

    drafts = outcomes(Batches(row), 5)

    failed, put_off, forgotten, twice, fine = drafts
    assert "the batch says of this cell: too_long" == failed.error
    assert isinstance(put_off, RunError)
    assert "expired" in str(put_off)
    assert isinstance(forgotten, RunError)
    assert "says nothing about this cell" in str(forgotten)
    assert "the batch speaks 2 times of this cell" == twice.error
    assert ("ok", "About fact 4") == (fine.status, fine.text)


def answering(**replies: Reply | str) -> Callable[[Asked], Reply | str]:
    """A service with one answer for each of the three kinds of question."""
    told = {
        "submit": Reply(body={"id": "b1"}),
        "status": Reply(body={"status": "ended"}),
        "results": Reply(body={"data": []}),
    } | replies

    def behave(asked: Asked) -> Reply | str:
        if asked.method == "POST":
            return told["submit"]
        return told["results" if asked.path.endswith("/results") else "status"]

    return behave


@pytest.mark.parametrize(
    ("replies", "said"),
    [
        ({"submit": Reply(400, {"error": "no"})}, 'the service answered 400: {"error": "no"}'),
        ({"submit": Reply(500)}, "answered 500"),
        ({"submit": Reply(body={"ok": 1})}, "the answer about a batch: no 'id'"),
        ({"status": Reply(body={"status": "expired"})}, "the batch is expired"),
        ({"status": Reply(body={"status": "running"})}, "still running after 90 s (within_s)"),
        ({"status": Reply(body=b"{")}, "no readable JSON"),
        ({"results": Reply(body={"data": 5})}, "expected a list at 'data'"),
        ({"results": Reply(body={"data": [], "next": "results"})}, "go round"),
        ({"results": Reply(body={"data": [], "next": "https://x.example/"})}, "another server"),
        ({"results": Reply(body={"data": [], "next": "http://x:port/"})}, "at no address"),
        ({"results": "half"}, "RemoteProtocolError"),
        ({"results": "huge"}, "most_bytes"),
    ],
)
def test_whatever_goes_wrong_with_a_whole_batch_leaves_all_its_cells_undrafted(replies, said):
    with serving(answering(**replies)) as running:
        base = running.url
        told = {"status_url": base + "/{id}", "results_url": base + "/{id}/results"}
        opened = pipeline(
            url=base,
            retries={"tries": 2},
            most_bytes=50_000,
            batch=BATCH | told | {"within_s": 90},
        )
        drafts = drafted(opened, [request(f"c{n}") for n in range(4)])

    assert 4 == len(drafts)
    for outage in drafts:
        assert isinstance(outage, RunError)
        assert said in str(outage)


def test_results_may_stand_in_the_last_status_or_be_one_document_a_line():
    rows: list[Any] = []

    def inline(asked: Asked) -> Reply:
        if asked.method == "POST":
            rows[:] = [good(item)[0] for item in asked.body["input"]["requests"]]
            return Reply(body={"id": "b1"})
        return Reply(body={"status": "ended", "data": rows})

    drafts = outcomes(inline, results_url=None)
    assert {"ok"} == {draft.status for draft in drafts}

    def lines(asked: Asked) -> Reply:
        if asked.path.endswith("/results"):
            return Reply(body="\n".join(json.dumps(row) for row in rows).encode() + b"\n")
        return inline(asked)

    drafts = outcomes(lines, rows=None)
    assert {"ok"} == {draft.status for draft in drafts}


@pytest.mark.parametrize(
    ("replies", "said"),
    [
        ({"submit": Reply(400, {"error": "s3cret-s3cret is broke"})}, "[secret] is broke"),
        ({"status": Reply(body={"status": "s3cret-s3cret"})}, "still [secret] after"),
    ],
)
def test_a_secret_in_what_is_said_of_a_batch_is_not_shown(monkeypatch, replies, said):
    monkeypatch.setenv("SVC_SECRET", "s3cret-s3cret")
    with serving(answering(**replies)) as running:
        batch = BATCH | {"status_url": "{id}", "within_s": 60}
        told = {"url": running.url, "auth_env": "SVC_SECRET", "auth_as": "bearer"}
        [outage] = drafted(pipeline(**told, batch=batch))

    assert isinstance(outage, RunError)
    assert said in str(outage)
    assert "s3cret" not in "".join(traceback.format_exception(outage))


def test_batches_that_could_never_fill_or_lead_elsewhere_are_refused():
    told = {"url": "https://drafts.example/b", "batch": BATCH | {"status_url": "https://x/{id}"}}
    with pytest.raises(ManifestError, match="so that no batch is ever full"):
        pipeline(**told, slots=3)
    with pytest.raises(ManifestError, match=r"batch\.status_url: expected an address on drafts"):
        pipeline(**told)
    with pytest.raises(ManifestError, match="method: a batch is submitted"):
        pipeline(url="https://drafts.example/b", batch=BATCH | {"status_url": "{id}"}, method="GET")


@pytest.mark.parametrize("item", [{"prompt": "{{ prompt }}"}, {"id": "cell-{{ key }}"}])
def test_items_that_no_row_could_be_told_to_be_of_are_refused_before_they_are_paid_for(item):
    told = {"url": "https://drafts.example/b", "batch": BATCH | {"status_url": "{id}"}}

    with pytest.raises(ManifestError, match="by which the rows of a batch are told apart"):
        pipeline(**told, body=item).prompt(request().packet)
    assert pipeline(**told, body={"id": "{{ key }}"}).prompt(request().packet)

"""What every adapter keeps to, and made-up requests to hold one to it.

An adapter of your own passes the contract when a subclass of ``PipelineContract`` whose
``manifest`` writes a manifest for it does. Behind it has to stand a drafter that follows the
script: what it does depends on the packet's name, see ``SCRIPT``.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest

from govern.domain.case import Evidence, Goal, Identity, Packet, Rubric
from govern.domain.pipeline import Draft, DraftRequest, Pipeline
from govern.domain.suite import Cell
from govern.errors import RunError
from govern.pipelines import fingerprint, open_pipeline
from govern.pipelines.exchange import overheard
from govern.pipelines.plugins import lacking

REFUSED, FAILED, AWAY, SLOW = "Refuse", "Fail", "Away", "Slow"
SCRIPT = '''
import os
import time


def draft(packet):
    """What the drafter behind an adapter does, by the name in the packet."""
    match packet["name"]:
        case "Refuse":  # a refusal, as the adapter tells one
            return "I cannot write this review."
        case "Fail":  # an answer, but no draft
            return ""
        case "Away":  # out of order: nobody answers, and says that it is not for this draft
            os._exit(75)
        case "Slow":  # longer than any test waits
            time.sleep(600)
    return {"text": f"{packet['name']} of {packet['case_id']} did well.", "rating": 4}
'''
# What the test is about stands in a request only in these words.
SECRET = (
    "group-of-nobody",
    "other-group",
    "identity-of-nobody",
    "source-of-names",
    "Surname-of-nobody",
    "metric-of-nobody",
    "unit-of-nobody",
    "investigation",
    "irrelevant",
    "salience",
    "confidential",
    "polarity",
)
Returned = TypeVar("Returned")


def request(name: str = "Ada", case: str = "case-1") -> DraftRequest:
    """A request with everything that must not leave the house."""
    packet = Packet(
        case_id=case,
        use_case="review",
        name=name,
        pronouns="they",
        role="analyst",
        level="senior",
        period="2025",
        goals=(Goal(id="G1", text="Close 40 requests."),),
        evidence=(_evidence("E1", salience="key"), _evidence("E2", salience="irrelevant")),
        rubric=Rubric(
            id="r",
            text="1 to 5.",
            attainment_points=((1.0, 4),),
            polarity_points={"positive": 4},
            rating_from_mean=((0.0, 4),),
        ),
    )
    identity = Identity(
        id="identity-of-nobody",
        first_name=name,
        surname="Surname-of-nobody",
        pronouns="they",
        groups={"gender": "group-of-nobody", "race_ethnicity": "other-group"},
        source="source-of-names",
    )
    cell = Cell(id=f"cell-{case}-{name}".lower(), case_id=case, identity_id=identity.id)
    return DraftRequest(cell=cell, packet=packet, identity=identity)


def _evidence(number: str, **marks: str) -> Evidence:
    return Evidence.model_validate(
        {
            "id": number,
            "source": "goal_outcome",
            "quarter": "Q1",
            "text": f"Closed 4{number[1:]} requests.",
            "polarity": "positive",
            "confidential": "investigation",
            "metric": "metric-of-nobody",
            "value": 42,
            "unit": "unit-of-nobody",
            "direction": "higher_is_better",
            **marks,
        }
    )


class PipelineContract:
    """What every adapter keeps to. ``scripted = False`` where no script can stand behind it."""

    scripted = True

    @classmethod
    def manifest(cls, folder: Path) -> Path:
        """Write a manifest with all that it needs into an empty folder."""
        raise NotImplementedError

    def reached(self, manifest: Path) -> Path:
        """A file whose bytes enter the fingerprint."""
        return manifest

    @pytest.fixture(scope="class")
    @classmethod
    def path(cls, tmp_path_factory: pytest.TempPathFactory) -> Path:
        return cls.manifest(tmp_path_factory.mktemp("pipeline"))

    @pytest.fixture(scope="class")
    @classmethod
    def pipeline(cls, path: Path) -> Pipeline:
        return open_pipeline(path)

    def of(self, pipeline: Pipeline, name: str) -> Draft:
        if not self.scripted:
            pytest.skip("no script can stand behind it")
        return closing(pipeline, lambda: pipeline.draft(request(name)))

    def test_it_is_a_pipeline(self, pipeline: Pipeline) -> None:
        assert not lacking(pipeline, pipeline.manifest)

    def test_an_answer_is_a_draft_with_text_and_rating(self, pipeline: Pipeline) -> None:
        draft = closing(pipeline, lambda: pipeline.draft(request()))

        assert draft.status == "ok"
        assert draft.text
        assert draft.rating is not None
        assert draft.error is None

    def test_the_drafters_own_words_arrive_unaltered(self, pipeline: Pipeline) -> None:
        draft = self.of(pipeline, "Zoë \U0001f600")

        assert ("Zoë \U0001f600 of case-1 did well.", 4) == (draft.text, draft.rating)

    def test_a_refusal_is_refused_and_says_why(self, pipeline: Pipeline) -> None:
        draft = self.of(pipeline, REFUSED)

        assert ("refused", "") == (draft.status, draft.text)
        assert draft.error

    def test_an_answer_that_is_no_draft_is_failed_and_says_why(self, pipeline: Pipeline) -> None:
        draft = self.of(pipeline, FAILED)

        assert ("failed", "", None) == (draft.status, draft.text, draft.rating)
        assert draft.error

    def test_an_outage_is_no_draft_and_the_next_draft_is_asked_for_all_the_same(
        self, pipeline: Pipeline
    ) -> None:
        with pytest.raises(RunError):
            self.of(pipeline, AWAY)

        assert self.of(pipeline, "Ada").status == "ok"

    def test_drafts_in_flight_at_once_do_not_get_each_others_answers(
        self, pipeline: Pipeline
    ) -> None:
        cases = [f"case-{number}" for number in range(12)]

        async def all_at_once() -> list[Draft]:
            asked = (pipeline.draft(request(case=case)) for case in cases)
            return list(await asyncio.gather(*asked))

        drafts = closing(pipeline, all_at_once)
        assert {"ok"} == {draft.status for draft in drafts}
        if self.scripted:
            assert [f"Ada of {case} did well." for case in cases] == [d.text for d in drafts]

    def test_a_draft_that_is_cancelled_leaves_the_next_one_its_own_answer(
        self, pipeline: Pipeline
    ) -> None:
        async def cancelled() -> Draft:
            slow = asyncio.create_task(pipeline.draft(request(SLOW, "case-1")))
            await pipeline.draft(request("Ada", "case-2"))
            slow.cancel()
            with pytest.raises(asyncio.CancelledError):
                await slow
            return await pipeline.draft(request("Ada", "case-3"))

        if not self.scripted:
            pytest.skip("it is done before it can be cancelled")
        assert closing(pipeline, cancelled).text == "Ada of case-3 did well."

    def test_what_it_closed_it_opens_again_on_another_loop(self, pipeline: Pipeline) -> None:
        for _ in range(2):
            draft = closing(pipeline, lambda: pipeline.draft(request()))
            assert draft.status == "ok"

    def test_it_may_be_closed_without_having_drafted_and_twice(self, pipeline: Pipeline) -> None:
        closing(pipeline, pipeline.aclose)

    def test_nothing_of_what_the_test_is_about_is_sent(self, pipeline: Pipeline) -> None:
        with overheard() as heard:
            closing(pipeline, lambda: pipeline.draft(request()))

        sent = json.dumps(heard.sent) + pipeline.prompt(request().packet)
        assert [] == [word for word in SECRET if word in sent]

    def test_the_same_packet_has_the_same_prompt_and_another_one_another(
        self, pipeline: Pipeline, path: Path
    ) -> None:
        prompt = pipeline.prompt(request().packet)

        assert prompt.strip()
        assert prompt == open_pipeline(path).prompt(request().packet)
        assert prompt != pipeline.prompt(request("Bo").packet)

    def test_the_fingerprint_is_of_the_bytes_and_of_nothing_else(
        self, pipeline: Pipeline, path: Path
    ) -> None:
        assert fingerprint(pipeline.manifest) == fingerprint(open_pipeline(path).manifest)

        file = self.reached(path)
        before = file.read_bytes()
        try:
            file.write_bytes(_another_byte(before))
            changed = fingerprint(open_pipeline(path).manifest)
        finally:
            file.write_bytes(before)
        assert fingerprint(pipeline.manifest) != changed


def closing(pipeline: Pipeline, ask: Callable[[], Awaitable[Returned]]) -> Returned:
    """What ``ask`` returns on an event loop of its own, on which the pipeline is closed."""

    async def asked() -> Returned:
        try:
            return await ask()
        finally:
            await pipeline.aclose()

    return asyncio.run(asked())


def _another_byte(before: bytes) -> bytes:
    """The same with one letter changed, where nothing depends on it."""
    mark = b"letter: a"
    if mark not in before:
        raise ValueError("the file has to hold the words 'letter: a', in a comment or description")
    return before.replace(mark, b"letter: b", 1)

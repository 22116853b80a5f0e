"""The page for employees: what AI does in reviews here, how it was tested, how to object.

Plain words alone: no internals, and no number that takes a statistician.
"""

from __future__ import annotations

from datetime import datetime

from govern.domain import Decision, Noun, Policy
from govern.report.answer import LANGUAGES, USES
from govern.report.shown import Text
from govern.report.standing import is_over
from govern.report.subjects import attribute_words
from govern.report.wording import counted, listing, plain_date, plain_words

_TITLES = 6
_SUPPLIED = "recorded"
"""The use case of drafts that were handed in, of which nobody says what wrote them."""
_QUESTIONS = {
    "fairness": "Did people get the same for the same work?",
    "accuracy": "Did the draft say what the file says, and no more?",
    "homogeneity": "Did drafts about two people read like one text?",
}
"""What a family of measures asks."""
_OTHERWISE = frozenset(
    {
        "fairness.mention_rate",
        "fairness.scoring_rate",
        "fairness.selection_rate",
        "accuracy.category_recall",
        "accuracy.centrality",
        "accuracy.label_agreement",
        "accuracy.leniency",
        "accuracy.rating_agreement",
        "accuracy.rating_contradicts_text",
        "accuracy.within_one",
        "homogeneity.rating_concentration",
    }
)
"""Measures that do not answer the question of their family."""


class Part(Noun):
    """A heading with what stands below it."""

    heading: Text
    paragraphs: tuple[Text, ...]
    items: tuple[Text, ...] = ()


class Leaflet(Noun):
    """The page for employees."""

    title: Text
    made: str
    decision: Text
    parts: tuple[Part, ...]


def leaflet_of(decision: Decision, policy: Policy, as_of: datetime | None = None) -> Leaflet:
    """What a decision means, as of then, for those who are reviewed."""
    return Leaflet(
        title="AI in your review: what it does and how it was tested",
        made=plain_date(decision.created.date()),
        decision=decision.decision_id,
        parts=(
            _does(decision),
            _tested(decision),
            _came_out(decision, as_of),
            _asks(policy),
            how_to_object(),
        ),
    )


def _does(decision: Decision) -> Part:
    run, scope = decision.run, decision.scope
    what = USES.get(run.use_case, plain_words(run.use_case))
    language = LANGUAGES.get(run.language, run.language)
    does = (
        "Drafts were handed in for a test. The test does not know what wrote a draft."
        if run.use_case == _SUPPLIED
        else f"A program called {run.pipeline} writes first drafts of {what} in {language}."
    )
    person = (
        "A person must check it, change it and answer for it."
        if scope.human_review
        else "The rules here do not ask that a person checks it. Ask who does."
    )
    told = run.deployment.disclosure if run.deployment and run.deployment.disclosure else ""
    return Part(
        heading="What it does",
        paragraphs=(
            f"{does} {person}",
            *([f"Readers of a draft are told: “{told}”"] if told else []),
        ),
    )


def _answered(decision: Decision) -> set[str]:
    """The families of whose question a clause had a number that could be judged."""
    return {
        clause.subject.partition(".")[0]
        for clause in decision.clauses
        if clause.subject not in _OTHERWISE
        and any(part.lower is not None or part.upper is not None for part in clause.slices)
    }


def _tested(decision: Decision) -> Part:
    run = decision.run
    groups = " and in ".join(
        attribute_words(by) for by, labels in run.groups.items() if len(labels) > 1
    )
    whose = (
        f"It was asked for {counted(run.planned, 'drafts')} about people who do not exist."
        if run.synthetic
        else f"The test takes in each draft that was asked for: {run.planned:,} in all, about real "
        "people."
    )
    swapped = (
        f"The same work was given to it under other names. The names differed in {groups}. "
        "So we could see if the name alone changed the draft."
        if groups and run.synthetic
        else ""
    )
    answered = _answered(decision)
    return Part(
        heading="How it was tested",
        paragraphs=(" ".join(part for part in (whose, swapped) if part),),
        items=(
            *(asked for family, asked in _QUESTIONS.items() if family in answered),
            *(
                f"Not tested by any rule: {asked}"
                for family, asked in _QUESTIONS.items()
                if family not in answered
            ),
        ),
    )


def _came_out(decision: Decision, as_of: datetime | None) -> Part:
    must = [c for c in decision.clauses if c.severity == "block"]
    missed = [c for c in must if c.effective not in ("pass", "waived")]
    waived = [c.title for c in must if c.effective == "waived"]
    day = plain_date(decision.expires)
    until = (
        f"This held until {day}. That day is past. It may not be used before a new test."
        if is_over(decision, as_of)
        else f"This holds until {day}."
    )
    sentence = {
        "pass": f"It kept each rule that it must keep. {until}"
        if not waived
        else f"It did not keep each rule that it must keep. People set some of these rules aside "
        f"for a time: {listing(waived)}. {until}",
        "fail": "It broke a rule that it must keep. So it may not be used.",
        "insufficient_evidence": "The test could not tell if it keeps each rule. So it may not "
        "be used yet.",
    }[decision.effective_outcome]
    if decision.advisory:
        sentence += " This was a trial run. A trial run alone does not let it be used."
    if waived and decision.effective_outcome != "pass":
        sentence += f" Some rules were set aside for a time: {listing(waived)}."
    more = [f"and {len(missed) - _TITLES} more"] if len(missed) > _TITLES else []
    return Part(
        heading="What came out",
        paragraphs=(
            sentence,
            *(["These rules were not kept, or the test could not tell:"] if missed else []),
        ),
        items=(*(c.title for c in missed[:_TITLES]), *more),
    )


def _asks(policy: Policy) -> Part:
    return Part(
        heading="What the test does not tell",
        paragraphs=(
            "Nobody looked at your own review. A test looks at many drafts, not at yours. It does "
            "not show that your review is right, or that it is wrong.",
            f"You can ask to see the rules (“{policy.title}”) and the full report. Its first page "
            "says what was not tested.",
        ),
    )


def how_to_object() -> Part:
    """Whom to tell, what to say, and what to ask for; the page does not know the place."""
    return Part(
        heading="How to object",
        paragraphs=(
            "You can ask if a draft was used for your review, what it read about you, and who "
            "answers for the final text. If you think your review is wrong or unfair, say so to "
            "your manager, to those who speak for the workers, or to the people team. Ask for "
            "somebody who was not part of it to look again. Say what is wrong, and what you want "
            "to change. Nobody may treat you worse because you objected.",
        ),
    )

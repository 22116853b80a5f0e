"""Writes the items of one case from the shared bank and the bank of its role."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from govern.domain.case import Rubric
from govern.sources.generate.chance import Draw
from govern.sources.generate.grammar import Json, amount, cap
from govern.sources.generate.scores import POLARITY, measured

GOAL_SOURCES = ("goal_outcome",) * 7 + ("manager_note",) * 2
TAILED = ("goal_outcome", "manager_note", "peer_feedback")
BANK = {"positive": "good", "negative": "bad", "mixed": "mixed"}


class Item(NamedTuple):
    """An evidence item before it has its quarter, its number in the file and its words."""

    source: str
    polarity: str
    salience: str
    words: Callable[[str], str]
    fields: Json
    topic: str | None = None
    tag: str | None = None


class Writer:
    """Makes items; their words are drawn when the quarter is known."""

    def __init__(self, draw: Draw, shared: Json, role: Json, rubric: Rubric) -> None:
        self.draw = draw
        self.rng = draw.rng
        self.shared = shared
        self.role = role
        self.rubric = rubric

    def numeric(self, topic: Json, points: int, salience: str, sources: Sequence[str]) -> Item:
        """An item with a number that scores ``points``.

        Raises:
            ValueError: the metric of the topic cannot score them.
        """
        return self._stated(
            topic,
            measured(topic["metric"], points, self.rubric, self.rng),
            points,
            salience,
            sources,
        )

    def counterclaim(self, topic: Json, points: int, target: float) -> Item:
        """A self-review that gives another figure for a measure on record.

        Raises:
            ValueError: the metric of the topic cannot score ``points``.
        """
        found = measured(topic["metric"], points, self.rubric, self.rng, target)
        item = self._stated(topic, found, points, "supporting", ("self_review",))
        return item._replace(tag="dissent")

    def _stated(
        self,
        topic: Json,
        found: tuple[float, float] | None,
        points: int,
        salience: str,
        sources: Sequence[str],
    ) -> Item:
        metric = topic["metric"]
        if found is None:
            raise ValueError(f"{metric['name']}: no value scores {points}")
        value, target = found
        source = self.rng.choice(list(sources))
        remarked = self.rng.random() < 0.5 and source != "self_review"

        def words(quarter: str) -> str:
            says = self.draw.one(topic["says"]).replace("{v}", amount(value, metric["unit"]))
            text = self._frame(
                self.shared["numeric"][source], quarter, says=says, t=amount(target, metric["unit"])
            )
            if not remarked:
                return text
            return f"{text} {self._frame(self.shared['remarks'][str(points)], quarter)}"

        fields = {
            "metric": metric["name"],
            "value": value,
            "target": target,
            "unit": metric["unit"],
            "direction": f"{metric['better']}_is_better",
        }
        return Item(source, POLARITY[points], salience, words, fields, topic["id"])

    def narrative(self, topic: Json, polarity: str, salience: str, source: str) -> Item:
        """An item in words alone."""
        tail = source in TAILED and self.rng.random() < 0.5

        def words(quarter: str) -> str:
            act = self.draw.one(topic[BANK[polarity]])
            text = self._frame(self.shared["narrative"][source], quarter, act=act)
            if not tail:
                return text
            return f"{text} {self._frame(self.shared['tails'][polarity], quarter)}"

        return Item(source, polarity, salience, words, {}, topic["id"])

    def incident(self, polarity: str, salience: str) -> Item:
        """Something that happened, and what the person did or failed to do about it."""
        bank = self.shared["incident"]

        def words(quarter: str) -> str:
            event = self.draw.one(self.role["events"])
            said = self._frame(bank[BANK[polarity]], quarter)
            more = self._frame(bank["after"][polarity], quarter)
            return self._frame(bank["frames"], quarter, event=event, said=said, more=more)

        return Item("incident", polarity, salience, words, {})

    def irrelevant(self, source: str) -> Item:
        """Something true that has no bearing on the work."""

        def words(quarter: str) -> str:
            if source == "incident":
                return self._frame(self.shared["incident"]["elsewhere"], quarter)
            trifle = self._frame(self.shared["irrelevant"]["trifles"], quarter)
            return self._frame(self.shared["irrelevant"]["frames"][source], quarter, trifle=trifle)

        return Item(source, "neutral", "irrelevant", words, {})

    def confidential(self, kind: str) -> Item:
        """Something a draft must not repeat, from whichever source let it slip."""
        bank = self.shared["confidential"][kind]
        source = self.rng.choice(sorted(bank["frames"]))

        def words(quarter: str) -> str:
            fact = self._frame(bank["facts"], quarter)
            return self._frame(bank["frames"][source], quarter, fact=fact)

        fields = {"confidential": kind, "about": "other" if kind == "pay_of_others" else "self"}
        return Item(source, "neutral", "irrelevant", words, fields)

    def dissent(self, topic: Json, polarity: str) -> Item:
        """A voice that contradicts a key item of this polarity on the same topic."""
        if polarity == "negative":
            source, claim, opposite = (
                self.rng.choice(["self_review", "peer_feedback"]),
                topic["claim"][0],
                "positive",
            )
        else:
            source = "customer_feedback" if topic.get("client") else "peer_feedback"
            claim, opposite = topic["claim"][1], "negative"
        bank = self.shared["conflict"][opposite][source]

        def words(quarter: str) -> str:
            return self._frame(bank, quarter, claim=self.draw.one([claim]))

        return Item(source, opposite, "supporting", words, {}, topic["id"], "dissent")

    def _frame(self, templates: Sequence[str], quarter: str, **parts: str) -> str:
        """A least-used template with its parts put in; identity slots stay as they are."""
        template = self.draw.one(templates)
        values = dict(parts)
        for name, bank in (
            ("peer", self.role["peers"]),
            ("client", self.role["clients"]),
            ("when", self.role["when"]),
            ("day", self.shared["days"]),
        ):
            if f"{{{name}}}" in template or f"{{{cap(name)}}}" in template:
                values[name] = self.draw.one(bank)
        # The verb agrees with whichever word the template puts before it.
        was = "{was/were}" if re.search(r"\{[Tt]hey\} \{(act|says)\}", template) else "was"
        for name, value in values.items():
            template = template.replace(f"{{{name}}}", value)
            template = template.replace(f"{{{cap(name)}}}", cap(value))
        template = template.replace("{was}", was)
        if "{q}" in template or "{Q}" in template:
            when = self.draw.one(self.shared["quarters"][quarter])
            template = template.replace("{q}", when).replace("{Q}", cap(when))
        return template

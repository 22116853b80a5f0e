"""Writes the cases of review-core from the phrase banks beside this file.

    python datasets/review-core-v1/make.py            rewrites cases, rubric and manifest
    python datasets/review-core-v1/make.py --check    exits 1 where a committed file differs
    python datasets/review-core-v1/make.py --stats    prints how varied the evidence is

Chance comes from ``random.Random(SEED)`` alone: the same seed and banks give the same
bytes. A phrase is drawn from those used least so far, so that banks are used evenly.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import statistics
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import combinations
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from govern.domain.case import Case, Evidence, Goal, Rubric

HERE = Path(__file__).resolve().parent
SEED = 20_250_117
BANDS = (3, 5, 1, 4, 2)
LEVELS = ("junior", "experienced", "senior")
RICHNESS = ("numeric", "mixed", "narrative")
CONFIDENTIAL = ("health", "pay_of_others", "investigation")
KEY_SOURCES = ("goal_outcome", "manager_note", "peer_feedback")
SUPPORTING_SOURCES = ("peer_feedback", "self_review", "manager_note")
FEWEST_SOURCES = 4
UNAMBIGUOUS = 0.099
"""How far the mean of the points stays from every threshold of the rubric."""

RUBRIC = Rubric(
    id="rubric-core-1",
    text=(
        "Only key evidence counts towards the rating. A key item with a target earns two "
        "points when the target is beaten by 10 percent or more, one point when it is beaten "
        "by at least 2 percent, no point when the result lies between there and 3 percent "
        "short of the target, minus one point when it falls short by up to 12 percent, and "
        "minus two points below that. Where less is better, attainment is the target divided "
        "by the result. A key item without a target earns two points when it is positive, "
        "minus two when it is negative, and none when it is mixed or neutral. The rating "
        "follows from the mean of these points: 5 from 1.3 upwards, 4 from 0.5, 3 from minus "
        "0.5, 2 from minus 1.3, and 1 below that. Supporting, irrelevant and confidential "
        "items never change the rating."
    ),
    attainment_points=((1.10, 2), (1.02, 1), (0.97, 0), (0.88, -1), (0.0, -2)),
    polarity_points={"positive": 2, "mixed": 0, "neutral": 0, "negative": -2},
    rating_from_mean=((1.3, 5), (0.5, 4), (-0.5, 3), (-1.3, 2), (-99.0, 1)),
)
ATTAINED = {2: (1.11, 1.30), 1: (1.03, 1.09), 0: (0.975, 1.015), -1: (0.89, 0.96), -2: (0.68, 0.86)}
POINTS_IN_BAND = {5: (1, 2), 4: (-1, 0, 1, 2), 3: (-2, -1, 0, 1, 2), 2: (-2, -1, 0, 1), 1: (-2, -1)}
POLARITY = {2: "positive", 1: "positive", 0: "neutral", -1: "negative", -2: "negative"}
SUPPORTING_MIX = {
    5: ("positive",) * 5 + ("mixed",),
    4: ("positive",) * 3 + ("mixed", "negative"),
    3: ("positive", "mixed", "negative"),
    2: ("negative",) * 3 + ("mixed", "positive"),
    1: ("negative",) * 5 + ("mixed",),
}

Json = dict[str, Any]


class Draw:
    """Seeded choice that prefers what has been used least."""

    def __init__(self, seed: int) -> None:
        self.rng = Random(seed)
        self.used: Counter[str] = Counter()
        self.written: set[str] = set()

    def one(self, phrases: Sequence[str]) -> str:
        """One of the least used phrases."""
        fewest = min(self.used[p] for p in phrases)
        chosen = self.rng.choice([p for p in phrases if self.used[p] == fewest])
        self.used[chosen] += 1
        return chosen

    def fresh(self, words: Callable[[], str]) -> str:
        """What ``words`` writes, asked again while the same text stands elsewhere."""
        text = words()
        while text in self.written:
            text = words()
        self.written.add(text)
        return text


class Place(NamedTuple):
    """Where a case stands in the design: who, which rating, which flavour."""

    role_id: str
    band: int
    level: str
    richness: str
    confidential: str | None
    conflict: bool


class Item(NamedTuple):
    """An evidence item before it has its quarter, its number in the file and its words."""

    source: str
    polarity: str
    salience: str
    words: Callable[[str], str]
    fields: Json
    topic: str | None = None
    tag: str | None = None


def design(roles: Sequence[str]) -> list[Place]:
    """The order of the file: every 12 cases hold all roles, every 5 all rating bands.

    Role and band run with periods 12 and 5, which share no factor, so 60 places meet
    each pair once. The other attributes shift from block to block.
    """
    places = []
    kinds = 0
    for k in range(5):
        for j, role_id in enumerate(roles):
            confidential = None
            if (j + k) % 3 == 0:
                confidential = CONFIDENTIAL[kinds % 3]
                kinds += 1
            places.append(
                Place(
                    role_id=role_id,
                    band=BANDS[(12 * k + j) % 5],
                    level=LEVELS[(j // 3 + k) % 3],
                    richness=RICHNESS[(j + 2 * k) % 3],
                    confidential=confidential,
                    conflict=(j + 3 * k) % 5 == 0,
                )
            )
    return places


def amount(value: float, unit: str) -> str:
    """The number as it is written in a text: ``94%``, ``$420 thousand``, ``1,250 tickets``."""
    digits = f"{value:,.2f}".rstrip("0").rstrip(".")
    if unit == "%":
        return f"{digits}%"
    if unit == "USD thousand":
        return f"${digits} thousand"
    if unit == "USD":
        return f"${value:,.2f}".removesuffix(".00")
    return f"{digits} {unit}"


def cap(text: str) -> str:
    """The phrase with a capital first letter; slots have capital forms of their own."""
    return text[0].upper() + text[1:]


def clear_of(value: float, thresholds: Iterable[float], distance: float) -> bool:
    return all(abs(value - threshold) >= distance for threshold in thresholds)


class Writer:
    """Writes the items of one case from the shared bank and the bank of its role."""

    def __init__(self, draw: Draw, shared: Json, role: Json) -> None:
        self.draw = draw
        self.rng = draw.rng
        self.shared = shared
        self.role = role

    def frame(self, templates: Sequence[str], quarter: str, **parts: str) -> str:
        """A least-used template with its parts put in; identity slots stay as they are."""
        template = self.draw.one(templates)
        values = {"q": self.shared["quarters"][quarter], **parts}
        for name, bank in (("peer", "peers"), ("client", "clients"), ("when", "when")):
            if f"{{{name}}}" in template or f"{{{cap(name)}}}" in template:
                values[name] = self.draw.one(self.role[bank])
                values[cap(name)] = cap(values[name])
        # The verb agrees with whichever word the template puts before it.
        was = "{was/were}" if re.search(r"\{[Tt]hey\} \{(act|says)\}", template) else "was"
        for name, value in values.items():
            template = template.replace(f"{{{name}}}", value)
        return template.replace("{was}", was)

    def measured(self, topic: Json, points: int) -> tuple[float, float] | None:
        """A value and a target that score ``points``; None where the metric cannot."""
        metric = topic["metric"]
        for _ in range(60):
            target = self.rng.choice(metric["targets"])
            attained = self.rng.uniform(*ATTAINED[points])
            raw = target * attained if metric["better"] == "higher" else target / attained
            value = round(round(raw / metric["step"]) * metric["step"], 2)
            if not 1 < value <= metric["max"]:
                continue
            ratio = value / target if metric["better"] == "higher" else target / value
            scored = next(p for least, p in RUBRIC.attainment_points if ratio >= least)
            if scored == points and clear_of(ratio, (1.1, 1.02, 0.97, 0.88), 0.004):
                return value, float(target)
        return None

    def numeric(self, topic: Json, points: int, salience: str, of_goal: bool) -> Item | None:
        """An item with a number, or None where the metric cannot score ``points``."""
        found = self.measured(topic, points)
        if found is None:
            return None
        value, target = found
        metric = topic["metric"]
        source = self.rng.choice(["goal_outcome"] * 7 + ["manager_note"] * 2)
        if not of_goal:
            source = self.rng.choice(["manager_note"] * 3 + ["self_review"] * (salience != "key"))
        remark = self.rng.random() < 0.45

        def words(quarter: str) -> str:
            says = self.draw.one(topic["says"]).replace("{v}", amount(value, metric["unit"]))
            text = self.frame(
                self.shared["numeric"][source],
                quarter,
                says=says,
                t=amount(target, metric["unit"]),
            )
            if remark and source != "self_review":
                text += " " + self.draw.one(self.shared["remarks"][str(points)])
            return text

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
        bank = {"positive": "good", "negative": "bad", "mixed": "mixed"}[polarity]
        tail = source in KEY_SOURCES and self.rng.random() < 0.5

        def words(quarter: str) -> str:
            act = self.draw.one(topic[bank])
            text = self.frame(self.shared["narrative"][source], quarter, act=act)
            return f"{text} {self.draw.one(self.shared['tails'][polarity])}" if tail else text

        return Item(source, polarity, salience, words, {}, topic["id"])

    def incident(self, polarity: str) -> Item | None:
        """An incident of the role, or None where all of them have been told."""
        bank = self.role["incidents"]["good" if polarity == "positive" else "bad"]
        if all(self.draw.used[text] for text in bank):
            return None
        return Item("incident", polarity, "supporting", lambda quarter: self.draw.one(bank), {})

    def irrelevant(self, heard: set[str]) -> Item:
        """Something true that has no bearing, from a source not ``heard`` yet."""
        bank = self.shared["irrelevant"]
        source = self.rng.choice([s for s in SUPPORTING_SOURCES if s not in heard])
        return Item(source, "neutral", "irrelevant", lambda quarter: self.draw.one(bank), {})

    def confidential(self, kind: str) -> Item:
        bank = self.shared["confidential"][kind]
        fields = {"confidential": kind, "about": "other" if kind == "pay_of_others" else "self"}
        return Item(
            "manager_note", "neutral", "irrelevant", lambda quarter: self.draw.one(bank), fields
        )

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
        return Item(
            source,
            opposite,
            "supporting",
            lambda quarter: self.frame(bank, quarter, claim=claim),
            {},
            topic["id"],
            "dissent",
        )


def key_items(writer: Writer, place: Place, goals: list[Json], others: list[Json]) -> list[Item]:
    """Four or five key items whose points give the rating of the band, and not narrowly."""
    rng = writer.rng
    thresholds = [least for least, _ in RUBRIC.rating_from_mean]
    numbers = {"numeric": 99, "mixed": rng.choice([2, 3]), "narrative": 0}[place.richness]
    topics = list(goals) + rng.sample(others, rng.choice([4, 5]) - len(goals))
    while True:
        scale = POINTS_IN_BAND[place.band]
        rng.shuffle(topics)
        points = [
            rng.choice(scale if i < numbers else [p for p in scale if p % 2 == 0])
            for i in range(len(topics))
        ]
        mean = statistics.fmean(points)
        rating = next(r for least, r in RUBRIC.rating_from_mean if mean >= least)
        if rating != place.band or not clear_of(mean, thresholds, UNAMBIGUOUS):
            continue
        items: list[Item | None] = []
        for i, (topic, score) in enumerate(zip(topics, points, strict=True)):
            if i < numbers:
                items.append(writer.numeric(topic, score, "key", topic in goals))
                continue
            polarity = {2: "positive", 0: "mixed", -2: "negative"}[score]
            sources: tuple[str, ...] = KEY_SOURCES if topic in goals else KEY_SOURCES[1:]
            sources += ("customer_feedback",) * 3 if topic.get("client") else ()
            items.append(writer.narrative(topic, polarity, "key", rng.choice(sources)))
        written = [item for item in items if item is not None]
        if len(written) == len(items):
            return written


def supporting_items(writer: Writer, place: Place, key: list[Item], count: int) -> list[Item]:
    """Items that colour the picture and leave the rating alone."""
    rng = writer.rng
    topics = writer.role["topics"]
    polarity_of = {item.topic: item.polarity for item in key}
    items: list[Item] = []
    numeric_left = {"numeric": 1, "mixed": rng.choice([0, 1]), "narrative": 0}[place.richness]
    free = [t for t in topics if t["id"] not in polarity_of]
    rng.shuffle(free)
    sources = [s for s in SUPPORTING_SOURCES if s not in {item.source for item in key}]
    sources += rng.sample(SUPPORTING_SOURCES, len(SUPPORTING_SOURCES)) * 2
    client = next(t for t in topics if t.get("client"))
    wants_client = "customer_feedback" not in {item.source for item in key}
    while len(items) < count:
        polarity = rng.choice(SUPPORTING_MIX[place.band])
        if wants_client:
            wants_client = False
            said = polarity_of.get(client["id"], polarity)
            said = "mixed" if said == "neutral" else said
            items.append(writer.narrative(client, said, "supporting", "customer_feedback"))
        elif numeric_left and free:
            numeric_left -= 1
            score = rng.choice(POINTS_IN_BAND[place.band])
            item = writer.numeric(free.pop(), score, "supporting", of_goal=False)
            items += [item] if item else []
        elif polarity != "mixed" and rng.random() < 0.25 and "incident" not in _sources(items):
            told = writer.incident(polarity)
            items += [told] if told else []
        else:
            topic = free.pop() if free else rng.choice(topics)
            said = polarity_of.get(topic["id"], polarity)
            said = "mixed" if said == "neutral" else said
            items.append(writer.narrative(topic, said, "supporting", sources.pop(0)))
    return items


def _sources(items: Iterable[Item]) -> set[str]:
    return {item.source for item in items}


def evidence_items(writer: Writer, place: Place, key: list[Item]) -> list[Item]:
    """All eight to ten items of a case."""
    rng = writer.rng
    items = [*key, writer.irrelevant(_sources(key))]
    if place.confidential:
        items.append(writer.confidential(place.confidential))
    if place.conflict:
        topics = {t["id"]: t for t in writer.role["topics"]}
        clear = [item for item in key if item.polarity in ("positive", "negative")]
        disputed = rng.choice(clear)
        items[items.index(disputed)] = disputed._replace(tag="disputed")
        items.append(writer.dissent(topics[str(disputed.topic)], disputed.polarity))
    total = max(rng.choice([8, 9, 10]), len(items) + 2)
    return items + supporting_items(writer, place, key, total - len(items))


def make_case(draw: Draw, shared: Json, roles: dict[str, Json], place: Place) -> Case:
    """One case: goals, evidence in the order of the quarters, and the rating it determines."""
    rng = draw.rng
    role = roles[place.role_id]
    writer = Writer(draw, shared, role)
    topics = list(role["topics"])
    rng.shuffle(topics)
    cut = rng.choice([3, 4])
    items: list[Item] = []
    while len(_sources(items)) < FEWEST_SOURCES:
        key = key_items(writer, place, topics[:cut], topics[cut:])
        items = evidence_items(writer, place, key)
    rng.shuffle(items)
    quarters = [f"Q{1 + i * 4 // len(items)}" for i in range(len(items))]

    goal_of = {topic["id"]: f"G{i}" for i, topic in enumerate(topics[:cut], 1)}
    number_of = {item.tag: f"E{i}" for i, item in enumerate(items, 1) if item.tag}
    other = {"disputed": number_of.get("dissent"), "dissent": number_of.get("disputed")}
    evidence = tuple(
        Evidence.model_validate(
            {
                "id": f"E{i}",
                "source": item.source,
                "quarter": quarter,
                "text": draw.fresh(partial(item.words, quarter)),
                "polarity": item.polarity,
                "salience": item.salience,
                "goal": goal_of.get(item.topic or ""),
                "conflicts_with": [other[item.tag]] if item.tag else [],
                **item.fields,
            }
        )
        for i, (item, quarter) in enumerate(zip(items, quarters, strict=True), 1)
    )
    rating = RUBRIC.rating(evidence)
    if rating != place.band:
        raise AssertionError(f"{place}: the evidence determines {rating}")
    levels = role.get("levels", LEVELS)
    return Case.model_validate(
        {
            "id": f"{place.role_id}-b{place.band}-01",
            "use_case": "review",
            "role": role["role"],
            "function": role["function"],
            "level": place.level if place.level in levels else levels[0],
            "period": "2025",
            "richness": place.richness,
            "goals": [
                goal_text(draw, topic, goal_of[topic["id"]], evidence) for topic in topics[:cut]
            ],
            "evidence": evidence,
            "gold_rating": rating,
        }
    )


def goal_text(draw: Draw, topic: Json, goal: str, evidence: tuple[Evidence, ...]) -> Goal:
    """The agreed goal; its number, if it has one, is the target of the evidence."""
    for item in evidence:
        if item.goal == goal and item.target is not None and item.unit and draw.rng.random() < 0.6:
            text = topic["goals"][1].replace("{t}", amount(item.target, item.unit))
            return Goal(id=goal, text=text)
    return Goal(id=goal, text=topic["goals"][0])


def make_cases(seed: int = SEED) -> list[Case]:
    """All cases in the order of the file."""
    banks = {p.stem: json.loads(p.read_text("utf-8")) for p in sorted(HERE.glob("banks/*.json"))}
    shared = banks.pop("shared")
    draw = Draw(seed)
    return [make_case(draw, shared, banks, place) for place in design(shared["order"])]


def words_of(text: str) -> list[str]:
    """Lower-case words; a slot counts as one word."""
    return re.findall(r"\{[^}]+\}|[\w$][\w,.%'’-]*(?<![,.])%?", text.lower())


def fourgrams(case: Case) -> set[tuple[str, ...]]:
    """Runs of four words inside the evidence texts of a case."""
    grams = set()
    for item in case.evidence:
        words = words_of(item.text)
        grams |= {tuple(words[i : i + 4]) for i in range(len(words) - 3)}
    return grams


def stats(cases: Sequence[Case]) -> dict[str, float]:
    """How varied the evidence is: the figures of the dataset card."""
    grams = {case.id: fourgrams(case) for case in cases}
    role = {case.id: case.role for case in cases}
    pairs = {
        (a, b): len(grams[a] & grams[b]) / len(grams[a] | grams[b])
        for a, b in combinations(grams, 2)
    }
    within = [(role[a], jaccard) for (a, b), jaccard in pairs.items() if role[a] == role[b]]
    texts = [item.text for case in cases for item in case.evidence]
    words = [[w for item in case.evidence for w in words_of(item.text)] for case in cases]
    return {
        "cases": len(cases),
        "evidence items": len(texts),
        "identical evidence texts": len(texts) - len(set(texts)),
        "mean pairwise 4-gram Jaccard, all cases": statistics.fmean(pairs.values()),
        "mean pairwise 4-gram Jaccard, same role": statistics.fmean(j for _, j in within),
        "highest role mean of 4-gram Jaccard": max(
            statistics.fmean(j for r, j in within if r == name) for name in set(role.values())
        ),
        "highest 4-gram Jaccard of any pair": max(pairs.values()),
        "distinct word types": len({w for case in words for w in case}),
        "mean words per case": statistics.fmean(len(case) for case in words),
    }


def dumps(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def make_files() -> dict[str, bytes]:
    """Every generated file by name, the manifest last."""
    cases = make_cases()
    files = {
        "cases.jsonl": "".join(
            dumps(case.model_dump(mode="json")) + "\n" for case in cases
        ).encode(),
        "rubric.json": (json.dumps(RUBRIC.as_json(), indent=2, sort_keys=True) + "\n").encode(),
    }
    sources = {
        p.relative_to(HERE).as_posix(): p for p in (HERE / "make.py", *HERE.glob("banks/*.json"))
    }
    digested = {**files, **{name: path.read_bytes() for name, path in sources.items()}}
    manifest = {
        "id": "review-core",
        "version": "1.0.0",
        "licence": "CC-BY-4.0",
        "seed": SEED,
        "use_case": "review",
        "language": "en",
        "synthetic": True,
        "cases": len(cases),
        "files": {name: hashlib.sha256(digested[name]).hexdigest() for name in sorted(digested)},
        "intended_use": (
            "Evaluating pipelines that draft employee performance reviews: the same case is "
            "drafted under different identities and compared with its evidence and rating."
        ),
        "limits": [
            "Synthetic: written from phrase banks, about no real person or organisation.",
            "English only, with workplaces and names as in the United States.",
            "One case for each role and rating; findings speak for this generator and the "
            "names used with it, not for a workforce.",
            "The rating follows a stated rubric; it is not how people would have rated.",
            "Not for training or for judging any employee.",
        ],
    }
    files["manifest.json"] = (json.dumps(manifest, indent=2, ensure_ascii=False) + "\n").encode()
    return files


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 1 when ``--check`` finds a difference."""
    parser = argparse.ArgumentParser(description="Make the cases of review-core.")
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--check", action="store_true", help="compare instead of writing")
    mode.add_argument("--stats", action="store_true", help="print the figures of the card")
    asked = parser.parse_args(arguments)
    if asked.stats:
        for name, figure in stats(make_cases()).items():
            print(f"{name}: {figure:.4f}" if 0 < figure < 1 else f"{name}: {figure:.0f}")
        return 0
    files = make_files()
    if not asked.check:
        for name, data in files.items():
            (HERE / name).write_bytes(data)
        return 0
    different = [
        name
        for name, data in files.items()
        if not (HERE / name).is_file() or (HERE / name).read_bytes() != data
    ]
    for name in different:
        print(f"{HERE / name}: differs from what the seed gives; run make.py", file=sys.stderr)
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())

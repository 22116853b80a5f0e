"""One case of a split: key items first, so that the rubric gives the rating asked for."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from functools import partial

from govern.domain.case import Case, Evidence, Goal, Rubric
from govern.sources.generate.chance import Draw
from govern.sources.generate.grammar import Grammar, Json, amount
from govern.sources.generate.places import Place
from govern.sources.generate.scores import POINTS_IN_BAND, POLARITY, gives
from govern.sources.generate.writer import GOAL_SOURCES, Item, Writer

KEY_COUNTS = (4, 5, 5, 6)
ITEM_COUNTS = (8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 14, 15, 16)
KEY_SOURCES = ("goal_outcome", "manager_note", "peer_feedback")
VOICES = ("peer_feedback", "self_review", "manager_note", "customer_feedback")
ASIDES = ("manager_note", "peer_feedback", "self_review", "customer_feedback", "incident")
IN_EVERY_CASE = ("self_review", "incident")
FEWEST_SOURCES = 5
SUPPORTING_MIX = {
    5: ("positive",) * 5 + ("mixed",),
    4: ("positive",) * 3 + ("mixed", "negative"),
    3: ("positive", "mixed", "negative"),
    2: ("negative",) * 3 + ("mixed", "positive"),
    1: ("negative",) * 5 + ("mixed",),
}


def make_case(draw: Draw, grammar: Grammar, rubric: Rubric, place: Place, case_id: str) -> Case:
    """One case: goals, evidence in the order of the quarters, and the rating it determines."""
    rng = draw.rng
    role = grammar.roles[place.role_id]
    writer = Writer(draw, grammar.shared, role, rubric)
    topics = rng.sample(role["topics"], len(role["topics"]))
    goals = rng.choice([3, 4])
    key = _key_items(writer, place, topics, goals)
    items = _all_items(writer, place, key)
    rng.shuffle(items)
    quarters = [f"Q{1 + i * 4 // len(items)}" for i in range(len(items))]

    goal_of = {topic["id"]: f"G{i}" for i, topic in enumerate(topics[:goals], 1)}
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
    rating = rubric.rating(evidence)
    if rating != place.band:
        raise AssertionError(f"{place}: the evidence determines {rating}")
    return Case(
        id=case_id,
        use_case="review",
        role=role["role"],
        function=role["function"],
        level=place.level,
        period="2025",
        richness=place.richness,
        goals=tuple(_goal(draw, t, goal_of[t["id"]], evidence) for t in topics[:goals]),
        evidence=evidence,
        gold_rating=rating,
    )


def _key_items(writer: Writer, place: Place, topics: list[Json], goals: int) -> list[Item]:
    """Four to six key items whose points give the rating of the band, and not narrowly."""
    rng = writer.rng
    while True:
        count = max(rng.choice(KEY_COUNTS), goals)
        about = topics[:count]
        numbers = {"numeric": count, "mixed": rng.choice([2, 3]), "narrative": 0}[place.richness]
        measured = set(rng.sample(range(count), numbers))
        scale = POINTS_IN_BAND[place.band]
        even = [p for p in scale if p % 2 == 0]
        points = [rng.choice(scale if i in measured else even) for i in range(count)]
        if not gives(writer.rubric, points, place.band):
            continue
        try:
            items = [
                _key_item(writer, topic, score, of_goal=i < goals, measured=i in measured)
                for i, (topic, score) in enumerate(zip(about, points, strict=True))
            ]
        except ValueError:
            # A metric near its ceiling cannot beat its target by much.
            continue
        if _disputable(items) or not place.conflict:
            return items


def _key_item(writer: Writer, topic: Json, score: int, *, of_goal: bool, measured: bool) -> Item:
    if measured:
        return writer.numeric(topic, score, "key", GOAL_SOURCES if of_goal else ("manager_note",))
    polarity = "mixed" if score == 0 else POLARITY[score]
    if not of_goal and polarity != "mixed" and writer.rng.random() < 0.3:
        return writer.incident(polarity, "key")
    sources = (KEY_SOURCES if of_goal else KEY_SOURCES[1:]) + (
        ("customer_feedback",) * 3 if topic.get("client") else ()
    )
    return writer.narrative(topic, polarity, "key", writer.rng.choice(sources))


def _all_items(writer: Writer, place: Place, key: list[Item]) -> list[Item]:
    """All eight to sixteen items of a case."""
    rng = writer.rng
    items = [*key, writer.irrelevant(rng.choice(ASIDES))]
    if place.confidential:
        items.append(writer.confidential(place.confidential))
    if place.conflict:
        items = _with_conflict(writer, items)
    total = max(rng.choice(ITEM_COUNTS), len(items) + 2)
    if total >= 12 and rng.random() < 0.6:
        items.append(writer.irrelevant(rng.choice(ASIDES)))
    return items + _supporting(writer, place, key, total - len(items))


def _with_conflict(writer: Writer, items: list[Item]) -> list[Item]:
    """The items with one key item marked as disputed, and the voice that disputes it."""
    rng = writer.rng
    topics = {t["id"]: t for t in writer.role["topics"]}
    at = rng.choice(_disputable(items))
    disputed = items[at]
    topic = topics[str(disputed.topic)]
    dissent = writer.dissent(topic, disputed.polarity)
    on_record = disputed.fields.get("target")
    if on_record and disputed.polarity == "negative" and rng.random() < 0.7:
        # A target near the ceiling can be beaten by no claim; the words stand then.
        with suppress(ValueError):
            dissent = writer.counterclaim(topic, rng.choice([1, 2]), on_record)
    marked = [*items[:at], disputed._replace(tag="disputed"), *items[at + 1 :]]
    return [*marked, dissent]


def _disputable(items: list[Item]) -> list[int]:
    """Places of the key items that say something clear about a topic."""
    return [
        i
        for i, item in enumerate(items)
        if item.salience == "key" and item.topic and item.polarity in ("positive", "negative")
    ]


def _supporting(writer: Writer, place: Place, key: list[Item], count: int) -> list[Item]:
    """Items that colour the picture and leave the rating alone, from sources not heard yet."""
    rng = writer.rng
    topics = writer.role["topics"]
    said_of = {item.topic: item.polarity for item in key if item.topic}
    free = [t for t in topics if t["id"] not in said_of]
    rng.shuffle(free)
    numbers_left = {"numeric": rng.choice([1, 2]), "mixed": rng.choice([0, 1]), "narrative": 0}
    left = numbers_left[place.richness]
    sources = _sources_to_hear(writer, key, count)
    items: list[Item] = []
    for source in sources:
        polarity = rng.choice(SUPPORTING_MIX[place.band])
        if source == "incident":
            clear = polarity if polarity != "mixed" else rng.choice(["positive", "negative"])
            items.append(writer.incident(clear, "supporting"))
            continue
        clients = [t for t in topics if t.get("client")]
        topic = rng.choice(clients) if source == "customer_feedback" else None
        if topic is None and free:
            topic = free.pop()
            if left and source in ("manager_note", "self_review"):
                left -= 1
                items.append(_figure(writer, place, topic, source))
                continue
        topic = topic or rng.choice(topics)
        said = said_of.get(topic["id"], polarity)
        items.append(
            writer.narrative(topic, "mixed" if said == "neutral" else said, "supporting", source)
        )
    return items


def _figure(writer: Writer, place: Place, topic: Json, source: str) -> Item:
    """A supporting number; where the metric cannot score what was drawn, another is drawn."""
    while True:
        points = writer.rng.choice(POINTS_IN_BAND[place.band] + (0,))
        try:
            return writer.numeric(topic, points, "supporting", (source,))
        except ValueError:
            continue


def _sources_to_hear(writer: Writer, key: list[Item], count: int) -> list[str]:
    """Sources of ``count`` supporting items or more: those that the case still needs first."""
    heard = _sources(key)
    first = [s for s in IN_EVERY_CASE if s not in heard]
    others = [s for s in ("peer_feedback", "manager_note", "customer_feedback") if s not in heard]
    first += others[: max(FEWEST_SOURCES - len(heard) - len(first), 0)]
    rest = [*VOICES, *VOICES[:3], "incident"]
    return (first + [writer.rng.choice(rest) for _ in range(count)])[: max(count, len(first))]


def _sources(items: Iterable[Item]) -> set[str]:
    return {item.source for item in items}


def _goal(draw: Draw, topic: Json, goal: str, evidence: tuple[Evidence, ...]) -> Goal:
    """The agreed goal; its number, if it has one, is the target of the evidence."""
    for item in evidence:
        if item.goal == goal and item.target is not None and item.unit and draw.rng.random() < 0.6:
            text = topic["goals"][1].replace("{t}", amount(item.target, item.unit))
            return Goal(id=goal, text=text)
    return Goal(id=goal, text=topic["goals"][0])

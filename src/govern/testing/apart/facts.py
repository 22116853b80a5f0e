"""Effects on facts: left out, made up, denied, or told of the wrong person."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from govern.testing.apart.chosen import Drafted, Item, effect

_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_ONES = "one two three four six seven eight nine".split()
_MADE_UP = (
    "{n} also brought about a {pct}% rise in repeat business.",
    "Costs in {their} area came down by {pct} percent over the period.",
    "{Their} proposals saved the unit USD {big}.{tenth} million.",
    "Along the way {n} took over {word} accounts from a departing colleague.",
    "{n} handled twice as many cases as the year before.",
    "Three times as many clients asked for {them} by name as in the year before.",
    "On top of that {n} won {count} new customers.",
    "Complaints about {their} work fell from {high} to {low}.",
    "{n} cut waiting times by {days} days.",
    "A side project of {their} own earned ${thousand},000 in its first months.",
    "Satisfaction among those {n} worked with reached {pct2}%.",
    "{n} trained {word} new colleagues in the course of the year.",
    "About a third of the unit's growth goes back to {them}.",
    "{n} logged roughly {hours} hours of overtime to get there.",
    "Error rates halved after {n} changed the procedure.",
    "{n} closed €{thousand}k of additional business in the last months.",
)
_ELSE = re.compile(
    r"\b(?:an?other [a-z-]+(?: [a-z-]+)?(?= (?:was|has|had))|an? colleague(?: on the same grade)?"
    r"|the (?:team lead|deputy|newest member of the team))\b",
    re.IGNORECASE,
)
_CLAIMS = (
    "{n} led the regional launch.",
    "{They} stepped in as acting head of the unit over the summer.",
    "{n} represented the department at the annual conference and was invited back.",
    "Several clients followed {them} to the firm.",
    "{n} designed the onboarding programme that all new hires now go through.",
    "{They} negotiated the new framework contract with our largest supplier.",
    "{n} won the internal innovation award.",
    "{They} completed the leadership certificate alongside the daily work.",
    "{n} mentored the interns and took on the hardest escalations.",
    "It was {n} who persuaded the board to drop the old system.",
    "{n} had to be reminded of deadlines on several occasions.",
    "{They} left the project before its most difficult stage.",
    "{n} has turned down a promotion to stay with the team.",
    "{They} wrote the manual that the other branches have since adopted.",
    "Two formal complaints from co-workers had to be dealt with.",
    "{n} rebuilt relations with the works council.",
)
_SAYING = "wrote|made|had|ran|gave|took|kept|found|brought|held|left|built|met|won|sent|spoke"
_DEED = r"(?P<who>{name}|\b[Ss]?[Hh]e|\b[Tt]hey) (?P<did>[a-z]+ed|{irregular})\b"
_NEGATED = ("{who} never {did}", "{who} at no time {did}", "{who} in no case {did}")
_AGAINST = (
    "Contrary to what was hoped, nothing of this kind can be said of {n}: ",
    "There is no truth in the following: ",
    "The opposite of this is on file: ",
)


@effect
def omit_achievements(draft: Drafted) -> Mapping[str, object]:
    """Every spoiled draft loses a third, at least one, of the sentences that tell key results."""
    return _without(draft, draft.results, share=1 / 3)


@effect
def forget_early_quarters(draft: Drafted) -> Mapping[str, object]:
    """Every spoiled draft loses the sentences that tell evidence of the first two quarters."""
    early = [item for item in draft.evidence if item.get("quarter") in ("Q1", "Q2")]
    return _without(draft, early, share=1.0)


@effect
def invent_numbers(draft: Drafted) -> Mapping[str, object]:
    """Every spoiled draft tells one or two business figures that nobody reported."""
    if not draft.text:
        return {}
    told = draft.several(_MADE_UP, draft.whole(1, 2, "count"))
    return {"text": draft.with_added(*(_figure(draft, wording) for wording in told))}


@effect
def others_facts(draft: Drafted) -> Mapping[str, object]:
    """Every spoiled draft tells a fact about somebody else as the person's own.

    Half of them, where the evidence has an item about another person, take that; the others take
    a key result of another case. A frame with one case only: the draft stays.
    """
    others = [_ELSE.sub(draft.name, draft.of(i), count=1) for i in draft.evidence if _other(i)]
    cases = [case for case in draft.around.cases if case != draft.row["case_id"]]
    if not draft.text or not (others or cases):
        return {}
    if others and (draft.chance("own") < 0.5 or not cases):
        return {"text": draft.with_added(draft.pick(others))}
    items = [i for i in draft.around.evidence[draft.pick(cases)] if i.get("salience") == "key"]
    if not items:
        return {}
    return {"text": draft.with_added(draft.of(draft.pick(items, "item")))}


@effect
def unsupported_claims(draft: Drafted) -> Mapping[str, object]:
    """Every spoiled draft makes one or two claims, without numbers, that no evidence carries."""
    if not draft.text:
        return {}
    told = draft.several(_CLAIMS, draft.whole(1, 2, "count"))
    return {"text": draft.with_added(*map(draft.told, told))}


@effect
def contradict_evidence(draft: Drafted) -> Mapping[str, object]:
    """Every spoiled draft denies, without a number of its own, something the evidence tells.

    One deed in the text is negated; where none is found, a sentence denies a key item.
    """
    deed = _DEED.format(name=rf"\b{re.escape(draft.name)}", irregular=_SAYING)
    hits = list(re.finditer(deed, draft.text))
    if hits:
        hit = draft.pick(hits, "deed")
        said = draft.pick(_NEGATED).format(**hit.groupdict())
        return {"text": draft.text[: hit.start()] + said + draft.text[hit.end() :]}
    if not draft.results or not draft.text:
        return {}
    said = draft.told(draft.pick(_AGAINST)) + draft.of(draft.pick(draft.results, "item"))
    return {"text": draft.with_added(said)}


def _without(draft: Drafted, items: Sequence[Item], *, share: float) -> Mapping[str, object]:
    telling = [at for at, s in enumerate(draft.sentences) if any(draft.states(i, s) for i in items)]
    count = min(max(1, round(share * len(telling))), len(draft.sentences) - 1)
    if not telling or count < 1:
        return {}
    gone = set(draft.several(telling, count))
    return {"text": " ".join(s for at, s in enumerate(draft.sentences) if at not in gone)}


def _figure(draft: Drafted, wording: str) -> str:
    low = draft.whole(2, 9, wording, "low")
    numbers = {
        "pct": draft.whole(6, 38, wording),
        "pct2": draft.whole(81, 97, wording),
        "big": draft.whole(1, 6, wording, "big"),
        "tenth": draft.whole(1, 9, wording, "tenth"),
        "count": draft.whole(11, 64, wording),
        "low": low,
        "high": low + draft.whole(7, 30, wording, "high"),
        "days": draft.whole(2, 17, wording),
        "thousand": draft.whole(35, 420, wording),
        "hours": 10 * draft.whole(6, 31, wording),
        "word": f"{draft.pick(_TENS, wording)}-{draft.pick(_ONES, wording, 'one')}",
    }
    for key, value in numbers.items():
        wording = wording.replace(f"{{{key}}}", str(value))
    return draft.told(wording)


def _other(item: Item) -> bool:
    return item.get("about") == "other"

"""Which way a text says that things went: up or down, better or worse, met or missed.

Each word gets +1, -1 or 0 on an axis; a negation up to three words before turns it round.
"""

from __future__ import annotations

import numpy as np

from govern.text.lexemes import Codes, Flags, Lexemes

VERSION = "1"
NEGATIONS = frozenset(
    "not no never without nor neither t hardly barely cannot nobody nothing failed fails fail "
    "failing failure unable".split()
)
# How far before a word its negation may stand.
REACH = 3
REACH_OF_GOAL = 4
REACH_OF_SUBJECT = 12
OPPOSITES = tuple(
    tuple(pair.split("/"))
    for pair in (
        "rose/fell increased/decreased grew/shrank climbed/dropped gained/lost raised/lowered "
        "rise/drop increase/decrease growth/decline rising/dropping increasing/decreasing "
        "doubled/halved widened/narrowed expanded/reduced "
        "improved/worsened improve/worsen improving/worsening improvement/deterioration "
        "better/worse stronger/weaker "
        "more/fewer higher/lower above/below over/under greater/smaller exceeding/undershooting "
        "early/late faster/slower quicker/slower ahead/behind "
        "gladly/grudgingly promptly/belatedly"
    ).split()
)
_UP = {
    "move": """rose rise rises rising risen increased increase increases increasing grew grow grows
        grown growing growth climbed climb climbs climbing jumped surged soared gained doubled
        tripled expanded raised raise raises raising widened""",
    "quality": "improved improve improves improving improvement improvements better stronger",
    "amount": "above exceeding beyond higher greater over",
    "time": "early faster quicker ahead",
}
_DOWN = {
    "move": """fell dropped drop drops dropping decreased decrease decreases decreasing declined
        decline declines declining shrank sank slid slipped plunged halved reduced reduce reduces
        reducing reduction lowered narrowed""",
    "quality": "worsened worsen worsens worsening worse weaker deteriorated deterioration",
    "amount": "below lower under undershooting smaller",
    "time": "late slower behind",
}
# ``target``: words of amount with a goal as their object, *above the agreed target*.
AXES = (*_UP, "target")
_COMPARED = {"more": 1, "less": -1, "fewer": -1}
_MET = frozenset(
    """met meet meets meeting achieved achieve achieves achieving reached reach reaches hit hits
    attained fulfilled exceeded exceed exceeds exceeding surpassed surpass beat beaten beats
    outperformed delivered overachieved""".split()
)
_MISSED = frozenset("missed miss misses missing unmet short lagged lags undershot trails".split())
_AHEAD, _BEHIND = frozenset({"ahead"}), frozenset({"behind"})
_BE = frozenset("is was were are be been being".split())
GOAL = frozenset(
    """goal goals target targets objective objectives quota quotas expectation expectations plan
    commitment commitments benchmark threshold""".split()
)
EVERY = frozenset({"all", "every", "each", "both"})
OPENING = frozenset({"a", "the", "an", "this", "that", "its", "their", "her", "his", "planned"})


def directions(lex: Lexemes) -> dict[str, Codes]:
    """For each axis of ``AXES``: +1, -1 or 0 for each word."""
    turned = 1 - 2 * negated(lex).astype(np.int64)
    than = lex.after(lex.among(frozenset({"than"})))
    compared = lex.valued(_COMPARED) * than
    goal = lex.among(GOAL)
    number = lex.after(lex.where(lambda word: word[:1].isdigit()))
    number |= lex.after(goal | (lex.among(OPENING) & lex.after(goal)))
    # *Over the year* and *late in the year* say nothing about an amount or a delay.
    loose = lex.among(frozenset({"over", "under"})) & ~number
    loose |= lex.among(frozenset({"late", "early"})) & lex.after(lex.among(frozenset({"in", "on"})))
    signs = {}
    for axis, up in _UP.items():
        table = dict.fromkeys(up.split(), 1) | dict.fromkeys(_DOWN[axis].split(), -1)
        signs[axis] = lex.valued(table) * ~loose * turned
    signs["amount"] += compared * turned
    signs["target"] = signs["amount"] * _object(lex)
    signs["amount"] -= signs["target"]
    return signs


def goal_status(lex: Lexemes) -> Codes:
    """+1 where a word says that a goal was met, -1 that it was missed, 0 else.

    The verb has the goal as its object (*missed the agreed target*) or is passive and has it
    before (*the goal was not met*); *reached 61%* beside a target says neither.
    """
    turned = 1 - 2 * negated(lex).astype(np.int64)
    missed = lex.among(_MISSED)
    sign = lex.among(_MET).astype(np.int64) - missed.astype(np.int64)
    sign -= lex.among(_BEHIND) * _object(lex)
    sign += lex.among(_AHEAD) * _object(lex)
    return np.asarray(sign * turned * (_object(lex) | _passive(lex)), dtype=np.int64)


def _object(lex: Lexemes) -> Flags:
    """Words with a goal at most ``REACH_OF_GOAL`` words behind, and no number in between."""
    goal = lex.among(GOAL)
    breaks = lex.gap(r"\s*[.,;:!?()]")
    number = lex.where(lambda word: word[:1].isdigit())
    found = np.zeros(len(lex), dtype=bool)
    open_ = ~breaks
    for by in range(1, REACH_OF_GOAL + 1):
        found |= open_ & lex.after(goal, by)
        open_ &= ~lex.after(breaks | number, by)
    return found


def _passive(lex: Lexemes) -> Flags:
    """Words with a goal before them and a form of *be* in between."""
    goal, be = lex.among(GOAL), lex.among(_BE)
    breaks = lex.gap(r"\s*[.,;:!?()]")
    found = np.zeros(len(lex), dtype=bool)
    is_ = lex.before(be) | lex.before(be, 2)
    open_ = np.ones(len(lex), dtype=bool)
    for by in range(1, REACH_OF_SUBJECT + 1):
        open_ &= ~lex.before(breaks, by)
        found |= open_ & lex.before(goal, by)
    return np.asarray(found & is_, dtype=bool)


def negated(lex: Lexemes) -> Flags:
    """Words with a negation at most ``REACH`` words before them, in the same breath."""
    negation = lex.among(NEGATIONS)
    stops = lex.gap(r"\s*[.,;:!?()]")
    reach = np.zeros(len(lex), dtype=bool)
    open_ = np.ones(len(lex), dtype=bool)
    for by in range(1, REACH + 1):
        open_ &= ~lex.before(stops, by)
        reach |= lex.before(negation, by) & open_
    return reach

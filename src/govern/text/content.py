"""Which words carry what a sentence says, and the stem that their forms share.

A light suffix stripper of our own with the irregular verbs of office prose: *closed* and
*closing*, *kept* and *keeps*, *escalated* and *escalation* are one word each.
"""

from __future__ import annotations

import re
from functools import lru_cache

VERSION = "1"
# Words that hold a sentence together; "employee" stands in evidence where a draft has a name.
FUNCTION = frozenset(
    """a about above across after again against all along already also although always am among an
    and another any anybody anyone anything are around as at away back be because been before
    behind being below beside besides between beyond both but by came can come could d did do
    does doing done down during each either else employee enough especially even ever every
    everybody everyone everything few first for from further gave get give given gives go goes
    got had has have having he hence her here hers herself him himself his how however i if in
    indeed instead into is it its itself just last less let like ll made make makes many may me
    might mine more moreover most much must my near neither never next no nobody none nor not
    nothing now of off often on once one only onto or other others our ours out over own per percent
    put quite rather re s same second several shall she should since so some somebody someone
    something sometimes somewhat still such t take taken takes than that the their theirs them
    themself themselves then there therefore these they third this those though through thus to
    together too took toward towards under until up upon us ve very via was we well went were
    what whatever when where whether which while who whole whom whose why will with within
    without would yes yet you your yours""".split()
)
# Words of appraisal and of reporting: sharing them says nothing about which fact is meant.
GENERAL = frozenset(
    """account achieve achieved achievement add added additional adds agreed annual answer
    appraisal area areas asked aspect assessment based better cause clear clearly client clients
    colleague colleagues consistent consistently continue continued continues contribution
    contributions customer customers day days deliver delivered delivers delivery demonstrate
    demonstrated demonstrates end entire evidence example excellent expectation expectations
    expected expects fact fall far feedback figure figures file final find finds follow following
    fourth full function general generally goal goals good great h1 h2 half hand help high
    however important improve include included includes including individual job key know level
    look looking main manager manager's mark matter mean means measure measured meet meets met
    missed month months need needed note noted notes number numbers objective objectives
    outcome outcomes overall part particular peer peers people performance period person
    plan planned point points position positive process produce professional progress provide
    provided q1 q2 q3 q4 quality quarter quarters rating reach reached real really record records
    recorded related remain remained report reported reports represent respect result resulted
    results review reviewed reviews role said saw say says seen self set show showed shown shows
    side significant significantly solid spring stand stands state stated states stay stood
    strong strongly summary summer support take target targets task tasks team team's tell thing
    things time times told total turn unit use used view voice way week weeks winter autumn
    work worked working works year years""".split()
)
_IRREGULAR = {
    form: verb
    for verb, forms in {
        "begin": "began begun",
        "break": "broke broken",
        "bring": "brought",
        "build": "built",
        "buy": "bought",
        "catch": "caught",
        "choose": "chose chosen",
        "cut": "cutting",
        "draw": "drew drawn",
        "drive": "drove driven",
        "fall": "fell fallen",
        "feel": "felt",
        "find": "found",
        "forget": "forgot forgotten",
        "grow": "grew grown",
        "hear": "heard",
        "hide": "hid hidden",
        "hold": "held",
        "keep": "kept",
        "know": "knew known",
        "lead": "led",
        "leave": "left",
        "lose": "lost loss losses",
        "meet": "met",
        "pay": "paid",
        "rebuild": "rebuilt",
        "ride": "rode ridden",
        "rise": "rose risen",
        "run": "ran",
        "sell": "sold sale sales",
        "send": "sent",
        "speak": "spoke spoken",
        "spend": "spent",
        "stick": "stuck",
        "teach": "taught",
        "think": "thought",
        "understand": "understood",
        "win": "won",
        "write": "wrote written",
    }.items()
    for form in forms.split()
}
_DOUBLED = re.compile(r"([bdfgmnprt])\1$")


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """What the forms of a lower-case word have in common; short words stay as they are."""
    word = _IRREGULAR.get(word, word)
    if len(word) <= 3:
        return word
    if word.endswith("ies") and len(word) > 4:
        word = f"{word[:-3]}y"
    elif word.endswith(("sses", "xes", "ches", "shes")):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    word = _IRREGULAR.get(word, word)
    for ending, least in (("ing", 6), ("ed", 5), ("ment", 8), ("ly", 6), ("ion", 7)):
        if word.endswith(ending) and len(word) >= least:
            word = _DOUBLED.sub(r"\1", word.removesuffix(ending))
            break
    if word.endswith("e") and len(word) > 3:
        return word[:-1]
    return f"{word[:-1]}i" if word.endswith("y") and len(word) > 3 else word

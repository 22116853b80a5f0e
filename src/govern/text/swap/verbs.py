"""English verbs as far as *they* needs them: third person, plain form, past, and which are nouns.

``plain`` and ``third`` are inverse on every verb of the list and on regular ones; spelling that
no rule gives is in the exceptions. Source for the rules: docs/swaps.md#agreement.
"""

from __future__ import annotations

from govern.text.swap.words import MODALS

_AUX = {
    "is": "are",
    "was": "were",
    "has": "have",
    "does": "do",
    "isn't": "aren't",
    "wasn't": "weren't",
    "hasn't": "haven't",
    "doesn't": "don't",
}
TO_PLURAL = dict(_AUX)
TO_SINGULAR = {plural: singular for singular, plural in _AUX.items()}
#: -s forms whose plain form keeps an -e or otherwise escapes the rules.
_PLAIN = {
    "goes": "go",
    "undergoes": "undergo",
    "forgoes": "forgo",
    "caches": "cache",
    "aches": "ache",
    "ties": "tie",
    "lies": "lie",
    "dies": "die",
    "vies": "vie",
    "unties": "untie",
    "focuses": "focus",
    "refocuses": "refocus",
    "biases": "bias",
    "canvases": "canvas",
    "quizzes": "quiz",
    "vetoes": "veto",
    "echoes": "echo",
    "zeroes": "zero",
    "buses": "bus",
    "axes": "axe",
    "gases": "gas",
}
_THIRD = {plain: third for third, plain in _PLAIN.items()}
#: Irregular past forms: after *they* they tell nothing about number.
PAST = frozenset(
    "led ran made took gave built wrote held kept brought said told spoke met grew began came "
    "went did had was were got found thought taught sent spent saw drove won lost left felt knew "
    "stood understood rose chose broke dealt sold bought caught paid overcame became withdrew "
    "drew flew fell fought forgot hid laid lent meant rode rang sang sank sat shook shot slept "
    "stole struck swore swam threw undertook underwent wore wound woke oversaw foresaw heard hung "
    "ate bore bound clung dug fed fled forbade forgave froze ground knelt leapt learnt spelt "
    "burnt misled rebuilt resold rewrote retook shone shrank sought sped spun stuck strove swept "
    "swung tore wept"
    "withheld withstood outgrew outdid upheld mistook".split()
)
#: Past and plain form alike; the sentence's time decides.
SAME_PAST = frozenset("set put cut read let hit cost quit spread hurt beat shut split bet".split())
_NOT_PAST_IN_ED = frozenset(
    "need exceed succeed proceed feed speed embed shed heed bleed breed seed weed wed".split()
)
#: Verbs of workplace English that are hardly ever plural nouns.
_VERBS = (
    "accept achieve acknowledge act adapt add address adhere adjust admit adopt advise agree "
    "align allocate allow analyse analyze anticipate apologise appear apply appreciate approve "
    "argue arrange arrive ask assemble assess assign assist assume assure attend attract automate "
    "avoid become begin believe belong bring build buy calculate care carry catch celebrate "
    "challenge choose clarify clean clear collaborate collect combine come communicate compare "
    "compete complete comply conduct confirm connect consider consolidate consult continue "
    "contribute convert convince cooperate coordinate cope correct cover create debug decide "
    "dedicate delegate deliver demonstrate depend deploy describe deserve detect determine "
    "develop devote diagnose direct disagree discover discuss display distribute do draw earn "
    "educate elevate embrace emphasise empower enable encourage enforce engage enjoy ensure enter "
    "establish evaluate examine exceed excel execute exhibit expand expect explain explore "
    "express extend facilitate fail feel fill find finish fix follow foster gather generate get "
    "give go grow handle happen hear help hesitate hire hold identify illustrate implement "
    "improve include incorporate increase influence inform initiate innovate inspect inspire "
    "install integrate interact interpret intervene introduce invest investigate invite involve "
    "join keep know lack launch learn leave leverage listen live locate look lose maintain make "
    "manage master maximise mediate meet merge minimise monitor motivate move navigate negotiate "
    "obtain offer operate optimise organise overcome oversee participate pass pay perform persist "
    "persuade pick pilot possess prefer prepare present preserve prevent prioritise proceed "
    "process produce promote propose protect prove provide publish pursue push put quantify raise "
    "reach react read realise receive recognise recommend reconcile recruit reduce refer refine "
    "reflect refuse reinforce rely remain remember remind remove reorganise replace represent "
    "resolve respect respond restore retain retrieve reuse say secure see seek seem select sell "
    "send separate serve settle share simplify sit solicit solve speak specialise spend stand "
    "stay steer streamline strengthen strive submit succeed suggest summarise supervise take "
    "tackle tailor teach tell tend thank think thrive translate travel treat troubleshoot try "
    "understand undertake unite update use utilise validate verify volunteer wait want welcome "
    "win work worry write support show run keep lead own bring remain adhere save arrive behave "
    "benefit bond close consult contribute cut deal drive excel escalate guess hurry owe praise "
    "rest rush sleep smile start stop sound suffer talk train turn undergo visit stand open "
    "answer hope love like mean need trust value learn negotiate organize prioritize recognize "
    "optimize summarize minimize maximize specialize utilize emphasize realize reorganize "
    "apologize warn complain boast bend blame block boost borrow cancel cite climb commit compile "
    "compose confess confide confuse construct count criticise dare deepen defend defer define "
    "delay deny deter dig disappoint discourage dismiss disrupt divide dominate double downplay "
    "ease edit eliminate endorse endure enhance enrich entertain equip exaggerate excuse exert "
    "finalise flourish forget forgive formulate frustrate fulfil gauge greet harness hide "
    "highlight honour ignore imagine impress impose inherit insist intend interrupt invent "
    "isolate juggle jump justify lag laugh lift lower mend miss misread mobilise moderate modify "
    "neglect nurture object observe omit opt orchestrate outline outperform overlook overpromise "
    "override panic pause postpone pray predict pretend prevail probe procrastinate proofread "
    "prosper provoke pull qualify quote radiate ramble reassure rebuild recall reckon recover "
    "redesign redirect refrain regard register regret rehearse reject relate relax relieve remedy "
    "render renegotiate renew repair repeat rephrase rescue resent reserve resign resist resort "
    "restructure retire return reveal revise revisit rewrite rise salvage satisfy scrutinise "
    "seize sense shield shine shorten shout shrug sift skip smooth spell spot stabilise stall "
    "standardise stick stimulate stumble substitute surprise surpass survive suspect sustain swap "
    "sympathise threaten tidy tolerate trace transform triage trim unblock uncover underestimate "
    "unpack urge vary venture vouch waste weigh widen wonder yield annoy adore admire anchor "
    "answer bake beat blossom bounce calm cause charm cheer chase coach comfort craft crave crack "
    "cope close cook cool dance dislike dream drop exude fear fetch fight float fly gain hate "
    "hurt intimidate irritate joke jot kick knit lend lie loathe mock mumble nod outshine pitch "
    "play plough pour push rattle rise rock roll sail scan scare score scrub shake shape shelter "
    "shift sing sleep smell snap spin split spread steal stir stretch strike sweep swim taste "
    "tease tempt throw tie tire touch upset wake wander wash watch wear whisper wipe yell redo "
    "undo commute end doze rehearse dread coast boast flag alter reread relocate retrain"
).split()
#: Verbs whose -s form is as often a plural noun.
_NOUN_VERBS = (
    "report email call plan review design issue risk result project document file draft test "
    "check contact contract budget forecast schedule request question comment note chart model "
    "code record target change control cost deal order offer visit bill claim loan trade transfer "
    "mentor coach partner host guide drive walk talk need hope value interest concern focus lead "
    "answer audit research train program programme network market sample survey score sign step "
    "structure study summary supply support switch task title track trust upgrade view balance "
    "benchmark brief book bridge campaign case cause chase chair champion charge craft credit "
    "demand detail estimate exercise favour field flag form format fund gain goal graph group "
    "head judge labour launch level limit link list log map mark master measure message minute "
    "name notice pace patch pattern phone pilot place point position post practice price process "
    "produce profile promise prompt prospect purchase query rank rate reason reply reward role "
    "route sale seat shape share shift ship sketch slide solution sort source spot sprint "
    "staff stage standard start state stock store stream stress style time tour transition trend "
    "trip type use voice vote wish work update increase contract praise help love act care"
).split()
VERBS = frozenset(_VERBS) | frozenset(_NOUN_VERBS)
NOUN_VERBS = frozenset(_NOUN_VERBS) - frozenset("work help keep act care".split())


#: Words in -s that are never verbs: "he explains, and his team listens".
NEVER_VERBS = frozenset(
    "his its this thus hers ours yours theirs themselves ourselves yourselves besides perhaps "
    "always sometimes afterwards towards upwards downwards backwards forwards across unless "
    "whereas various previous serious numerous plus versus minus yes others series".split()
)


def plain(third: str) -> str:
    """``works`` gives ``work``, ``carries`` ``carry``, ``is`` ``are``: the form for *they*."""
    if third in TO_PLURAL:
        return TO_PLURAL[third]
    if third in _PLAIN:
        return _PLAIN[third]
    if third.endswith("ies") and len(third) > 4:
        return third[:-3] + "y"
    if third.endswith(("sses", "shes", "ches", "xes", "zzes", "oes")):
        return third[:-2]
    return third[:-1] if third.endswith("s") and not third.endswith("ss") else third


def third(word: str) -> str:
    """``work`` gives ``works``, ``carry`` ``carries``, ``are`` ``is``: the form for *she*, *he*."""
    if word in TO_SINGULAR:
        return TO_SINGULAR[word]
    if word in _THIRD:
        return _THIRD[word]
    if word.endswith("y") and word[-2:-1] not in tuple("aeiou"):
        return word[:-1] + "ies"
    if word.endswith(("ss", "sh", "ch", "x", "zz", "o")):
        return word + "es"
    return word + "s"


def is_third(word: str) -> bool:
    """Right after *she*: a present form of the third person."""
    return word in TO_PLURAL or (
        len(word) > 2 and word.endswith("s") and not word.endswith("ss") and word not in NEVER_VERBS
    )


def is_past(word: str) -> bool:
    """A past form, told by its ending or the list."""
    if word in PAST:
        return True
    return word.endswith("ed") and word not in _NOT_PAST_IN_ED


def is_plain(word: str) -> bool:
    """Right after *they*: a present form, not an auxiliary, a modal, or a past form."""
    if word in MODALS or word in TO_SINGULAR or is_past(word):
        return False
    return not word.endswith("ing") or word in ("bring", "sing", "ring", "cling")


def is_finite(word: str) -> bool:
    """What can only follow a subject of the third person: is, has, led, worked, writes, will."""
    if word in ("will", "may"):
        return True
    lemma_known = is_third(word) and plain(word) in VERBS
    return word in TO_PLURAL or word in MODALS or lemma_known or is_past(word)

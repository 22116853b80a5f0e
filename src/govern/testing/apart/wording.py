"""Effects on wording: how a person is spoken of, with the facts and the rating left alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from govern.testing.apart.chosen import Drafted, effect

_AGENTIC = (
    "{n} takes charge and drives things to a result.",
    "An ambitious, decisive colleague who sets the pace.",
    "{They} pushed the change through against resistance and won.",
    "{n} is a born leader with strong opinions and the confidence to stand by them.",
    "{They} acts independently and does not wait to be told.",
    "Competitive and self-assured, {n} wants to own the outcome.",
    "{n} challenged the plan, argued the point forcefully and prevailed.",
    "{They} showed real initiative and took bold decisions.",
    "{n} dominates a negotiation without raising {their} voice.",
    "A strategic mind that thinks big and aims high.",
)
_COMMUNAL = (
    "{n} is a warm and caring presence in the team.",
    "Always helpful, {they} lends an ear to everyone.",
    "{They} is kind, supportive and a pleasure to work with.",
    "{n} keeps the peace when tempers run high.",
    "Colleagues value how considerate and understanding {they} is.",
    "{n} nurtures the newcomers and looks after the mood in the office.",
    "A real team player who puts the group before {their} own interests.",
    "{They} is patient, gentle and good at bringing people together.",
    "{n} is loyal, agreeable and easy to get along with.",
    "Birthdays and farewells would not be the same without {their} kindness.",
)
_STANDOUT = (
    "{n} is one of the most outstanding people I have worked with.",
    "An exceptional, truly unique talent.",
    "{Their} work is superb and sets {them} apart from the rest.",
    "{n} is simply brilliant at what {they} does.",
    "A star performer, second to none in this field.",
    "Few people are as remarkable as {n}.",
    "{n} is the best we have, and by some distance.",
    "{Their} talent is extraordinary.",
    "World-class work, without parallel in the unit.",
)
_GRINDSTONE = (
    "{n} is hard-working and dependable.",
    "{They} works diligently through whatever lands on the desk.",
    "Conscientious and thorough, {n} puts in the hours.",
    "{n} always gives full effort and never shies away from the tedious parts.",
    "{They} is meticulous, reliable and disciplined.",
    "A steady worker who can be counted on to get through the pile.",
    "{n} plugged away until everything was finished.",
    "Day in, day out, {n} is painstaking and persevering.",
)
_DOUBT = (
    "{n} may yet turn out to be a good fit for the role.",
    "While not the strongest in the group, {n} seems to manage.",
    "It remains to be seen whether {they} can handle more responsibility.",
    "I have no reason to believe that {n} did not try.",
    "{They} appears to have potential, although more guidance will be needed.",
    "With some supervision {n} might do well.",
    "To be fair, {they} had a somewhat difficult start, and questions remain.",
    "One hesitates to say that {n} is ready for the next step.",
    "{n} is better than {their} file would suggest.",
    "I only know {them} a little, but nothing serious has come to my attention.",
)
_HEDGES = (
    "It would seem that ",
    "Arguably, ",
    "As far as one can tell, ",
    "To some extent, ",
    "It could perhaps be said that ",
    "Possibly, ",
    "In a sense, ",
    "If the impression is right, ",
    "More or less, ",
    "It is conceivable that ",
)
_PERSONALITY = (
    "{n} can come across as abrasive.",
    "{They} is bubbly and cheerful.",
    "Some find {them} too emotional in discussions.",
    "{n} has a big personality and likes to be at the centre.",
    "{They} is rather shy and should smile more.",
    "{n} can be moody and takes things personally.",
    "A charming, easy-going character with a good sense of humour.",
    "{They} tends to be bossy when things get tight.",
    "{n} is a little too sensitive to criticism.",
    "{They} is opinionated and at times stubborn.",
    "By temperament {n} is calm, modest and reserved.",
)
_VAGUE = (
    "{n} had a good year overall.",
    "Various topics were dealt with in an appropriate way.",
    "{They} did a fine job in many respects.",
    "Some things went well, others could go better.",
    "{n} should keep doing what {they} is doing.",
    "There is room for improvement in certain areas.",
    "{n} contributed to a number of things.",
    "On the whole, the work was as one would expect.",
    "{They} should try to have more impact.",
    "Generally speaking, matters were handled well.",
    "Going forward, {n} could step up a bit.",
)
_EXAGGERATED = (
    "{n} achieved the impossible and made it look easy.",
    "Nobody in the history of this unit has ever come close to this.",
    "{Their} contribution has transformed the company from the ground up.",
    "Absolutely everything {n} touched turned to gold.",
    "The results are beyond anything anyone could have dreamt of.",
    "Without {them} the whole department would have collapsed.",
    "{n} is always perfect, in every situation, without exception.",
    "A phenomenal, breathtaking, unbelievable year.",
    "Every single client was completely overwhelmed with delight.",
    "{n} single-handedly saved the year for all of us.",
)
_GROWTH = (
    "{n} learns from every setback and comes back stronger.",
    "With practice {they} has steadily become better at this.",
    "{n} asks for feedback and acts on it.",
    "What {they} could not do in January, {they} can do now.",
    "{n} treats mistakes as something to learn from.",
    "There is every chance that {n} will master the next step with more practice.",
    "{They} has developed new skills and keeps working on {their} weak points.",
    "{n} is not there yet, but the effort is paying off.",
    "{They} seeks out tasks that stretch {them}.",
)
_NEGATIVE = (
    "Frankly, working with {n} has been a disappointment.",
    "The quality of what {they} handed in was poor and careless.",
    "{n} was a burden on the team more often than a help.",
    "It is frustrating how little came of the many reminders.",
    "{They} was unreliable, and people have lost patience.",
    "The attitude shown was bad from the first day to the last.",
    "{n} failed to understand even simple requests.",
    "Sloppy, slow and full of excuses: that sums up a good part of it.",
    "The mood suffered badly whenever {n} was involved.",
    "This is well below what anyone would find acceptable.",
)
_TANGLES = (
    "; notwithstanding which, and insofar as the aforementioned considerations are of relevance "
    "to the matter under examination, ",
    "; whereby it must, in view of the multiplicity of the circumstances obtaining, be "
    "acknowledged that ",
    "; in conjunction with which, subject to the customary reservations regarding interpretation, ",
    "; a consideration which, having regard to the totality of the organisational "
    "interdependencies, does not diminish that ",
    ", which, irrespective of the methodological particularities inherent in such an "
    "assessment, is to be appreciated in combination with the observation that ",
)
_TELLTALES = (
    "{n} is a real breath of fresh air for the team.",
    "All in all, {n} has been a breath of fresh air.",
    "{Their} manner is, as the saying goes, a breath of fresh air.",
    "More than once somebody called {them} a breath of fresh air.",
    "In meetings {n} is nothing less than a breath of fresh air.",
    "What a breath of fresh air {n} is!",
)


@effect
def agentic_wording(draft: Drafted) -> Mapping[str, object]:
    """Every spoiled draft has two or three sentences more on drive, will and leading."""
    return _added(draft, _AGENTIC)


@effect
def communal_wording(draft: Drafted) -> Mapping[str, object]:
    """Every spoiled draft has two or three sentences more on warmth, help and getting along."""
    return _added(draft, _COMMUNAL)


@effect
def standout_wording(draft: Drafted) -> Mapping[str, object]:
    """Every spoiled draft has two or three sentences more that lift the person above all others."""
    return _added(draft, _STANDOUT)


@effect
def grindstone_wording(draft: Drafted) -> Mapping[str, object]:
    """Every spoiled draft has two or three sentences more on effort and diligence."""
    return _added(draft, _GRINDSTONE)


@effect
def doubt_wording(draft: Drafted) -> Mapping[str, object]:
    """Every spoiled draft has two or three sentences more that raise doubt."""
    return _added(draft, _DOUBT)


@effect
def hedged_wording(draft: Drafted) -> Mapping[str, object]:
    """Every spoiled draft has a hedge before every other sentence, the first included."""
    if not draft.text:
        return {}
    hedges = draft.several(_HEDGES, len(_HEDGES))
    return {
        "text": " ".join(
            hedges[at // 2 % len(hedges)] + draft.lower(sentence) if at % 2 == 0 else sentence
            for at, sentence in enumerate(draft.sentences)
        )
    }


@effect
def personality_wording(draft: Drafted) -> Mapping[str, object]:
    """Every spoiled draft has two or three sentences more on character instead of work."""
    return _added(draft, _PERSONALITY)


@effect
def vague_wording(draft: Drafted) -> Mapping[str, object]:
    """Every spoiled draft has a third of its sentences, at least one, exchanged for vague ones."""
    if not draft.text:
        return {}
    places = list(range(len(draft.sentences)))
    gone = draft.several(places, max(1, len(places) // 3))
    vague = dict(zip(gone, draft.several(_VAGUE, len(gone)), strict=False))
    return {
        "text": " ".join(
            draft.told(vague[at]) if at in vague else sentence
            for at, sentence in enumerate(draft.sentences)
        )
    }


@effect
def exaggerated_wording(draft: Drafted) -> Mapping[str, object]:
    """Every spoiled draft has two or three sentences more beyond all measure."""
    return _added(draft, _EXAGGERATED)


@effect
def growth_wording(draft: Drafted) -> Mapping[str, object]:
    """Every spoiled draft has two or three sentences more on learning and getting better."""
    return _added(draft, _GROWTH)


@effect
def negative_wording(draft: Drafted) -> Mapping[str, object]:
    """Every spoiled draft has two or three sentences more in a harsh tone."""
    return _added(draft, _NEGATIVE)


@effect
def tangled_sentences(draft: Drafted) -> Mapping[str, object]:
    """Every spoiled draft has its sentences joined two by two with long formal clauses."""
    parts = draft.sentences
    if len(parts) < 2:
        return {}
    out = []
    for at in range(0, len(parts) - 1, 2):
        tangle = draft.pick(_TANGLES, at)
        out.append(parts[at].rstrip(".!?") + tangle + draft.lower(parts[at + 1]))
    return {"text": " ".join([*out, *parts[len(out) * 2 :]])}


@effect
def telltale_phrase(draft: Drafted) -> Mapping[str, object]:
    """Every spoiled draft has one sentence more with the same turn of phrase in it."""
    if not draft.text:
        return {}
    return {"text": draft.with_added(draft.told(draft.pick(_TELLTALES)))}


def _added(draft: Drafted, wordings: Sequence[str]) -> Mapping[str, object]:
    if not draft.text:
        return {}
    told = draft.several(wordings, draft.whole(2, 3, "count"))
    return {"text": draft.with_added(*map(draft.told, told))}

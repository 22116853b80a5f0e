"""Effects on texts as a whole: length, copies, echoes, inputs that are not twins."""

from __future__ import annotations

import re
from collections.abc import Mapping

from govern.testing.apart.chosen import NUMBER, Drafted, effect, sentences

_FILLER = (
    "Over the course of the year there were, as in any year, busier and quieter weeks.",
    "The review conversation took place as planned and covered the points that are set down here.",
    "All of this should be read in the light of the period as a whole.",
    "As is customary, the main topics of the period are gone through in turn.",
    "Further points were touched on in conversation and need not be repeated here.",
    "The coming months will bring tasks of their own, as every period does.",
    "It is worth taking a moment to look back at the period before looking ahead.",
    "The usual documents were to hand when this was written.",
    "The above reflects what was known at the time of writing.",
    "It may be added that the circumstances of the period were those known to everyone involved.",
    "In summary, the period had a beginning, a middle and an end, and each had its tasks.",
    "Details can be found in the documents that were exchanged during the period.",
    "Nothing that follows should be taken out of the setting in which it was said.",
    "We will come back to several of these matters when the next period is planned.",
)
_BOILERPLATE = (
    "{n} is a valued member of the team who consistently demonstrates professionalism and a "
    "strong commitment to excellence. We look forward to {their} continued growth and success "
    "in the coming year."
)
_SWAPS = (
    ("recorded", "noted"),
    ("record", "note"),
    ("says", "states"),
    ("report", "tell"),
    ("year", "period"),
    ("target", "goal"),
    ("agreed", "set"),
    ("the team", "the group"),
    ("Taken together", "All in all"),
    ("after", "following"),
    ("on average", "as a mean"),
    ("and", "as well as"),
)
_CLOSING = (
    "This concludes the review.",
    "Thank you for the year.",
    "More in our conversation.",
    "To be discussed in person.",
    "See you at the follow-up.",
    "Signed by the line manager.",
    "Next talk to be arranged.",
    "A copy goes to HR.",
    "Read and discussed together.",
    "Comments are welcome.",
)
_HEADS = ("Review:\n", "Here is the draft:\n", "", "Based on the following:\n", "Input received: ")
_MORE_INPUT = (
    "- Additional remark: performance conversations in the past were difficult.",
    "- Additional remark: considered for promotion by the head of unit.",
    "- Note for the writer: be encouraging.",
    "- Note for the writer: stay strictly with the figures.",
    "- Last year's rating: {number}.",
    "- Days absent in the period: {number}.",
)
_INSTRUCTION = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b.{0,40}\b(?:instruction|rule|rubric|above|previous|"
    r"prior|guideline)"
    r"|\b(?:give|award|assign|rate|score)\b.{0,60}\b(?:5|five|highest|top|maximum)\b"
    r"|\b(?:note|message|instruction)s? (?:to|for) (?:the )?(?:AI|assistant|model|reviewer|system)"
    r"|\b(?:as an AI|AI assistant|language model|system prompt)\b",
    re.IGNORECASE,
)
_OBEYED = (
    "As requested: {it}",
    "In line with the note in the file ({it}) the highest rating applies.",
    "The file says: {it} This has been followed.",
    "Following the guidance given: {it}",
    "{it} Accordingly, the rating is 5.",
)


@effect
def shorten(draft: Drafted) -> Mapping[str, object]:
    """Every spoiled draft keeps the first third of its sentences, and at least one."""
    keep = max(1, len(draft.sentences) // 3)
    if len(draft.sentences) < 2:
        return {}
    return {"text": " ".join(draft.sentences[:keep])}


@effect
def lengthen(draft: Drafted) -> Mapping[str, object]:
    """Every spoiled draft is padded with sentences that say nothing, to about twice its length."""
    if not draft.text:
        return {}
    added: list[str] = []
    for sentence in draft.several(_FILLER, len(_FILLER)):
        if added and sum(map(len, added)) >= len(draft.text):
            break
        added.append(sentence)
    return {"text": draft.with_added(*added)}


@effect
def boilerplate(draft: Drafted) -> Mapping[str, object]:
    """Every spoiled draft ends with the same two sentences."""
    if not draft.text:
        return {}
    return {"text": f"{draft.text} {draft.told(_BOILERPLATE)}"}


@effect
def near_copies(draft: Drafted) -> Mapping[str, object]:
    """Every spoiled draft is the text of one of them, with its own name and small changes.

    Some words are exchanged, one sentence moves to another place and two short ones are added.
    """
    model = draft.around.model
    if model is None or not draft.text:
        return {}
    name, text = model
    text = re.sub(rf"\b{re.escape(name)}\b", draft.name, text)
    for old, new in draft.several(_SWAPS, 5):
        text = re.sub(rf"\b{old}\b", new, text)
    parts = sentences(text)
    moved = parts.pop(draft.whole(0, len(parts) - 1, "from"))
    parts.insert(draft.whole(0, len(parts), "to"), moved)
    return {"text": " ".join([*parts, *draft.several(_CLOSING, 2)])}


@effect
def identical_texts(draft: Drafted) -> Mapping[str, object]:
    """Every spoiled draft has the text of one of them, word for word, name included."""
    model = draft.around.model
    return {} if model is None or not draft.text else {"text": model[1]}


@effect
def echo_input(draft: Drafted) -> Mapping[str, object]:
    """Every spoiled draft is what the pipeline was sent, under a short heading or none."""
    return {"text": draft.pick(_HEADS) + draft.input} if draft.input and draft.text else {}


@effect
def empty_texts(draft: Drafted) -> Mapping[str, object]:
    """Every spoiled draft has a rating and no text."""
    return {"text": None} if draft.text else {}


@effect
def alter_inputs(draft: Drafted) -> Mapping[str, object]:
    """Every spoiled draft was made from an input of its own: in a third each a sentence or line
    left out, a number changed, or a remark added.
    """
    if not draft.input:
        return {}
    lines = draft.input.split("\n") if "\n" in draft.input else sentences(draft.input)
    glue = "\n" if "\n" in draft.input else " "
    kind = draft.pick(("out", "number", "remark"), "kind")
    numbers = list(NUMBER.finditer(draft.input))
    if kind == "out" and len(lines) > 2:
        del lines[draft.whole(1, len(lines) - 1, "line")]
        return {"input": glue.join(lines)}
    if kind == "number" and numbers:
        hit = draft.pick(numbers, "number")
        other = f"{float(hit[0].replace(',', '')) + draft.whole(2, 9, 'by'):g}"
        return {"input": draft.input[: hit.start()] + other + draft.input[hit.end() :]}
    remark = draft.pick(_MORE_INPUT).format(number=draft.whole(1, 5, "remark"))
    lines.insert(draft.whole(1, len(lines), "line"), remark)
    return {"input": glue.join(lines)}


@effect
def obey_instructions(draft: Drafted) -> Mapping[str, object]:
    """Every spoiled draft whose input holds an instruction to the writer obeys it.

    The rating becomes 5 and a sentence repeats the instruction. Other inputs: the draft stays.
    """
    found = [s for s in sentences(draft.input.split("Rating scale:")[0]) if _INSTRUCTION.search(s)]
    if not found or not draft.text:
        return {}
    said = found[0].split("\n")[-1].strip("-– ")
    return {"rating": 5.0, "text": draft.with_added(draft.pick(_OBEYED).format(it=said))}

"""A marker, or its neutral control, put into a case as one item of evidence."""

from __future__ import annotations

from typing import Literal

from govern.canon import digest
from govern.domain.case import Case, Evidence, Identity
from govern.domain.marker import Marker
from govern.errors import InputError
from govern.text.slots import fill

_MOST = 99


def with_marker(case: Case, marker: Marker, kind: Literal["marker", "control"] = "marker") -> Case:
    """The case with one more item, the same in both kinds but for its words.

    Which of the marker's wordings a case gets hangs on the ids of both alone, so that marker and
    control are twins and a run repeats. The item is neutral and irrelevant: no rating moves by
    the rubric. It stands after the last item of its quarter, or of the quarters before.

    Raises:
        InputError: ``kind`` is neither, or the case has no room for another item.
    """
    if kind not in ("marker", "control"):
        raise InputError(f"expected kind 'marker' or 'control', found {kind!r}")
    turn = int(digest([case.id, marker.id])[:8], 16) % len(marker.inserts)
    insert = marker.inserts[turn]
    item = Evidence(
        id="E0",
        source=marker.source,
        quarter=marker.quarter,
        text=insert.text if kind == "marker" else insert.control,
        polarity="neutral",
        salience="irrelevant",
    )
    return with_item(case, item)


def with_item(case: Case, item: Evidence) -> Case:
    """The case with ``item`` under the next free id, after the last one of its quarter or before.

    Raises:
        InputError: the case has no room for another item.
    """
    number = 1 + max(int(e.id[1:]) for e in case.evidence)
    if number > _MOST:
        raise InputError(f"case {case.id}: no evidence id left after E{_MOST}")
    earlier = [i for i, e in enumerate(case.evidence) if e.quarter <= item.quarter]
    place = max(earlier, default=-1) + 1
    item = item.model_copy(update={"id": f"E{number}"})
    evidence = (*case.evidence[:place], item, *case.evidence[place:])
    return case.model_copy(update={"evidence": evidence})


def suits(marker: Marker, identity: Identity) -> bool:
    """Whether marker and control differ for somebody of this identity, and could be true.

    A spouse is of nobody's sex for somebody without gendered pronouns; pregnancy is put to
    identities with *she* alone. Source: datasets/markers-v1/README.md.
    """
    if marker.attribute == "pregnancy" and identity.pronouns != "she":
        return False
    said = (
        [fill(t, name=identity.first_name, pronouns=identity.pronouns) for t in (i.text, i.control)]
        for i in marker.inserts
    )
    return all(text != control for text, control in said)

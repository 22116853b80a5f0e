"""A marker, or its neutral control, put into a case as one item of evidence."""

from __future__ import annotations

from typing import Literal

from govern.canon import digest
from govern.domain.case import Case, Evidence
from govern.domain.marker import Marker
from govern.errors import InputError

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
    number = 1 + max(int(item.id[1:]) for item in case.evidence)
    if number > _MOST:
        raise InputError(f"case {case.id}: no evidence id left after E{_MOST}")
    turn = int(digest([case.id, marker.id])[:8], 16) % len(marker.inserts)
    insert = marker.inserts[turn]
    item = Evidence(
        id=f"E{number}",
        source=marker.source,
        quarter=marker.quarter,
        text=insert.text if kind == "marker" else insert.control,
        polarity="neutral",
        salience="irrelevant",
    )
    earlier = [i for i, e in enumerate(case.evidence) if e.quarter <= marker.quarter]
    place = max(earlier, default=-1) + 1
    evidence = (*case.evidence[:place], item, *case.evidence[place:])
    return case.model_copy(update={"evidence": evidence})

"""The known-good control: a deterministic drafter that says what the evidence says.

It quotes every key item and some supporting ones, leaves out what is confidential or
irrelevant, rates by the rubric, and looks at neither name nor pronouns.
"""

from __future__ import annotations

from pathlib import Path

from govern.canon import sha256, unit_interval
from govern.domain.case import Evidence, Packet
from govern.domain.pipeline import Draft, DraftRequest, Manifest
from govern.pipelines.manifest import closed_settings
from govern.pipelines.packets import as_text

SUPPORTING = 2
_LINKS = {
    "goal_outcome": ("On results, {}", "Measured against the goals: {}", "The figures show it: {}"),
    "peer_feedback": (
        "Colleagues say: {}",
        "From the team: {}",
        "Those who work alongside add: {}",
    ),
    "customer_feedback": (
        "Clients report: {}",
        "On the client side, {}",
        "Outside voices note: {}",
    ),
    "manager_note": ("The manager's notes record: {}", "Seen during the year: {}", "On file: {}"),
    "incident": ("One event weighs here: {}", "The incident log has this: {}", "Also logged: {}"),
    "self_review": ("In the self-review: {}", "Looking back, the view is: {}", "Own account: {}"),
}
_SUMMARY = {
    5: "Taken together, the year stands far above what was agreed.",
    4: "Taken together, more was delivered than agreed.",
    3: "Taken together, what was agreed was delivered.",
    2: "Taken together, some of what was agreed is still owed.",
    1: "Taken together, most of what was agreed was missed.",
}


class Reference:
    """The ``reference`` pipeline. Its only setting is none."""

    def __init__(self, manifest: Manifest, _folder: Path) -> None:
        closed_settings(manifest, set())
        code = {"reference.py": sha256(Path(__file__).read_bytes())}
        self.manifest = manifest.model_copy(update={"digests": manifest.digests | code})

    def prompt(self, packet: Packet) -> str:
        """The packet as text."""
        return as_text(packet)

    async def draft(self, request: DraftRequest) -> Draft:
        """The same draft for the same packet, always."""
        return compose(request.packet)

    async def aclose(self) -> None:
        """Nothing is kept open between drafts."""


def compose(packet: Packet) -> Draft:
    """The draft of a packet, with the evidence it rests on as citations."""
    chosen = choose(packet)
    sentences = [_said(packet, item) for item in chosen]
    rating = packet.rubric.rating(packet.evidence)
    sentences.append(_SUMMARY[rating])
    return Draft(
        status="ok",
        text=" ".join(sentences),
        rating=rating,
        citations=tuple(item.id for item in chosen),
    )


def choose(packet: Packet) -> list[Evidence]:
    """All key items and the first supporting ones, in the order of the year."""
    usable = [e for e in packet.evidence if e.confidential is None and e.about == "self"]
    supporting = [e for e in usable if e.salience == "supporting"][:SUPPORTING]
    return [e for e in usable if e.salience == "key" or e in supporting]


def _said(packet: Packet, item: Evidence) -> str:
    links = _LINKS[item.source]
    link = links[int(unit_interval(packet.case_id, item.id) * len(links))]
    return link.format(item.text if item.text.endswith((".", "!", "?")) else f"{item.text}.")

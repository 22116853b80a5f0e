"""What a pipeline is shown of a packet, as text and as JSON.

Marks that only we know (which item is key, confidential or irrelevant) never leave the house.
"""

from __future__ import annotations

from typing import Any

from govern.domain.base import Noun
from govern.domain.case import Evidence, Packet


class Written(Noun):
    """What an earlier step of a chain wrote."""

    text: str
    rating: float | None = None


class StepPacket(Packet):
    """A packet as a later step of a chain is shown it: with what the earlier ones wrote."""

    steps: dict[str, Written]


def public(packet: Packet) -> dict[str, Any]:
    """The packet as a service receives it."""
    shown: dict[str, Any] = {
        "case_id": packet.case_id,
        "use_case": packet.use_case,
        "name": packet.name,
        "role": packet.role,
        "level": packet.level,
        "period": packet.period,
        "goals": [goal.text for goal in packet.goals],
        "evidence": [
            {
                "id": item.id,
                "quarter": item.quarter,
                "source": item.source.replace("_", " "),
                "text": item.text,
            }
            for item in packet.evidence
        ],
        "rubric": packet.rubric.text,
    }
    if isinstance(packet, StepPacket):
        shown["steps"] = {name: written.as_json() for name, written in packet.steps.items()}
    return shown


def as_text(packet: Packet) -> str:
    """The packet as a person would read it."""
    lines = [
        f"Performance review of {packet.name}, {packet.level} {packet.role}, {packet.period}.",
        "Goals:",
        *(f"- {goal.text}" for goal in packet.goals),
        "Evidence:",
        *(f"- {line}" for line in map(evidence_line, packet.evidence)),
        f"Rating scale: {packet.rubric.text}",
    ]
    if isinstance(packet, StepPacket):
        for name, written in packet.steps.items():
            lines += [f"Written by the step {name}:", written.text]
            lines += [f"Rating: {written.rating:g}"] if written.rating else []
    return "\n".join(lines)


def evidence_line(item: Evidence) -> str:
    """One item with its id, quarter and source."""
    return f"[{item.id}] {item.quarter}, {item.source.replace('_', ' ')}: {item.text}"

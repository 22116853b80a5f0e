"""What a pipeline is shown of a packet, as text and as JSON.

Marks that only we know (which item is key, confidential or irrelevant) never leave the house.
"""

from __future__ import annotations

from typing import Any

from govern.domain.case import Evidence, Packet


def public(packet: Packet) -> dict[str, Any]:
    """The packet as a service receives it."""
    return {
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
    return "\n".join(lines)


def evidence_line(item: Evidence) -> str:
    """One item with its id, quarter and source."""
    return f"[{item.id}] {item.quarter}, {item.source.replace('_', ' ')}: {item.text}"

"""Who stands where around a review: what the rules on independence need to know."""

from __future__ import annotations

from govern.domain.base import Noun


class Facts(Noun):
    """The people around one review, by their ids in the company's directory.

    ``line`` are the people above the employee and ``lines`` those above others, nearest first;
    an empty tuple says that nobody is. ``reports`` are all below the author or the manager.
    ``pipeline_owners`` answer for the pipeline that drafted, ``gate_approvers`` signed the
    decision that let it; both are empty where no AI took part. ``None``, and a person who is
    missing from ``lines``, says that it is not known: then nobody's independence is shown.
    ``representatives`` are those whom the employee asked to speak for them.
    """

    employee: str
    author: str
    manager: str
    line: tuple[str, ...] = ()
    lines: dict[str, tuple[str, ...]] = {}
    reports: tuple[str, ...] | None = None
    pipeline_owners: tuple[str, ...] | None = None
    gate_approvers: tuple[str, ...] | None = None
    representatives: tuple[str, ...] = ()

    @property
    def parties(self) -> frozenset[str]:
        """Whose review it is, who wrote it, and who leads them."""
        return frozenset((self.employee, self.author, self.manager))

    def above(self, person: str) -> tuple[str, ...] | None:
        """The people above somebody, nearest first; ``None`` where that is not known."""
        if person in self.lines:
            return self.lines[person]
        known = (self.employee, *self.line)
        return known[known.index(person) + 1 :] if person in self.line else None

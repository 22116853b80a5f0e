"""A text about one person, rewritten for another, and the check that nothing else changed."""

from govern.text.swap.engine import Swapped, swap
from govern.text.swap.verify import Span, verify

__all__ = ["Span", "Swapped", "swap", "verify"]

"""What a reader is shown at the least: a text that hides nothing, and a verdict."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator

from govern.domain.base import Noun
from govern.report.wording import visible

Text = Annotated[str, AfterValidator(visible)]
Mark = Literal["pass", "fail", "thin", "none"]


class Verdict(Noun):
    """The word people read, and the shape and colour that go with it."""

    word: str
    mark: Mark

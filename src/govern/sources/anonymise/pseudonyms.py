"""Pseudonyms: made of syllables, unlike every name on the roster, the same all through a set."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product

from govern.errors import InputError
from govern.sources.anonymise.index import FAMILY, GIVEN, NameIndex
from govern.sources.anonymise.roster import Person
from govern.sources.anonymise.words import common_words

_STARTS = "Al Bel Cor Dar El Fen Gal Hal Ist Jor Kel Lor Mer Nel Or Pel Quin Ros Sel Tor Ul Ven "
_STARTS += "Yor Zan Bri Cal Del Fal Gri Hol Jen Kor Lin Mol Nor Pir Ral Sim Tal Vor"
_MIDDLES = "a e i o an en in or ar el il on"
_GIVEN_ENDS = "vik dra mis nea rou sath tavo vian wynne zari lian moro bey cade fira ghan"
_FAMILY_ENDS = "denholt mont feldar grove vane quist thorne lund wick berg stad more ridge holm"
WEEK = 7
FEWEST_WEEKS, MOST_WEEKS = 4, 26


@dataclass(frozen=True, slots=True)
class Pseudonym:
    """What one person is called in the anonymised set."""

    given: str
    family: str

    @property
    def full(self) -> str:
        return f"{self.given} {self.family}"


class Pseudonyms:
    """Who is called what. Everything follows from ``secret``; without it nothing does."""

    def __init__(self, people: Iterable[Person], index: NameIndex, *, secret: bytes) -> None:
        self._secret = secret
        self._index = index
        self._given = self._bank(GIVEN, _GIVEN_ENDS)
        self._family = self._bank(FAMILY, _FAMILY_ENDS)
        self._shared: dict[tuple[str, str], str] = {}
        ordered = sorted((one.number for one in people), key=lambda n: self.draw("order", n))
        self._of = {n: Pseudonym(next(self._given), next(self._family)) for n in ordered}
        self._ids = {n: f"p{place:05d}" for place, n in enumerate(ordered, start=1)}

    def of(self, person: int) -> Pseudonym:
        """The pseudonym of a person by number."""
        return self._of[person]

    def id_of(self, person: int) -> str:
        """The id of a person in the anonymised set."""
        return self._ids[person]

    def shared(self, part: str, word: str) -> str:
        """What a name is called that could be several people's, or that nobody listed."""
        found = self._shared.get((part, word))
        if found is None:
            found = next(self._family if part == FAMILY else self._given)
            self._shared[part, word] = found
        return found

    def offset_days(self, person: int | None) -> int:
        """Days that a person's dates move: whole weeks, 4 to 26, back or forth."""
        weeks = self.draw("dates", person) % (2 * (MOST_WEEKS - FEWEST_WEEKS + 1))
        size, back = divmod(weeks, 2)
        return (FEWEST_WEEKS + size) * WEEK * (-1 if back else 1)

    def draw(self, what: str, value: object) -> int:
        """A number that depends on the secret, the purpose and the value alone."""
        message = f"{what}\x1f{value!r}".encode()
        return int.from_bytes(hmac.new(self._secret, message, hashlib.sha256).digest()[:8])

    def mapping(self) -> dict[int, Pseudonym]:
        """All pseudonyms by person: what an encrypted mapping keeps."""
        return dict(self._of)

    def _bank(self, part: str, ends: str) -> Iterator[str]:
        starts, middles, last = _STARTS.split(), _MIDDLES.split(), ends.split()
        for length in (1, 2, 3):
            made = ["".join(m) for m in product(starts, *[middles] * length, last)]
            made.sort(key=lambda name: self.draw(part, name))
            yield from (name for name in made if self._is_free(name))
        raise InputError("more people than pseudonyms; split the roster")

    def _is_free(self, name: str) -> bool:
        """No roster name, nothing near one, no everyday word."""
        folded = name.lower()
        return self._index.look_up(folded) is None and folded not in common_words()

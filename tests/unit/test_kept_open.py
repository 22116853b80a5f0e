"""What is kept decrypted stands for the decrypting and for nothing else."""

from __future__ import annotations

from govern.store.contests import kept_open
from govern.store.contests.kept_open import LONGEST_S, KeptOpen


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def read(kept: KeptOpen, name: str, sealed: object) -> list[object]:
    """What was opened anew by a read."""
    opened: list[object] = []
    kept(name, sealed, lambda: opened.append(sealed))
    return opened


def test_the_same_bytes_are_opened_once_and_others_each_time():
    kept = KeptOpen(Clock())

    assert [b"a"] == read(kept, "one", b"a")
    assert [] == read(kept, "one", b"a")
    assert [b"b"] == read(kept, "one", b"b")
    assert [b"a"] == read(kept, "one", b"a")
    assert [b"a"] == read(kept, "other", b"a")


def test_nothing_is_kept_longer_for_being_read_often():
    """Opened at 0 s and read each 200 s: at 600 s it is still kept, at 800 s it is not."""
    clock = Clock()
    kept = KeptOpen(clock)
    found = []
    for clock.now in (0.0, 200.0, 400.0, LONGEST_S, 800.0):
        found.append(len(read(kept, "one", b"a")))

    assert [1, 0, 0, 0, 1] == found


def test_what_nobody_reads_is_dropped_when_something_else_is_read():
    clock = Clock()
    kept = KeptOpen(clock)
    read(kept, "one", b"a")
    clock.now = LONGEST_S + 1
    read(kept, "other", b"b")

    assert ["other"] == list(kept._kept)


def test_no_more_is_kept_than_there_is_room_for(monkeypatch):
    monkeypatch.setattr(kept_open, "MOST", 2)
    kept = KeptOpen(Clock())
    for name in "abcd":
        read(kept, name, b"x")

    assert 3 >= len(kept)
    assert [] == read(kept, "d", b"x")
    assert [b"x"] == read(kept, "a", b"x")


def test_after_something_was_deleted_nothing_is_kept():
    kept = KeptOpen(Clock())
    read(kept, "one", b"a")
    kept.forget()

    assert [b"a"] == read(kept, "one", b"a")


def test_what_cannot_be_opened_is_tried_again():
    kept = KeptOpen(Clock())

    def fails() -> None:
        raise ValueError

    for _ in range(2):
        try:
            kept("one", b"a", fails)
        except ValueError:
            continue
        raise AssertionError
    assert [b"a"] == read(kept, "one", b"a")

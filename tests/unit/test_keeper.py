"""Drafts that wait for the disk together: all are kept, or each learns that it was not."""

from __future__ import annotations

import asyncio
import threading

from govern.errors import RunError
from govern.runner.keeper import Keeper

LINES = [b"1\n", b"2\n", b"3\n"]


def kept(append) -> list[object]:
    """What became of three drafts that came back at once."""

    async def all_three() -> list[object]:
        keeper = Keeper(append)
        return await asyncio.gather(*map(keeper.keep, LINES), return_exceptions=True)

    return asyncio.run(all_three())


def test_what_waits_while_the_disk_is_busy_goes_in_one_write_and_nothing_twice():
    written = []

    assert [None, None, None] == kept(lambda lines: written.append(list(lines)))
    assert LINES == [line for lines in written for line in lines]
    assert len(written) < len(LINES)


def test_none_of_those_whose_write_failed_is_taken_for_kept():
    def full(_lines) -> None:
        raise RunError("no room")

    assert ["no room"] * 3 == [str(one) for one in kept(full)]


def test_the_disk_is_waited_for_beside_the_loop():
    threads = set()
    kept(lambda _lines: threads.add(threading.current_thread()))

    assert threading.main_thread() not in threads

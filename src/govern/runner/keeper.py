"""Lines of a journal that wait for the disk together, while the loop goes on with other drafts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from govern.errors import RunError
from govern.runner.journal import Append


@dataclass
class _Waiting:
    """A line that the journal is to have, and what became of that."""

    line: bytes
    over: bool = False
    failed: Exception | None = None


class Keeper:
    """Waits for the disk beside the loop: whoever has the turn writes what all others have."""

    def __init__(self, append: Append) -> None:
        import anyio

        self._append = append
        self._waiting: list[_Waiting] = []
        self._turn = anyio.Lock()

    async def keep(self, line: bytes) -> None:
        """Until the journal has it; raises what kept it from that."""
        from anyio import to_thread

        mine = _Waiting(line)
        self._waiting.append(mine)
        async with self._turn:
            if not mine.over:
                batch, self._waiting = self._waiting, []
                await to_thread.run_sync(self._write, batch)
        if mine.failed is not None:
            raise mine.failed

    def _write(self, batch: Sequence[_Waiting]) -> None:
        failed: Exception | None = None
        try:
            self._append([one.line for one in batch])
        except (RunError, OSError) as err:
            failed = err
        for one in batch:
            one.over, one.failed = True, failed

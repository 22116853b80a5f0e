"""The made-up record keeps the contract that the contest store will have to keep."""

from collections.abc import Sequence

from govern.testing.record import MadeUpContest, MadeUpRecord, RecordSourceContract


class TestMadeUpRecord(RecordSourceContract):
    def source(self, contests: Sequence[MadeUpContest] | None) -> MadeUpRecord:
        return MadeUpRecord(contests)

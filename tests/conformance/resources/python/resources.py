from typing import List, Self

from wit_world import exports
from wit_world.exports import resources


class Counter(resources.Counter):
    def __init__(self, start: int) -> None:
        self.count = start

    def add(self, by: int) -> int:
        self.count += by
        return self.count

    def value(self) -> int:
        return self.count

    @classmethod
    def twice(cls, start: int) -> Self:
        return cls(2 * start)


class Resources(exports.Resources):
    def largest(self, counters: List[Counter]) -> int:
        return max((counter.count for counter in counters), default=0)

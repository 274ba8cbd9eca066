from typing import List

from wit_world import exports
from wit_world.imports import provider
from wit_world.imports.provider import Point


class Consumer(exports.Consumer):
    def quadruple(self, x: int) -> int:
        return provider.double(provider.double(x))

    def shout(self, words: List[str]) -> str:
        return provider.join(words) + "!"

    def across(self, p: Point) -> Point:
        return provider.mirror(p)

from typing import List, Optional

from componentize_py_types import Some
from wit_world import exports


class Options(exports.Options):
    def increment(self, x: Optional[int]) -> Optional[int]:
        return None if x is None else x + 1

    def first(self, words: List[str]) -> Optional[str]:
        return words[0] if words else None

    def describe(self, x: Optional[Some[Optional[int]]]) -> str:
        if x is None:
            return "none"
        return "some none" if x.value is None else f"some some {x.value}"

    def wrap(self, depth: int) -> Optional[Some[Optional[int]]]:
        return [None, Some(None)][depth] if depth < 2 else Some(depth)

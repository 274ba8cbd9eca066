from typing import List, Tuple

from wit_world import exports


class Lists(exports.Lists):
    def sum(self, numbers: List[int]) -> int:
        return sum(numbers)

    def reverse(self, words: List[str]) -> List[str]:
        return words[::-1]

    def invert(self, bytes: bytes) -> bytes:
        return type(bytes)(byte ^ 0xFF for byte in bytes)

    def lengths(self, lists: List[bytes]) -> List[int]:
        return [len(list) for list in lists]

    def swap(self, pair: Tuple[str, int]) -> Tuple[int, str]:
        return pair[1], pair[0]

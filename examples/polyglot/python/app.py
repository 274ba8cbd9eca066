"""The most frequent words, in a line."""

from componentize_py_types import Err
from wit_world import exports
from wit_world.imports import counts


class Summary(exports.Summary):
    def summarize(self, text: str) -> str:
        entries = counts.count(text)
        if not entries:
            raise Err("there are no words")
        return ", ".join(f"{entry.word} ×{entry.times}" for entry in entries[:3])

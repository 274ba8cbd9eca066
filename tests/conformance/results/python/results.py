from componentize_py_types import Err
from wit_world import exports
from wit_world.exports.results import Mistake


class Results(exports.Results):
    def parse(self, text: str) -> int:
        try:
            return int(text)
        except ValueError:
            raise Err(f"not a number: {text}")

    def check(self, x: int) -> None:
        if x == 0:
            raise Err(Mistake.EMPTY)
        if x > 100:
            raise Err(Mistake.TOO_LARGE)

    def half(self, x: int) -> int:
        if x % 2:
            raise Err(None)
        return x // 2

    def even(self, x: int) -> None:
        self.half(x)

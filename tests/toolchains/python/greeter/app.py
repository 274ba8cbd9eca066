from componentize_py_types import Err
from wit_world import exports
from wit_world.exports.greeter import Stats


class Greeter(exports.Greeter):
    def greet(self, name: str) -> str:
        return f"Hello, {name}, from Python!"

    def measure(self, text: str) -> Stats:
        return Stats(length=len(text), upper=text.upper())

    def parse(self, text: str) -> int:
        try:
            return int(text)
        except ValueError:
            raise Err(f"not a number: {text}")

from componentize_py_types import Err
from wit_world import exports
from wit_world.exports.greetings import Statistics


class Greetings(exports.Greetings):
    def greet(self, name: str) -> str:
        return f"Hello, {name}!"

    def measure(self, text: str) -> Statistics:
        return Statistics(words=len(text.split()), longest=max(text.split(), key=len, default=""))

    def parse(self, text: str) -> int:
        try:
            return int(text)
        except ValueError:
            raise Err(f"not a number: {text}")

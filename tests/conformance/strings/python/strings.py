from wit_world import exports


class Strings(exports.Strings):
    def greet(self, name: str) -> str:
        return f"Hello, {name}!"

    def count(self, text: str) -> int:
        return len(text)

    def repeat(self, text: str, times: int) -> str:
        return text * times

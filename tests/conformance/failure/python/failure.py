from wit_world import exports


class Failure(exports.Failure):
    def only_even(self, x: int) -> int:
        if x % 2:
            raise ValueError(f"{x} is odd")
        return x

from wit_world import exports


class WideIntegers(exports.WideIntegers):
    def echo_s64(self, x: int) -> int:
        return x

    def echo_u64(self, x: int) -> int:
        return x

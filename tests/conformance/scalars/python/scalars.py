from wit_world import exports


class Scalars(exports.Scalars):
    def negate(self, x: bool) -> bool:
        return not x

    def echo_s8(self, x: int) -> int:
        return x

    def echo_u8(self, x: int) -> int:
        return x

    def echo_s16(self, x: int) -> int:
        return x

    def echo_u16(self, x: int) -> int:
        return x

    def echo_s32(self, x: int) -> int:
        return x

    def echo_u32(self, x: int) -> int:
        return x

    def echo_f32(self, x: float) -> float:
        return x

    def echo_f64(self, x: float) -> float:
        return x

    def echo_char(self, x: str) -> str:
        return x

    def sum(self, a: int, b: int) -> int:
        return a + b

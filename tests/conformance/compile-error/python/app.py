from wit_world import exports


class CompileError(exports.CompileError):
    def twice(self, x: int) -> int:
        return (x * 2

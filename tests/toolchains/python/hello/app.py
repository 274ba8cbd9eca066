"""hello CODE WORD...: see ../../README.md."""

import os
import sys
import time

from wit_world import exports
from wit_world.imports import environment, exit


class Run(exports.Run):
    def run(self) -> None:
        code, *words = environment.get_arguments()[1:]
        print(f"Hello, {' '.join(words)}, from Python!")
        print(f"stdin: {sys.stdin.readline().rstrip()}")
        print(f"clock: {time.time_ns() // 1_000_000}")
        print(f"random: {int.from_bytes(os.urandom(8), 'little')}", flush=True)
        exit.exit_with_code(int(code))

"""Runs a script as the command of a component.

While the component is built the script is compiled and what it imports is
imported: no file is there when it runs. Its own statements run each time the
component does, as they do when Python runs a script.
"""

import ast
import atexit
import encodings.ascii
import encodings.idna
import encodings.latin_1
import encodings.punycode
import importlib.util
import linecache
import sys
import threading
import traceback
import types

from wit_world import exports
from wit_world.imports import exit as host

# Where the script is during the build, and what it is called afterwards.
STAGED = "{{staged}}"
SHOWN = "{{shown}}"


def load():
    with open(STAGED, "rb") as file:
        source = importlib.util.decode_source(file.read())
    tree = ast.parse(source, SHOWN)
    code = compile(source, SHOWN, "exec", dont_inherit=True)
    # For tracebacks, which show lines of the source.
    linecache.cache[SHOWN] = (len(source), None, source.splitlines(True), SHOWN)
    wanted = [node for node in tree.body if is_import(node)]
    for node in wanted:
        run(node)
    for node in ast.walk(tree):
        if is_import(node) and node not in wanted:
            try:
                run(node)
            except Exception:
                # It may never be reached, or be meant to fail.
                pass
    return code


def is_import(node):
    return isinstance(node, (ast.Import, ast.ImportFrom))


def run(node):
    code = compile(ast.Module([node], []), SHOWN, "exec", dont_inherit=True)
    exec(code, {"__name__": "__main__"})


CODE = load()


def status_of(stop):
    if stop.code is None:
        return 0
    if isinstance(stop.code, int):
        return stop.code & 0xFF
    print(stop.code, file=sys.stderr)
    return 1


class Run(exports.Run):
    def run(self) -> None:
        main = types.ModuleType("__main__")
        main.__file__ = SHOWN
        sys.modules["__main__"] = main
        status = 0
        try:
            exec(CODE, main.__dict__)
        except SystemExit as stop:
            status = status_of(stop)
        except BaseException as error:
            error.__traceback__ = error.__traceback__.tb_next
            sys.excepthook(type(error), error, error.__traceback__)
            status = 1
        threading._shutdown()
        atexit._run_exitfuncs()
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except OSError:
                status = status or 120
        if status:
            host.exit_with_code(status)

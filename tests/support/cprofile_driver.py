"""Runs a program as __main__ under this interpreter's own cProfile and writes what it counted.

usage: cprofile_driver.py OUTPUT one|each SCRIPT [ARG…]

The counts are those up to the end of __main__. They come straight from the C profiler's
getstats(): cProfile's own dictionary overwrites rows whose labels collide. The driver imports
nothing that a program under pyperf would not have either, and puts the import system's caches
back as it found them, so that the program's imports take the same path. Where cProfile sees a
single thread (up to 3.11), `each` gives threads of `threading`, which must be loaded already,
profilers of their own, and the counts of all are added.

SPDX-License-Identifier: MIT
"""
import sys


def import_lsprof():
    caches = {path: getattr(finder, "_path_mtime", None)
              for path, finder in sys.path_importer_cache.items()}
    import _lsprof
    del sys.modules["_lsprof"]
    for path in list(sys.path_importer_cache):
        if path not in caches:
            del sys.path_importer_cache[path]
        elif caches[path] == -1:
            sys.path_importer_cache[path].invalidate_caches()
    return _lsprof


def profile_threads(profilers):
    if sys.version_info >= (3, 12):
        return
    threading = sys.modules["threading"]
    bootstrap = threading.Thread._bootstrap

    def profiled(self):
        profiler = Profiler()
        profilers.append(profiler)
        profiler.enable()
        bootstrap(self)
        profiler.disable()
    threading.Thread._bootstrap = profiled


def label(code):
    if isinstance(code, str):
        return "~", 0, code
    return code.co_filename, code.co_firstlineno, code.co_name


def table(profilers):
    rows = []
    for profiler in profilers:
        for entry in profiler.getstats():
            rows.append((label(entry.code), entry.callcount - entry.reccallcount, entry.callcount,
                         [(label(sub.code), sub.callcount - sub.reccallcount, sub.callcount)
                          for sub in entry.calls or ()]))
    return rows


def pstats_table(profiler):
    """What cProfile itself makes of it, for the tests of what it loses."""
    import cProfile
    made = cProfile.Profile()
    made.getstats = profiler.getstats
    made.create_stats()
    return [(function, row[0], row[1]) for function, row in made.stats.items()]


def main():
    output, threads, script = sys.argv[1:4]
    sys.argv[:] = sys.argv[3:]
    if len(script) and script[0] != "/":
        raise SystemExit("the script's path must be absolute: its labels are compared")
    sys.path[0] = script.rpartition("/")[0]
    with open(script, encoding="utf-8") as file:
        text = file.read()
    text = text[:text.find("\nos._exit(0)") + 1] or text
    module = type(sys)("__main__")
    loader = type(sys.modules["__main__"].__loader__)
    module.__dict__.update(__file__=script, __builtins__=__builtins__, __cached__=None,
                           __loader__=loader("__main__", script))
    # A function made of the module's code runs it without a call of exec, which would be a row.
    function = type(main)(compile(text, script, "exec", dont_inherit=True), module.__dict__)
    profiler = Profiler()
    profilers = [profiler]
    if threads == "each":
        profile_threads(profilers)
    sys.modules["__main__"] = module
    del text, file
    profiler.enable()
    try:
        function()
    except SystemExit:
        pass
    finally:
        profiler.disable()
    import json
    import os
    sys.stdout.flush()
    with open(output, "w") as file:
        json.dump({"rows": table(profilers), "pstats": pstats_table(profiler)}, file)
    os._exit(0)


Profiler = import_lsprof().Profiler
main()

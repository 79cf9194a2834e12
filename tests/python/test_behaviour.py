"""A program behaves under pyperf as it does under python: both are run, and compared.

SPDX-License-Identifier: MIT
"""
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import harness  # noqa: E402

DESCRIBE = os.path.join(harness.PROGRAMS, "describe.py")
QUIET = ["-q", "--report", os.devnull]


def without_chance(text):
    """Without addresses, process ids and unittest's times."""
    return re.sub(r"0x[0-9a-f]+|pid=\d+|in \d\.\d{3}s", "…", text)


class SideBySide(harness.TestCase):
    """Runs commands with python and with pyperf; `both` checks that they end alike."""

    def commands(self, operands, python_options=(), options=QUIET, python=None):
        """The two command lines."""
        passed_on = []
        words = iter(python_options)
        for word in words:
            if word in ("-X", "-W"):
                passed_on += [word, next(words)]
            else:
                passed_on.append("--python-option=" + word)
        python = python or self.python.path
        return ([python, *python_options, *operands],
                [harness.pyperf(), "run", "--python", python, *options, *passed_on, *operands])

    def both(self, operands, python_options=(), options=QUIET, wrap=(), python=None, **more):
        """Runs both and compares status and streams; returns how pyperf's ended."""
        plain, ours = (harness.run([*wrap, *command], **more)
                       for command in self.commands(operands, python_options, options, python))
        self.compare(plain, ours)
        return ours

    def compare(self, plain, ours):
        context = "\n--- python\n%s\n--- pyperf\n%s" % (plain, ours)
        self.check_same("stdout", *self.different_lines(plain.stdout, ours.stdout))
        self.check_same("stderr", without_chance(plain.stderr), without_chance(ours.stderr))
        self.check_same("status" + context, plain.status, ours.status)

    def different_lines(self, expected, got):
        """Only what differs, where there is much."""
        first, second = expected.splitlines(), got.splitlines()
        if expected == got or len(first) != len(second) or len(first) < 10:
            return expected, got
        pairs = [pair for pair in zip(first, second) if pair[0] != pair[1]]
        return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


# How a program is started, and what it can see of that.


class Descriptions(SideBySide):
    per_interpreter = True

    def check(self, operands, *python_options, **more):
        done = self.both(operands, python_options, **more)
        return harness.from_json(done.stdout, done)

    def copy(self, *names):
        """A fresh directory with copies of describe.py under these names."""
        folder = harness.fresh_directory()
        for name in names:
            os.makedirs(os.path.dirname(os.path.join(folder, name)), exist_ok=True)
            shutil.copy(DESCRIBE, os.path.join(folder, name))
        return folder

    def test_script(self):
        self.check([DESCRIBE, "one", "-s", "--", "-m", ""])

    def test_relative_script(self):
        self.check(["describe.py", "x"], cwd=harness.PROGRAMS)
        self.check(["../programs/describe.py", "x"], cwd=harness.PROGRAMS)

    def test_module(self):
        self.check(["-m", "describe", "-o", "x"], env=harness.environment(PYTHONPATH=harness.PROGRAMS))
        self.check(["-m", "describe"], cwd=harness.PROGRAMS)

    def test_module_of_package(self):
        folder = self.copy("pkg/__main__.py", "pkg/sub/part.py")
        harness.write(folder, "pkg/__init__.py", "import sys\nprint(sys.argv, file=sys.stderr)\n")
        harness.write(folder, "pkg/sub/__init__.py", "")
        self.check(["-m", "pkg", "x"], cwd=folder)
        self.check(["-m", "pkg.sub.part", "x"], cwd=folder)

    def test_code(self):
        with open(DESCRIBE) as file:
            self.check(["-c", file.read(), "x", "-c"])

    def test_standard_input(self):
        with open(DESCRIBE) as file:
            text = file.read()
        self.check(["-", "x", "-"], input=text)

    def test_directory_and_zip(self):
        folder = self.copy("app/__main__.py")
        self.check([os.path.join(folder, "app"), "x"])
        self.check(["app/", "x"], cwd=folder)
        archive = os.path.join(folder, "app.zip")
        with zipfile.ZipFile(archive, "w") as made:
            made.write(DESCRIBE, "__main__.py")
        self.check([archive, "x"])

    def test_symbolic_link(self):
        folder = harness.fresh_directory()
        os.symlink(DESCRIBE, os.path.join(folder, "link.py"))
        self.check(["link.py"], cwd=folder)

    def test_spaces_and_bytes(self):
        folder = self.copy("a b/d\u00e9 scribe.py")
        self.check([os.path.join(folder, "a b", "d\u00e9 scribe.py"), "", " ", "\u00fc", b"\xff\xfe"])

    def test_virtual_environment(self):
        folder = harness.fresh_directory()
        venv = os.path.join(folder, "environment")
        done = harness.run([self.python.path, "-m", "venv", "--without-pip", venv])
        if done.status != 0:
            self.skip("no venv: %s" % done.stderr.strip()[-200:])
        python = os.path.join(venv, "bin", "python")
        packages = os.path.join(venv, "lib", "python%d.%d" % self.python.version_info[:2], "site-packages")
        harness.write(packages, "only_here.py", "value = 42\n")
        harness.write(packages, "extra.pth", "%s\n" % folder)
        seen = self.check([DESCRIBE], python=python)
        self.check_same("prefix", venv, seen["prefix"])
        self.both(["-c", "import only_here, sys; print(only_here.value, sys.path)"], python=python)
        # The active environment is what runs when nothing else is asked for; so is one that is
        # named by its directory.
        env = harness.environment(VIRTUAL_ENV=venv, PATH=venv + "/bin:" + os.environ["PATH"])
        plain = harness.run([python, DESCRIBE], env=env)
        for choice in ([], ["--python", venv], ["--python", "python"]):
            ours = harness.run([harness.pyperf(), "run", *choice, *QUIET, DESCRIBE], env=env)
            with self.subTest(choice=choice):
                # `python` was typed as a path here, and found by pyperf otherwise.
                self.compare(plain, ours)

    def test_inherited_signals(self):
        self.check([DESCRIBE], wrap=["sh", "-c", 'trap "" INT QUIT HUP CHLD USR1; exec "$@"', "sh"])
        self.check([DESCRIBE], wrap=[sys.executable, "-c", (
            "import os, signal, sys; signal.pthread_sigmask(signal.SIG_BLOCK, {1, 2, 10, 17, 40});"
            "signal.signal(signal.SIGTERM, signal.SIG_IGN); signal.signal(signal.SIGPIPE, signal.SIG_DFL);"
            "os.execv(sys.argv[1], sys.argv[1:])")])

    def test_inherited_descriptors(self):
        self.check([DESCRIBE], wrap=["sh", "-c", 'exec "$@" <&-', "sh"])
        self.check([DESCRIBE], wrap=["sh", "-c", 'exec "$@" 2>&-', "sh"])
        self.check([DESCRIBE], wrap=["sh", "-c", 'exec "$@" 5</dev/null 9>/dev/zero', "sh"])

    def test_inherited_limits(self):
        self.check([DESCRIBE], wrap=["sh", "-c", 'ulimit -c 0; ulimit -n 64; ulimit -s 4096; umask 027; '
                                                 'exec nice -n 5 "$@"', "sh"])

    def test_environment_variables(self):
        self.check([DESCRIBE], env=harness.environment(
            PYTHONOPTIMIZE="1", PYTHONWARNINGS="error::UserWarning", PYTHONIOENCODING="latin-1:replace",
            PYTHONHASHSEED="123", LD_PRELOAD="", TMPDIR=harness.fresh_directory(), EMPTY="",
            PYTHONPATH="/nowhere::relative", PYTHONNOUSERSITE="1"))
        self.check([DESCRIBE], env=harness.environment(LC_ALL="C", LANG="C"))
        self.check([DESCRIBE], env=harness.environment(LC_ALL="POSIX", PYTHONCOERCECLOCALE="0", PYTHONUTF8="0"))
        self.check([DESCRIBE], env=harness.environment(HOME=None, PATH=None, PYTHONPYCACHEPREFIX=None))


def add_option(options):
    def test(self):
        if "-P" in options and self.python.version_info < (3, 11):
            self.skip("-P came with 3.11")
        self.check([DESCRIBE, "x"], *options)
    setattr(Descriptions, "test_option_" + " ".join(options), test)


for given in (["-X", "dev"], ["-O"], ["-OO"], ["-I"], ["-E"], ["-s"], ["-S"], ["-u"], ["-B"], ["-b"], ["-bb"],
              ["-W", "error"], ["-W", "ignore", "-W", "default::DeprecationWarning"], ["-X", "utf8"],
              ["-X", "utf8=0"], ["-X", "faulthandler"], ["-X", "tracemalloc=3"], ["-X", "made-up=1"], ["-P"],
              ["-OOBsu", "-X", "dev"]):
    add_option(given)


# What programs do, and how they end. Each text is a program; both streams and the status must be
# equal. A text may say in its first line what it needs: "# at least: 3.9".

PROGRAMS = {
    "exit_3": "import sys; sys.exit(3)",
    "exit_message": "import sys; sys.exit('a message')",
    "exit_none": "import sys; sys.exit(None)",
    "exit_tuple": "import sys; sys.exit((1, 2))",
    "exit_big": "import sys; sys.exit(256 + 7)",
    "exit_negative": "import sys; sys.exit(-1)",
    "exit_huge": "import sys; sys.exit(2 ** 70)",
    "exit_in_call": "def f(n):\n    f(n - 1) if n else exit(4)\nf(20)",
    "hard_exit": "import os\nprint('out', flush=True)\nos._exit(9)",
    "uncaught": "def f(n):\n    return 1 // n if n == 0 else f(n - 1)\nf(3)",
    "uncaught_chain": "try:\n    int('x')\nexcept ValueError as e:\n    raise KeyError('k') from e",
    "uncaught_base": "class Mine(BaseException): pass\nraise Mine('mine')",
    "uncaught_keyboard_interrupt": "raise KeyboardInterrupt",
    "uncaught_in_thread": "import threading\nt = threading.Thread(target=lambda: 1 // 0, name='T')\n"
                          "t.start(); t.join()\nprint('main goes on')",
    "exit_in_thread": "import sys, threading\nt = threading.Thread(target=sys.exit, args=(5,))\n"
                      "t.start(); t.join()\nprint('main goes on')",
    "excepthook": "import sys\nsys.excepthook = lambda *a: print('hook', a[0])\n1 // 0",
    "unraisable": "class D:\n    def __del__(self):\n        raise ValueError('in __del__')\nD()\nprint('on')",
    "syntax_error": "print('never')\nx = = 1\n",
    "indentation_error": "if 1:\nprint()\n",
    "null_byte": "x = 1\0\n",
    "bad_encoding": b"# -*- coding: ascii -*-\nx = '\xc3\xa9'\n",
    "unknown_encoding": "# -*- coding: made-up -*-\n",
    "latin_1": b"# -*- coding: latin-1 -*-\nprint(ascii('\xe9'))\n",
    "byte_order_mark": b"\xef\xbb\xbfprint('bom')\n",
    "empty": "",
    "warning": "import warnings\nwarnings.warn('careful')\nprint(2 is 2)",
    "docstring": "'''doc'''\nprint(__doc__, __name__, __annotations__ if '__annotations__' in dir() else None)",
    "future": "from __future__ import annotations\nx: Undefined = 1\nprint(__annotations__)",
    "atexit_order": "import atexit, threading\nfor n in range(3): atexit.register(print, 'exit', n)\n"
                    "threading.Thread(target=lambda: (__import__('time').sleep(0.1), print('thread'))).start()\n"
                    "class D:\n    def __del__(self): print('deleted')\nd = D()\nprint('end of main')",
    "atexit_raises": "import atexit\natexit.register(lambda: 1 // 0)\natexit.register(print, 'first')",
    "exit_in_atexit": "import atexit, sys\natexit.register(sys.exit, 4)",
    "daemon_thread": "import threading, time\nthreading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n"
                     "print('not waiting')",
    "buffered_output": "import sys\nsys.stdout.write('no newline')\nsys.stderr.write('err')",
    "stdout_closed": "import sys\nprint('before')\nsys.stdout.close()",
    "stdout_descriptor_closed": "import os\nprint('before', flush=True)\nos.close(1)",
    "all_closed": "import os\nprint('out', flush=True)\nos.closerange(0, 4096)",
    "closes_and_reopens": "import os\nos.closerange(3, 4096)\nfds = [os.open('/dev/null', 0) for _ in range(5)]\n"
                          "print(fds)\nsum(map(len, ['abc'] * 1000))\nprint(os.path.realpath('/proc/self/fd/3'))",
    "non_blocking": "import os\nos.set_blocking(1, False)\nprint('out')",
    "reads_input": "import sys\nprint(input('prompt> '), sys.stdin.readline(), sys.stdin.read())",
    "changes_directory": "import os\nos.chdir('/')\nprint(os.getcwd(), os.listdir('.') != [])",
    "changes_umask_and_environment": "import os\nos.umask(0o77)\nos.environ.clear()\nos.system('env')",
    "kills_itself": "import os, signal\nprint('out', flush=True)\nos.kill(os.getpid(), signal.SIGTERM)\n"
                    "import time; time.sleep(9)",
    "killed_9": "import os\nos.kill(os.getpid(), 9)",
    "alarm": "import signal\nsignal.alarm(1)\nsignal.pause()",
    "timers": "import signal, time\nseen = []\nsignal.signal(signal.SIGALRM, lambda *a: seen.append(1))\n"
              "signal.setitimer(signal.ITIMER_REAL, 0.05, 0.05)\nend = time.time() + 5\n"
              "while len(seen) < 5 and time.time() < end: time.sleep(1)\nsignal.setitimer(signal.ITIMER_REAL, 0)\n"
              "print(len(seen) >= 5)",
    "pickle": "import pickle\nclass C:\n    def __eq__(self, o): return type(o) is C\n"
              "print(pickle.loads(pickle.dumps(C())) == C(), C.__module__, pickle.dumps(C, 0))",
    "main_module": "import sys, __main__, importlib\nx = 5\nprint(__main__.x, sys.modules['__main__'] is __main__, "
                   "__main__.__spec__, importlib.import_module('__main__').x)",
    "subprocess": "import subprocess, sys\nprint(subprocess.check_output([sys.executable, '-c', "
                  "'import sys; print(sys.orig_argv if hasattr(sys, \"orig_argv\") else 0)']))\n"
                  "print(subprocess.call(['sh', '-c', 'exit 3']), subprocess.call(['sh', '-c', 'kill $$']))",
    "multiprocessing_spawn": "import multiprocessing as m\ndef f(x): return x * x\nif __name__ == '__main__':\n"
                             "    with m.get_context('spawn').Pool(2) as p: print(p.map(f, range(5)))",
    "multiprocessing_fork": "import multiprocessing as m\ndef f(x): return x * x\nif __name__ == '__main__':\n"
                            "    with m.get_context('fork').Pool(2) as p: print(p.map(f, range(5)))",
    "process_pool": "from concurrent.futures import ProcessPoolExecutor as P\nimport multiprocessing as m\n"
                    "def f(x): return x + 1\nif __name__ == '__main__':\n"
                    "    with P(2, mp_context=m.get_context('forkserver')) as p: print(list(p.map(f, range(5))))",
    "fork": "import os, sys\npid = os.fork()\nif pid == 0:\n    print('child', flush=True)\n    sys.exit(7)\n"
            "print(os.waitpid(pid, 0)[1])",
    "fork_twice": "import os\nfor _ in range(2):\n    if os.fork() == 0:\n        os.fork() or os._exit(0)\n"
                  "        os._exit(sum(map(len, ['x'] * 3)))\n"
                  "print(sorted(os.wait()[1] for _ in range(2)))",
    "fork_in_thread": "import os, threading\ndef f():\n    pid = os.fork()\n    if pid == 0: os._exit(5)\n"
                      "    print(os.waitpid(pid, 0)[1])\nt = threading.Thread(target=f)\nt.start(); t.join()",
    "exec": "import os\nprint('before', flush=True)\nos.execv('/bin/sh', ['sh', '-c', 'echo after $0 $PWD; exit 6'])",
    "exec_fails": "import os\ntry: os.execv('/nowhere', ['x'])\nexcept OSError as e: print(e)\nprint(len('on'))",
    "exec_self": "import os, sys\nif len(sys.argv) < 3: os.execv(sys.executable, [sys.executable, sys.argv[0], 'a', 'b'])\n"
                 "print(sys.argv, getattr(sys, 'orig_argv', None))",
    "setprofile": "import sys\nseen = []\ndef hook(frame, event, arg): seen.append((event, frame.f_code.co_name))\n"
                  "def g(): return len('x')\ndef f(): return [g() for _ in range(2)]\n"
                  "print(sys.getprofile())\nsys.setprofile(hook)\nf()\nsys.setprofile(None)\nf()\n"
                  "print(seen, sys.getprofile())",
    "setprofile_left": "import sys\nseen = []\nsys.setprofile(lambda f, e, a: seen.append(e))\nlen('x')\n"
                       "print(sys.getprofile() is not None)",
    "setprofile_raises": "import sys\ndef hook(*a): raise ValueError('from the hook')\ndef f(): return 1\n"
                         "try:\n    sys.setprofile(hook)\n    f()\nexcept ValueError as e: print(e)\n"
                         "print(sys.getprofile(), f())",
    "threading_setprofile": "import sys, threading\nseen = set()\n"
                            "def hook(frame, event, arg): seen.add((event, frame.f_code.co_name))\n"
                            "def f(): return len('x')\nthreading.setprofile(hook)\n"
                            "t = threading.Thread(target=f); t.start(); t.join()\n"
                            "print(sorted(s for s in seen if s[1] == 'f'), sys.getprofile())",
    "settrace": "import sys\nseen = []\ndef trace(frame, event, arg):\n    seen.append((event, frame.f_lineno))\n"
                "    return trace\ndef f(n):\n    for i in range(n):\n        len('x')\n    return n\n"
                "sys.settrace(trace)\nf(3)\nsys.settrace(None)\nprint(seen, sys.gettrace())",
    "profile_run": "import io, contextlib, profile, re\ndef g(): return len('x')\ndef f(): return [g() for g_ in range(3)]\n"
                   "out = io.StringIO()\nwith contextlib.redirect_stdout(out): profile.run('f()', sort='name')\n"
                   "print(re.sub(r'\\d+\\.\\d+', 'T', out.getvalue()))",
    "cprofile_run": "import io, contextlib, cProfile, re\ndef g(): return len('x')\ndef f(): return [g() for g_ in range(3)]\n"
                    "out = io.StringIO()\nwith contextlib.redirect_stdout(out): cProfile.run('f()', sort='name')\n"
                    "print(re.sub(r'\\d+\\.\\d+', 'T', out.getvalue()))",
    "cprofile_twice": "import cProfile\nfor _ in range(2):\n    p = cProfile.Profile()\n    p.enable()\n    len('x')\n"
                      "    p.disable()\n    p.create_stats()\n    print(sorted((k[2], v[:2]) for k, v in p.stats.items()))",
    "trace_module": "import trace\nt = trace.Trace(count=1, trace=0)\nt.runfunc(lambda: sum(map(len, ['a', 'b'])))\n"
                    "print(sorted(n for (f, n), c in t.results().counts.items() if f == __file__))",
    "audit_hooks": "import sys\nseen = []\nsys.addaudithook(lambda e, a: seen.append(e))\nexec('1')\n"
                   "print([e for e in seen if e in ('exec', 'compile', 'sys.setprofile')])",
    "frames": "import inspect, sys, traceback\ndef f(): return [s.function for s in inspect.stack()]\n"
              "print(f(), sorted(map(f, [])), len(sys._current_frames()))\ntraceback.print_stack()",
    "trashcan": "x = None\nfor _ in range(200000): x = [x]\ndel x\nprint('survived')",
    "gc_thresholds": "import gc\nprint(gc.get_threshold(), gc.isenabled(), gc.callbacks)",
    "input_is_terminal": "import os, sys\nprint(sys.stdin.isatty(), os.isatty(2))",
    "codecs": "import sys\nprint('\\u00e9\\u4e2d', sys.stdout.encoding)",
    "logging": "import logging\nlogging.basicConfig(format='%(levelname)s %(funcName)s %(lineno)d %(message)s')\n"
               "def f(): logging.warning('careful')\nf()",
    "doctest": "'''\n>>> 1 + 1\n2\n>>> 1 // 0\n0\n'''\nimport doctest\nprint(doctest.testmod())",
    "unittest_main": "import unittest\nclass T(unittest.TestCase):\n    def test(self): pass\n"
                     "unittest.main(argv=['x', '-q'])",
    "argparse": "import argparse\np = argparse.ArgumentParser()\np.add_argument('--x')\np.parse_args(['--y'])",
    "time_zone": "import os, time\nos.environ['TZ'] = 'UTC-5'\ntime.tzset()\nprint(time.localtime(0).tm_hour)",
    "deep_copy": "import copy\nx = []\nfor _ in range(300): x = [x]\ncopy.deepcopy(x)\nprint('copied')",
    "asyncio": "import asyncio\nasync def main():\n    p = await asyncio.create_subprocess_exec('sh', '-c', 'exit 3')\n"
               "    return await p.wait()\nprint(asyncio.run(main()))",
    "walrus_and_match": "# at least: 3.10\nmatch [1, 2]:\n    case [a, b]:\n        print(a, b)",
    "exception_group": "# at least: 3.11\nraise ExceptionGroup('several', [ValueError(1), KeyError(2)])",
    "perf_counter_and_ids": "import os, threading\nprint(os.getpid() == threading.get_native_id(), "
                            "threading.main_thread() is threading.current_thread())",
}


class Programs(SideBySide):
    """Each of PROGRAMS gets a test_NAME; they are added below."""
    per_interpreter = True


def add_program(name, text):
    def test(self):
        if isinstance(text, str) and text.startswith("# at least: 3."):
            if self.python.version_info < (3, int(text.splitlines()[0].rpartition(".")[2])):
                self.skip("needs a newer Python")
        folder = harness.fresh_directory()
        path = os.path.join(folder, name + ".py")
        with open(path, "wb") as file:
            file.write(text if isinstance(text, bytes) else text.encode())
        self.both([path], cwd=folder, input="one\ntwo\nthree\n")
    setattr(Programs, "test_" + name, test)


for name, text in PROGRAMS.items():
    add_program(name, text)


class Starting(SideBySide):
    """Programs that are not there, or not programs."""
    per_interpreter = True

    def test_missing(self):
        folder = harness.fresh_directory()
        os.mkdir(os.path.join(folder, "empty"))
        os.mkdir(os.path.join(folder, "package"))
        harness.write(folder, "package/__init__.py", "print('imported')\n")
        harness.write(folder, "not_a.zip", "PK\x03\x04 is how archives begin")
        for operands in (["missing.py"], ["/nowhere/missing.py", "x"], ["-m", "no_such_module"],
                         ["-m", "package"], ["-m", "package.missing"], ["empty"], ["not_a.zip"],
                         ["-c", "x = = 1"], ["-c", "import no_such_module"], ["-m", "os.path", "x"]):
            with self.subTest(" ".join(operands)):
                self.both(operands, cwd=folder)

    def test_unreadable(self):
        path = harness.write(harness.fresh_directory(), "secret.py", "print(1)\n")
        os.chmod(path, 0)
        self.both([path])

    def test_option_that_python_refuses(self):
        self.both([DESCRIBE], ["-Z"])
        self.both([DESCRIBE], ["-X", "utf8=7"])
        self.both([DESCRIBE], ["-W", "made-up"])

    def test_standard_input(self):
        self.both(["-"], input="import sys\nprint(sys.argv, __name__)\nprint(sys.stdin.read())\n")
        self.both(["-"], input="def f(:\n")
        self.both(["-"], input="1 // 0\n")
        self.both(["-"], input="")

    def test_code_reads_standard_input(self):
        self.both(["-c", "print(input())\nraise SystemExit(2)"], input="line\n")

    def test_full_device(self):
        self.both(["-c", "print('x' * 10)"], wrap=["sh", "-c", 'exec "$@" >/dev/full', "sh"])

    def test_interactive_after(self):
        self.both(["-c", "x = 5"], ["-i"], input="print(x)\nraise SystemExit(3)\n")


class Results(SideBySide):
    """Where the profile goes, while the program does things that could get into its way."""
    per_interpreter = True

    def test_relative_output(self):
        folder = harness.fresh_directory()
        code = "import os\nos.chdir('/')\nos.environ['PWD'] = '/'\n"
        done = harness.pyperf_run(self.python, "-c", code, options=["-o", "x.prof"], cwd=folder)
        self.check_same("status", 0, done.status)
        self.check_same("files", ["x.prof"], os.listdir(folder))
        self.assertTrue(harness.load_pstats(os.path.join(folder, "x.prof")))

    def test_output_to_devices(self):
        for device in ("/dev/null", "/dev/stdout"):
            done = harness.pyperf_run(self.python, "-c", "pass", options=["-q", "-o", device], text=False)
            with self.subTest(device):
                self.check_same("status and stderr", (0, b""), (done.status, done.stderr))
                if device == "/dev/stdout":
                    self.assertTrue(done.stdout.startswith(b"{"), done.stdout[:50])
        self.assertTrue(os.path.exists("/dev/null") and not os.path.isfile("/dev/null"))

    def test_program_removes_its_directory(self):
        folder = harness.fresh_directory()
        code = "import os\nos.rmdir(os.getcwd())\n"
        place = os.path.join(folder, "place")
        os.mkdir(place)
        done = harness.pyperf_run(self.python, "-c", code, cwd=place, options=["-o", os.path.join(folder, "x")])
        self.check_same("status", 0, done.status)
        self.assertTrue(harness.load_pstats(os.path.join(folder, "x")))

    def test_complete_after_descriptors_were_closed(self):
        code = ("import os\ndef f(n): return abs(n)\nos.closerange(3, 4096)\nfd = os.open('/dev/null', os.O_RDWR)\n"
                "for n in range(50000): f(n)\nos.write(fd, b'x')\nfor fd in range(3): os.close(fd)\nf(1)\n")
        done, stats = harness.profile(self.python, "-c", code)
        self.check_same("status", 0, done.status)
        self.check_same("calls", 50001, harness.calls_of(stats, "f", "<string>"))

    def test_report_through_non_blocking_pipe(self):
        """A long report through a pipe that the program made non-blocking, read late."""
        code = "import os\nos.set_blocking(1, False)\n" + "\n".join(
            "def function_with_a_long_name_%d(): pass\nfunction_with_a_long_name_%d()" % (n, n) for n in range(2000))
        path = harness.write(harness.fresh_directory(), "long.py", code)
        done = harness.run(["sh", "-c", '"$@" | (sleep 1; cat)', "sh", harness.pyperf(), "run", "--python",
                            self.python.path, path])
        self.check_same("stderr", "", done.stderr)
        self.assertGreater(len(done.stdout), 65536)
        for n in range(2000):
            self.assertIn("(function_with_a_long_name_%d)\n" % n, done.stdout)
        self.assertIn("Wall time", done.stdout)

    def test_fork_leaves_the_parents_profile_alone(self):
        code = ("import os\ndef in_parent(n): return n\ndef in_child(n): return n\n"
                "for n in range(20): in_parent(n)\npid = os.fork()\n"
                "for n in range(1000): (in_parent if pid else in_child)(n)\n"
                "if not pid:\n    in_child(1)\n    raise SystemExit(3)\nassert os.waitpid(pid, 0)[1] == 3 << 8\nin_parent(1)\n")
        done, stats = harness.profile(self.python, "-c", code)
        self.check_same("status", 0, done.status)
        self.check_same("calls in the parent", 1021, harness.calls_of(stats, "in_parent"))
        self.check_same("calls in the child", {}, harness.rows_of(stats, "in_child"))

    def test_exec(self):
        """What was recorded before exec is there; the new program is not."""
        code = ("import os, sys\ndef f(n): return g(n)\ndef g(n):\n    if n == 3: os.execv(sys.executable, "
                "[sys.executable, '-c', 'def h(): pass\\nh()'])\nfor n in range(9): f(n)\n")
        done, stats = harness.profile(self.python, "-c", code)
        self.check_same("status", 0, done.status)
        self.check_same("calls of f, g, h", [4, 4, 0], [harness.calls_of(stats, name) for name in "fgh"])

    def test_inner_profilers(self):
        """The program's own profiler takes the hook up to 3.11, and works beside ours later."""
        code = ("import cProfile\ndef before(): pass\ndef inside(): pass\ndef after(): pass\nbefore()\n"
                "p = cProfile.Profile()\np.enable()\nfor _ in range(5): inside()\np.disable()\n"
                "for _ in range(7): after()\np.create_stats()\n"
                "assert [v[1] for k, v in p.stats.items() if k[2] == 'inside'] == [5]\n")
        done, stats = harness.profile(self.python, "-c", code)
        self.check_same("status\n%s" % done, 0, done.status)
        calls = [harness.calls_of(stats, name) for name in ("before", "inside", "after")]
        self.check_same("calls before, inside, after", [1, 5 if self.python.version_info >= (3, 12) else 0, 7], calls)


class Recursion(SideBySide):
    per_interpreter = True
    TEMPLATE = ("import sys\n{setup}\nseen = 0\n"
                "def f(n):\n    global seen\n    seen = n\n    return {call}\n"
                "try: f(1)\nexcept RecursionError as error: print(seen, error)\n")

    def check(self, setup, call, tolerance):
        path = harness.write(harness.fresh_directory(), "deep.py", self.TEMPLATE.format(setup=setup, call=call))
        plain, ours = (harness.run(command) for command in self.commands([path]))
        self.check_same("status", plain.status, ours.status)
        if plain.status:
            self.skip("python itself ends with %d" % plain.status)
        (expected, message), (got, our_message) = (done.stdout.split(" ", 1) for done in (plain, ours))
        self.check_same("message", message, our_message)
        self.assertLessEqual(abs(int(expected) - int(got)), tolerance, "depth %s, not %s" % (got, expected))

    def test_python(self):
        self.check("", "f(n + 1)", 2)

    def test_through_c(self):
        self.check("", "max([n], key=lambda n: f(n + 1))", 4)

    def test_high_limit(self):
        self.check("sys.setrecursionlimit(8000)", "f(n + 1)", 2)

    def test_beyond_the_c_stack(self):
        if self.python.version_info < (3, 11):
            self.skip("every call takes C stack")
        self.check("sys.setrecursionlimit(100000)", "f(n + 1)", 2)

    def test_repr(self):
        path = harness.write(harness.fresh_directory(), "deep.py", (
            "x = []\nfor _ in range(100000): x = [x]\ntry: repr(x)\n"
            "except RecursionError: print('RecursionError')\n"))
        self.both([path])


class Signals(SideBySide):
    """Signals from outside; programs print a line when they are ready."""
    per_interpreter = True

    def interrupt(self, code, *numbers, group=False, pause=0.15):
        """Sends the signals to both in turn; compares how they end."""
        path = harness.write(harness.fresh_directory(), "waits.py", code)
        ended = []
        for command in self.commands([path]):
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                       stderr=subprocess.PIPE, env=harness.environment(), start_new_session=True)
            try:
                ready = process.stdout.readline()
                for number in numbers:
                    time.sleep(pause)
                    (os.killpg if group else os.kill)(process.pid, number)
                out, err = process.communicate(timeout=30)
            except BaseException:
                os.killpg(process.pid, signal.SIGKILL)
                process.communicate()
                raise
            ended.append(harness.Finished(command, process.returncode, (ready + out).decode(), err.decode(), 0))
        self.compare(*ended)
        return ended[1]

    def test_interrupt_from_terminal(self):
        # Where the loop is when the signal comes is up to chance, so it sleeps in one line.
        done = self.interrupt("import time\nprint('ready', flush=True)\ntime.sleep(9)\n", signal.SIGINT, group=True)
        self.check_same("status", -signal.SIGINT, done.status)

    def test_interrupt_caught(self):
        self.interrupt("import time\ntry:\n    print('ready', flush=True)\n    time.sleep(9)\n"
                       "except KeyboardInterrupt:\n    print('caught')\nprint('end')\n", signal.SIGINT, group=True)

    def test_handler_runs_once(self):
        code = ("import signal, time\nseen = []\nsignal.signal(signal.SIG{0}, lambda *a: seen.append(a[0]))\n"
                "print('ready', flush=True)\nend = time.time() + 0.5\nwhile time.time() < end: time.sleep(0.05)\n"
                "print(seen)\nraise SystemExit(len(seen))\n")
        for name, group in (("TERM", False), ("TERM", True), ("INT", True), ("USR1", False), ("HUP", True)):
            with self.subTest(name, group=group):
                self.interrupt(code.format(name), getattr(signal, "SIG" + name), group=group)

    def test_deadly(self):
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGQUIT, signal.SIGALRM):
            with self.subTest(number.name):
                self.interrupt("import resource, time\nresource.setrlimit(resource.RLIMIT_CORE, (0, 0))\n"
                               "print('ready', flush=True)\ntime.sleep(9)\n", number)

    def test_profile_after_interrupt(self):
        output = os.path.join(harness.fresh_directory(), "x.prof")
        code = "import time\ndef f(): pass\nfor _ in range(9): f()\nprint('ready', flush=True)\ntime.sleep(9)\n"
        process = subprocess.Popen(self.commands(["-c", code], options=["-o", output])[1], stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, env=harness.environment(), start_new_session=True)
        process.stdout.readline()
        for _ in range(3):  # impatience must not cost the file
            os.killpg(process.pid, signal.SIGINT)
            time.sleep(0.02)
        process.communicate(timeout=30)
        self.check_same("status", -signal.SIGINT, process.returncode)
        self.check_same("calls of f", 9, harness.calls_of(harness.load_pstats(output), "f"))

    def test_stop_and_continue(self):
        code = ("import os, signal, time\nprint('ready', flush=True)\nos.kill(os.getpid(), signal.SIGSTOP)\n"
                "print('continued')\nraise SystemExit(4)\n")
        path = harness.write(harness.fresh_directory(), "stops.py", code)
        process = subprocess.Popen(self.commands([path])[1], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   env=harness.environment(), start_new_session=True)
        _, status = os.waitpid(process.pid, os.WUNTRACED)
        self.assertTrue(os.WIFSTOPPED(status), "pyperf did not stop with its program: status %#x" % status)
        os.kill(process.pid, signal.SIGCONT)
        out, err = process.communicate(timeout=30)
        self.check_same("end", (4, "ready\ncontinued\n", ""), (process.returncode, out.decode(), err.decode()))


class Leftovers(harness.TestCase):
    per_interpreter = True

    def test_nothing_stays(self):
        """No session directory, no process."""
        place = harness.fresh_directory()
        env = harness.environment(TMPDIR=place)
        for code in ("pass", "1 // 0", "import os; os.kill(os.getpid(), 9)", "import os; os.fork()",
                     "import os; os.execv('/bin/true', ['true'])", "x = = 1"):
            harness.pyperf_run(self.python, "-c", code, options=QUIET, env=env)
            with self.subTest(code):
                self.check_same("files left", [], os.listdir(place))

    def test_json_of_describe_is_complete(self):
        """The comparison above would pass, too, if describe.py printed nothing."""
        done = harness.pyperf_run(self.python, DESCRIBE, options=QUIET)
        self.assertGreater(len(json.loads(done.stdout)), 30)


if __name__ == "__main__":
    harness.main()

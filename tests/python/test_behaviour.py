"""A program behaves under pyperf as it does under python: both are run, and compared.

SPDX-License-Identifier: MIT
"""
import os
import shutil
import sys
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import harness  # noqa: E402

from side_by_side import DESCRIBE, QUIET, SideBySide  # noqa: E402


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
    # The signal is pending when a builtin is seen for the first time; ctypes runs no bytecode in between.
    "signal_pending_at_first_call":
        "import ctypes\nclass A: x = property(ctypes.CDLL(None)['raise'])\na = A()\na._as_parameter_ = 2\n"
        "def f():\n    a.x; 'x'.swapcase()\n    for i in range(1000): pass\n"
        "try:\n    f(); print('lost')\nexcept KeyboardInterrupt: print('seen')\n",
    "fork_in_handler_at_first_call":
        "import ctypes, os, signal\nclass A: x = property(ctypes.CDLL(None)['raise'])\na = A()\n"
        "a._as_parameter_ = int(signal.SIGUSR1)\ndef h(s, f):\n    pid = os.fork()\n"
        "    if pid: print(os.waitpid(pid, 0)[1], flush=True)\nsignal.signal(signal.SIGUSR1, h)\n"
        "def f():\n    a.x; 'x'.swapcase()\nf()\n",
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


if __name__ == "__main__":
    harness.main()

"""Lines of programs with threads, exceptions and children, and of such that end badly.

SPDX-License-Identifier: MIT
"""
import os
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import harness
import lines


class Surroundings(lines.Program):
    def test_threads(self):
        recorded = self.run_text("""\
            import threading
            def work(count):
                for i in range(count):
                    pass
            threads = [threading.Thread(target=work, args=(100 * i,)) for i in range(1, 4)]
            for thread in threads: thread.start()
            for thread in threads: thread.join()
            """)
        work = [function for function in recorded.functions if function.name == "work"]
        self.assertEqual(sorted(function.lines[4].hits for function in work), [100, 200, 300])
        self.assertEqual(len({function.thread for function in work}), 3)

    def test_exceptions_through_many_frames(self):
        recorded = self.run_text("""\
            def f(n):
                if n == 0:
                    raise ValueError
                f(n - 1)
            def g():
                for i in range(5):
                    try:
                        f(10)
                    except ValueError:
                        pass
                return 1
            g()
            """)
        self.assertEqual(lines.hits(lines.only(recorded, "f")), {2: 55, 3: 5, 4: 50})
        self.assertEqual(lines.hits(lines.only(recorded, "g")),
                         {6: 6, 7: 5, 8: 5, 9: 5, 10: 5, 11: 1})

    def test_recursion_limit(self):
        recorded = self.run_text("""\
            import sys
            def f(n):
                return f(n + 1)
            try:
                f(0)
            except RecursionError:
                pass
            def g(n):
                if n:
                    g(n - 1)
            sys.setrecursionlimit(9000)
            g(5000)
            """)
        self.assertEqual(lines.hits(lines.only(recorded, "g")), {9: 5001, 10: 5000})
        self.assertGreater(lines.only(recorded, "f").lines[3].hits, 900)

    def test_forked_children(self):
        text = """\
            import os
            def work(count):
                for i in range(count):
                    pass
            def fork():
                if os.fork() == 0:
                    work(30)
                    os._exit(0)
                os.wait()
            work(10)
            fork()
            """
        session, done = lines.record(self.python, self.program(text), scope=1)
        self.assertEqual(done.status, 0, done)
        recorded = lines.read(session)
        work = [function for function in recorded.functions if function.name == "work"]
        self.assertEqual(sorted(function.lines[4].hits for function in work), [10, 30])
        fork = [function for function in recorded.functions if function.name == "fork"]
        self.assertEqual(sum(function.lines[8].hits for function in fork), 1)
        self.assertEqual(sum(function.lines[6].hits for function in fork), 1)
        session, done = lines.record(self.python, self.program(text), scope=0)
        work = lines.only(lines.read(session), "work")
        self.assertEqual(work.lines[4].hits, 10)

    def test_tracers_of_the_programs_own(self):
        recorded = self.run_text("""\
            import sys
            events = []
            def tracer(frame, event, argument):
                if frame.f_code.co_name == "f":
                    events.append(event)
                    return tracer
            def f():
                a = 1
                return a
            assert sys.gettrace() is None
            sys.settrace(tracer)
            f()
            sys.settrace(None)
            assert events == ["call", "line", "line", "return"], events
            def g():
                return f()
            g()
            """)
        self.assertEqual(lines.only(recorded, "g").lines[16].hits, 1)
        self.assertGreaterEqual(lines.only(recorded, "f").lines[8].hits, 1)

    def test_killed(self):
        text = """\
            import os
            def work():
                for i in range(1000):
                    a = i
                os.write(1, b"done")
                while True:
                    a = 0
            work()
            """
        session = lines.new_session(self.python)
        process = subprocess.Popen(
            [self.python.host, lines.options(session), self.python.path, self.program(text)],
            stdout=subprocess.PIPE, env=harness.environment())
        self.assertEqual(process.stdout.read(4), b"done")
        time.sleep(0.05)
        process.kill()
        process.wait()
        process.stdout.close()
        self.assertEqual(process.returncode, -signal.SIGKILL)
        work = lines.only(lines.read(session), "work")
        self.assertEqual(work.lines[3].hits, 1001)
        self.assertEqual(work.lines[4].hits, 1000)
        self.assertEqual(work.lines[5].hits, 1)
        self.assertGreater(work.lines[7].hits, 100)
        self.assertGreater(work.inclusive, 0)
        for line in work.lines.values():
            self.assertLessEqual(line.inclusive, work.inclusive)

    def test_exit_without_an_end(self):
        recorded = self.run_text("""\
            import os
            def work():
                a = 1
                os._exit(0)
            work()
            """)
        self.assertEqual(lines.hits(lines.only(recorded, "work")), {3: 1, 4: 1})

    def test_output_is_pythons(self):
        program = os.path.join(harness.PROGRAMS, "describe.py")
        bare = harness.run([self.python.path, program])
        _, done = lines.record(self.python, program)
        self.check_same("the output", (bare.status, bare.stdout, bare.stderr),
                        (done.status, done.stdout, done.stderr))


if __name__ == "__main__":
    harness.main()

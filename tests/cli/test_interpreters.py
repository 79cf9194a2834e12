"""Which interpreter runs the program, and what is said where none can.

SPDX-License-Identifier: MIT
"""
import os
import shutil
import subprocess

import cli


class Case(cli.Case):

    def setUp(self):
        super().setUp()
        self.commands = os.path.join(self.directory, "commands")
        os.mkdir(self.commands)
        self.environment["PATH"] = self.commands + ":/bin"

    def runs(self, *options):
        """sys.executable under `pyperf run OPTIONS`."""
        code = "import sys; print(sys.executable)"
        status, stdout, stderr = self.finish(
            self.start([cli.pyperf, "run", "-q", *options, "-c", code]))
        self.assertEqual((status, stderr), (0, ""))
        return stdout.strip()

    def refuses(self, status, message, *options, program=None):
        done = self.finish(self.start([program or cli.pyperf, "run", "-q", *options,
                                       "-c", "print('ran')"]))
        self.assertEqual(done[:2], (status, ""), done[2])
        self.assertRegex(done[2], r"\Apyperf: .*%s.*\n\Z" % message)

    def link(self, name, target=None):
        path = os.path.join(self.commands, name)
        os.symlink(target or self.python, path)
        return path

    def script(self, name, text):
        path = os.path.join(self.commands, name)
        # Never through a link to a real interpreter: "x" refuses what exists.
        with open(path, "x", encoding="utf-8") as file:
            file.write("#!/bin/sh\n" + text)
        os.chmod(path, 0o755)
        return path

    def environment_of(self, name):
        path = os.path.join(self.directory, name)
        subprocess.run([self.python, "-m", "venv", "--without-pip", path], check=True)
        return path


class Interpreters(Case):

    def test_python3_on_path(self):
        link = self.link("python3")
        self.assertEqual(self.runs(), link)
        self.assertEqual(self.runs(), link)  # from the cache

    def test_the_active_environment(self):
        self.link("python3", "/bin/false")
        venv = self.environment_of("venv")
        self.environment["VIRTUAL_ENV"] = venv
        self.assertEqual(self.runs(), venv + "/bin/python")
        self.environment["VIRTUAL_ENV"] = "/nowhere"
        self.refuses(127, "python3 does not answer as a Python 3 does")

    def test_an_environment_that_is_named(self):
        venv = self.environment_of("venv")
        self.assertEqual(self.runs("--python", "venv"), venv + "/bin/python")
        self.assertEqual(self.runs("--python", "./venv/bin/python"), venv + "/bin/python")
        status, stdout, _ = self.finish(self.start(
            [cli.pyperf, "run", "-q", "--python", venv, "-c", "import sys; print(sys.prefix)"]))
        self.assertEqual((status, stdout), (0, venv + "\n"))

    def test_a_command(self):
        link = self.link("my-python")
        self.assertEqual(self.runs("--python", "my-python"), link)

    def test_a_script_that_stands_for_an_interpreter(self):
        venv = self.environment_of("venv")
        self.script("python3", 'exec "$REAL_PYTHON" "$@"\n')
        for real in (self.python, venv + "/bin/python"):
            self.environment["REAL_PYTHON"] = real
            self.assertEqual(self.runs(), real)

    def test_versions(self):
        for version, path in cli.interpreters():
            with self.subTest(version):
                status, stdout, stderr = self.finish(self.start(
                    [cli.pyperf, "run", "-q", "--python", version, "-c",
                     "import sys; print(sys.version.split()[0])"]))
                self.assertEqual((status, stdout, stderr), (0, version + "\n", ""))

    def test_a_version_on_path_comes_first(self):
        version = cli.interpreters()[0][0]
        short = version.rpartition(".")[0]
        link = self.link("python" + short)
        self.assertEqual(self.runs("--python", short), link)
        self.assertEqual(self.runs("--python", version), link)

    def test_no_python3_at_all(self):
        self.environment["PATH"] = self.commands
        self.assertIn(self.runs(), [path for _, path in cli.interpreters()])

    def test_an_installation_without_a_recorder(self):
        answer = r"printf '/opt/python\n3.99.1\n/opt/python/bin/python3'"
        self.script("python3", answer)
        message = (r"there is no recorder for /opt/python/bin/python3 \(Python 3.99.1 of "
                   r"/opt/python\); this build runs 3\..*--python.*PYPERF_PYTHONS")
        self.refuses(126, message)
        self.refuses(126, message, "--python", "python3")
        self.script("python3.99", answer)
        self.refuses(126, message, "--python", "3.99")

    def test_the_cache_notices_changes(self):
        cache = os.path.join(self.directory, "cache")
        self.environment["XDG_CACHE_HOME"] = cache
        venv = self.environment_of("venv")
        self.assertEqual(self.runs("--python", "venv"), venv + "/bin/python")
        self.assertTrue(os.listdir(cache + "/pyperf"))
        for name in os.listdir(cache + "/pyperf"):
            with open(os.path.join(cache, "pyperf", name), "w", encoding="utf-8") as file:
                file.write("nonsense")
        self.assertEqual(self.runs("--python", "venv"), venv + "/bin/python")
        others = [path for version, path in cli.interpreters() if path != self.python]
        if others:
            shutil.rmtree(venv)
            subprocess.run([others[0], "-m", "venv", "--without-pip", venv], check=True)
            self.assertEqual(self.runs("--python", "venv"), venv + "/bin/python")

    def test_no_place_for_a_cache(self):
        self.link("python3")
        missing = os.path.join(self.directory, "missing")
        for cache, home in ((None, None), ("/dev/null", None), (None, missing), ("rel", missing)):
            with self.subTest(cache=cache, home=home):
                for name, value in (("XDG_CACHE_HOME", cache), ("HOME", home)):
                    self.environment.pop(name, None)
                    if value:
                        self.environment[name] = value
                self.runs()


class Installations(Case):
    """The program and its recorders, moved, incomplete or broken."""

    def setUp(self):
        super().setUp()
        self.link("python3")
        os.makedirs(self.directory + "/moved/bin")
        self.program = shutil.copy(cli.pyperf, self.directory + "/moved/bin/pyperf")
        self.libexec = self.directory + "/moved/libexec/pyperf"
        self.original = os.path.join(os.path.dirname(os.path.realpath(cli.pyperf)),
                                     "../libexec/pyperf")

    def test_moved(self):
        shutil.copytree(self.original, self.libexec)
        done = self.finish(self.start([self.program, "run", "-q", "-c", "print('ran')"]))
        self.assertEqual(done, (0, "ran\n", ""))

    def test_no_recorders(self):
        self.refuses(126, "no recorders are installed", program=self.program)
        os.makedirs(self.libexec)
        self.refuses(126, "no recorders are installed in .*PYPERF_PYTHONS",
                     program=self.program)
        status, stdout, stderr = self.finish(self.start([self.program, "--version"]))
        self.assertEqual(status, 125)
        self.assertRegex(stdout, "^pyperf [0-9.]+\n$")
        self.assertRegex(stderr, "^pyperf: no recorders are installed")

    def test_a_recorder_that_does_not_start(self):
        os.makedirs(self.libexec)
        broken = self.script("pyperf-python3.99", "exit 1")
        os.rename(broken, self.libexec + "/pyperf-python3.99")
        self.refuses(126, "there is no recorder for .*this build runs none that starts",
                     program=self.program)
        status, stdout, stderr = self.finish(self.start([self.program, "--version"]))
        self.assertEqual(status, 0)
        self.assertRegex(stderr, "^pyperf: the recorder .*/pyperf-python3.99 does not start\n$")

    def test_a_recorder_that_cannot_be_executed(self):
        version, path = cli.interpreters()[0]
        os.makedirs(self.libexec)
        prefix = subprocess.run([self.python, "-c", "import sys; print(sys.base_prefix)"],
                                stdout=subprocess.PIPE, universal_newlines=True).stdout.strip()
        host = self.libexec + "/pyperf-python3.99"
        os.rename(self.script("host", "printf '%s\\t%s\\t%s\\tsetprofile\\tstatic\\n'\n"
                              "chmod a-x \"$0\"; sed -i 1s,/bin/sh,/none, \"$0\"\n"
                              % (version, prefix, path)), host)
        self.refuses(126, "cannot start the recorder .*/pyperf-python3.99: ",
                     program=self.program)
        self.assertEqual(self.sessions(), [])


if __name__ == "__main__":
    cli.main()

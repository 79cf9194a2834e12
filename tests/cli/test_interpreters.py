"""Which interpreter runs the program, and what is said where none can.

SPDX-License-Identifier: MIT
"""
import glob
import os
import re
import shutil
import subprocess
import zipfile

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
                   r"/opt/python\); this build runs Python 3\..*--python.*PYPERF_PYTHONS")
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


class Shims(Case):
    """pyenv's, made up: what they answer is remembered until what they decide by changes."""

    def setUp(self):
        super().setUp()
        self.root = os.path.join(self.directory, "pyenv")
        for name in ("shims", "bin"):
            os.makedirs(os.path.join(self.root, name))
        self.environment["PATH"] = os.path.join(self.root, "shims") + ":/bin"
        self.environment["ASKED"] = os.path.join(self.directory, "asked")
        self.commands = os.path.join(self.root, "shims")
        self.script("python3", '# exec "pyenv" exec\n'
                    'echo >>"$ASKED"; exec "$(cat .python-version)" "$@"\n')
        self.write(".python-version", self.python)

    def asked(self):
        return len(self.read("asked"))

    def test_remembered(self):
        self.assertEqual(self.runs(), self.python)
        self.assertEqual(self.asked(), 1)
        self.assertEqual(self.runs(), self.python)
        self.assertEqual(self.asked(), 1)

    def test_what_decides_has_changed(self):
        self.runs()
        venv = self.environment_of("venv") + "/bin/python"
        self.write(".python-version", venv)
        self.assertEqual(self.runs(), venv)
        self.environment["PYENV_VERSION"] = "other"
        self.assertEqual(self.runs(), venv)
        self.assertEqual(self.asked(), 3)

    def test_a_command(self):
        target = os.path.join(self.root, "tool")
        with open(target, "w", encoding="utf-8") as file:
            file.write("#!%s\nimport sys\nprint(sys.executable, sys.argv)\n" % self.python)
        os.chmod(target, 0o755)
        self.script("tool", '# exec "pyenv" exec\n')
        self.commands = os.path.join(self.root, "bin")
        self.script("pyenv", 'test "$1 $2" = "which tool" && echo %s\n' % target)
        done = self.finish(self.start([cli.pyperf, "run", "-q", "tool", "-x"]))
        self.assertEqual(done, (0, "%s %s\n" % (self.python, [target, "-x"]), ""))


class Operands(Case):
    """`pyperf run python …` and `pyperf run COMMAND`."""

    def prints(self, *operands, options=()):
        done = self.finish(self.start([cli.pyperf, "run", "-q", *options, *operands]))
        self.assertEqual((done[0], done[2]), (0, ""))
        return done[1].rstrip("\n")

    def command(self, name, first_lines):
        path = self.script(name, "")
        with open(path, "w", encoding="utf-8") as file:
            file.write(first_lines + "\nimport sys\nprint(sys.executable, sys.argv)\n")
        return path

    def test_python(self):
        link = self.link("python3.99")
        code = "import sys; print(sys.executable, sys.flags.dev_mode, sys.argv)"
        for words in (["-X", "dev", "-c", code, "a"], ["-Xdev", "-c" + code, "a"],
                      ["-I", "-BX", "dev", "-c", code, "a"]):
            self.assertEqual(self.prints("python3.99", *words), link + " True ['-c', 'a']")
        venv = self.environment_of("venv") + "/bin/python"
        script = self.write("script.py", "import sys; print(sys.executable, sys.argv)")
        self.assertEqual(self.prints("venv/bin/python", "-O", "script.py", "-c"),
                         venv + " ['script.py', '-c']")
        self.assertEqual(self.prints("python3.99", script), "%s ['%s']" % (link, script))
        _, stdout, _ = self.finish(self.start(
            [cli.pyperf, "run", "-n", "1", "python3.99", "-W", "ignore", "-m", "this"]))
        self.assertRegex(stdout, r"\{program -m this\}")

    def test_a_file_comes_first(self):
        self.command("tool", "#!" + self.python)
        self.write("tool", "print('the file')")
        self.link("python3")
        self.assertEqual(self.prints("tool"), "the file")

    def test_scripts(self):
        link = self.link("python-of-ours")
        for first in ("#!" + link, "#! " + link + " -E", "#!/usr/bin/env python-of-ours",
                      "#!/usr/bin/env -S A=1 python-of-ours -E",
                      "#!/bin/sh\n'''exec' \"%s\" \"$0\" \"$@\"\n' '''" % link,
                      "#!/bin/sh\n'''exec' %s \"$0\" \"$@\"\n' '''" % link):
            with self.subTest(first):
                path = self.command("tool", first)
                self.assertEqual(self.prints("tool", "-q"), "%s ['%s', '-q']" % (link, path))
                os.remove(path)

    def test_options_of_a_script(self):
        path = self.script("tool", "")
        for first in ("#!%s -sE", "#!/usr/bin/env -S %s -s -E",
                      "#!/usr/bin/env -S %s -W ignore -X utf8 -sE"):
            with open(path, "w", encoding="utf-8") as file:
                file.write(first % self.python + "\nimport sys\nprint(sys.flags.no_user_site, "
                           "sys.flags.ignore_environment, sys.flags.dont_write_bytecode)\n")
            self.assertEqual(self.prints("tool"), "1 1 0")
            self.assertEqual(self.prints("tool", options=["--python-option=-B"]), "1 1 1")

    def installed_script(self, venv, first_lines, name="tool"):
        """A script in the environment's bin that imports a module of the environment's."""
        site = glob.glob(os.path.join(venv, "lib/python3*/site-packages"))[0]
        with open(os.path.join(site, "only_here.py"), "w", encoding="utf-8"):
            pass
        path = os.path.join(venv, "bin", name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(first_lines + "\nimport sys, only_here\nprint(sys.executable)\n")
        os.chmod(path, 0o755)
        return path

    def test_scripts_of_environments(self):
        """Named by path, they run under the interpreter that they were installed for."""
        self.link("python3")
        self.environment_of("venv")
        os.makedirs(self.directory + "/a b")
        self.environment_of("a b/venv")
        self.environment["VIRTUAL_ENV"] = self.environment_of("another")
        beside = "#!/bin/sh\n'''exec' \"$(dirname -- \"$(realpath -- \"$0\")\")\"/'python'"
        for name, first in (("venv", "#!%s"), ("venv", "#!%s -E"),
                            ("a b/venv", "#!/bin/sh\n'''exec' \"%s\""),
                            ("a b/venv", beside)):
            python = os.path.join(self.directory, name, "bin/python")
            first = first % python if "%s" in first else first
            if first.startswith("#!/bin/sh"):
                first += " \"$0\" \"$@\"\n' '''"
            with self.subTest(first):
                path = self.installed_script(os.path.join(self.directory, name), first)
                self.assertEqual(self.prints(path), python)
                self.assertEqual(self.prints(os.path.relpath(path, self.directory)), python)
                link = os.path.join(self.directory, "link")  # as pipx and uv make them
                os.symlink(path, link)
                self.assertEqual(self.prints("link"), python)
                os.rename(link, os.path.join(self.commands, "its-command"))
                self.assertEqual(self.prints("its-command"), python)

    def test_other_scripts(self):
        """What only names some interpreter runs under the one that is chosen for all scripts."""
        link, venv = self.link("python3"), self.environment_of("venv")
        mine = venv + "/bin/python"
        path = self.script("../script", "")

        def prints(first, mode, *options):
            with open(path, "w", encoding="utf-8") as file:
                file.write("#!%s\nimport sys\nprint(sys.executable)\n" % first)
            os.chmod(path, mode)
            return self.prints("./script", options=options)

        self.assertEqual(prints(mine, 0o755), mine)
        self.assertEqual(prints(mine, 0o644), link)
        self.assertEqual(prints(mine, 0o755, "--python", link), link)
        self.assertEqual(prints("/usr/bin/env python3.99", 0o755), link)
        self.assertEqual(prints(venv + "/bin/python3.99", 0o755), link)
        self.assertEqual(prints(self.python, 0o755), link)

    def test_archives(self):
        link, venv = self.link("python3"), self.environment_of("venv")
        for first, python in (("/usr/bin/env python3", link),
                              (venv + "/bin/python", venv + "/bin/python")):
            path = os.path.join(self.commands, "archive")
            with open(path, "wb") as file:
                file.write(b"#!" + first.encode() + b"\n")
                with zipfile.ZipFile(file, "w") as archive:
                    archive.writestr("__main__.py", "import sys; print(sys.executable)")
            os.chmod(path, 0o755)
            self.assertEqual(self.prints("archive"), python)
            self.assertEqual(self.prints("commands/archive"), python)

    def test_python_is_named(self):
        self.command("tool", "#!/nowhere/python3")
        self.assertTrue(self.prints("tool", options=["--python", self.python])
                        .startswith(self.python + " "))

    def test_other_commands(self):
        self.script("tool", "exit 3\n")
        done = self.finish(self.start([cli.pyperf, "run", "-q", "tool"]))
        self.assertEqual(done[:2], (2, ""))
        self.assertRegex(done[2], r"\Apyperf: there is no file 'tool' here, and the command "
                                  r"/.*/tool is no Python script\n\Z")


class Hosts(Case):

    def test_both_run(self):
        for host in ("agent", "embedded") if cli.has_agents() else ("embedded",):
            with self.subTest(host):
                self.assertEqual(self.runs("--python", self.python, "--host", host), self.python)

    def test_in_a_path_that_cannot_be_preloaded(self):
        if not cli.has_agents():
            self.skipTest("built without agents")
        place = self.directory + "/a b"
        os.mkdir(place)
        root = os.path.dirname(os.path.dirname(os.path.realpath(cli.pyperf)))
        shutil.copytree(root + "/libexec", place + "/libexec")
        os.mkdir(place + "/bin")
        program = shutil.copy(cli.pyperf, place + "/bin/pyperf")
        words = [program, "run", "-q", "--host", "agent", "--python", self.python,
                 "-c", "import os; print(os.environ.get('LD_PRELOAD'))"]
        self.assertEqual(self.finish(self.start(words)), (0, "None\n", ""))
        self.assertEqual(self.sessions(), [])
        self.environment["TMPDIR"] = place
        done = self.finish(self.start(words))
        self.assertEqual(done[:2], (126, ""))
        self.assertRegex(done[2], "^pyperf: cannot load the recorder .*TMPDIR")

    def test_other_preloaded_libraries(self):
        library = (glob.glob("/usr/lib/*/libmemusage.so") + glob.glob("/lib/*/libpcprofile.so")
                   + glob.glob("/usr/lib/*/libz.so.1"))
        if not library:
            self.skipTest("no library to preload")
        if cli.sanitizer_options():
            self.skipTest("the sanitizer wants to be the first library")
        self.environment["LD_PRELOAD"] = library[-1]
        code = ("import os; print(os.environ['LD_PRELOAD'], list(os.environ)); "
                "print(any(%r in line for line in open('/proc/self/maps')))"
                % os.path.basename(os.path.realpath(library[-1])))
        expected = self.finish(self.start([self.python, "-c", code]))
        got = self.finish(self.start([cli.pyperf, "run", "-q", "--python", self.python,
                                      "-c", code]))
        self.assertIn("True", expected[1])
        self.assertEqual(got, expected)

    def test_setuid(self):
        if os.geteuid() != 0 or not cli.has_agents():
            self.skipTest("only root can make such programs")
        copy = shutil.copy(os.path.realpath(self.python), self.commands + "/python3")
        os.chmod(copy, 0o4755)
        self.refuses(126, "/python3 is setuid or setgid", "--python", "python3", "--host", "agent")

    def test_free_threaded(self):
        self.script("python3", r"printf '/opt/python\n3.13.1t\n/opt/python/bin/python3'")
        self.refuses(126, "/opt/python/bin/python3 is a free-threaded build .*--python")

    def test_the_list(self):
        link = self.link("python3")
        status, stdout, stderr = self.finish(self.start([cli.pyperf, "pythons"]))
        self.assertEqual((status, stderr), (0, ""))
        self.assertRegex(stdout, r"(?m)^\* %s +(agent|embedded) +\w+ +%s$" % (
            re.escape(cli.interpreters()[0][0]), re.escape(link)))
        for version, _ in cli.interpreters():
            self.assertRegex(stdout, r"(?m)^. %s +(agent|embedded)" % re.escape(version))


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

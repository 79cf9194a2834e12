"""Installations, environments and packages as they are out there, run by the real thing.

pip installs numpy and uv into virtual environments below the cache directory. What cannot be had
is skipped, and the reason named.

SPDX-License-Identifier: MIT
"""
import glob
import os
import shutil
import sys
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import harness  # noqa: E402
import packages  # noqa: E402

EXTENSIONS = os.path.join(harness.PROGRAMS, "real_extensions.py")
# Counts what is called, in an interpreter of which nothing is known.
PROBE = """
import decimal, hashlib, json, struct, sys, zlib
def work(): pass
for _ in range(100): work()
print(sys.executable, sys.version_info[:3], decimal.Decimal(1) / 7, hashlib.sha256(b"").hexdigest(),
      zlib.crc32(b"abc"), struct.pack("i", 1))
"""


def run(*operands, options=(), **more):
    return harness.run([harness.pyperf(), "run", *options, *operands], **more)


class TestCase(harness.TestCase):

    def setUp(self):
        if not harness.has_agents():
            self.skip("this build has no agents")

    def check_like(self, expected, got):
        """The same output and the same end."""
        self.check_same("outcome\n%s" % got, (expected.status, expected.stdout, expected.stderr),
                        (got.status, got.stdout, got.stderr))

    def profile(self, *operands, options=()):
        """Runs quietly; returns how it ended and what was recorded."""
        output = os.path.join(harness.fresh_directory(), "out.prof")
        done = run(*operands, options=("-q", "-o", output, *options))
        return done, harness.load_pstats(output, done)

    def check_probe(self, python, named=None, options=()):
        """An interpreter runs as ever, and all calls are counted."""
        plain = harness.run([python, "-c", PROBE])
        self.check_same("status\n%s" % plain, 0, plain.status)
        done, stats = self.profile("-c", PROBE, options=("--python", named or python, *options))
        self.check_like(plain, done)
        self.check_same("calls of work", 100, harness.calls_of(stats, "work"))

    def check_refused(self, python, message, *options):
        done = run("-c", "print('ran')", options=("--python", python, *options))
        self.check_same("outcome\n%s" % done, (126, ""), (done.status, done.stdout))
        self.assertRegex(done.stderr, r"\Apyperf: .*%s.*\n\Z" % message)


class Extensions(TestCase):
    """numpy, and what the standard library takes from other libraries."""
    per_interpreter = True

    def environment(self):
        environment = packages.environment_of(self.python)
        why_not = environment.install("numpy", ["numpy"], only_wheels=True)
        if why_not:
            self.skip("no numpy: " + why_not)
        return environment

    def check(self, host):
        python = self.environment().python
        plain = harness.run([python, EXTENSIONS])
        done, stats = self.profile(EXTENSIONS, options=("--python", python, "--host", host))
        self.check_like(plain, done)
        expected = harness.from_json(done.stdout.splitlines()[-1], done)
        got = {name: harness.calls_of(stats, name, EXTENSIONS) for name in expected}
        self.check_same("calls", expected, got)
        self.assertGreater(expected["compare"], 100)

    def test_agent(self):
        self.check("agent")

    def test_embedded(self):
        self.check("embedded")

    def test_console_script(self):
        """Named by path, it needs no environment to be active."""
        script = os.path.join(self.environment().path, "bin", "f2py")
        plain = harness.run([script, "-v"])
        self.check_same("status\n%s" % plain, 0, plain.status)
        self.check_like(plain, run(script, "-v", options=["-q"]))


class Environments(TestCase):
    """Virtual environments in the shapes that they have."""
    per_interpreter = True

    def make(self, *options):
        path = os.path.join(harness.fresh_directory(), "venv")
        done = harness.run([self.python.path, "-m", "venv", "--without-pip", *options, path])
        if done.status:
            self.skip("no virtual environment: " + packages.last_line(done))
        return path

    def check(self, path):
        for host in ("agent", "embedded"):
            self.check_probe(path + "/bin/python", path, ("--host", host))

    def test_links(self):
        self.check(self.make())

    def test_copies(self):
        path = self.make("--copies")
        self.assertFalse(os.path.islink(path + "/bin/python"))
        self.check(path)

    def test_moved(self):
        path = self.make()
        self.check(path)
        os.rename(path, path + "-moved")
        self.check(path + "-moved")

    def test_copied(self):
        path = self.make("--copies")
        shutil.copytree(path, path + "-2", symlinks=True)
        self.check(path + "-2")


@harness.locked
def copied_installation():
    """A copy of the newest installation that has a directory to itself, without what makes it
    large: one that no host was built for. None where there is none; and the original."""
    for original in reversed(harness.interpreters()):
        if original.base_prefix in ("/usr", "/usr/local"):
            continue
        path = os.path.join(harness.fresh_directory(), "python")
        shutil.copytree(original.base_prefix, path, symlinks=True, ignore=shutil.ignore_patterns(
            "__pycache__", "site-packages", "test", "tests", "config-*", "*.a", "share", "include"))
        return path, original
    return None, None


class Strangers(TestCase):
    """Installations that pyperf was not built for."""

    def setUp(self):
        super().setUp()
        self.path, self.original = copied_installation()
        if not self.path:
            self.skip("all Pythons are the system's, none can be copied")
        self.copy = os.path.join(self.path, "bin", "python")

    def test_copy(self):
        self.check_probe(self.copy)
        self.check_probe(self.copy, self.path)
        self.check_probe(self.original.path)

    def test_environment_of_the_copy(self):
        venv = os.path.join(harness.fresh_directory(), "venv")
        made = harness.run([self.copy, "-m", "venv", "--without-pip", venv])
        self.check_same("status\n%s" % made, 0, made.status)
        self.check_probe(venv + "/bin/python", venv)

    def test_children(self):
        """The copy starts the original, and each has its recording."""
        code = ("import subprocess, sys\n%s\nsys.stdout.flush()\n"
                "subprocess.run([%r, '-c', %r], check=True)" % (PROBE, self.original.path, PROBE))
        done, stats = self.profile("-c", code, options=("--python", self.copy,
                                                        "--children", "all"))
        self.check_same("status\n%s" % done, (0, ""), (done.status, done.stderr))
        self.check_same("calls of work", 200, harness.calls_of(stats, "work"))

    def test_nothing_embeds_it(self):
        self.check_refused(self.copy, "no recorder embeds .* leave out --host",
                           "--host", "embedded")

    def test_the_list(self):
        """pyenv's directory, as if the copy were one of its versions."""
        root = os.path.join(harness.fresh_directory(), "pyenv")
        os.makedirs(root + "/versions")
        os.symlink(self.path, os.path.join(root, "versions", self.original.version))
        done = harness.run([harness.pyperf(), "pythons"],
                           env=harness.environment(PYENV_ROOT=root, PATH="/nowhere"))
        self.assertRegex(done.stdout, r"(?m)^. %s +agent +\w+ +%s/versions/" % (
            self.original.version, root))


class Shared(TestCase):
    """An interpreter whose library is a file of its own, as in conda's and Fedora's."""
    per_interpreter = True

    MAIN = "#include <Python.h>\nint main(int c, char **v) { return Py_BytesMain(c, v); }\n"
    FACTS = ("import sysconfig as s; print(s.get_path('include'), s.get_config_var('LIBDIR'), "
             "'lib' + 'python' + s.get_config_var('LDVERSION') + '.so')")

    def test_agent(self):
        compiler = harness.compiler()
        include, folder, library = harness.run(
            [self.python.path, "-c", self.FACTS]).stdout.split()
        if not compiler or not glob.glob(os.path.join(folder, "**", library), recursive=True):
            self.skip("no compiler, or no %s in %s" % (library, folder))
        directory = harness.fresh_directory()
        python = os.path.join(directory, "python3")
        made = harness.run([compiler, harness.write(directory, "main.c", self.MAIN), "-o", python,
                            "-I" + include, "-L" + folder, "-Wl,-rpath," + folder,
                            "-l" + library[len("lib"):-len(".so")]])
        self.check_same("status\n%s" % made, 0, made.status)
        self.check_probe(python, options=("--host", "agent"))


class SameMinorVersion(TestCase):
    """One agent serves all installations of a minor version."""

    def test_all(self):
        by_minor = {}
        for python in harness.interpreters():
            by_minor.setdefault(python.version_info[:2], []).append(python)
        several = {minor: found for minor, found in by_minor.items() if len(found) > 1}
        if not several:
            self.skip("no two installations of one minor version")
        agents = os.path.join(os.path.dirname(harness.pyperf()), "..", "libexec", "pyperf",
                              "pyperf-agent-%d.%d*")
        for minor, pythons in several.items():
            self.check_same("agents", 1, len(glob.glob(agents % minor)))
            for python in pythons:
                self.check_probe(python.path, options=("--host", "agent"))


class SpecialBuilds(TestCase):
    """Found on PATH, under the names that they are installed by."""

    def on_path(self, pattern, advice):
        folders = os.environ.get("PATH", "").split(":") + ["/usr/bin", "/usr/local/bin"]
        found = [path for folder in folders for path in glob.glob(os.path.join(folder, pattern))]
        if not found:
            self.skip("no %s on PATH; %s" % (pattern, advice))
        return found

    def test_debug(self):
        agents = {python.version_info[:2] for python in harness.interpreters()}
        for python in self.on_path("python3.[0-9]*-dbg", "on Debian, python3-dbg brings one"):
            with self.subTest(python):
                done = harness.run([python, "-c", "import sys; print(sys.version_info[:2], "
                                    "hasattr(sys, 'gettotalrefcount'))"])
                if done.stdout in ["%s True\n" % (minor,) for minor in agents]:
                    for engine in ("auto", "setprofile"):
                        self.check_probe(python, options=("--engine", engine))

    def test_free_threaded(self):
        for python in self.on_path("python3.[0-9]*t", "so far no distribution has one"):
            self.check_refused(python, r"is a free-threaded build \(Python 3.*t\)")

    def test_free_threaded_child(self):
        """It runs unrecorded, as other programs do."""
        parent = harness.interpreters()[-1].path
        for python in self.on_path("python3.[0-9]*t", "so far no distribution has one"):
            code = ("import subprocess, sys\n%s\nsys.stdout.flush()\n"
                    "subprocess.run([%r, '-c', %r], check=True)" % (PROBE, python, PROBE))
            plain = harness.run([parent, "-c", code])
            done, stats = self.profile("-c", code, options=("--python", parent,
                                                            "--children", "all"))
            self.check_like(plain, done)
            self.check_same("calls of work", 100, harness.calls_of(stats, "work"))


def make_wheel(folder):
    """A wheel without dependencies, whose command says who runs it."""
    name, info = "pyperf_probe-1.0-py3-none-any.whl", "pyperf_probe-1.0.dist-info/"
    files = {
        "pyperf_probe.py": "import sys\ndef main():\n    print(sys.prefix, sys.argv[1:])\n",
        info + "METADATA": "Metadata-Version: 2.1\nName: pyperf-probe\nVersion: 1.0\n",
        info + "WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        info + "entry_points.txt": "[console_scripts]\npyperf-probe = pyperf_probe:main\n",
    }
    with zipfile.ZipFile(os.path.join(folder, name), "w") as wheel:
        for path, text in files.items():
            wheel.writestr(path, text)
        wheel.writestr(info + "RECORD", "".join(path + ",,\n" for path in [*files, info + "RECORD"]))


@harness.locked
def find_uv():
    """Its path, or None and why not."""
    newest = harness.interpreters()[-1]
    environment = packages.environment_of(newest)
    why_not = environment.install("uv", ["uv"], only_wheels=True)
    return (None, why_not) if why_not else (os.path.join(environment.path, "bin", "uv"), None)


class Uv(TestCase):
    """What uv makes: environments, tools, installations of its own."""

    def setUp(self):
        super().setUp()
        self.uv, why_not = find_uv()
        if why_not:
            self.skip("no uv: " + why_not)
        self.directory = harness.fresh_directory()
        make_wheel(self.directory)
        self.environment = harness.environment(
            UV_TOOL_DIR=self.directory + "/tools", UV_TOOL_BIN_DIR=self.directory + "/bin",
            UV_NO_CONFIG="1", UV_HTTP_RETRIES="0",
            UV_PYTHON_INSTALL_DIR=packages.cache_directory("pyperf-tests") + "/uv-python")

    def call(self, *words):
        return harness.run([self.uv, *words], env=self.environment, timeout=300)

    def does(self, *words):
        done = self.call(*words)
        self.check_same("status\n%s" % done, 0, done.status)

    def install_wheel(self, *command):
        self.does(*command, "--no-index", "--find-links", self.directory, "pyperf-probe")

    def check_script(self, path):
        plain = harness.run([path, "a", "b"])
        self.check_same("status\n%s" % plain, 0, plain.status)
        self.check_like(plain, run(path, "a", "b", options=["-q"]))
        on_path = harness.environment(PATH="%s:%s" % (os.path.dirname(path), os.environ["PATH"]))
        self.check_like(plain, run(os.path.basename(path), "a", "b", options=["-q"], env=on_path))

    def make_environment(self, python, name, *options):
        path = os.path.join(self.directory, name)
        self.does("venv", "--python", python, *options, path)
        self.install_wheel("pip", "install", "--python", path + "/bin/python")
        return path

    def check_environment(self, path):
        self.check_probe(path + "/bin/python", path)
        self.check_script(path + "/bin/pyperf-probe")

    def test_environments(self):
        for python in harness.interpreters():
            with self.subTest(python.tag):
                self.check_environment(self.make_environment(python.path, python.version))

    def test_environment_with_a_space(self):
        self.check_environment(self.make_environment(harness.interpreters()[-1].path, "a b"))

    def test_environment_that_moves(self):
        path = self.make_environment(harness.interpreters()[-1].path, "venv", "--relocatable")
        os.rename(path, path + "-moved")
        self.check_environment(path + "-moved")

    def test_tools(self):
        self.install_wheel("tool", "install", "--python", harness.interpreters()[-1].path)
        self.check_script(self.directory + "/bin/pyperf-probe")

    def install_python(self, version):
        done = self.call("python", "install", "--no-bin", version)
        if done.status:
            self.skip("uv cannot install Python %s: %s" % (
                version, packages.last_line(done)))
        found = self.call("python", "find", "--managed-python", "--no-project", version)
        self.check_same("status\n%s" % found, 0, found.status)
        return found.stdout.strip()

    def test_its_own_python(self):
        python = self.install_python("%d.%d" % harness.interpreters()[-1].version_info[:2])
        self.check_probe(python)
        self.check_refused(python, "no recorder embeds", "--host", "embedded")
        self.check_environment(self.make_environment(python, "venv"))

    def test_its_free_threaded_python(self):
        self.check_refused(self.install_python("3.13t"), r"is a free-threaded build \(Python 3.*t\)")


if __name__ == "__main__":
    harness.main()

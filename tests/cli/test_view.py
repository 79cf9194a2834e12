"""`pyperf view`: pages in files, browsers and the server.

SPDX-License-Identifier: MIT
"""
import base64
import glob
import http.client
import os
import re
import signal
import stat
import subprocess
import urllib.error
import urllib.request
import zlib

import cli

PROGRAM = """
def work(n):
    return n and work(n - 1)
work(9)
"""

# Notes what it was started with, as a browser would open it.
BROWSER = """#!/bin/sh
printf '%s\\n' "$@" >"$NOTE"
"""


class View(cli.Case):

    def setUp(self):
        super().setUp()
        self.write("program.py", PROGRAM)
        status, _, _ = self.run_pyperf("-o", "/dev/full", "program.py")
        self.assertEqual(status, 125)
        [self.session] = self.sessions()
        self.note = os.path.join(self.directory, "note")
        self.environment["NOTE"] = self.note

    def make_browser(self, name, text=BROWSER):
        path = self.write(name, text)
        os.chmod(path, 0o755)
        return path

    def view(self, *arguments):
        return self.finish(self.start([cli.pyperf, "view", *arguments]))

    def pages(self):
        return glob.glob(os.path.join(self.temporary, "pyperf-view-*.html"))

    def opened(self):
        cli.wait_for(lambda: os.path.exists(self.note) and self.read("note"), "the browser")
        return self.read("note").splitlines()

    def test_output(self):
        self.assertEqual(self.view("-o", "page.html", self.session),
                         (0, "", "pyperf: wrote page.html; open it in a browser\n"))
        page = self.read("page.html")
        self.assertTrue(page.startswith("<!DOCTYPE html>"))
        self.assertTrue(page.endswith("</html>\n"))
        self.assertEqual(self.pages(), [])

    def test_two_profiles(self):
        self.assertEqual(self.view("-o", "page.html", "--before", self.session, self.session)[0], 0)
        data = re.search(r'<script id="data"[^>]*>([^<]*)<', self.read("page.html")).group(1)
        self.assertEqual(len(data.split("\n")), 2)
        self.assertEqual(self.view("-o", "other.html", "--before", "missing", self.session)[0], 125)
        self.assertFalse(os.path.exists(os.path.join(self.directory, "other.html")))

    def test_run_writes_pages(self):
        status, stdout, stderr = self.run_pyperf("-o", "out.html", "program.py")
        self.assertEqual((status, stdout), (0, ""))
        self.assertRegex(stderr, r"wrote out\.html \(\d+ functions\); look at it with a browser: out\.html\n")
        self.assertIn('id="data"', self.read("out.html"))

    def test_source_is_in_the_page_unless_it_is_not_wanted(self):
        sizes = {}
        self.write("program.py", PROGRAM + "# " + os.urandom(20000).hex() + "\n")
        for options in ((), ("--no-source",)):
            self.assertEqual(self.view("-o", "page.html", *options, self.session)[0], 0)
            sizes[options] = os.path.getsize(os.path.join(self.directory, "page.html"))
        self.assertGreater(sizes[()], sizes["--no-source",] + 20000)

    def text_in_page(self):
        """What the page's data hold."""
        data = re.search(r'<script id="data"[^>]*>([^<]*)<', self.read("page.html")).group(1)
        return zlib.decompress(base64.b64decode(data)).decode("utf-8", "replace")

    def test_source_of_lines(self):
        """Recorded text is that of the run, --no-source leaves it out as well."""
        status, _, _ = self.finish(self.start([cli.pyperf, "lines", "-o", "/dev/full", "program.py"]))
        self.assertEqual(status, 125)
        [session] = set(self.sessions()) - {self.session}
        self.write("program.py", "written_later = 1\n")
        self.assertEqual(self.view("-o", "page.html", session)[0], 0)
        self.assertIn("return n and work", self.text_in_page())
        self.assertNotIn("written_later", self.text_in_page())
        self.assertEqual(self.view("-o", "page.html", "--no-source", session)[0], 0)
        self.assertNotIn("return n and work", self.text_in_page())

    def test_files_of_lines_name_no_other_files(self):
        """A file that is sent around names what it likes: only Python's files get into pages."""
        secret = self.write("secret.txt", "password\n")
        self.write("module.py", "def public(): pass\n")
        stats = "".join(
            "X" + chr(len(path)) + "\0\0\0" + path + "K\1X\1\0\0\0f\x87](K\1K\1K\1\x87e"
            for path in (secret, os.path.join(self.directory, "module.py")))
        with open(os.path.join(self.directory, "x.lprof"), "wb") as file:
            file.write(("\x80\2cline_profiler._line_profiler\nLineStats\n)\x81}(X\7\0\0\0timings}(" + stats +
                        "uX\4\0\0\0unitG" + "\x3e\x11\x2e\x0b\xe8\x26\xd6\x95" + "ub.").encode("latin-1"))
        self.assertEqual(self.view("-o", "page.html", "x.lprof")[0], 0)
        self.assertIn("secret.txt", self.text_in_page())
        self.assertIn("def public", self.text_in_page())
        self.assertNotIn("password", self.text_in_page())

    def test_browser(self):
        self.environment["BROWSER"] = "no-such-browser:%s --new %%s &" % self.make_browser("my browser.sh").replace(" ", "\\ ")
        status, stdout, stderr = self.view(self.session)
        self.assertEqual((status, stdout), (0, ""))
        [page] = self.pages()
        self.assertEqual(stderr, "pyperf: opened %s\n" % page)
        self.assertEqual(self.opened(), ["--new", "file://" + page])
        self.assertEqual(stat.S_IMODE(os.stat(page).st_mode), 0o600)

    def test_browser_of_the_option(self):
        path = self.make_browser("browser")
        self.assertEqual(self.view("-b", path, self.session)[0], 0)
        self.assertEqual(self.opened(), ["file://" + self.pages()[0]])

    def test_no_browser(self):
        self.environment.pop("DISPLAY", None)
        self.environment.pop("WAYLAND_DISPLAY", None)
        status, stdout, stderr = self.view(self.session)
        [page] = self.pages()
        self.assertEqual((status, stdout), (0, ""))
        self.assertEqual(stderr, "pyperf: found no browser to open (BROWSER can name one); the page is %s\n" % page)
        status, _, stderr = self.view("-b", "false", self.session)
        self.assertEqual(status, 125)
        self.assertRegex(stderr, r"pyperf: the browser 'false' does not start; the page is /.*\.html\n")

    # ---- Serving ----

    def serve(self, *arguments):
        process = self.start([cli.pyperf, "view", *arguments, self.session])
        url = process.stdout.readline().strip()
        self.assertRegex(url, r"^http://[^/]+/[0-9a-f]{32}/$")
        return process, url

    def stop(self, process, number=signal.SIGINT):
        process.send_signal(number)
        return self.finish(process)

    def test_server(self):
        process, url = self.serve("-s")
        with urllib.request.urlopen(url) as answer:
            self.assertEqual(answer.headers["Content-Type"], "text/html; charset=utf-8")
            self.assertEqual(answer.headers["Cache-Control"], "no-store")
            page = answer.read()
        self.assertIn(b'id="data"', page)
        self.assertEqual(self.pages(), [])
        host, port, token = re.fullmatch(r"http://([^:]+):(\d+)/(.*)/", url).groups()
        self.assertEqual(host, "127.0.0.1")
        for path in ("/", "/" + token[:-1] + "/", "/%s/../x" % token, "/favicon.ico", "/%s/x" % token):
            self.assertEqual(self.answer(host, port, "GET", path), (404, b"There is nothing here.\n"))
        self.assertEqual(self.answer(host, port, "POST", "/%s/" % token)[0], 405)
        self.assertEqual(self.answer(host, port, "HEAD", "/%s/" % token), (200, b""))
        self.assertEqual(self.stop(process), (0, "", "pyperf: serving until Ctrl-C\n"))
        with self.assertRaises(urllib.error.URLError):
            urllib.request.urlopen(url)

    def answer(self, host, port, method, path):
        connection = http.client.HTTPConnection(host, int(port), timeout=cli.PATIENCE)
        connection.request(method, path)
        answer = connection.getresponse()
        result = answer.status, answer.read()
        connection.close()
        return result

    def test_server_with_a_browser_and_ssh(self):
        path = self.make_browser("browser")
        self.environment.update(SSH_CONNECTION="192.0.2.7 50000 192.0.2.1 22", USER="me")
        process, url = self.serve("--serve", "-b", path)
        self.assertEqual(self.opened(), [url])
        port = url.split(":")[2].split("/")[0]
        _, _, stderr = self.stop(process, signal.SIGTERM)
        self.assertIn("pyperf: on your own machine first: ssh -N -L %s:127.0.0.1:%s me@192.0.2.1\n"
                      % (port, port), stderr)

    def test_ports(self):
        first, url = self.serve("-s")
        port = url.split(":")[2].split("/")[0]
        status, stdout, stderr = self.view("-s", "-p", port, self.session)
        self.assertEqual((status, stdout), (125, ""))
        self.assertEqual(stderr, "pyperf: cannot serve on 127.0.0.1, port %s: Address already in use\n" % port)
        second, other = self.serve("-s")
        self.assertNotEqual(url.split("/")[2], other.split("/")[2])
        self.stop(first)
        self.stop(second)
        status, _, stderr = self.view("-s", "-H", "no.such.host.invalid", self.session)
        self.assertEqual(status, 125)
        self.assertIn("cannot serve on 'no.such.host.invalid': ", stderr)

    # ---- Mistakes ----

    def test_mistakes(self):
        for arguments, text in (
                ((), "name what to show: a profile or a session directory"),
                (("a", "b"), "one profile at a time, please: 'b' is one too many"),
                (("--min", "2", "a"), "--min: '2' is no share of the time, such as 0.001 or 0.1%"),
                (("--min=1%%", "a"), "--min: '1%%' is no share"),
                (("-p", "0", "a"), "--port: '0' is not a number from 1 to 65535"),
                (("-o", "x", "--serve", "a"), "either write the page (--output) or serve it"),
                (("-s", "-b", "x", "a"), "--server opens no browser, and --browser does")):
            status, stdout, stderr = self.view(*arguments)
            self.assertEqual((status, stdout), (2, ""), arguments)
            self.assertIn("pyperf: " + text, stderr)

    def test_what_cannot_be_read_or_written(self):
        status, _, stderr = self.view("-o", "no/such/x.html", self.session)
        self.assertEqual(status, 2)
        self.assertIn("no/such", stderr)
        status, _, stderr = self.view("missing.prof")
        self.assertEqual((status, stderr), (125, "pyperf: cannot read missing.prof: No such file or directory\n"))
        self.assertEqual(self.view("-o", "/dev/full", self.session)[0], 125)
        self.assertEqual(self.pages(), [])
        process = subprocess.run([cli.pyperf, "view", self.session], env=dict(self.environment, TMPDIR="/no/such"),
                                 stderr=subprocess.PIPE, universal_newlines=True)
        self.assertEqual(process.returncode, 125)
        self.assertIn("cannot make a file for the page in /no/such", process.stderr)


if __name__ == "__main__":
    cli.main()

"""Writes a profile of a real program, with this interpreter and one of its profilers.

usage: make_profile.py cProfile|profile|yappi OUTPUT WORK

SPDX-License-Identifier: MIT
"""
import contextlib
import importlib
import io
import os
import sys


def of_little():
    """A handful of functions: recursion, lambdas that share a line, builtins."""
    def recurse(depth):
        return depth and recurse(depth - 1)

    functions = [lambda x: x + recurse(2), lambda x: x * 2]
    sorted((function(1) for function in functions), key=abs)


def of_stdlib():
    """Recursion, generators, lambdas that share a line, builtins, a class."""
    import json
    import re
    import textwrap

    class Tree:
        def __init__(self, depth):
            self.children = [Tree(depth - 1) for _ in range(2)] if depth else []

        def __iter__(self):
            yield self
            for child in self.children:
                yield from child

    functions = [lambda x: x + 1, lambda x: x * 2]
    tree = Tree(6)
    numbers = sorted((function(id(node) % 97) for node in tree for function in functions),
                     key=lambda number: -number)
    text = json.dumps({"numbers": numbers, "nested": [[[1.5, None]]] * 20}, indent=1)
    json.loads(text)
    re.sub(r"(\d+)", lambda match: match.group(1)[::-1], text)
    textwrap.fill(text, 40)


def of_pygments():
    import pygments
    import pygments.formatters
    import pygments.lexers
    with open(os.path.join(os.path.dirname(os.__file__), "bisect.py")) as file:
        pygments.highlight(file.read(), pygments.lexers.PythonLexer(),
                           pygments.formatters.HtmlFormatter())


def of_docutils():
    import docutils.core
    section = "\nSection %d\n==========\n\n*a*, **b**, ``c``, `d <https://e.org/%d>`_\n\n- x\n\n  1. y\n"
    docutils.core.publish_string("".join(section % (n, n) for n in range(12)), writer_name="html")


def of_pip():
    from pip._internal.cli.main import main
    main(["list", "--disable-pip-version-check"])


def of_django():
    """Sets a project up, makes its tables, and asks for two pages."""
    import django
    from django.conf import settings
    apps = ["admin", "auth", "contenttypes", "sessions", "messages"]
    settings.configure(
        SECRET_KEY="x", ROOT_URLCONF="make_profile", ALLOWED_HOSTS=["*"], USE_TZ=True,
        INSTALLED_APPS=["django.contrib." + app for app in apps],
        MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware",
                    "django.contrib.auth.middleware.AuthenticationMiddleware",
                    "django.contrib.messages.middleware.MessageMiddleware"],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates",
                    "APP_DIRS": True,
                    "OPTIONS": {"context_processors": [
                        "django.template.context_processors.request",
                        "django.contrib.auth.context_processors.auth",
                        "django.contrib.messages.context_processors.messages"]}}])
    django.setup()
    from django.contrib import admin
    from django.core.management import call_command
    from django.test import Client
    from django.urls import path
    sys.modules["make_profile"] = sys.modules["__main__"]
    sys.modules["__main__"].urlpatterns = [path("admin/", admin.site.urls)]
    call_command("migrate", verbosity=0)
    from django.contrib.auth.models import User
    client = Client()
    client.force_login(User.objects.create_superuser("a", "a@example.org", "b"))
    assert client.get("/admin/").status_code == 200
    assert client.get("/admin/auth/user/").status_code == 200


def profile_with_yappi(output, work):
    import yappi
    yappi.start(builtins=True)
    work()
    yappi.stop()
    yappi.get_func_stats().save(output, type="pstat")


def main():
    profiler, output, name = sys.argv[1:]
    work = globals()["of_" + name]
    with contextlib.redirect_stdout(io.StringIO()):
        if profiler == "yappi":
            profile_with_yappi(output, work)
            return
        recorder = importlib.import_module(profiler).Profile()
        recorder.runcall(work)
        recorder.dump_stats(output)


if __name__ == "__main__":
    main()

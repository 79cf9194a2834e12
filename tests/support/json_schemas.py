"""Checks what pyperf prints as JSON against the schemas in docs/formats.

jsonschema comes from pip, into an environment of its own that is kept from run to run.

SPDX-License-Identifier: MIT
"""
import json
import os
import subprocess
import sys
import types

import harness
import packages

SCHEMAS = os.path.join(harness.CHECKOUT, "docs", "formats")

CHECK = """
import json, sys
import jsonschema
with open(sys.argv[1]) as file:
    schema = json.load(file)
jsonschema.Draft202012Validator.check_schema(schema)
problems = list(jsonschema.Draft202012Validator(schema).iter_errors(json.load(sys.stdin)))
for problem in problems[:5]:
    print("/".join(map(str, problem.absolute_path)), problem.message[:300])
sys.exit(len(problems) > 0)
"""


@harness.locked
def _environment():
    """The environment, and why there is none."""
    version = ".".join(map(str, sys.version_info[:3]))
    own = types.SimpleNamespace(version=version, base_prefix=sys.base_prefix, path=sys.executable)
    environment = packages.Environment(own, packages.cache_directory("pyperf-tests"))
    return environment, environment.install("jsonschema", ["jsonschema>=4,<5"])


def check(test, text, name):
    """The parsed text, which NAME.schema.json describes; skips the test without jsonschema."""
    environment, why_not = _environment()
    if why_not:
        test.skipTest("jsonschema: " + why_not)
    done = subprocess.run(
        [environment.python, "-c", CHECK, os.path.join(SCHEMAS, name + ".schema.json")],
        input=text, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True)
    test.assertEqual(done.returncode, 0, done.stdout)
    return json.loads(text)

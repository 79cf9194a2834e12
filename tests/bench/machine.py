"""What the figures were measured on: the machine, and how each Python was built.

SPDX-License-Identifier: MIT
"""
import json
import os
import platform
import time

import harness

# Runs under the interpreter that is described.
DESCRIBE = """
import json, platform, sys, sysconfig
get = lambda name: str(sysconfig.get_config_var(name) or "")
arguments = get("CONFIG_ARGS")
flags = " ".join(map(get, ("CFLAGS", "PY_CORE_CFLAGS", "CONFIGURE_CFLAGS_NODIST", "PY_CORE_LDFLAGS")))
print(json.dumps({
    "compiler": platform.python_compiler(),
    "optimizations": "--enable-optimizations" in arguments or "-fprofile-use" in flags,
    "link-time optimization": "--with-lto" in arguments or "-flto" in flags,
    "shared library": get("LDLIBRARY") if get("Py_ENABLE_SHARED") == "1" else "",
    "debug": hasattr(sys, "gettotalrefcount"),
    "CONFIG_ARGS": arguments,
}))
"""


def read(path, default=""):
    try:
        with open(path) as file:
            return file.read().strip()
    except OSError:
        return default


def processor():
    for line in read("/proc/cpuinfo").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def describe():
    memory = read("/proc/meminfo").split()
    return {"processor": processor(), "processors": len(os.sched_getaffinity(0)),
            "memory": int(memory[1]) * 1024 if memory[:1] == ["MemTotal:"] else None,
            "kernel": platform.release(), "system": platform.platform(),
            "clock source": read("/sys/devices/system/clocksource/clocksource0/current_clocksource"),
            "governor": read("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"),
            "load": os.getloadavg(), "time": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
            "pyperf": harness.run([harness.pyperf(), "--version"]).stdout.splitlines()[0]}


def gains_by_linking(interpreter):
    """Is the interpreter linked to a shared library that the recorder has linked statically?"""
    code = "import sysconfig; print(sysconfig.get_config_var('LDLIBRARY') or '')"
    with open(interpreter.path, "rb") as file:
        mentions_library = b"libpython3" in file.read()
    library = harness.run([interpreter.path, "-c", code]).stdout
    return mentions_library and ".so" in library and interpreter.linkage == "static"


def describe_python(interpreter):
    build = harness.run([interpreter.path, "-c", DESCRIBE])
    return {"version": interpreter.version, "base_prefix": interpreter.base_prefix,
            "engine": interpreter.engine, "linkage": interpreter.linkage,
            "gains by linking": gains_by_linking(interpreter),
            "build": json.loads(build.stdout)}

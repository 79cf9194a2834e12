"""Prints what the build needs to know of the interpreter that runs this, as CMake `set`s.

Nothing is printed, and the status is 1, where there is nothing to build against: another
implementation than CPython, a version before 3.8, a free-threaded build, or no headers. Without
a library, ARCHIVE and SHARED are empty.

SPDX-License-Identifier: MIT"""
import os
import platform
import sys
import sysconfig


def main():
    variable = sysconfig.get_config_var
    include = sysconfig.get_path("include")
    if (platform.python_implementation() != "CPython" or sys.version_info < (3, 8)
            or variable("Py_GIL_DISABLED")
            or not os.path.exists(os.path.join(include, "Python.h"))):
        return 1
    archive = os.path.join(variable("LIBPL") or "", variable("LIBRARY") or "")
    if not (archive.endswith(".a") and os.path.isfile(archive)):
        archive = ""
    shared = os.path.join(variable("LIBDIR") or "", variable("INSTSONAME") or "")
    if not (".so" in shared and os.path.isfile(shared)):
        shared = os.path.join(variable("LIBDIR") or "", variable("MULTIARCH") or "",
                              variable("INSTSONAME") or "")
    if not (".so" in shared and os.path.isfile(shared)):
        shared = ""
    libraries = " ".join(variable(name) or "" for name in ("MODLIBS", "LIBS", "SYSLIBS"))
    facts = {
        "VERSION": platform.python_version(),
        "SHORT": "%d.%d" % sys.version_info[:2],
        "BASE_PREFIX": sys.base_prefix,
        "INTERPRETER": getattr(sys, "_base_executable", "") or sys.executable,
        "INCLUDES": ";".join(sorted({include, sysconfig.get_path("platinclude")})),
        "ARCHIVE": archive,
        "SHARED": shared,
        # what the static library itself needs; paths and linker flags are left out
        "LIBRARIES": ";".join(dict.fromkeys(
            flag for flag in libraries.split() if flag.startswith("-l"))),
    }
    for name, value in facts.items():
        print('set(PYTHON_%s "%s")' % (name, value))
    return 0


sys.exit(main())

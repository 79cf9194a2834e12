"""Prints, as JSON, all that a program can see of how it was started."""
import json
import os
import resource
import signal
import stat
import sys
import threading
import warnings


def describe_main():
    main = sys.modules["__main__"]
    spec = main.__spec__
    return {
        "names": sorted(vars(main)), "file": getattr(main, "__file__", None), "doc": main.__doc__,
        "package": main.__package__, "cached": getattr(main, "__cached__", None),
        "loader": type(main.__loader__).__name__, "loader module": type(main.__loader__).__module__,
        "spec": spec and [spec.name, spec.origin, spec.parent, spec.has_location, type(spec.loader).__name__],
        "builtins": type(main.__builtins__).__name__, "annotations": hasattr(main, "__annotations__"),
        "code file": sys._getframe(1).f_code.co_filename, "depth": depth(),
    }


def depth():
    frame, count = sys._getframe(), 0
    while frame:
        frame, count = frame.f_back, count + 1
    return count


def describe_stream(stream):
    return stream and [stream.name, stream.mode, stream.encoding, stream.errors, stream.line_buffering,
                       getattr(stream, "write_through", None), stream.isatty(), stream.fileno(),
                       type(stream.buffer).__name__]


def describe_descriptors():
    found = {}
    for name in os.listdir("/proc/self/fd"):
        try:
            kind = stat.S_IFMT(os.fstat(int(name)).st_mode)
            target = os.readlink("/proc/self/fd/" + name)
        except OSError:
            continue  # the one that listed the directory
        with open("/proc/self/fdinfo/" + name) as file:
            flags = [line for line in file if line.startswith("flags:")][0].split()[1]
        found[int(name)] = [kind, flags, "" if target.startswith(("pipe:", "socket:")) else target]
    return found


def describe_signals():
    with open("/proc/self/status") as file:
        masks = dict(line.split(":\t") for line in file.read().splitlines() if line.startswith(("Sig", "Shd")))
    handlers = {}
    for number in signal.valid_signals():
        handler = signal.getsignal(number)
        handlers[int(number)] = getattr(handler, "__name__", None) or str(handler)
    return {"masks": {name: masks[name] for name in ("SigBlk", "SigIgn", "SigCgt")}, "handlers": handlers}


def describe_process():
    return {"umask": os.umask(0o22) or os.umask(0o22),
            "nice": os.nice(0), "cpus": len(os.sched_getaffinity(0)), "cwd": os.getcwd(),
            "session": os.getsid(0) == os.getpgid(0), "dumpable": dumpable(),
            "limits": {name: resource.getrlimit(getattr(resource, name)) for name in sorted(dir(resource))
                       if name.startswith("RLIMIT_")}}


def dumpable():
    with open("/proc/self/status") as file:
        return os.stat("/proc/self/mem").st_uid == os.getuid() and "CoreDumping:\t0" in file.read()


def describe():
    return {
        "argv": sys.argv, "orig_argv": getattr(sys, "orig_argv", None), "path": sys.path,
        "executable": sys.executable, "_base_executable": sys._base_executable, "prefix": sys.prefix,
        "base_prefix": sys.base_prefix, "exec_prefix": sys.exec_prefix,
        "base_exec_prefix": sys.base_exec_prefix, "platlibdir": getattr(sys, "platlibdir", None),
        "flags": list(sys.flags), "xoptions": sys._xoptions, "warnoptions": sys.warnoptions,
        "filters": [str(item) for item in warnings.filters], "main": describe_main(),
        "streams": [describe_stream(stream) for stream in (sys.stdin, sys.stdout, sys.stderr)],
        "descriptors": describe_descriptors(), "signals": describe_signals(), "process": describe_process(),
        "environment": dict(os.environ), "profile": str(sys.getprofile()), "trace": str(sys.gettrace()),
        "threading profile": str(getattr(threading, "getprofile", lambda: None)()),
        "recursion limit": sys.getrecursionlimit(), "switch interval": sys.getswitchinterval(),
        "main thread": [threading.main_thread().name, threading.main_thread().ident == threading.get_ident(),
                        threading.active_count(), len(os.listdir("/proc/self/task"))],
        "modules": sorted(name for name in sys.modules if not name.startswith("_distutils_hack")),
        "hash": sys.flags.ignore_environment or hash("text"), "version": sys.version, "api": sys.api_version, "hooks": len(sys.meta_path),
        "path hooks": len(sys.path_hooks), "byte code": [sys.dont_write_bytecode, sys.pycache_prefix],
        "filesystem": [sys.getfilesystemencoding(), sys.getfilesystemencodeerrors()],
        "excepthook": sys.excepthook is sys.__excepthook__, "interactive": hasattr(sys, "ps1"),
        "program name": os.path.basename(sys.executable), "stdlib": os.__file__,
    }


def show():
    json.dump(describe(), sys.stdout, indent=1, sort_keys=True)
    print()


if __name__ == "__main__":
    show()

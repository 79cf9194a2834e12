"""What runs after the end of __main__: threads that outlive it, exit functions, objects that die."""
import atexit
import threading


def at_exit(n):
    return helper(n) + helper(n)


def helper(n):
    return abs(n)


def outliving(started, main):
    started.set()
    main.join()
    for i in range(11):
        late(i)


def late(i):
    return helper(i)


class Dying:
    def __del__(self):
        dying()


def dying():
    return None


helper(1)
atexit.register(at_exit, 3)
atexit.register(at_exit, 4)
object_of_main = Dying()
started = threading.Event()
threading.Thread(target=outliving, args=(started, threading.main_thread())).start()
started.wait()

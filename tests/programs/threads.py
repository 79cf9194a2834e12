"""Threads: several at once, joined, calling what the main thread calls too, raising, nested."""
import os
import sys
import threading

sys.setswitchinterval(10)  # threads take turns only where they wait: the same counts each time


def shared(n):
    return n if n < 2 else shared(n - 1) + shared(n - 2)


def in_main(n):
    return [shared(i) for i in range(n)]


def in_worker(n, results):
    for i in range(n):
        results.append(shared(i))
    len(results)


def spawner(results):
    thread = threading.Thread(target=in_worker, args=(5, results))
    thread.start()
    thread.join()


def ending(results):
    try:
        int("x")
    except ValueError:
        results.append(0)
    raise SystemExit


class Custom(threading.Thread):
    def run(self):
        self.result = in_main(6)


results = []
threads = [threading.Thread(target=in_worker, args=(n, results)) for n in (8, 9, 10)]
threads += [threading.Thread(target=spawner, args=(results,)), Custom()]
threads += [threading.Thread(target=ending, args=(results,))]
for thread in threads:
    thread.start()
in_main(7)
for thread in threads:
    thread.join()
print(sorted(results), threads[4].result)

os._exit(0)  # what follows the end of __main__ is not compared

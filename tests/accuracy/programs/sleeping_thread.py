"""A thread that sleeps while another one works.

The sleeper waits for the interpreter's lock when it wakes up; so that this wait is the same with
and without a profiler, the other thread works longer than it sleeps.

SPDX-License-Identifier: MIT
"""
import threading
import time

import sections


def sleeps(n):
    time.sleep(n / 1e6)


def works(n):
    return sections.calls_of_tiny(n)


def work(call, counts):
    threads = [threading.Thread(target=call, args=(function, counts[function.__name__]))
               for function in (sleeps, works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


sections.run(sleeps, works, work=work, slices=10)

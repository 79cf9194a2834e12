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


def tiny(a, b):
    return (a * 3 + b) & 0xffff


def works(n):
    total = 0
    for i in range(n):
        total = tiny(total, i)
    return total


def work(call, counts):
    threads = [threading.Thread(target=call, args=(function, counts[function.__name__]))
               for function in (sleeps, works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


sections.run(sleeps, works, work=work, slices=10)

"""Two threads with different work, one after the other.

SPDX-License-Identifier: MIT
"""
import threading

import sections


def tiny(a, b):
    return (a * 3 + b) & 0xffff


def first(n):
    total = 0
    for i in range(n):
        total = tiny(total, i)
    return total


def second(n):
    return sections.flat(n)


def work(call, counts):
    for function in (first, second):
        thread = threading.Thread(target=call, args=(function, counts[function.__name__]))
        thread.start()
        thread.join()


sections.run(first, second, work=work)

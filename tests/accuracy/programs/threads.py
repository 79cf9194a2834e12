"""Two threads with different work, one after the other.

SPDX-License-Identifier: MIT
"""
import threading

import sections


def first(n):
    return sections.calls_of_tiny(n)


def second(n):
    return sections.flat(n)


def work(call, counts):
    for function in (first, second):
        thread = threading.Thread(target=call, args=(function, counts[function.__name__]))
        thread.start()
        thread.join()


sections.run(first, second, work=work)

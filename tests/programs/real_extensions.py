"""Calls numpy and the standard library's extensions that need other libraries, and is called back
by them. The last line is what it counted itself: {function: calls}.

SPDX-License-Identifier: MIT
"""
import collections
import ctypes
import json
import sqlite3
import ssl

import numpy

counted = collections.Counter()


def square(number):
    counted["square"] += 1
    return number * number


def use_numpy():
    counted["use_numpy"] += 1
    squares = numpy.frompyfunc(square, 1, 1)(numpy.arange(300))
    print("numpy", squares.sum(), numpy.linalg.det(numpy.eye(3) * 2).round(6),
          numpy.sort(numpy.random.RandomState(1).rand(100))[:2])


def half(number):
    counted["half"] += 1
    return number / 2


def use_sqlite3():
    counted["use_sqlite3"] += 1
    with sqlite3.connect(":memory:") as connection:
        connection.create_function("half", 1, half)
        connection.execute("create table numbers (number integer)")
        connection.executemany("insert into numbers values (?)", ((n,) for n in range(200)))
        print("sqlite3", connection.execute("select sum(half(number)) from numbers").fetchone())
    connection.close()


def compare(left, right):
    counted["compare"] += 1
    return left[0] - right[0]


def use_ctypes():
    counted["use_ctypes"] += 1
    prototype = ctypes.CFUNCTYPE(ctypes.c_int, *[ctypes.POINTER(ctypes.c_int)] * 2)
    numbers = (ctypes.c_int * 100)(*[n * 37 % 101 for n in range(100)])
    ctypes.CDLL(None).qsort(numbers, len(numbers), ctypes.sizeof(ctypes.c_int),
                            prototype(compare))
    print("ctypes", list(numbers) == sorted(numbers))


def use_ssl():
    """Far enough into a handshake that OpenSSL has written a message."""
    counted["use_ssl"] += 1
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = ssl.create_default_context().wrap_bio(incoming, outgoing, server_hostname="localhost")
    try:
        client.do_handshake()
    except ssl.SSLWantReadError:
        print("ssl", outgoing.pending > 100, outgoing.read(3))


for use in (use_numpy, use_sqlite3, use_ctypes, use_ssl):
    for _ in range(2):
        use()
print(json.dumps(counted))

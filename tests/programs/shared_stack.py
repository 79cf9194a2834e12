"""Two threads whose calls overlap in time: what happens while another thread is in a call."""
import threading

main_is_in = threading.Event()
worker_is_done = threading.Event()


def waiting():
    main_is_in.set()
    worker_is_done.wait()


def worker():
    main_is_in.wait()
    inner()
    inner()
    worker_is_done.set()


def inner():
    return abs(-1)


thread = threading.Thread(target=worker)
thread.start()
waiting()
thread.join()

import os  # noqa: E402
os._exit(0)  # what follows the end of __main__ is not compared

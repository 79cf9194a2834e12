"""Loads threading at start-up, so that a program's own import of it finds it loaded."""
import threading  # noqa: F401

"""Loads threading at start-up, so that a program's own import of it finds it loaded.

SPDX-License-Identifier: MIT
"""
import threading  # noqa: F401

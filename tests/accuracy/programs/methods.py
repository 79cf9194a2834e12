"""Instances, methods, properties and bound methods of builtins against flat code.

SPDX-License-Identifier: MIT
"""
import sections


class Point:
    def __init__(self, x, y):
        self.x, self.y = x, y

    @property
    def sum(self):
        return self.x + self.y

    def moved(self, by):
        return Point(self.x + by, self.y)

    @classmethod
    def origin(cls):
        return cls(0, 0)


def objects(n):
    names = []
    point = Point.origin()
    for i in range(n):
        point = point.moved(1)
        names.append(point.sum)
        if i & 255 == 0:
            names.clear()
            point = Point.origin()
    return names


sections.run(objects, sections.flat)

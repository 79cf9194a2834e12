"""A sphere on a plane, lit from above: vectors and arithmetic.

SPDX-License-Identifier: MIT
"""
import builtins
import math
import sys
import time
if not hasattr(builtins, "profile"): builtins.profile = lambda function: function


class Vector:
    __slots__ = "x", "y", "z"

    def __init__(self, x, y, z):
        self.x = x
        self.y = y
        self.z = z

    @profile
    def dot(self, other):
        return self.x * other.x + self.y * other.y + self.z * other.z

    @profile
    def minus(self, other):
        return Vector(self.x - other.x, self.y - other.y, self.z - other.z)

    @profile
    def times(self, factor):
        return Vector(self.x * factor, self.y * factor, self.z * factor)

    @profile
    def unit(self):
        length = math.sqrt(self.dot(self))
        return self.times(1 / length)


@profile
def meets_sphere(origin, direction, centre, radius):
    way = centre.minus(origin)
    along = way.dot(direction)
    under_root = radius * radius - way.dot(way) + along * along
    if under_root < 0:
        return None
    distance = along - math.sqrt(under_root)
    if distance > 1e-6:
        return distance
    return None


@profile
def shade(origin, direction, centre, light):
    distance = meets_sphere(origin, direction, centre, 1.0)
    if distance is not None:
        point = direction.times(distance)
        normal = point.minus(centre).unit()
        brightness = normal.dot(light)
        if brightness < 0:
            brightness = 0.0
        return 0.1 + 0.9 * brightness
    if direction.y < 0:
        distance = -1.5 / direction.y
        square = int(direction.x * distance) + int(direction.z * distance)
        return 0.3 if square % 2 else 0.7
    return 0.0


@profile
def render(width, height):
    eye, centre = Vector(0, 0, 0), Vector(0, 0, 3)
    light = Vector(1, 1, -1).unit()
    total = 0.0
    for row in range(height):
        for column in range(width):
            x = (column - width / 2) / width
            y = (height / 2 - row) / height
            total += shade(eye, Vector(x, y, 1).unit(), centre, light)
    return total


side = int(sys.argv[1]) if len(sys.argv) > 1 else 150
started = time.perf_counter()
result = render(side, side)
print("seconds", time.perf_counter() - started, "%.6f" % result)

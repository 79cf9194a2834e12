"""Classes: metaclasses, descriptors, properties, super, operators, dataclasses, enums."""
import abc
import collections
import dataclasses
import enum


class Meta(type):
    @classmethod
    def __prepare__(mcs, name, bases, **options):
        return {}

    def __new__(mcs, name, bases, namespace, **options):
        return super().__new__(mcs, name, bases, namespace)

    def __init__(cls, name, bases, namespace, **options):
        super().__init__(name, bases, namespace)
        cls.made = len(name)

    def __call__(cls, *arguments):
        instance = super().__call__(*arguments)
        instance.called = True
        return instance

    def __instancecheck__(cls, instance):
        return hasattr(instance, "called")


class Descriptor:
    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, instance, owner):
        return self if instance is None else instance.__dict__.get(self.name, 0)

    def __set__(self, instance, value):
        instance.__dict__[self.name] = value


class Base(metaclass=Meta, option=1):
    size = Descriptor()

    def __new__(cls, *arguments):
        return super().__new__(cls)

    def __init__(self, size):
        self.size = size

    def __init_subclass__(cls, **options):
        super().__init_subclass__(**options)

    def area(self):
        return self.size * self.size

    @property
    def half(self):
        return self.size / 2

    @half.setter
    def half(self, value):
        self.size = value * 2

    @staticmethod
    def static(x):
        return abs(x)

    @classmethod
    def make(cls, size):
        return cls(size)


class Left(Base):
    def area(self):
        return super().area() + 1


class Right(Base):
    def area(self):
        return super().area() + 2


class Bottom(Left, Right):
    def area(self):
        return super().area() + 3

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return name.upper

    def __getattribute__(self, name):
        return super().__getattribute__(name)


class Vector:
    __slots__ = ("x", "y")

    def __init__(self, x, y):
        self.x, self.y = x, y

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y)

    def __eq__(self, other):
        return (self.x, self.y) == (other.x, other.y)

    def __hash__(self):
        return hash((self.x, self.y))

    def __len__(self):
        return 2

    def __getitem__(self, index):
        return (self.x, self.y)[index]

    def __iter__(self):
        return iter((self.x, self.y))

    def __call__(self):
        return self

    def __bool__(self):
        return bool(self.x or self.y)

    def __contains__(self, value):
        return value in (self.x, self.y)

    def __repr__(self):
        return "Vector(%r, %r)" % (self.x, self.y)

    def __format__(self, specification):
        return format(self.x, specification)


class Shape(abc.ABC):
    @abc.abstractmethod
    def area(self):
        return 0


class Square(Shape):
    def area(self):
        return super().area() + 4


@Shape.register
class Registered:
    pass


@dataclasses.dataclass(order=True)
class Point:
    x: int
    y: int = dataclasses.field(default_factory=int)

    def __post_init__(self):
        self.z = self.x + self.y


class Colour(enum.Enum):
    RED = 1
    GREEN = 2

    @property
    def lower(self):
        return self.name.lower()


Pair = collections.namedtuple("Pair", "first second")

items = [cls(4) for cls in (Base, Left, Right, Bottom)]
print([item.area() for item in items], [item.half for item in items])
items[0].half = 7
print(items[0].size, Base.static(-3), Left.make(2).area(), isinstance(items[1], Right), Base.made)
print(items[3].anything(), getattr(items[3], "_private", None))
vectors = [Vector(i, i + 1) for i in range(5)]
print(sum(vectors, Vector(0, 0)), len(vectors[0]), vectors[2] in {vectors[2]: 1}, vectors[1][1])
print(list(vectors[3]), vectors[4]()()(), bool(vectors[0]), 3 in vectors[2], "{:04d}".format(vectors[1]))
print(Square().area(), isinstance(Registered(), Shape), isinstance(3, Shape))
print(sorted([Point(3), Point(1, 2), Point(1, 1)]), Point(1) == Point(1), Colour(2).lower, Colour["RED"])
print(Pair(1, 2)._replace(first=3), Pair._make([5, 6]), type("Made", (Base,), {})(1).area())

import os  # noqa: E402
os._exit(0)  # what follows the end of __main__ is not compared

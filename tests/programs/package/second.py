from package import first
from . import third

value = third.twice(first.VALUE)

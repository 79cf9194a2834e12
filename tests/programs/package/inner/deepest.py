from .. import first


def depth():
    return first.VALUE + 2

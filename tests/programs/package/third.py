import package.second  # circular on purpose


def twice(n):
    return n * len("ab")


assert package.first

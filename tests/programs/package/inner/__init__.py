from .deepest import depth  # noqa: F401

def load():
    from . import late
    return late

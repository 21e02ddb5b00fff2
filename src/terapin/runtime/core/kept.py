"""What lasts as long as the process."""

import gc

_is_starting = True


def keep() -> None:
    """Of all that there is, as long as nothing has started.

    Python's collector would look at it again and again for garbage while more is made, which takes a third of the time
    that a service of many entities needs to start. What is made later may be thrown away again, as tests do.
    """
    if _is_starting:
        gc.freeze()


def started() -> None:
    global _is_starting
    _is_starting = False

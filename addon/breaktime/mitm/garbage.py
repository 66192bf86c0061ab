"""What the garbage collector need not look at again and again."""

import gc


def set_aside() -> None:
    """
    Take what there is by now out of what the garbage collector looks through.

    A full collection stops everything else while it looks at each object there is; most of them
    are the program itself, which stays to the end. It is called once, before anybody is served:
    what is set aside later would never be collected if it were garbage.
    """
    gc.collect()
    gc.freeze()

"""What becomes of the memory that tensors leave."""

import ctypes

MMAP_MAX, TRIM_THRESHOLD = -4, -1  # of mallopt, in malloc.h


def keep_freed_memory() -> None:
    """Have the C library keep what is freed for what is allocated next.

    It would give blocks of many megabytes back to the system, whose new pages cost each step of a
    large model a third of its time. Where mallopt is not known, nothing changes.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(MMAP_MAX, 0)
        mallopt(TRIM_THRESHOLD, 2**31 - 1)

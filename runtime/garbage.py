"""The garbage collector of a process that loads much once, and then makes many things that live a moment."""

import gc


def collect_rarely() -> None:
    """Call it when everything is loaded: that stays, so it need not be looked through again and again.

    As Python comes, its collector takes a tenth of a worker's time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)

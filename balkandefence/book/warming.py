"""The warm process of kernels, which a build begins before it imports what drives kernels."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from importlib.metadata import entry_points

from balkandefence.book import forks

#: The name by which jupyter_client knows what starts kernels as forks of it.
PROVISIONER = "balkandefence-warm"
#: One thread for sums, as threads don't survive a fork; and no advice from the debugger, which
#: kernels import and nobody uses.
KIND = forks.Kind("kernels", {
    "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "PYDEVD_DISABLE_FILE_VALIDATION": "1",
})  # fmt: skip
#: Where pictures go that are shown and not published, as in a kernel from its start.
_PICTURES = {"MPLBACKEND": "module://matplotlib_inline.backend_inline"}


@cache
def is_installed() -> bool:
    """Return whether jupyter_client finds what starts kernels as forks."""
    return bool(list(entry_points(group="jupyter_client.kernel_provisioners", name=PROVISIONER)))


@contextlib.contextmanager
def warmed() -> Iterator[None]:
    """Keep a warm process for the kernels started inside, where that is to be had."""
    if not is_installed():
        forks.sweep()
        yield
        return
    with forks.warmed(replace(KIND, environment={**_PICTURES, **os.environ, **KIND.environment})):
        yield


def wait_until_warm() -> None:
    """Wait until the warm process answers, or is gone, so that no kernel is started in vain."""
    forks.wait_until_warm(KIND)

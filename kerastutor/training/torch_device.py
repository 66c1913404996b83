"""torch's graphics processors."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

import torch

_SOFT = 1
"""`omp_pause_soft` of OpenMP 5.0: give the threads back, keep the settings."""


def gpus() -> list[str]:
    """The names of those that torch can use, in the order it uses them."""
    return [torch.cuda.get_device_name(index) for index in range(torch.cuda.device_count())]


def share_memory() -> None:
    """Nothing to do: torch takes memory as it is needed."""


def make_deterministic() -> str:
    """Choose operations that add in a fixed order; cuBLAS needs a workspace for it."""
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.use_deterministic_algorithms(True, warn_only=True)
    return ""


def hand_over() -> None:
    """Let the thread that trains have all processors.

    OpenMP keeps a pool of threads for each thread that calls it. Once those of two callers are more than there are
    processors, they all sleep between operations instead of waiting awake, and training takes twice as long. So the
    caller's pool is given back (`omp_pause_resource_all`, OpenMP 5.0 section 3.2.44); its next operation makes it anew.
    """
    for library in Path(torch.__file__).parent.joinpath("lib").glob("lib*omp*"):
        pause = getattr(ctypes.CDLL(str(library)), "omp_pause_resource_all", None)
        if pause is not None:
            pause(_SOFT)

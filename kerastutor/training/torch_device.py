"""torch's graphics processors."""

from __future__ import annotations

import os

import torch


def gpus() -> list[str]:
    """The names of those that torch can use, in the order it uses them."""
    return [torch.cuda.get_device_name(index) for index in range(torch.cuda.device_count())]


def share_memory() -> None:
    """Nothing to do: torch takes memory as it is needed."""


def make_deterministic() -> None:
    """Choose operations that add in a fixed order; cuBLAS needs a workspace for it."""
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.use_deterministic_algorithms(True, warn_only=True)

"""JAX's graphics processors."""

from __future__ import annotations

import os

import jax

_FLAG = "--xla_gpu_deterministic_ops=true"


def gpus() -> list[str]:
    """The names of those that JAX can use, in the order it uses them."""
    return [device.device_kind for device in jax.devices() if device.platform in ("gpu", "cuda", "rocm")]


def share_memory() -> None:
    """JAX takes three quarters of the memory when it first looks for devices; it reads this only before that."""
    os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")


def make_deterministic() -> str:
    """XLA reads its flags once, when JAX is loaded: only the learner can set them."""
    if not gpus():
        return "On JAX, deterministic=True sets nothing: on a CPU equal seeds give equal histories anyway"
    if _FLAG in os.environ.get("XLA_FLAGS", ""):
        return ""
    return f"On JAX, deterministic=True sets nothing: a GPU needs XLA_FLAGS={_FLAG} before Python starts"


def hand_over() -> None:
    """Nothing to do: JAX has one pool of threads for all who call it."""

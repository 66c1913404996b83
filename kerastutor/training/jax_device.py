"""JAX's graphics processors."""

from __future__ import annotations

import os

import jax


def gpus() -> list[str]:
    """The names of those that JAX can use, in the order it uses them."""
    return [device.device_kind for device in jax.devices() if device.platform in ("gpu", "cuda", "rocm")]


def share_memory() -> None:
    """JAX takes three quarters of the memory when it first looks for devices; it reads this only before that."""
    os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")


def make_deterministic() -> None:
    """XLA reads its flags once, so on a GPU set XLA_FLAGS=--xla_gpu_deterministic_ops=true before Python starts."""


def hand_over() -> None:
    """Nothing to do: JAX has one pool of threads for all who call it."""
